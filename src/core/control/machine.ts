import type { Fact, FactType, Key } from '../fact.ts'
import {
  daySealed,
  exceptionEnded,
  exceptionGranted,
  findingClosed,
  findingOpened,
  occurrenceClosed,
  occurrenceRestated,
  restatementRefused,
  verdictChanged,
} from '../facts.ts'
import type { Context, Judge, Owed } from '../judge.ts'
import type { Base, Control, Kind, Match, Population } from './kind.ts'
import { listsOwed } from './list-owes.ts'
import { inOrder, keysOfAny, matches, nobody, organisation, typesOf, withKeys } from './match.ts'
import { exceptionKey, leavesOf } from './population.ts'
import { isSolo, newSubject, type SubjectRow, stepSubject } from './subject.ts'
import { lapsed, newWhole, settleWhole, stepWhole, type Whole } from './whole.ts'

/** What every control says. */
const makes = [
  verdictChanged,
  findingOpened,
  findingClosed,
  occurrenceClosed,
  occurrenceRestated,
  restatementRefused,
  daySealed,
] as const

/**
 * Makes one judge of a control of any kind. The kind folds and judges one subject; here stands what
 * is the same for all: who is a subject (V10, V12), exceptions (V13), findings (V28), sources that
 * have fallen silent (V6), and the one verdict of the control (V25–V31).
 *
 * It has a row for every subject and the row `''` for the control. A change of one subject is
 * stepped into the row of that subject; the row `''` learns the difference (V9, V44).
 */
export function compile(base: Base, ofKind: Kind, reads: readonly string[] = []): Control {
  const kind = remembering(ofKind)
  const { population, alive = [] } = base
  const from = typesOf([
    population?.enter,
    ...(population ? leavesOf(population) : []),
    population?.complete,
    population?.compare?.with,
    ...alive,
  ])
  const types = [...new Set([...from, ...kind.from, exceptionGranted, exceptionEnded])]
  const routes = routesOf(base, kind, types)
  const passing = passingOf(routes)
  const keysOfType = (type: string) => {
    const route = routes.get(type)
    return route === undefined ? () => nobody : keysOf(base, kind, route)
  }
  const judge: Judge<any> = {
    id: base.id,
    version: base.version,
    from: types,
    makes,
    whole: [
      ...typesOf([population?.complete, population?.compare?.with, ...alive]),
      exceptionGranted,
      exceptionEnded,
    ],
    policy: true,
    ...(reads.length > 0 || kind.name === 'rollup' ? { reads } : {}),
    keys: fact => keysOfType(fact.type)(fact),
    keysOfType,
    init: key => (key === '' ? newWhole(base) : newSubject(kind, key)),
    step: (row: Whole | SubjectRow, input, ctx) =>
      isWhole(row)
        ? stepWhole(base, kind, row, input, ctx)
        : stepSubject(base, kind, row, input, ctx, passing),
    settle: (row: Whole, changes, ctx) => settleWhole(base, kind, row, changes, ctx),
    owes: (row: Whole | SubjectRow, ctx) => {
      if (ctx.adopted === null) return nothing
      return isWhole(row) ? listsOwed(base, row.known, ctx) : owesOf(kind, row, ctx)
    },
    verdicts: {
      type: verdictChanged,
      of: () => base.id,
      lapsed: (row: Whole | SubjectRow, reason, ctx) =>
        isWhole(row) ? lapsed(base, reason, ctx) : null,
    },
  }
  return Object.freeze({
    id: base.id,
    version: base.version,
    kind: kind.name,
    owner: base.owner,
    params: base.params ?? {},
    judge: Object.freeze(judge),
    reads,
    rests: Object.freeze({
      population: population === undefined ? null : listOf(population),
      evidence: kind.from,
      alive: typesOf(alive),
    }),
    closes: kind.closes ?? [],
    lists: population === undefined ? null : listsOf(base, population),
    names: kind.names ?? (() => null),
  })
}

const nothing = Object.freeze([])

/** Of whom nothing is asked now, because he is excepted or no subject, owes nothing (V12, V13). */
function owesOf(kind: Kind, row: SubjectRow, ctx: Context): readonly Owed[] {
  const status = row.share?.status ?? null
  if (kind.owes === undefined || status === null || status === 'excepted') return nothing
  return kind.owes(row.kind, row.member, ctx)
}

const isWhole = (row: Whole | SubjectRow): row is Whole => row.key === ''

const listsOf = ({ owner }: Base, population: Population) => ({
  owner: population.owner ?? owner,
  types: typesOf([population.complete, population.compare?.with]),
})

const listOf = (population: Population) => ({
  id: population.id,
  from: typesOf([population.enter, ...leavesOf(population), population.complete]),
  second: population.compare?.with.type ?? null,
})

/** What a fact of one type may be to a control; worked out once, as most facts are nothing to it. */
type Route = Readonly<{
  /** It speaks of the population as a whole, or of a source. */
  all: readonly Match[]
  isOfKind: boolean
  /** What of this type the kind asks for, if it is nothing else to the control. */
  only: readonly Match[] | null
  /** It says who is a subject. */
  members: readonly Match[]
  isException: boolean
  /** A source of the control speaks. */
  isAlive: boolean
}>

function routesOf(base: Base, kind: Kind, types: readonly FactType[]): ReadonlyMap<string, Route> {
  const { population, alive = [] } = base
  const leaves = population ? leavesOf(population) : []
  const routes = new Map<string, Route>()
  for (const type of types) {
    const ofType = (matches: readonly (Match | undefined)[]) =>
      matches.filter(match => match !== undefined && match.type.name === type.name) as Match[]
    const all = ofType([population?.complete, population?.compare?.with, ...alive])
    const members = ofType([population?.enter, ...leaves, population?.compare?.with])
    const isException = type.name === exceptionGranted.name || type.name === exceptionEnded.name
    const isPlain = all.length === 0 && members.length === 0 && !isException
    routes.set(type.name, {
      all,
      isOfKind: kind.from.some(one => one.name === type.name),
      only: isPlain && kind.matches !== undefined ? ofType(kind.matches) : null,
      members,
      isException,
      isAlive: ofType(alive).length > 0,
    })
  }
  return routes
}

/**
 * Types that speak of members alone. A source that has come further, an exception or a policy steps all
 * subjects with the fact that brought it, and each must be judged again.
 */
const passingOf = (routes: ReadonlyMap<string, Route>): ReadonlySet<string> =>
  new Set(
    [...routes].flatMap(([type, { members, isException, isAlive }]) =>
      members.length > 0 && !isException && !isAlive ? [type] : [],
    ),
  )

/** Most facts are for no subject of a control; that is seen before anything else is asked. */
function keysOf(base: Base, kind: Kind, route: Route): (fact: Fact) => readonly Key[] {
  const { only } = route
  if (only === null) return fact => keysFor(base, kind, route, fact)
  const asks = only.map(match => match.if)
  const [ask] = asks
  if (asks.length === 1 && ask !== undefined)
    return fact => (ask(fact) ? keysFor(base, kind, route, fact) : nobody)
  return fact =>
    asks.every(one => one !== undefined && !one(fact)) ? nobody : keysFor(base, kind, route, fact)
}

/** The rows that a fact is stepped into: `''` when it concerns all, then its subjects in order. */
function keysFor(base: Base, kind: Kind, route: Route, fact: Fact): readonly Key[] {
  const { all, isOfKind, members, isException } = route
  let keys = isOfKind ? kind.subjects(fact) : nobody
  if (members.length > 0) keys = withKeys(keys, keysOfAny(members, fact))
  const excepted = isException ? exceptionKey(base, fact) : null
  if (excepted !== null) keys = withKeys(keys, inOrder([excepted]))
  // Without a population and without cases there is one subject, and nobody else's evidence counts.
  if (keys.length > 0 && isSolo(base, kind)) keys = keys.filter(key => key === organisation)
  const concernsAll = excepted === '' || all.some(match => matches(match, fact))
  return concernsAll ? ['', ...keys] : keys
}

/**
 * A step asks several times which subjects a fact touches; the answer for the last fact is kept. It
 * is a function of the fact, which never changes.
 */
function remembering(kind: Kind): Kind {
  let last: Fact | null = null
  let keys = nobody
  return {
    ...kind,
    subjects: fact => {
      if (fact !== last) {
        keys = kind.subjects(fact)
        last = fact
      }
      return keys
    },
  }
}
