import type { FactType, Instant, Pos } from '../fact.ts'
import type { Context, Owed } from '../judge.ts'
import { lastFifth } from './dates.ts'
import { type Base, of, type Population } from './kind.ts'
import { isByPerson } from './match.ts'
import { after, type Completeness } from './population.ts'

/**
 * That a list of subjects is declared complete, and compared with its second source, are duties of
 * whoever looks after it: the next one in the last fifth of what the present one is good for, and the
 * first from the beginning. Controls with the same list each say so, with the list's name, and the most
 * impatient of them counts. An exception for the control spares nobody: a list serves others too.
 */
export function listsOwed(base: Base, known: Completeness, ctx: Context): readonly Owed[] {
  const { population } = base
  const owed: Owed[] = []
  if (population === undefined || ctx.adopted === null) return owed
  const { compare, complete, owner = base.owner } = population
  const { params } = ctx
  const { from: begun } = ctx.adopted
  const ask = (name: string, type: FactType, told: Told, fresh: string) => {
    if (!isByPerson(type)) return
    const due = after(told.at ?? begun, fresh, ctx)
    owed.push({
      name: told.pos === null ? `${name}-1` : `${name}-after-${told.pos}`,
      what: 'do',
      state: 'open',
      from: told.isDone ? lastFifth(told.at ?? begun, due) : (told.at ?? begun),
      due,
      types: [type.name],
      list: { id: idOf(population), owner },
    })
  }
  const { completeAt: pos, complete: at } = known
  const declared = { at, pos }
  ask('list', complete.type, { ...declared, isDone: at !== null }, of(population.fresh, params))
  if (compare !== undefined) {
    // Where nothing confirms the present declaration, that is what is to be compared.
    const told: Told =
      known.compared === null
        ? { ...declared, isDone: false }
        : { at: known.compared, pos: known.comparedAt, isDone: true }
    ask('comparison', compare.with.type, told, of(compare.fresh, params))
  }
  return owed
}

type Told = Readonly<{ at: Instant | null; pos: Pos | null; isDone: boolean }>

/** Lists that the same facts declare are one; where a declaration says which it is of, they are several. */
const idOf = ({ id, complete }: Population): string =>
  complete.if === undefined ? complete.type.name : id
