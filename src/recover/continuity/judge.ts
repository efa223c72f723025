import { compareText } from '../../core/control/match.ts'
import { type Draft, type Fact, type Instant, type Pos, when } from '../../core/fact.ts'
import { type Context, type Input, isWake, type Judge, type Step } from '../../core/judge.ts'
import { msOf, toInstant } from '../../core/time.ts'
import { pointSeen, setListed, setRemoved } from '../backup/facts.ts'
import { exposureMeasured } from './facts.ts'

/** What is known of a set of data. */
type DataSet = Readonly<{
  service: string | null
  /** Whether it is on the list; a set may be looked at before it is. */
  isListed: boolean
  point: Instant | null
  seen: Instant | null
  /** The oldest that its newest point was since the service was measured last. */
  worstMs: number
  pos: Pos
}>

/** `upto`: everything before is told. `heard`: so far all its sets were looked at. */
type Service = Readonly<{ upto: Instant; heard: Instant }>

/** One row: sets come and go between services, and a service needs the slowest of its sets. */
type Row = Readonly<{
  sets: Readonly<Record<string, DataSet>>
  services: Readonly<Record<string, Service>>
}>

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Looks are minutes apart. Between two that are further apart nobody knows what could have been had. */
const apartMs = 15 * minuteMs
/** What was seen is told within ten minutes. */
const tellMs = 10 * minuteMs
/** A silence longer than any month says nothing new. */
const silenceMs = 31 * 24 * hourMs
/** Sets in the row, so that it stays small; of those on no list the one looked at longest ago goes first. */
const setsMax = 2_000

/**
 * How much a failure would have cost each service, from what was seen of its sets. Just before a newer
 * point is seen, the one before it is as old as it ever gets: that age counts, at the worst of all sets.
 * A service is measured as far as all its sets were looked at; an hour of which one of them tells
 * nothing is blind.
 */
export const exposure: Judge<Row> = {
  id: 'recover.continuity.exposure',
  version: 1,
  from: [setListed, setRemoved, pointSeen],
  makes: [exposureMeasured],
  keys: () => [''],
  init: () => ({ sets: {}, services: {} }),
  step: (before, input, ctx) => stepRow(before, input, ctx),
}

function stepRow(before: Row, input: Input, ctx: Context): Step<Row> {
  const facts: Draft[] = []
  let row = isWake(input) ? before : take(before, input as Fact<any>)
  if (!isWake(input)) {
    const { service } = row.sets[(input as Fact<any>).body.set] ?? { service: null }
    if (service !== null) row = measure(row, service, ctx, facts)
  }
  // A stored row may give its names in another order; what is said has one order.
  const services = Object.keys(row.services).sort(compareText)
  for (const service of services) row = countSilence(row, service, ctx, facts)
  return { state: row, facts, wakeAt: nextWake(row) }
}

function take(row: Row, fact: Fact<any>): Row {
  const { set } = fact.body
  const { [set]: known, ...others } = row.sets
  if (fact.type === setRemoved.name) return withoutEmpty({ ...row, sets: others })
  const before = known ?? {
    service: null,
    isListed: false,
    point: null,
    seen: null,
    worstMs: 0,
    pos: fact.pos,
  }
  if (fact.type === setListed.name) {
    const { service } = fact.body
    return withoutEmpty({
      ...row,
      sets: { ...others, [set]: { ...before, service, isListed: true } },
    })
  }
  const seen = when(fact)
  if (before.seen !== null && seen <= before.seen) return row
  return { ...row, sets: limited({ ...others, [set]: look(before, seen, fact) }) }
}

function look(before: DataSet, seen: Instant, fact: Fact<any>): DataSet {
  const { point } = fact.body as { point: Instant }
  const isClose = before.seen !== null && msOf(seen) - msOf(before.seen) <= apartMs
  const oldest = isClose && before.point !== null && before.point < point ? before.point : point
  const worstMs = Math.max(before.worstMs, msOf(seen) - msOf(oldest), 0)
  return { ...before, point, seen, worstMs, pos: fact.pos }
}

function limited(sets: Row['sets']): Row['sets'] {
  if (Object.keys(sets).length <= setsMax) return sets
  const [oldest] = Object.entries(sets)
    .filter(([, set]) => !set.isListed)
    .sort(([a, one], [b, two]) => compareText(one.seen ?? '', two.seen ?? '') || compareText(a, b))
  if (oldest === undefined) return sets
  const { [oldest[0]]: _, ...rest } = sets
  return rest
}

/** A service of which no set is left is measured no more. */
const withoutEmpty = (row: Row): Row => ({
  ...row,
  services: Object.fromEntries(
    Object.entries(row.services).filter(([service]) => setsOf(row, service).length > 0),
  ),
})

const setsOf = ({ sets }: Row, service: string): readonly (readonly [string, DataSet])[] =>
  Object.entries(sets).filter(([, set]) => set.service === service)

function measure(before: Row, service: string, ctx: Context, facts: Draft[]): Row {
  const own = setsOf(before, service)
  // A set that was never looked at could be brought back to nothing that anybody knows of.
  const looks = own.map(([, { seen }]) => seen ?? '').sort(compareText)
  const reach = looks[0] ?? ''
  if (reach === '') return before
  const known = before.services[service]
  const from = known?.upto ?? reach
  if (known !== undefined && reach <= from) return before
  const isApart = msOf(reach) - msOf(from) > apartMs
  const worstMs = Math.max(...own.map(([, set]) => set.worstMs))
  const blind = isApart ? Math.floor((msOf(reach) - msOf(from)) / minuteMs) : 0
  const seconds = Math.ceil(worstMs / 1_000)
  const body = { service, from, to: reach, sets: own.length, seconds, blind }
  facts.push(draft(body, reach, [ctx.cause, ...own.map(([, set]) => set.pos)]))
  const reset = Object.fromEntries(own.map(([id, set]) => [id, { ...set, worstMs: 0 }]))
  return {
    sets: { ...before.sets, ...reset },
    services: { ...before.services, [service]: { upto: reach, heard: reach } },
  }
}

const isSilent = ({ upto, heard }: Service): boolean => msOf(upto) - msOf(heard) >= silenceMs

/** Whole hours in which not all sets of a service were looked at are blind. */
function countSilence(row: Row, service: string, ctx: Context, facts: Draft[]): Row {
  const known = row.services[service]
  if (known === undefined || isSilent(known)) return row
  const hours = Math.floor((msOf(ctx.now) - tellMs - msOf(known.upto)) / hourMs)
  if (hours <= 0) return row
  const to = toInstant(msOf(known.upto) + hours * hourMs)
  const sets = setsOf(row, service).length
  const body = { service, from: known.upto, to, sets, seconds: null, blind: hours * 60 }
  facts.push(draft(body, toInstant(msOf(to) - 1), [ctx.cause]))
  return { ...row, services: { ...row.services, [service]: { ...known, upto: to } } }
}

function nextWake({ services }: Row): Instant | null {
  let next: Instant | null = null
  for (const service of Object.values(services)) {
    if (isSilent(service)) continue
    const at = toInstant(msOf(service.upto) + hourMs + tellMs)
    if (next === null || at < next) next = at
  }
  return next
}

/** 64 premises at the most (M8): the newest looks. */
const draft = (body: object, occurred: Instant, because: readonly Pos[]): Draft => ({
  type: exposureMeasured,
  occurred,
  because: [...new Set(because)].sort((a, b) => b - a).slice(0, 64),
  body,
})
