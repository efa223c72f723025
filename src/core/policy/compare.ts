import { canonicalize } from '../ledger/canonical.ts'
import type { Pack, Statement } from './pack.ts'

/** What becomes another when one pack follows another, of one statement of either. */
export type Difference = Readonly<{
  id: string
  /**
   * `added`, `gone`: only one of the two has a statement of this id. `sentence`: what is written
   * there is another sentence. `controls`: it is judged by others. `params`: by others' figures.
   */
  what: 'added' | 'gone' | 'sentence' | 'controls' | 'params'
}>

/**
 * The statements that a version says or judges otherwise than the one before, by their ids: a
 * statement that keeps its id keeps its history (V36).
 */
export function comparePacks(before: Pack, after: Pack): readonly Difference[] {
  const old = new Map(before.statements.map(one => [one.id, one]))
  const differences = after.statements.flatMap((one): Difference[] => {
    const was = old.get(one.id)
    old.delete(one.id)
    const what = was === undefined ? 'added' : differing(was, one)
    return what === null ? [] : [{ id: one.id, what }]
  })
  return [...differences, ...[...old.keys()].map(id => ({ id, what: 'gone' as const }))]
}

function differing(was: Statement, is: Statement): Difference['what'] | null {
  if (was.sentence !== is.sentence) return 'sentence'
  const ids = (one: Statement) => one.controls.map(({ control }) => control).sort()
  if (canonicalize(ids(was)) !== canonicalize(ids(is))) return 'controls'
  const params = (one: Statement) =>
    canonicalize(Object.fromEntries(one.controls.map(each => [each.control, paramsOf(each)])))
  return params(was) === params(is) ? null : 'params'
}

const paramsOf = ({ params, assumed }: Statement['controls'][number]) => ({
  params,
  assumed: [...assumed].sort(),
})
