import { is, whenOf } from '../../core/control/match.ts'
import type { Draft, Instant, Pos } from '../../core/fact.ts'
import { ledgerChecked } from '../../core/facts.ts'
import { everyRow, isFact, type Judge } from '../../core/judge.ts'
import { integrityChecked, placesDeclared, reachMeasured, storeInspected } from './facts.ts'

/** Row `''` holds the list of places, any other where one store lies. */
type Row = Readonly<{
  places: Readonly<{
    pos: Pos
    at: Instant
    laws: Readonly<Record<string, readonly string[]>>
  }> | null
  store: Readonly<{ pos: Pos; name: string; country: string | null }> | null
}>

/**
 * Says of each store what the list of places says of its country, whenever one of the two changes.
 * The fact is as old as the list: a new look at a store makes the word of the lawyers no younger.
 */
export const reach: Judge<Row> = {
  id: 'protect.data.reach',
  version: 1,
  from: [placesDeclared, storeInspected],
  makes: [reachMeasured],
  whole: [placesDeclared],
  keys: fact => (is(fact, storeInspected) ? [fact.body.store] : ['']),
  init: () => ({ places: null, store: null }),
  step(row, input, ctx) {
    if (!isFact(input)) return { state: row }
    if (is(input, storeInspected)) {
      const { store: name, country } = input.body
      const now: Row = { places: null, store: { pos: input.pos, name, country } }
      return { state: now, facts: measured(now, ctx.root as Row | null) }
    }
    if (row.store !== null) return { state: row, facts: measured(row, ctx.root as Row | null) }
    const at = whenOf(input)
    if (!is(input, placesDeclared) || (row.places !== null && at < row.places.at)) {
      return { state: row }
    }
    const laws = Object.fromEntries(input.body.places.map(place => [place.country, place.laws]))
    return { state: { ...row, places: { pos: input.pos, at, laws } }, also: [everyRow] }
  },
}

function measured({ store }: Row, root: Row | null): readonly Draft[] {
  const places = root?.places ?? null
  if (store === null || places === null) return []
  const { name, country, pos } = store
  // Where nobody knows in which country it lies, no list says which laws reach it.
  if (country === null) return []
  const laws = Object.hasOwn(places.laws, country) ? (places.laws[country] ?? null) : null
  return [
    {
      type: reachMeasured,
      occurred: places.at,
      because: pos < places.pos ? [pos, places.pos] : [places.pos, pos],
      body: { store: name, country, laws },
    },
  ]
}

/** The number under which the register of data sets has Okite's own list, where it has it. */
const ownSet = 'okite'

/**
 * A check of the list is one of the records of a data set: every hash was computed again, and everything
 * that was derived was derived again. Nothing explains a difference there, as nothing on it may be changed.
 */
export const ownIntegrity: Judge<null> = {
  id: 'protect.data.own-integrity',
  version: 1,
  from: [ledgerChecked],
  makes: [integrityChecked],
  told: [integrityChecked],
  keys: () => [ownSet],
  init: () => null,
  step(state, input) {
    if (!isFact(input) || !is(input, ledgerChecked)) return { state }
    const { size, files, isSound, faults } = input.body
    const counted = Object.values(faults).reduce((sum, count) => sum + count, 0)
    const body = {
      set: ownSet,
      records: size + files,
      // What could not be counted is a difference all the same.
      differing: isSound ? counted : Math.max(counted, 1),
      explained: 0,
    }
    const occurred = whenOf(input)
    return { state, facts: [{ type: integrityChecked, occurred, because: [input.pos], body }] }
  },
}
