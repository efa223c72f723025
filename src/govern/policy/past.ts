import type { Fact } from '../../core/fact.ts'
import { statementVerdictChanged, verdictChanged } from '../../core/facts.ts'
import type { Reader } from '../../core/module.ts'
import { StandMemo } from '../../core/stand-memo.ts'
import { dayIn } from '../../core/time.ts'
import { controlRowOf, is, statementRowOf } from './rows.ts'
import type { Adopted, ControlRow, Counts, Judged, StatementRow } from './view.ts'

/**
 * The policy as it stood when a day was over: what the list said by then, whatever came in later.
 * Verdicts are read from their facts; counts, which move without a verdict (V27), from the seals that
 * were set at the midnight after.
 */
export const readJudgedAt = (reader: Reader, day: string, zone: string): Promise<Judged> =>
  days.of(reader, `${day} ${zone}`, watched => readDay(watched, day, zone))

/** Whoever looks back at a day opens one sentence of it after the other. Each takes a megabyte. */
const days = new StandMemo<Judged>(16)

async function readDay(reader: Reader, day: string, zone: string): Promise<Judged> {
  const until = endOfDay(day, zone)
  const [adopted] = await reader.query<Adopted>(
    `select pos::float8 as pos, policy, version, from_at as "from" from show.policy_adoption
     where from_at < $1 and recorded < $1 order by policy_adoption.pos desc limit 1`,
    [until],
  )
  const last = await reader.query<{ pos: number }>(
    `select max(pos)::float8 as pos from show.policy_history
     where what in ('statement', 'control') and recorded < $1 group by what, about`,
    [until],
  )
  const facts = await reader.facts(last.map(row => row.pos).sort((a, b) => a - b))
  const sealed = await reader.query<{ control: string; population: Counts }>(
    'select control, population from show.policy_day where day = $1',
    [day],
  )
  const counts = new Map(sealed.map(row => [row.control, row.population]))
  return {
    adopted: adopted ?? null,
    statements: byName(facts, statementVerdictChanged, statementRowOf, row => row.statement),
    controls: byName(facts, verdictChanged, withCounts(counts), row => row.control),
  }
}

const withCounts =
  (counts: ReadonlyMap<string, Counts>) =>
  (fact: Parameters<typeof controlRowOf>[0]): ControlRow => {
    const row = controlRowOf(fact)
    return { ...row, population: counts.get(row.control) ?? row.population }
  }

function byName<B, Row extends StatementRow | ControlRow>(
  facts: readonly Fact[],
  type: Parameters<typeof is<B>>[0],
  rowOf: (fact: Fact<B>) => Row,
  nameOf: (row: Row) => string,
): ReadonlyMap<string, Row> {
  const rows = facts.flatMap(fact => (is(type, fact) ? [rowOf(fact)] : []))
  return new Map(rows.map(row => [nameOf(row), row]))
}

/** The first instant of the day after. */
const endOfDay = (day: string, zone: string): string =>
  Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(zone).toInstant().toString({
    fractionalSecondDigits: 3,
  })

/** The day on which the list began to judge; null: nothing was adopted yet. */
export async function firstDay(reader: Reader, zone: string): Promise<string | null> {
  const recorded = await firstAdoptions.of(reader, '', async watched => {
    const [row] = await watched.query<{ recorded: string | null }>(
      'select min(recorded) as recorded from show.policy_adoption',
    )
    return row?.recorded ?? null
  })
  return recorded === null ? null : dayIn(Date.parse(recorded), zone)
}

const firstAdoptions = new StandMemo<string | null>(1)

/** The hash of the pack that was adopted at this position. */
export async function hashOf(reader: Reader, pos: number): Promise<string | null> {
  const [row] = await reader.query<{ hash: string }>(
    'select hash from show.policy_adoption where pos = $1',
    [pos],
  )
  return row?.hash ?? null
}
