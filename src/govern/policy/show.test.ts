import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { daySealed, findingClosed } from '../../core/facts.ts'
import { readFindings, readHistory, readJudged, readSubjects } from './read.ts'
import { tables } from './show.ts'
import type { Fixture } from './testing.ts'
import { counts } from './testing.ts'
import { startSample } from './testing-sample.ts'
import { viewOf } from './view.ts'

let sample: Fixture
before(async () => {
  sample = await startSample()
  const control = sample.pack.statements[45]!.controls[0]!.control
  await sample.append({
    type: daySealed.name,
    at: '2026-11-24T16:00:00.000Z',
    because: [0],
    body: { control, day: '2026-11-24', status: 'kept', population: counts(200) },
  })
})
after(() => sample.stop())

const nowMs = Date.parse('2026-11-25T09:00:00.000Z')

test('M13 the tables rebuilt from position 0 have equal content', async () => {
  for (const table of tables) {
    await sample.pool.query(`create table show."${table.name}@2" (${table.columns})`)
    const tx = await sample.pool.connect()
    for (const fact of sample.list.facts) {
      if (table.from.some(type => type.name === fact.type)) {
        await table.apply(fact, `show."${table.name}@2"`, tx)
      }
    }
    tx.release()
    const rows = async (name: string) =>
      (await sample.pool.query(`select * from show."${name}" t order by t::text`)).rows
    const rebuilt = await rows(`${table.name}@2`)
    assert.deepEqual(rebuilt, await rows(table.name))
    assert.ok(rebuilt.length > 0, table.name)
  }
})

test('V32 a policy adopted for later is not in force yet', async () => {
  const before = await readJudged(sample.reader, Date.parse('2026-10-31T23:59:59.999Z'))
  assert.equal(before.adopted, null)
  assert.equal((await readJudged(sample.reader, nowMs)).adopted?.version, sample.pack.version)
})

test('V27 live counts of the fold stand before those of the last verdict', async () => {
  const control = sample.pack.statements[55]!.controls[0]!.control
  const population = {
    ...(await readJudged(sample.reader, nowMs)).controls.get(control)!.population,
    size: 4,
  }
  sample.live.set(control, { next: null, population })
  const judged = await readJudged(sample.reader, nowMs)
  assert.equal(judged.controls.get(control)?.population.size, 4)
})

test('V31a where judging has fallen behind nothing is kept or due, and what is broken stays broken', async () => {
  const views = async () =>
    viewOf(sample.pack, await readJudged(sample.reader, nowMs)).map(view => view.status)
  const before = await views()
  assert.ok(before.includes('kept') && before.includes('due') && before.includes('broken'))
  sample.late.since = '2026-11-25T07:00:00.000Z'
  try {
    const now = await views()
    for (const [index, status] of before.entries()) {
      assert.equal(now[index], status === 'broken' ? 'broken' : 'unknown')
    }
    const view = viewOf(sample.pack, await readJudged(sample.reader, nowMs))[45]
    assert.deepEqual([view?.reason.code, view?.since], ['judges.behind', sample.late.since])
  } finally {
    sample.late.since = null
  }
})

test('V46 of a control that judges no more no subject is shown as it once was', async () => {
  const control = sample.pack.statements[55]!.controls[0]!.control
  assert.ok((await readSubjects(sample.reader, [control], [])).length > 0)
  const stopped = (code: string | null) =>
    sample.pool.query(
      `insert into fold.judge (judge, version, source, stopped) values ($1, 1, '', $2)
       on conflict (judge) do update set stopped = excluded.stopped`,
      [control, code],
    )
  await stopped('JUDGE_THREW')
  assert.deepEqual(await readSubjects(sample.reader, [control], []), [])
  await stopped(null)
})

test('V30 a finding is open until it is closed; what was concluded stays in the history', async () => {
  const statement = sample.pack.statements[55]!
  const control = statement.controls[0]!.control
  const [open] = await readFindings(sample.reader, [control])
  assert.equal(open?.subject, 'mail.example.jp:465')
  await sample.append({
    type: findingClosed.name,
    at: '2026-11-25T08:00:00.000Z',
    because: [open!.pos],
    body: { control, subject: open!.subject, reason: { code: 'holds', args: {} } },
  })
  assert.deepEqual(await readFindings(sample.reader, [control]), [])
  const history = await readHistory(sample.reader, [statement.id, control], Number.MAX_SAFE_INTEGER)
  assert.deepEqual(
    history.map(entry => entry.what),
    ['statement', 'control'],
  )
})
