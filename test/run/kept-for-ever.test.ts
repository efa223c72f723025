import { strict as assert } from 'node:assert'
import { after, before, test } from 'node:test'
import type { Fact } from '../../src/core/fact.ts'
import {
  occurrenceClosed,
  occurrenceRestated,
  verdictChanged,
  watermarkAdvanced,
} from '../../src/core/facts.ts'
import { type Month, openMonth } from './month.ts'

/** Over real controls, from the fact to the list: what is closed stays, and silence is no good news. */

let month: Month
before(async () => {
  month = await openMonth('2026-09-29T00:00:00.000Z')
  await month.adopt('1', () => ({}))
})
after(() => month.close())

const control = (end: string): string =>
  month.okite.controls.find(one => one.id.endsWith(end))?.id ?? assert.fail(end)
const verdict = async (id: string): Promise<string> => {
  const all = await month.okite.reader.latest(verdictChanged, 10_000)
  const body = all.find(fact => fact.body.control === id)?.body
  return `${body?.status} / ${body?.reason.code}`
}
/** What the list says of the occurrences of a subject, oldest first. */
const occurrences = async (id: string, subject: string): Promise<string[]> => {
  const closed: readonly Fact<any>[] = await month.okite.reader.latest(occurrenceClosed, 10_000)
  const restated: readonly Fact<any>[] = await month.okite.reader.latest(occurrenceRestated, 10_000)
  return [...closed, ...restated]
    .filter(({ body }) => body.control === id && body.subject === subject)
    .sort((a, b) => a.pos - b.pos)
    .map(({ body }) => `${body.occurrence} ${body.outcome ?? `${body.was} → ${body.now}`}`)
}
const at = async (instant: string, name: string, body: object, more: object = {}) => {
  await month.advance(instant)
  await month.submit(month.typeOf(name), body, more)
  await month.settle()
}

test('V12 V15 V16 V6 a miss made up late stays a miss, a leaver stays in his months, silence is unknown', async () => {
  const trained = control('.trained-monthly')
  const read = control('.management-monthly')
  const hash = 'a'.repeat(64)
  const register = async (day: string, people: readonly string[]) => {
    const declared = { people: people.length, hash }
    await at(`${day}T00:01:00.000Z`, 'person.register.declared', declared, { refs: { by: 'one' } })
    const compared = { part: 1, parts: 1, seen: people, unlisted: 0, isDeclared: true, hash }
    await at(`${day}T00:02:00.000Z`, 'person.register.compared', compared)
  }
  const training = (person: string, day: string) =>
    at(`${day}T03:00:00.000Z`, 'training.completed', {
      ...{ person, course: 'course-a', version: '1', program: 'monthly', minutes: 20 },
      test: { questions: 10, correct: 9 },
    })
  const delivered = async (to: string) => {
    await month.advance(to)
    await month.submit(watermarkAdvanced, { source: 'learning', to })
    await month.settle()
  }
  const people = ['p-1', 'p-2', 'p-3']
  for (const [index, person] of people.entries()) {
    const body = { person, kind: 'employee', department: 'care' }
    await at(`2026-09-29T01:0${index}:00.000Z`, 'person.joined', body, { trust: 'record' })
  }
  // Reports are delivered here: from now on a month without one is a miss (V15a).
  const before = { report: 'dashboard', hash, period: null }
  await at('2026-09-29T02:00:00.000Z', 'report.dashboard.delivered', { ...before, metrics: 40 })
  await at('2026-09-29T03:00:00.000Z', 'report.dashboard.read', before, {
    refs: { by: 'one', reader: 'two' },
  })
  await register('2026-09-30', people)
  for (const person of ['p-1', 'p-3']) await training(person, '2026-10-05')
  await register('2026-10-30', people)
  assert.equal(await verdict(trained), 'due / due')

  // October ends where the organisation is; nobody is broken before the source has delivered it.
  await month.advance('2026-10-31T15:06:00.000Z')
  assert.equal(await verdict(trained), 'unknown / source.silent')
  await delivered('2026-10-31T16:00:00.000Z')
  assert.equal(await verdict(trained), 'broken / missed')
  assert.deepEqual(await occurrences(trained, 'p-2'), ['2026-10 missed'])
  assert.deepEqual(await occurrences(trained, 'p-3'), ['2026-10 done'])
  assert.deepEqual(await occurrences(read, 'org'), ['2026-10 missed'])

  // The report of October comes in November, and says so: both stand on the list, for ever.
  const report = { report: 'dashboard', hash, period: '2026-10' }
  await at('2026-11-02T01:00:00.000Z', 'report.dashboard.delivered', { ...report, metrics: 40 })
  await at('2026-11-02T02:00:00.000Z', 'report.dashboard.read', report, {
    refs: { by: 'one', reader: 'two' },
  })
  assert.deepEqual(await occurrences(read, 'org'), ['2026-10 missed', '2026-10 late'])
  assert.equal(await verdict(read), 'kept / open')

  // Who leaves in November leaves that month, and stays in the one that he was here to the end of.
  await register('2026-11-04', people)
  await at('2026-11-05T01:00:00.000Z', 'person.left', { person: 'p-3' }, { trust: 'record' })
  await register('2026-11-06', ['p-1', 'p-2'])
  for (const person of ['p-1', 'p-2']) await training(person, '2026-11-06')
  assert.equal(await verdict(trained), 'kept / done')

  // The comparison of the register stops: a week later nobody knows whether these are all.
  await month.advance('2026-11-13T00:01:00.000Z')
  assert.equal(await verdict(trained), 'kept / done')
  await month.advance('2026-11-13T00:03:00.000Z')
  assert.equal(await verdict(trained), 'unknown / population.unconfirmed')

  await register('2026-11-29', ['p-1', 'p-2'])
  await delivered('2026-11-30T16:00:00.000Z')
  assert.deepEqual(await occurrences(trained, 'p-3'), ['2026-10 done'])
  assert.deepEqual(await occurrences(trained, 'p-2'), ['2026-10 missed', '2026-11 done'])
  assert.deepEqual((await month.okite.integrity()).judges.differs, null)
})
