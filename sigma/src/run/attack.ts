/**
 * What the tags of a rule say of ATT&CK: its techniques (`T1059.001`), or if there is none its
 * tactics (`credential access`).
 */
export function attackOf(tags: readonly string[]): string[] {
  const names = tags.flatMap(tag =>
    tag.startsWith('attack.') ? [tag.slice('attack.'.length)] : [],
  )
  const techniques = names.filter(name => /^t\d{4}/.test(name)).map(name => name.toUpperCase())
  if (techniques.length > 0) return techniques
  return names.filter(name => !/^[gs]\d{4}/.test(name)).map(name => name.replace(/[-_]/g, ' '))
}

/** As many of the names as fit into so many columns, and how many more there are. */
export function listed(names: readonly string[], columns: number): string {
  const all = names.join(' ')
  if (all.length <= columns || names.length < 2) return all
  for (let count = names.length - 1; count > 1; count--) {
    const text = `${names.slice(0, count).join(' ')} +${names.length - count}`
    if (text.length <= columns) return text
  }
  return `${names[0]} +${names.length - 1}`
}
