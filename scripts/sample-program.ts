import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The whole program on the sample organisation, as anybody starts it; `link` signs in once. */
export type SampleProgram = Readonly<{ link: string; pid: number; stop(): Promise<void> }>

/** A year takes some minutes to make; one that lies there is opened in seconds. */
const readyMsMax = 20 * 60_000

/**
 * @param home the folder before its `-sample`
 * @param words further ones of the command line
 */
export async function startSampleProgram(
  home: string,
  words: readonly string[] = [],
): Promise<SampleProgram> {
  const root = join(import.meta.dirname, '..')
  const child = spawn(join(root, 'okite'), ['start', '--sample', '--port', '0', ...words], {
    cwd: root,
    env: { ...process.env, OKITE_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const timer = setTimeout(() => child.kill(), readyMsMax)
  const ended = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    const [, link] = /^open\s+(\S+)/.exec(line) ?? []
    if (link === undefined) continue
    clearTimeout(timer)
    child.stdout.resume()
    return {
      link,
      pid: child.pid!,
      async stop() {
        child.kill()
        await ended
      },
    }
  }
  throw new Error(`the sample organisation did not start: ${home}`)
}
