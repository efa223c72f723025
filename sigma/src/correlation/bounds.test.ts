import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type BaseMatch, type CorrelateOptions, compile } from '../index.ts'
import { ruleOf } from '../testing/ask.ts'

const rules = ['a', 'b'].map(id => ruleOf({ s: { A: 1 }, condition: 's' }, { id, name: id }))
const count = { type: 'event_count', rules: ['a'], condition: { gte: 2 } }
const correlatorFor = (correlation: object, options: Partial<CorrelateOptions> = {}) =>
  compile([
    ...rules,
    JSON.stringify({
      id: 'c',
      title: 'c',
      correlation: { timespan: '10s', 'group-by': ['u'], ...correlation },
    }),
  ]).correlate(options)

let at = 0
const of = (user: string, timeMs: number, rule = 'a'): BaseMatch => ({
  rules: [rule],
  timeMs,
  id: `${user} ${timeMs} ${at++}`,
  field: () => user,
})

describe('the bounds of a correlator', () => {
  it('M69 of too many groups the one least recently used is dropped, and counted', () => {
    const correlator = correlatorFor(count, { groupsMax: 2 })
    const alerts = (match: BaseMatch): number => correlator.add(match).length
    // `x` is used again by its alert, so `y` goes when `z` comes.
    assert.deepEqual([of('x', 0), of('y', 1), of('x', 2), of('z', 3)].map(alerts), [0, 0, 1, 0])
    assert.equal(correlator.counters.groupsDropped, 1)
    const kept = correlator.save().lanes[0]?.groups.map(({ key }) => key)
    assert.deepEqual(kept, ['x', 'z'])
    // What was counted of `y` is lost; what was counted of `z` is there.
    assert.deepEqual([of('z', 4), of('y', 5), of('y', 6)].map(alerts), [1, 0, 1])
    assert.equal(correlator.counters.groupsDropped, 2)
  })

  it('M69 groups whose window has passed make room and are not counted', () => {
    const correlator = correlatorFor(count, { groupsMax: 10 })
    for (let second = 0; second < 1_000; second++) {
      correlator.add(of(`u${second}`, second * 5_000))
      assert.ok((correlator.save().lanes[0]?.groups.length ?? 0) <= 3)
    }
    assert.equal(correlator.counters.groupsDropped, 0)
  })

  it('M69 of too many events in a window the oldest are dropped, and counted', () => {
    const many = { ...count, condition: { gte: 4 } }
    const correlator = correlatorFor(many, { groupEventsMax: 3 })
    for (let ms = 0; ms < 10; ms++) assert.deepEqual(correlator.add(of('x', ms)), [])
    assert.equal(correlator.counters.eventsDropped, 7)
  })

  it('M69 a group that comes again after its window has passed begins anew', () => {
    const types: [object, string][] = [
      [count, 'a'],
      [{ type: 'value_count', rules: ['a'], condition: { field: 'u', gte: 2 } }, 'a'],
      [{ type: 'temporal', rules: ['a', 'b'] }, 'b'],
      [{ type: 'temporal_ordered', rules: ['a', 'b'] }, 'b'],
      [{ type: 'value_sum', rules: ['a'], condition: { field: 'u', gte: 2 } }, 'a'],
      [{ type: 'value_median', rules: ['a'], condition: { field: 'u', gt: 1 } }, 'a'],
    ]
    for (const [correlation, second] of types) {
      const correlator = correlatorFor(correlation)
      correlator.add(of('1', 0))
      // Another group lets time pass, so that the first is forgotten before it comes again.
      correlator.add(of('0', 20_000))
      assert.deepEqual(correlator.add(of('1', 20_001, second)), [], JSON.stringify(correlation))
    }
  })

  it('M69 of too many groups the one least recently used is spilled, comes back, and nothing is lost', () => {
    const spill = new Map<string, string>()
    const correlator = correlatorFor(count, { groupsMax: 2, spill })
    const alerts = (match: BaseMatch): number => correlator.add(match).length
    assert.deepEqual([of('x', 0), of('y', 1), of('z', 2), of('w', 3)].map(alerts), [0, 0, 0, 0])
    assert.deepEqual([...spill.keys()], ['0 x', '0 y'])
    assert.deepEqual(
      correlator.save().lanes[0]?.groups.map(({ key }) => key),
      ['x', 'y', 'z', 'w'],
    )
    assert.deepEqual([of('y', 4), of('x', 5), of('x', 6)].map(alerts), [1, 1, 0])
    assert.deepEqual([...spill.keys()], ['0 z', '0 w'])
    assert.equal(correlator.counters.groupsDropped, 0)
    // Once no window reaches them they are nowhere.
    alerts(of('v', 20_000))
    assert.deepEqual([...spill.keys()], [])
  })

  it('M69 more groups than may be spilled are dropped, and so are those that were lost there; both are counted', () => {
    const spill = new Map<string, string>()
    const correlator = correlatorFor(count, { groupsMax: 1, spilledMax: 2, spill })
    for (const user of ['x', 'y', 'z', 'w']) correlator.add(of(user, 1))
    assert.deepEqual([...spill.keys()], ['0 y', '0 z'])
    assert.equal(correlator.counters.groupsDropped, 1)
    spill.clear()
    assert.deepEqual(correlator.add(of('y', 2)), [])
    assert.equal(correlator.counters.groupsDropped, 2)
    assert.equal(correlator.add(of('y', 3)).length, 1)
  })

  it('M69 windows of groups that are spilled close in their time', () => {
    const few = { type: 'event_count', rules: ['a'], condition: { lt: 2 } }
    const spill = new Map<string, string>()
    const correlator = correlatorFor(few, { groupsMax: 1, spill })
    for (const [nth, user] of ['x', 'y', 'z', 'y'].entries()) correlator.add(of(user, nth))
    assert.deepEqual(
      correlator.flush().map(({ group, timeMs }) => [group['u'], timeMs]),
      [
        ['x', 10_000],
        ['z', 10_002],
      ],
    )
    assert.equal(spill.size, 0)
  })

  it('M69 windows that close drop the least recently used too, and close no more', () => {
    const few = { type: 'event_count', rules: ['a'], condition: { lt: 2 } }
    const correlator = correlatorFor(few, { groupsMax: 1 })
    correlator.add(of('x', 0))
    correlator.add(of('y', 1))
    const closed = correlator.flush().map(({ group }) => group['u'])
    assert.deepEqual(closed, ['y'])
    assert.equal(correlator.counters.groupsDropped, 1)
  })
})
