import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Draft, Fact } from '../fact.ts'
import { Policies } from '../run/adoption.ts'
import { Engine } from '../run/engine.ts'
import { stratify } from '../run/strata.ts'
import { plusMs } from './match.ts'
import { createBench } from './testing.ts'
import { plainCalendars } from './testing-calendars.ts'
import { at } from './testing-facts.ts'
import { controls, history, open, perform } from './testing-history.ts'

/** Runs the facts from the world through the runner of production, and answers the whole list. */
function produce(given: readonly Fact[]): readonly Fact[] {
  const engine = new Engine({
    judges: stratify(
      controls.map(control => control.judge),
      [],
    ),
    defaults: new Map(controls.map(control => [control.id, control.params])),
    policies: new Policies(() => new Map()),
    calendars: plainCalendars,
  })
  const list: Fact[] = []
  for (const fact of given) {
    const { recorded } = fact
    const emit = (draft: Draft) => {
      const { type, occurred, because, body, refs = {} } = draft
      const { name, tv, module } = type
      const common = { tv, module, source: '', observed: recorded, trust: 'instrument' as const }
      list.push({
        ...common,
        pos: list.length,
        type: name,
        occurred,
        recorded,
        because,
        body,
        refs,
      })
      return list.length - 1
    }
    list.push({ ...fact, pos: list.length })
    for (let next = list.length - 1; next < list.length; next += 1) engine.step(list[next]!, emit)
  }
  assert.deepEqual(engine.stopped, [])
  return list
}

const view = (list: readonly Fact[]) =>
  list.map(({ pos, type, occurred, recorded, because, body }) => ({
    pos,
    type,
    occurred,
    recorded,
    because,
    body,
  }))

test('V43 the runner of production and the plain one conclude the same, fact for fact', () => {
  fc.assert(
    fc.property(history, ({ acts, bare }) => {
      const bench = createBench(controls, { checked: false })
      let now = at('01')
      open(bench, bare, now)
      for (const one of acts) {
        now = plusMs(now, one.afterMs)
        if (one.flag) bench.advance(now)
        perform(bench, one, now)
      }
      const given = bench.list.filter(fact => fact.source === 'test')
      assert.deepEqual(view(produce(given)), view(bench.list))
    }),
    { numRuns: 40 },
  )
})
