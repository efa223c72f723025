import { organisationZone } from '../../core/control/kind.ts'
import { type Draft, type Fact, type Instant, type Pos } from '../../core/fact.ts'
import { type Context, type Input, isWake, type Judge, type Step } from '../../core/judge.ts'
import { msOf, toInstant } from '../../core/time.ts'
import { assetListed, assetRemoved } from '../../identify/asset/facts.ts'
import {
  availabilityMeasured,
  outageBegan,
  outageEnded,
  type Probed,
  serviceProbed,
} from './facts.ts'

/** One service. */
type Row = Readonly<{
  service: string
  /** Since when it is a service of the register. */
  since: Instant | null
  /** Everything before it is counted, as seen or as blind; null before the first probe. */
  upto: Instant | null
  /** The end of what was last probed. */
  heard: Instant | null
  outage: Instant | null
}>

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** What was probed is told within ten minutes; what comes later finds its minutes counted as blind. */
const tellMs = 10 * minuteMs
/** A silence longer than any month says nothing new: no window can be measured any more. */
const silenceMs = 31 * 24 * hourMs

/**
 * Puts the probes of one service in a row without gaps, and tells its outages. A minute is down unless
 * more than half of the places that asked got an answer; a minute in which nobody asked is blind, and
 * so is an hour of which nothing was told. An outage lasts from its first minute that is down to the
 * first that is answered again; blindness does not end it. Of the month in which a service is probed for
 * the first time, the time before is blind as well, as far as it was in the register: ten days that were
 * seen are no month.
 */
export const outages: Judge<Row> = {
  id: 'recover.availability.outages',
  version: 2,
  from: [serviceProbed, assetListed, assetRemoved],
  makes: [availabilityMeasured, outageBegan, outageEnded],
  names: { outage: outageBegan },
  // For the zone of the organisation alone, whose midnights cut what is measured.
  policy: true,
  keys: keysOf,
  init: service => ({ service, since: null, upto: null, heard: null, outage: null }),
  step: (row, input, ctx) => stepRow(row, input, ctx),
}

function keysOf({ type, body }: Fact<any>): readonly string[] {
  if (type === serviceProbed.name) return [body.service]
  return type === assetRemoved.name || body.kind === 'service' ? [body.asset] : []
}

function stepRow(before: Row, input: Input, ctx: Context): Step<Row> {
  const facts: Draft[] = []
  let row = before
  if (!isWake(input)) {
    if (input.type === assetRemoved.name) return endRow(row, ctx)
    if (input.type === assetListed.name) return { state: { ...row, since: row.since ?? ctx.now } }
    // A policy that comes into force changes nothing that was seen.
    if (input.type !== serviceProbed.name) return { state: row }
    row = take(row, input.body as Probed, ctx, facts)
  }
  row = countSilence(row, ctx, facts)
  return { state: row, facts, wakeAt: wakeOf(row) }
}

/** What is no more is not restored: its outage ends with it. */
function endRow(row: Row, ctx: Context): Step<Row> {
  const facts = row.outage === null ? [] : [ended(row, row.outage, ctx.now, ctx)]
  return { state: null, facts, wakeAt: null }
}

const wakeOf = ({ upto, heard }: Row): Instant | null =>
  upto === null || heard === null || msOf(upto) - msOf(heard) >= silenceMs
    ? null
    : toInstant(msOf(upto) + hourMs + tellMs)

/** Whole hours of which nothing came in time are blind. */
function countSilence(row: Row, ctx: Context, facts: Draft[]): Row {
  if (row.upto === null || wakeOf(row) === null) return row
  const hours = Math.floor((msOf(ctx.now) - tellMs - msOf(row.upto)) / hourMs)
  if (hours <= 0) return row
  const to = toInstant(msOf(row.upto) + hours * hourMs)
  facts.push(...blindSpans(row.service, row.upto, to, ctx))
  return { ...row, upto: to }
}

type Minute = Probed['runs'][number]

function take(before: Row, { service, from, runs }: Probed, ctx: Context, facts: Draft[]): Row {
  const minutes = runs.flatMap((run): readonly Minute[] =>
    Array.from({ length: run.minutes }, () => run),
  )
  const at = (nth: number) => toInstant(msOf(from) + nth * minuteMs)
  const end = at(minutes.length)
  const upto = before.upto ?? beginOf(before, from, ctx)
  // Told too late: those minutes are counted as blind already, and what was down counts beside it.
  const known = Math.min(Math.max((msOf(upto) - msOf(from)) / minuteMs, 0), minutes.length)
  const lateDown = minutes.slice(0, known).filter(one => isDown(one)).length
  if (lateDown > 0) {
    facts.push(
      measured({ service, from, to: at(known), minutes: known, down: lateDown, blind: 0 }, ctx),
    )
  }
  if (end <= upto) return before
  if (from > upto) facts.push(...blindSpans(service, upto, from, ctx))
  let row = before
  const fresh = minutes.slice(known)
  for (const [nth, one] of fresh.entries()) {
    const began = at(known + nth)
    if (isDown(one) && row.outage === null) {
      row = { ...row, outage: began }
      facts.push({
        as: 'outage',
        type: outageBegan,
        occurred: began,
        because: [ctx.cause],
        body: {
          ...{ service, outage: nameOf(service, began), began },
          ...(one.why !== undefined && { why: one.why }),
        },
      })
    } else if (one.asked > 0 && !isDown(one) && row.outage !== null) {
      facts.push(ended(row, row.outage, began, ctx, before.outage === row.outage))
      row = { ...row, outage: null }
    }
  }
  for (const [begin, to] of spansOf(at(known), end, ctx)) {
    const nth = (instant: Instant) => (msOf(instant) - msOf(at(known))) / minuteMs
    const inside = fresh.slice(nth(begin), nth(to))
    const blind = inside.filter(one => one.asked === 0).length
    const down = inside.filter(one => isDown(one)).length
    const body = { service, from: begin, to, minutes: inside.length, down, blind }
    facts.push(measured(body, ctx))
  }
  return { ...row, upto: end, heard: end }
}

/** What is counted begins with its month, its entry in the register, or its first probe without one. */
function beginOf({ since }: Row, from: Instant, ctx: Context): Instant {
  if (since === null || since >= from) return from
  const month = ctx.calendars.period('P1M', organisationZone(ctx.params), from).from
  const listed = toInstant(Math.ceil(msOf(since) / minuteMs) * minuteMs)
  return listed > month ? listed : month
}

const isDown = ({ asked, answered }: Minute): boolean => asked > 0 && answered * 2 <= asked

const nameOf = (service: string, began: Instant): string => `${service}@${began}`

function ended(row: Row, began: Instant, at: Instant, ctx: Context, isTold = true): Draft {
  const { service } = row
  const first: Pos | undefined = isTold ? ctx.made('outage') : undefined
  return {
    type: outageEnded,
    occurred: at,
    because: first === undefined ? [ctx.cause] : [ctx.cause, first],
    body: { service, outage: nameOf(service, began), began, ended: at },
  }
}

/** Spans cut at the midnights of the organisation, so that each lies in one month, week or day. */
function spansOf(
  from: Instant,
  to: Instant,
  ctx: Context,
): readonly (readonly [Instant, Instant])[] {
  const spans: (readonly [Instant, Instant])[] = []
  // After a silence of weeks the months tell enough.
  const every = msOf(to) - msOf(from) > 2 * dayMs ? 'P1M' : 'P1D'
  for (let begin = from; begin < to; ) {
    const next = ctx.calendars.period(every, organisationZone(ctx.params), begin).to
    const end = next < to ? next : to
    spans.push([begin, end])
    begin = end
  }
  return spans
}

const blindSpans = (service: string, from: Instant, to: Instant, ctx: Context): readonly Draft[] =>
  spansOf(from, to, ctx).map(([begin, end]) => {
    const minutes = (msOf(end) - msOf(begin)) / minuteMs
    return measured({ service, from: begin, to: end, minutes, down: 0, blind: minutes }, ctx)
  })

/** It counts in the window in which its last minute lies. */
const measured = (
  body: Readonly<{
    service: string
    from: Instant
    to: Instant
    minutes: number
    down: number
    blind: number
  }>,
  ctx: Context,
): Draft => ({
  type: availabilityMeasured,
  occurred: toInstant(msOf(body.to) - 1),
  because: [ctx.cause],
  body,
})
