import { type Draft, type Fact, type Instant, type Pos } from '../../core/fact.ts'
import { type Context, type Input, isWake, type Judge, type Step } from '../../core/judge.ts'
import { msOf, toInstant } from '../../core/time.ts'
import { assetRemoved } from '../../identify/asset/facts.ts'
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
  /** Everything before it is counted, as seen or as blind; null before the first probe. */
  upto: Instant | null
  /** The end of what was last probed. */
  heard: Instant | null
  outage: Instant | null
}>

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** What was probed is told within ten minutes; what comes later finds its minutes counted as blind. */
const tellMs = 10 * minuteMs
/** A silence longer than any month says nothing new: no window can be measured any more. */
const silenceMs = 31 * 24 * hourMs

/**
 * Puts the probes of one service in a row without gaps, and tells its outages. A minute is down unless
 * more than half of the places that asked got an answer; a minute in which nobody asked is blind, and
 * so is an hour of which nothing was told. An outage lasts from its first minute that is down to the
 * first that is answered again; blindness does not end it.
 */
export const outages: Judge<Row> = {
  id: 'recover.availability.outages',
  version: 1,
  from: [serviceProbed, assetRemoved],
  makes: [availabilityMeasured, outageBegan, outageEnded],
  names: { outage: outageBegan },
  keys: (fact: Fact<any>) => [
    fact.type === assetRemoved.name ? fact.body.asset : fact.body.service,
  ],
  init: service => ({ service, upto: null, heard: null, outage: null }),
  step: (row, input, ctx) => stepRow(row, input, ctx),
}

function stepRow(before: Row, input: Input, ctx: Context): Step<Row> {
  const facts: Draft[] = []
  let row = before
  if (!isWake(input)) {
    if (input.type === assetRemoved.name) return endRow(row, ctx)
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
  facts.push(blindSpan(row.service, row.upto, to, ctx))
  return { ...row, upto: to }
}

type Minute = Readonly<{ asked: number; answered: number }>

function take(before: Row, { service, from, runs }: Probed, ctx: Context, facts: Draft[]): Row {
  const minutes = runs.flatMap((run): Minute[] => Array.from({ length: run.minutes }, () => run))
  const at = (nth: number) => toInstant(msOf(from) + nth * minuteMs)
  const end = at(minutes.length)
  const upto = before.upto ?? from
  // Told too late: those minutes are counted as blind already, and what was down counts beside it.
  const known = Math.min(Math.max((msOf(upto) - msOf(from)) / minuteMs, 0), minutes.length)
  const lateDown = minutes.slice(0, known).filter(one => isDown(one)).length
  if (lateDown > 0) {
    facts.push(
      measured({ service, from, to: at(known), minutes: known, down: lateDown, blind: 0 }, ctx),
    )
  }
  if (end <= upto) return before
  if (from > upto) facts.push(blindSpan(service, upto, from, ctx))
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
        body: { service, outage: nameOf(service, began), began },
      })
    } else if (one.asked > 0 && !isDown(one) && row.outage !== null) {
      facts.push(ended(row, row.outage, began, ctx, before.outage === row.outage))
      row = { ...row, outage: null }
    }
  }
  const blind = fresh.filter(one => one.asked === 0).length
  const down = fresh.filter(one => isDown(one)).length
  facts.push(
    measured({ service, from: at(known), to: end, minutes: fresh.length, down, blind }, ctx),
  )
  return { ...row, upto: end, heard: end }
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

const blindSpan = (service: string, from: Instant, to: Instant, ctx: Context): Draft => {
  const minutes = (msOf(to) - msOf(from)) / minuteMs
  return measured({ service, from, to, minutes, down: 0, blind: minutes }, ctx)
}

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
