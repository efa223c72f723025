import type { FactType, Instant, Pos } from '../fact.ts'
import type { Context, Owed } from '../judge.ts'
import { lastFifth } from './dates.ts'
import { type Base, of, type Population } from './kind.ts'
import { isByPerson } from './match.ts'
import { after, type Completeness } from './population.ts'

/** What is asked for of a list, and what it was read from: it is read again only when that changes. */
export type ListsOwed = Readonly<{ owed: readonly Owed[]; of: string }>

type Before = Readonly<{ known: Completeness; lists?: ListsOwed }>

/**
 * That a list of subjects is declared complete, and compared with its second source, are duties of
 * whoever looks after it: the next one in the last fifth of what the present one is good for, and the
 * first from the beginning. Controls with the same list each say so, with the list's name, and the most
 * impatient of them counts. An exception for the control spares nobody: a list serves others too.
 */
export function listsOwed(
  base: Base,
  { known, lists }: Before,
  ctx: Context,
): Readonly<{ lists?: ListsOwed }> {
  const { population } = base
  if (population === undefined || ctx.adopted === null) return lists === undefined ? {} : { lists }
  const { compare, complete } = population
  const isAsked = isByPerson(complete.type) || (compare && isByPerson(compare.with.type))
  if (!isAsked) return {}
  const last = lists === undefined ? undefined : lastRead.get(lists)
  const isSame =
    last?.known === known && last.from === ctx.adopted.from && last.paramsPos === ctx.paramsPos
  if (lists !== undefined && isSame) return { lists }
  const from = [ctx.adopted.from, ctx.paramsPos, known.completeAt, known.compared, known.comparedAt]
  const key = from.join(' ')
  const note = (owes: ListsOwed) => {
    lastRead.set(owes, { known, from: adopted.from, paramsPos: ctx.paramsPos })
    return { lists: owes }
  }
  const { params, adopted } = ctx
  if (lists?.of === key) return note(lists)
  const { owner = base.owner } = population
  const owed: Owed[] = []
  const ask = (name: string, type: FactType, told: Told, fresh: string) => {
    if (!isByPerson(type)) return
    const due = after(told.at ?? adopted.from, fresh, ctx)
    owed.push({
      name: told.pos === null ? `${name}-1` : `${name}-after-${told.pos}`,
      what: 'do',
      state: 'open',
      from: told.isDone ? lastFifth(told.at ?? adopted.from, due) : (told.at ?? adopted.from),
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
  return note({ owed, of: key })
}

/** What each was read from last: the same things, so that nearly every settling has nothing to read. */
const lastRead = new WeakMap<
  ListsOwed,
  Readonly<{ known: Completeness; from: Instant; paramsPos: Pos }>
>()

type Told = Readonly<{ at: Instant | null; pos: Pos | null; isDone: boolean }>

/** Lists that the same facts declare are one; where a declaration says which it is of, they are several. */
const idOf = ({ id, complete }: Population): string =>
  complete.if === undefined ? complete.type.name : id
