import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { memoryLog } from '../../../core/ledger/testing.ts'
import { compose } from '../../../core/run/compose.ts'
import { answerCommand } from '../../../core/run/module-command.ts'
import { systemClock } from '../../../core/time.ts'

/**
 * Goes by a drill as fast as each tick is acknowledged, says so on standard output, and is killed by the
 * test meanwhile. Arguments: the data folder, and the words that lead there, a command in JSON each.
 */
const [dataDir = '', ...commands] = process.argv.slice(2)
const project = join(import.meta.dirname, '../../../..')
const { log } = memoryLog()
const okite = await compose({
  ...{ source: join(project, 'src'), project, dataDir, create: false, flags: {}, environment: {} },
  ...{ clock: systemClock, log },
})
for (const command of commands) {
  const [name = '', ...args] = JSON.parse(command) as string[]
  const terminal = { columns: 100, color: false }
  const call = { name, args, locale: 'en' as const, cwd: dataDir, terminal }
  const { code } = await answerCommand(okite, call, new AbortController().signal)
  if (code !== 0) throw new Error(`${command} ended with ${code}`)
  writeSync(1, `${command}\n`)
}
// Whoever kills it does so before; else it would end with nothing to lose.
setInterval(() => undefined, 1_000)
