import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { memoryLog } from '../../../core/ledger/testing.ts'
import { compose, type Okite } from '../../../core/run/compose.ts'
import { answerCommand } from '../../../core/run/module-command.ts'
import { recordLines } from '../../../core/run/record-command.ts'
import { systemClock } from '../../../core/time.ts'

const project = join(import.meta.dirname, '../../../..')
const folder = mkdtempSync(join(tmpdir(), 'okk-'))
const dataDir = join(folder, 'data')
let okite: Okite | undefined
after(async () => {
  await okite?.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
})

const start = async (create: boolean): Promise<Okite> => {
  const { log } = memoryLog()
  okite = await compose({
    ...{ source: join(project, 'src'), project, dataDir, create, flags: {}, environment: {} },
    ...{ clock: systemClock, log },
  })
  return okite
}
const run = async (...words: string[]): Promise<string> => {
  const [name = '', ...args] = words
  const terminal = { columns: 100, color: false }
  const call = { name, args, locale: 'en' as const, cwd: folder, terminal }
  return (await answerCommand(okite!, call, new AbortController().signal)).out
}
const by = ['--by', 'lead@example.jp']
const steps = 16

test('kill -9 in the middle of a drill loses no step that was acknowledged, and the drill goes on', async () => {
  await start(true)
  const listed = {
    ...{ type: 'recovery.runbook.listed', body: { runbook: 'rb-shop', about: 'shop' } },
  }
  const lines = Buffer.from(JSON.stringify(listed))
  await recordLines(okite!, lines, { by: 'lead@example.jp', dry: false })
  const rows = Array.from({ length: steps }, (_, nth) => `continuity,5,part-${nth},do it,see it`)
  writeFileSync(join(folder, 'shop.csv'), ['role,minutes,system,todo,sign', ...rows].join('\n'))
  await run('runbook', 'write', 'rb-shop', 'shop.csv', ...by)
  const { drill } = JSON.parse(await run('drill', 'start', 'rb-shop', ...by, '--json'))
  await okite!.close()
  okite = undefined

  const ticks = Array.from({ length: steps * 2 }, (_, nth) => [
    ...['drill', nth % 2 === 0 ? 'begin' : 'done', drill, String((nth >> 1) + 1)],
    ...by,
  ])
  const acknowledged = await killed(ticks)
  assert.ok(acknowledged.length >= 5 && acknowledged.length < ticks.length)

  await start(false)
  const show = async () => JSON.parse(await run('drill', 'show', drill, '--json'))
  const found = await show()
  assert.equal(found.state, 'running')
  for (const [, what, , step] of acknowledged) {
    const one = found.plan[Number(step) - 1]
    assert.ok(what === 'begin' ? one.begun !== null : one.done !== null, `${what} ${step}`)
  }
  // What was said before is known again, and the last step ends it.
  for (const words of ticks) await run(...words)
  const over = await show()
  assert.deepEqual([over.state, over.done], ['restored', steps])
})

/** Lets another process go by the drill, kills it in the middle, and answers what it had acknowledged. */
async function killed(ticks: readonly (readonly string[])[]): Promise<readonly string[][]> {
  const words = ticks.map(tick => JSON.stringify(tick))
  const doer = join(import.meta.dirname, 'fixtures', 'doer.ts')
  const child = spawn(process.execPath, [doer, dataDir, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: string[] = []
  let rest = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', chunk => {
      const parts = (rest + String(chunk)).split('\n')
      rest = parts.pop() ?? ''
      said.push(...parts)
      if (said.length >= 5) child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('exit', () => resolve())
  })
  return said.map(line => JSON.parse(line) as string[])
}
