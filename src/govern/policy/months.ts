import { z } from 'zod'
import { occurrenceRestated, statuses } from '../../core/facts.ts'
import type { Reader } from '../../core/module.ts'
import { is } from './rows.ts'
import type { Status } from './view.ts'
import { order } from './view.ts'

/** A year of one sentence: what each month came to, what was missed, and what was said anew. */

export const monthSchema = z.object({ month: z.string(), status: z.enum(statuses) })

export const missSchema = z.object({
  control: z.string(),
  /** Name of the period, window or leg. */
  occurrence: z.string(),
  outcome: z.string(),
  /** How many subjects. */
  count: z.int(),
  /** When it ended. */
  to: z.string(),
})

export const restatementSchema = z.object({
  control: z.string(),
  subject: z.string(),
  occurrence: z.string(),
  was: z.string(),
  now: z.string(),
  /** When it was concluded first, and when anew (V37). */
  concluded: z.string(),
  restated: z.string(),
  pos: z.int(),
})

type Month = z.infer<typeof monthSchema>
type Span = Readonly<{ status: Status; at: string }>

/**
 * The last twelve months, oldest first, each with the worst verdict that was in force in it. What was
 * not judged yet is unknown, as everything without evidence.
 */
export function monthsOf(spans: readonly Span[], today: string, zone: string): Month[] {
  const thisMonth = Temporal.PlainYearMonth.from(today.slice(0, 7))
  return Array.from({ length: 12 }, (_, index) => {
    const month = thisMonth.subtract({ months: 11 - index })
    const [from, to] = [month, month.add({ months: 1 })].map(
      each => each.toPlainDate({ day: 1 }).toZonedDateTime(zone).epochMilliseconds,
    ) as [number, number]
    const began = spans.filter(span => Date.parse(span.at) < to)
    const inside = began.filter(span => Date.parse(span.at) > from)
    const before = began.findLast(span => Date.parse(span.at) <= from)
    const seen: Status[] = [before?.status ?? 'unknown', ...inside.map(span => span.status)]
    const worst = order.find(status => seen.includes(status)) ?? 'unknown'
    return { month: month.toString(), status: worst }
  })
}

/** Verdicts of a sentence, in the order of the list. */
export const readSpans = (reader: Reader, statement: string, upto: number): Promise<Span[]> =>
  reader.query<Span>(
    `select status, at from show.policy_history
     where about = $1 and what = 'statement' and pos <= $2 order by pos`,
    [statement, upto],
  )

/** More of them are read on the list. */
const missesMax = 24
const restatementsMax = 12

/** What closed as anything else than done in time. It stays, whatever is made up later (V15). */
export const readMisses = (
  reader: Reader,
  controls: readonly string[],
  upto: number,
): Promise<z.infer<typeof missSchema>[]> =>
  reader.query(
    `select about as control, code as occurrence, status as outcome, count(*)::float8 as count,
       max(at) as "to"
     from show.policy_history
     where about = any($1) and what = 'occurrence' and pos <= $2
       and status in ('missed', 'late', 'broken')
     group by about, code, status order by max(at) desc, about, code limit ${missesMax}`,
    [controls, upto],
  )

/** Conclusions about the past that were changed, with both dates. */
export async function readRestatements(
  reader: Reader,
  controls: readonly string[],
  upto: number,
): Promise<z.infer<typeof restatementSchema>[]> {
  const rows = await reader.query<{ pos: number }>(
    `select pos::float8 as pos from show.policy_history
     where about = any($1) and what = 'restated' and pos <= $2
     order by pos desc limit ${restatementsMax}`,
    [controls, upto],
  )
  const facts = await reader.facts(rows.map(row => row.pos).sort((a, b) => a - b))
  const restated = facts.filter(fact => is(occurrenceRestated, fact)).toReversed()
  const before = await reader.facts(restated.map(fact => fact.body.of).sort((a, b) => a - b))
  const recordedAt = new Map(before.map(fact => [fact.pos, fact.recorded]))
  return restated.map(({ pos, recorded, body: { of, ...body } }) => ({
    ...body,
    concluded: recordedAt.get(of) ?? recorded,
    restated: recorded,
    pos,
  }))
}
