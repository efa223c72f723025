import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { cadence } from '../../src/core/control/cadence.ts'
import type { Control } from '../../src/core/control/kind.ts'
import { exceptionGranted, occurrenceClosed, occurrenceRestated } from '../../src/core/facts.ts'
import { startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import { createReader } from '../../src/core/run/reader.ts'
import { personJoined, personLeft, rosterDeclared, trainingDone } from '../synthetic.ts'
import { closeRuns, createRun, person, type Run } from './harness.ts'

/** What people owe, through everything that may happen to a program and its list. */

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(async () => {
  await closeRuns()
  await server.stop()
})

const subjectOf = (f: any): string => f.body.subject
const id = 'synthetic.trained'

/** Everybody is trained once a month, or so often as a version of the rule asks. */
const trained = (version = 1, times = 1): Control =>
  cadence({
    id,
    version,
    owner: 'education',
    population: {
      id: 'people',
      enter: { type: personJoined, key: subjectOf },
      leave: { type: personLeft, key: subjectOf },
      complete: { type: rosterDeclared },
      fresh: 'P400D',
    },
    period: 'P1M',
    times,
    zone: 'Asia/Tokyo',
    joins: 'next',
    done: [{ type: trainingDone, key: subjectOf }],
  })

const owed = async (run: Run, more: { dueBy?: string; countMax?: number } = {}) => {
  const now = new Date(run.clock.nowMs()).toISOString()
  const asked = { controls: [id], now, countMax: 1_000, ...more }
  const found = await createReader(run.reading, run.ledger).owed(asked)
  return found.map(one => `${one.subject} ${one.owed.name} ${one.owed.state}`)
}
const closed = async (run: Run, subject: string) => {
  const facts = [...(await run.facts(occurrenceClosed)), ...(await run.facts(occurrenceRestated))]
  return facts
    .filter(fact => fact.body.subject === subject)
    .sort((a, b) => a.pos - b.pos)
    .map(({ body }) => `${body.occurrence} ${body.outcome ?? `${body.was} → ${body.now}`}`)
}
const done = { topic: 0 }

async function filled(people: readonly string[] = ['a', 'b']): Promise<Run> {
  const run = await createRun(server, { start: '2026-11-01T00:00:00.000Z' })
  await run.start({ controls: [trained()] })
  await run.adopt()
  for (const subject of people) await run.append(personJoined, { subject })
  await run.fact(rosterDeclared, { count: people.length })
  return run
}

describe('what is owed', () => {
  test('V12 V15b a leaver owes nothing any more, and stays in the months that he was here', async () => {
    const run = await filled()
    await run.advance('2026-12-02T00:00:00.000Z')
    assert.deepEqual(await owed(run), ['a 2026-12 open', 'b 2026-12 open'])
    await run.advance('2027-01-02T00:00:00.000Z')
    await run.fact(personLeft, { subject: 'a' })
    assert.deepEqual(await owed(run), ['b 2026-12 missed', 'b 2027-01 open'])
    await run.fact(trainingDone, { subject: 'b', ...done })
    await run.advance('2027-02-02T00:00:00.000Z')
    assert.deepEqual(await owed(run), ['b 2026-12 missed', 'b 2027-02 open'])
    assert.deepEqual(await closed(run, 'a'), ['2026-12 missed'], 'and not of January')
    assert.deepEqual(await closed(run, 'b'), ['2026-12 missed', '2027-01 done'])
    await run.finish()
  })

  test('V46 V15b a new rule loses and doubles nothing, whatever it asks; so does a restart', async () => {
    const run = await filled()
    await run.advance('2027-01-02T00:00:00.000Z')
    await run.fact(trainingDone, { subject: 'b', ...done })
    const before = ['a 2026-12 missed', 'b 2026-12 missed', 'a 2027-01 open']
    assert.deepEqual(await owed(run), before)
    await run.stop()
    await run.start({ controls: [trained()] })
    await run.settle()
    assert.deepEqual(await owed(run), before)
    await run.stop()
    await run.start({ controls: [trained(2, 2)] })
    await run.settle()
    assert.deepEqual(await owed(run), [...before, 'b 2027-01 open'], 'twice a month from now on')
    await run.stop()
    await run.start({ controls: [trained(3, 1)], sources: { [id]: 'three' } })
    await run.settle()
    assert.deepEqual(await owed(run), before)
    assert.deepEqual(await closed(run, 'a'), ['2026-12 missed'], 'said once')
    await run.finish()
  })

  test('V15b what has not begun takes no place of what is open, however few are asked for', async () => {
    const run = await filled([])
    const row = (key: string, ...owes: readonly object[]) =>
      run.pool.query(
        `insert into fold.judge_row (judge, key, state, made, upto, owes, due)
         values ($1, $2, '{}', '{}', 0, $3, $4)`,
        [id, key, JSON.stringify(owes), (owes as { due: string }[]).map(one => one.due).sort()[0]],
      )
    const day = (nth: number) => `2026-11-${String(nth).padStart(2, '0')}T00:00:00.000Z`
    const one = (name: string, from: number, due: number) => ({
      ...{ what: 'do', state: 'open', name },
      ...{ from: day(from), due: day(due) },
    })
    for (let nth = 10; nth < 20; nth++) await row(`waits-${nth}`, one('later', nth, nth + 1))
    // A row that asks for something open and, before it, for something that has not begun.
    for (let nth = 2; nth < 6; nth++)
      await row(`both-${nth}`, one('soon', 9, 10 + nth), one('open', 1, 30 - nth))
    await row('open', one('open', 1, 29))
    const open = ['both-5', 'both-4', 'both-3', 'both-2', 'open'].map(key => `${key} open open`)
    for (const countMax of [1, 2, 3, 4, 5, 100])
      assert.deepEqual(await owed(run, { countMax }), open.slice(0, countMax), String(countMax))
    await run.close()
  })

  test('V41 V15b what was done and is taken back is owed again', async () => {
    const run = await filled(['a'])
    await run.advance('2026-12-02T00:00:00.000Z')
    const pos = await run.fact(trainingDone, { subject: 'a', ...done })
    assert.deepEqual(await owed(run), [])
    await run.retract(pos)
    assert.deepEqual(await owed(run), ['a 2026-12 open'])
    await run.finish()
  })

  test('V13 V15b who is excepted is asked for nothing until it ends; the miss before it stays', async () => {
    const run = await filled(['a'])
    await run.advance('2027-01-02T00:00:00.000Z')
    assert.deepEqual(await owed(run), ['a 2026-12 missed', 'a 2027-01 open'])
    await run.fact(
      exceptionGranted,
      { control: id, subject: 'a', until: '2027-01-20T00:00:00.000Z' },
      {
        trust: 'record',
        private: {
          requester: person('a@example.org'),
          approver: person('b@example.org'),
          reason: { value: 'parental leave', person: null },
        },
      },
    )
    assert.deepEqual(await owed(run), [])
    await run.advance('2027-01-21T00:00:00.000Z')
    assert.deepEqual(await owed(run), ['a 2026-12 missed', 'a 2027-01 open'])
    assert.deepEqual(await closed(run, 'a'), ['2026-12 missed'])
    await run.finish()
  })

  test('V39 V15b a claim of what was done in time is accepted, once, and both facts stay', async () => {
    const run = await filled(['a'])
    await run.advance('2027-01-02T00:00:00.000Z')
    const pos = await run.fact(
      trainingDone,
      { subject: 'a', ...done },
      {
        trust: 'claim',
        occurred: '2026-12-20T00:00:00.000Z',
        private: { by: person('a@example.org') },
      },
    )
    const waits = ['a 2026-12 missed', 'a 2026-12 open', 'a 2027-01 open']
    assert.deepEqual(await owed(run), waits, 'the second of them asks to accept it')
    await run.accept(pos, 'a@example.org')
    assert.deepEqual(await owed(run), waits, 'not by himself')
    await run.accept(pos, 'b@example.org')
    assert.deepEqual(await owed(run), ['a 2027-01 open'])
    assert.deepEqual(await closed(run, 'a'), ['2026-12 missed', '2026-12 missed → done'])
    await run.finish()
  })

  test('V15b a page of the list is the soonest, in one order; a second program says nothing twice', async () => {
    const people = Array.from({ length: 30 }, (_, nth) => `p${String(nth).padStart(2, '0')}`)
    const run = await filled(people)
    await run.advance('2027-01-02T00:00:00.000Z')
    const all = await owed(run)
    assert.deepEqual(all, [
      ...people.map(one => `${one} 2026-12 missed`),
      ...people.map(one => `${one} 2027-01 open`),
    ])
    for (const countMax of [1, 7, 30]) {
      assert.deepEqual(await owed(run, { countMax }), all.slice(0, countMax))
    }
    const late = await owed(run, { dueBy: '2027-01-02T00:00:00.000Z' })
    assert.deepEqual(late, all.slice(0, 30))
    const other = run.second()
    await other.start()
    await run.settle(other)
    assert.deepEqual(await owed(run), all)
    await run.finish()
  })

  test('I7 a row that was changed behind our back is found out', async () => {
    const run = await filled(['a'])
    await run.advance('2026-12-02T00:00:00.000Z')
    await run.pool.query(`update fold.judge_row set owes = null where key = 'a'`)
    const found = await run.integrity()
    assert.deepEqual(found.rows.differing, [`${id} a`])
  })
})
