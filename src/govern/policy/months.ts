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
  /** How many subjects it was not kept for. */
  count: z.int(),
  /** What became of it, in order: missed, then done late. Each with its number, and when it was last said. */
  steps: z.array(z.object({ outcome: z.string(), count: z.int(), recorded: z.string() })),
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
export async function readMisses(
  reader: Reader,
  controls: readonly string[],
  upto: number,
): Promise<z.infer<typeof missSchema>[]> {
  const rows = await reader.query<Omit<z.infer<typeof missSchema>, 'count'>>(
    `select about as control, code as occurrence,
       json_agg(json_build_object('outcome', status, 'count', count, 'recorded', recorded)
         order by first) as steps
     from (
       select about, code, status, count(*) as count, max(recorded) as recorded, min(pos) as first,
         max(at) as at
       from show.policy_history
       where about = any($1) and what = 'occurrence' and pos <= $2
         and status in ('missed', 'late', 'broken')
       group by about, code, status
     ) as step
     group by about, code order by max(at) desc, about, code limit ${missesMax}`,
    [controls, upto],
  )
  // Who is late was missed before, or is late for the first time: never both a miss more.
  return rows.map(row => ({ ...row, count: Math.max(missedOf(row.steps), lateOf(row.steps)) }))
}

type Steps = z.infer<typeof missSchema>['steps']

const numberOf = (steps: Steps, isIt: (outcome: string) => boolean): number =>
  steps.reduce((sum, step) => sum + (isIt(step.outcome) ? step.count : 0), 0)
const missedOf = (steps: Steps) => numberOf(steps, outcome => outcome !== 'late')
const lateOf = (steps: Steps) => numberOf(steps, outcome => outcome === 'late')

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
