import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CaseEvent, legsOf, withEvent } from './leg.ts'

const at = (minute: number) => `2026-10-01T00:0${minute}:00.000Z`

/** One fact that both starts and reopens, as a duty that is recognised again does. */
const known = (pos: number, minute: number): readonly CaseEvent[] =>
  (['start', 'reopen'] as const).map(group => eventOf(group, pos, minute))

const eventOf = (group: CaseEvent['group'], pos: number, minute: number): CaseEvent => ({
  ...{ group, nth: 0, at: at(minute), pos, amount: 1, early: false },
})

const legs = (events: readonly CaseEvent[]) =>
  legsOf(events.reduce<readonly CaseEvent[]>(withEvent, []), 'any', 1, start => start)

test('V18 what begins twice in the instant in which it is cancelled has two legs, and no more', () => {
  const told = legs([...known(1, 1), ...known(2, 1), eventOf('cancel', 3, 1)])
  assert.deepEqual(
    told.map(({ start, cancelled }) => [start.pos, cancelled?.pos]),
    [
      [1, 3],
      [2, 3],
    ],
  )
})

test('V18 a case has no more legs than beginnings, each later than the one before, whatever coincides', () => {
  const groups = ['start', 'stop', 'cancel', 'reopen', 'reclassify'] as const
  const event = fc.tuple(fc.constantFrom(...groups, 'both' as const), fc.nat(3))
  fc.assert(
    fc.property(fc.array(event, { maxLength: 24 }), drawn => {
      const events = drawn.flatMap(([group, minute], pos) =>
        group === 'both' ? known(pos, minute) : [eventOf(group, pos, minute)],
      )
      const told = legs(events)
      assert.ok(told.length <= events.length)
      for (const [index, { start }] of told.slice(1).entries()) {
        const before = told[index]!.start
        assert.ok(before.at < start.at || (before.at === start.at && before.pos < start.pos))
      }
    }),
  )
})
