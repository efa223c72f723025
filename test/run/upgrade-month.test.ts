import { strict as assert } from 'node:assert'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exportList } from '../../src/core/run/copy-command.ts'
import type { MonthAgain, reperformMonth } from '../../src/core/run/reperform-command.ts'
import type { Line } from '../scenario.ts'
import { copyTree } from '../tree-copy.ts'
import { type Month, openMonth, project, source, storiesBetween } from './month.ts'

/** A later program: deadlines are decided after another settle time, so every rule has another source. */
const later = copyTree()
const days = { taken: '2026-09-17', back: '2026-09-24', again: '2026-11-03', end: '2026-11-08' }
let month: Month
let file = ''

before(async () => {
  const kind = join(later.source, 'core', 'control', 'kind.ts')
  const text = readFileSync(kind, 'utf8')
  const changed = text.replace("settleDefault = 'PT5M'", "settleDefault = 'PT9M'")
  assert.notEqual(changed, text)
  writeFileSync(kind, changed)
  month = await openMonth('2026-08-26T00:00:00.000Z')
  await month.adopt('1', () => ({}))
  const all = await storiesBetween('2026-08-26T01:00:00.000Z', '2026-11-07T00:00:00.000Z')
  const modules = /^(training|service|continuity|asset|risk)\./
  await live(all.filter(line => modules.test(line['type'])))
  file = join(month.folder, 'list.jsonl')
  await exportList(month.okite, { path: file })
})
after(async () => {
  await month.close()
  later.remove()
})

/** The later program takes over in mid-September, is taken back for October, and takes over again. */
async function live(stories: readonly Line[]): Promise<void> {
  const until = async (instant: string) => {
    for (let line = stories[told]; line && line['at'] < instant; line = stories[++told]) {
      if (line['at'].slice(0, 10) !== stories[told - 1]?.['at'].slice(0, 10)) {
        await month.advance(line['at'])
      }
      month.clock.set(line['at'])
      await month.submit(month.typeOf(line['type']), line['body'], line)
    }
    await month.advance(`${instant}T00:00:00.000Z`)
  }
  let told = 0
  await until(days.taken)
  await month.reopen(later.source)
  await until(days.back)
  await month.reopen(source)
  await until(days.again)
  await month.reopen(later.source)
  await until(days.end)
}

async function again(name: string, from: string): Promise<MonthAgain> {
  const core: { reperformMonth: typeof reperformMonth } = await import(
    join(from, 'core/run/reperform-command.ts')
  )
  return core.reperformMonth(file, name, { source: from, project })
}
const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((a, b) => a + b, 0)

test('V43 a month is performed again by the program of its time though the list went on with another', async () => {
  const found = await again('2026-10', source)
  assert.equal(found.differs, null, JSON.stringify(found))
  assert.deepEqual([found.taken, found.takenOf], [0, {}])
  assert.ok(sum(found.equal) > 200, JSON.stringify(found.equal))
})

test('V43 V46 of a month with an upgrade in its middle each program performs its own spans', async () => {
  const [own, other] = [await again('2026-09', source), await again('2026-09', later.source)]
  for (const found of [own, other]) {
    assert.equal(found.differs, null, JSON.stringify(found))
    assert.equal(found.taken, sum(found.takenOf))
    assert.ok(found.taken > 30 && sum(found.equal) > 30, JSON.stringify(found))
    assert.ok(Object.keys(found.takenOf).length > 20, 'each judge is named')
  }
  assert.equal(own.taken + sum(own.equal), other.taken + sum(other.equal), 'nothing is left out')
  assert.ok(own.taken <= sum(other.equal) && other.taken <= sum(own.equal))
})

test('V43 what another program concluded is never called equal', async () => {
  const found = await again('2026-10', later.source)
  assert.equal(found.differs, null, JSON.stringify(found))
  assert.deepEqual(
    { ...found.equal, others: 0 },
    { verdicts: 0, findings: 0, occurrences: 0, others: 0 },
  )
  assert.ok(found.taken > 200, `${found.taken}`)
})
