/** A file system where it is mounted. `device`: `major:minor`; of a major 0 there is no disk below. */
export type Mount = Readonly<{ point: string; device: string; kind: string }>

/** proc_pid_mountinfo(5). A line that is not of the form is left out. */
export function readMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap(line => {
    const [before = '', after = ''] = line.split(' - ', 2)
    const [, , device = '', , point = ''] = before.split(' ')
    const [kind = ''] = after.split(' ')
    const isLine = /^\d{1,7}:\d{1,7}$/.test(device) && point.startsWith('/') && kind !== ''
    return isLine ? [{ point: plain(point), device, kind }] : []
  })
}

/** Space, tab, line feed and backslash are written in octal. */
const plain = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))

/** On which file system a path lies that has no links in it; of those at one place the last is seen. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | null {
  let found: Mount | null = null
  for (const mount of mounts) {
    const inside = mount.point === '/' ? '/' : `${mount.point}/`
    if (path !== mount.point && !path.startsWith(inside)) continue
    if (found === null || mount.point.length >= found.point.length) found = mount
  }
  return found
}
