import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type BaseMatch, type CorrelateOptions, compile } from '../index.ts'
import { ruleOf } from '../testing/ask.ts'

const base = ruleOf({ s: { A: 1 }, condition: 's' }, { id: 'a' })
const few = { type: 'event_count', rules: ['a'], timespan: '10s', condition: { lt: 2 } }
const two = { ...few, condition: { gte: 2 } }
const engineFor = (correlation: object) =>
  compile([base, JSON.stringify({ id: 'c', title: 'c', correlation })])
const correlatorFor = (correlation: object, options: Partial<CorrelateOptions> = {}) =>
  engineFor(correlation).correlate(options)

const at = (timeMs: number, more: Partial<BaseMatch> = {}): BaseMatch => ({
  rules: ['a'],
  timeMs,
  id: `at ${timeMs}`,
  field: () => null,
  ...more,
})
const refusal = (code: string) => (error: { refusal?: { code: string } }) =>
  error.refusal?.code === code

describe('the correlator', () => {
  it('M68 closes windows without an event when it is told that time has passed', () => {
    const correlator = correlatorFor(few)
    assert.deepEqual(correlator.add(at(0)), [])
    assert.deepEqual(correlator.advance(10_000), [])
    assert.deepEqual(
      correlator.advance(10_001).map(({ timeMs }) => timeMs),
      [10_000],
    )
    assert.deepEqual(correlator.add(at(5_000)), [])
    assert.equal(correlator.counters.late, 1)
    assert.deepEqual(correlator.flush(), [])
  })

  it('M70 an alert has the values of its group, its window, and every event in it once', () => {
    const correlator = correlatorFor({ ...two, 'group-by': ['user', 'host'] })
    const field = (name: string): string => `own ${name}`
    correlator.add(at(1, { field }))
    correlator.add(at(2, { field: name => `other ${name}` }))
    const [alert] = correlator.add(at(3, { field, id: 'at 1' }))
    assert.deepEqual(alert, {
      ...{ rule: 'c', title: 'c', level: null, timeMs: 3, value: 2 },
      group: { user: 'own user', host: 'own host' },
      window: { fromMs: 3 - 10_000, toMs: 3 },
      events: ['at 1'],
    })
  })

  it('M69 goes on after the end of a stream', () => {
    const correlator = correlatorFor(few)
    correlator.add(at(0))
    assert.equal(correlator.flush().length, 1)
    assert.deepEqual(correlator.add(at(10_000)), [])
    assert.equal(correlator.counters.late, 1)
    correlator.add(at(10_001))
    assert.equal(correlator.flush().length, 1)
  })

  it('M69 takes the earliest when too many wait, and counts it', () => {
    const correlator = correlatorFor(two, { latenessMs: 60_000, pendingMax: 2 })
    const given = [1, 2, 3, 4].map(ms => correlator.add(at(ms)).length)
    assert.deepEqual(given, [0, 0, 0, 1])
    assert.equal(correlator.counters.hurried, 2)
  })

  it('M69 tells only so many sources apart', () => {
    const correlator = correlatorFor(two, { sourcesMax: 2 })
    for (let ms = 0; ms < 10; ms++) correlator.add(at(ms, { source: `s${ms}` }))
    const { latest } = correlator.save().watermark
    // Those beyond the bound are together one more.
    assert.deepEqual(latest, [
      ['s0', 0],
      ['s1', 1],
      ['', 9],
    ])
  })

  it('M69 knows after a restore how far an order had come, though its events were dropped', () => {
    const correlation = { type: 'temporal_ordered', rules: ['a', 'a', 'a'], timespan: '10s' }
    const first = correlatorFor(correlation, { groupEventsMax: 1 })
    assert.deepEqual([...first.add(at(0)), ...first.add(at(1))], [])
    const second = correlatorFor(correlation, { groupEventsMax: 1 })
    second.restore(JSON.parse(JSON.stringify(first.save())))
    assert.deepEqual(
      second.add(at(2)).map(({ value, events }) => [value, events]),
      [[3, ['at 2']]],
    )
    assert.equal(second.counters.eventsDropped, 2)
  })

  it('M69 a state of other correlations and a time that is no whole number are refused', () => {
    const state = correlatorFor(few).save()
    assert.throws(() => correlatorFor(two).restore(state), refusal('STATE_UNKNOWN'))
    for (const time of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      assert.throws(() => correlatorFor(two).add(at(time)), refusal('EVENT_TIME'))
      assert.throws(() => correlatorFor(two).advance(time), refusal('EVENT_TIME'))
    }
  })

  it('M63 no name of a field or value of a group has a meaning of its own', () => {
    const correlation = { ...two, 'group-by': ['__proto__'] }
    const correlator = correlatorFor(correlation)
    correlator.add(at(0, { field: () => 'constructor' }))
    const [alert] = correlator.add(at(1, { field: () => 'constructor' }))
    assert.deepEqual(Object.entries(alert?.group ?? {}), [['__proto__', 'constructor']])
  })

  it('M65 a bound with more digits than values keep is refused', () => {
    const correlation = { ...two, condition: { gte: 1e-19 } }
    assert.equal(engineFor(correlation).rules[1]?.refusal?.code, 'CORRELATION_SHAPE')
  })
})

describe('fields of events', () => {
  it('M63 are the texts of their values, by the names a rule has for them', () => {
    const windows = { product: 'windows', category: 'process_creation' }
    const engine = compile(ruleOf({ s: { A: 1 }, condition: 's' }, { id: 'a', logsource: windows }))
    const event = { Channel: 'security', EventID: 4688, NewProcessName: 'x', B: [1, 'y'], C: [] }
    const field = engine.fields(event)
    const texts = ['EventID', 'Image', 'B', 'C', 'D'].map(name => field(name, 'a'))
    assert.deepEqual(texts, ['4688', 'x', '["1","y"]', null, null])
    assert.throws(() => field('A', 'b'), refusal('RULE_UNKNOWN'))
  })
})
