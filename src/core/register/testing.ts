import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fact } from '../fact.ts'
import { memoryLog } from '../ledger/testing.ts'
import { compose, type Okite } from '../run/compose.ts'
import { answerCommand } from '../run/module-command.ts'
import { systemClock } from '../time.ts'

/** The program as it is on a folder of its own, and commands typed into it, for the tests of registers. */
export async function openTestProgram() {
  const project = join(import.meta.dirname, '../../..')
  const folder = mkdtempSync(join(tmpdir(), 'okr-'))
  const { log, lines } = memoryLog()
  const open = (create: boolean) =>
    compose({
      ...{ source: join(project, 'src'), project, dataDir: join(folder, 'data'), create, log },
      ...{ flags: {}, environment: {}, clock: systemClock },
    })
  let okite: Okite = await open(true)
  const { signal } = new AbortController()
  return {
    get okite() {
      return okite
    },
    folder,
    lines,
    /** Types a command; `{ code, out }`. */
    type: (name: string, ...args: readonly string[]) =>
      answerCommand(
        okite,
        {
          name,
          args: [...args],
          locale: 'en',
          cwd: folder,
          terminal: { columns: 100, color: false },
        },
        signal,
      ),
    /** Writes a file into the folder that commands are typed in, and answers its name. */
    file(name: string, content: string | Uint8Array): string {
      writeFileSync(join(folder, name), content)
      return name
    },
    size: () => okite.ledger.size(),
    /** Facts from a position on, without what is concluded. */
    async told(from: number): Promise<readonly Fact<any>[]> {
      const all: Fact[] = []
      for (let pos = from; ; ) {
        const page = await okite.ledger.read(pos, 5_000)
        if (page.length === 0) return all.filter(fact => !isDerived(fact))
        all.push(...page)
        pos += page.length
      }
    },
    async restart(): Promise<void> {
      await okite.close()
      okite = await open(false)
    },
    async close(): Promise<void> {
      await okite.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}

export type TestProgram = Awaited<ReturnType<typeof openTestProgram>>

const isDerived = ({ because }: Fact): boolean => !Array.isArray(because) || because.length > 0
