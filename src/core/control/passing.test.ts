import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isFact, type Judge } from '../judge.ts'
import type { Finding } from './finding.ts'
import type { Control } from './kind.ts'
import { plusMs } from './match.ts'
import { createBench } from './testing.ts'
import { at } from './testing-facts.ts'
import { controls, history, open, perform } from './testing-history.ts'

/** How often a step, or a settling, was spared. */
type Spared = { steps: number; settles: number }

/** Without what flapped more than a day ago: whoever looks next forgets it. */
const standsOf = ({ open, failing, unstable }: Finding) => ({ open, failing, unstable })

/** The control, each spared step and settling of which is done again in full and compared. */
function doneAgain(control: Control, spared: Spared): Control {
  const { judge } = control
  const step: Judge<any>['step'] = (row, input, ctx) => {
    const result = judge.step(row, input, ctx) as ReturnType<Judge<any>['step']>
    if (row.key === '' || !isFact(input) || result.wakeAt !== undefined) return result
    spared.steps += 1
    const again = judge.step(result.state!, { wake: true, at: ctx.now }, ctx)
    const [now, then] = [again.state, row] as any[]
    assert.deepEqual(again.facts, [], control.id)
    for (const field of ['kind', 'share', 'closed', 'outside', 'excepted'])
      assert.deepEqual(now[field], then[field], `${control.id} ${field}`)
    assert.deepEqual(standsOf(now.finding), standsOf(then.finding), control.id)
    return result
  }
  const settle: Judge<any>['settle'] = (row, changes, ctx) => {
    const result = judge.settle!(row, changes, ctx)
    if (row.live === null || result.facts !== undefined) return result
    spared.settles += 1
    const again = judge.settle!({ ...row, live: null }, changes, ctx) as any
    assert.deepEqual(again.facts, [], control.id)
    assert.equal(again.wakeAt, result.wakeAt)
    const [now, then] = [again.state, result.state] as any[]
    assert.deepEqual({ ...now, unknowns: null }, { ...then, unknowns: null })
    assert.deepEqual(standsOf(now.unknowns), standsOf(then.unknowns))
    return result
  }
  return { ...control, judge: { ...judge, step, settle } }
}

test('V44 who is only named again, and a list that is only confirmed again, stand as if judged again', () => {
  const spared = { steps: 0, settles: 0 }
  fc.assert(
    fc.property(history, ({ acts, bare }) => {
      const bench = createBench(controls.map(control => doneAgain(control, spared)))
      let now = at('01')
      open(bench, bare, now)
      for (const one of acts) {
        now = plusMs(now, one.afterMs)
        perform(bench, one, now)
      }
    }),
    { numRuns: 100 },
  )
  assert.ok(spared.steps > 50 && spared.settles > 50, JSON.stringify(spared))
})
