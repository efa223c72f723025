import { OkiteError } from '../../error.ts'
import { type Calendars, createCalendars, parseDuration } from '../../time.ts'
import { tableAt } from '../calendars.ts'
import { type ClockInForce, type Law, lawsInForce } from '../laws.ts'
import { type Pack, type Statement, topics } from '../pack.ts'
import { type Arg, type Finding, numbersOf, type Question } from './finding.ts'
import { durationOf, nominalMs } from './nominal.ts'

type Shorter = Readonly<{ statement: Statement; clock: ClockInForce; limit: string }>

/**
 * One limit for every regime, where a law in force that the policy places itself under has a shorter
 * one for the same matter: who keeps the policy to the hour breaks the law. Duties that the law gives
 * without a figure, drafts, and laws whose day has not come are no measure.
 *
 * Limits in business days are compared twice. On paper 15 of them are 21 days; around long holidays
 * they are more, and a law that counts calendar days is then shorter on some days only. These are
 * searched in the calendars that are loaded, and one of them is named.
 */
export function shorterLaws(question: Question): readonly Finding[] {
  const { pack } = question
  const adopted = adoptedLaws(question)
  const calendars = tablesOf(question)
  return topics.flatMap(topic => {
    const pairs = pack.statements
      .filter(one => one.topics.includes(topic) && one.limit !== null)
      .flatMap(statement =>
        adopted.flatMap(clock => {
          const { limit } = clock.version
          return clock.clock.topic === topic && limit !== null ? [{ statement, clock, limit }] : []
        }),
      )
    const always = pairs.filter(pair => isShorter(pair))
    const rest = pairs.filter(pair => !isShorter(pair))
    const dated = rest.flatMap(pair => {
      const day = dayOfExcess(pair, pack, calendars)
      return day === null ? [] : [{ ...pair, ...day }]
    })
    const worst = dated.toSorted((a, b) => b.days - a.days)[0]
    return [
      ...(always.length === 0 ? [] : [finding('law-shorter', always, {})]),
      ...(worst === undefined
        ? []
        : [
            finding('law-shorter-at-times', dated, {
              day: worst.day,
              days: `P${worst.days}D`,
              country: worst.country,
            }),
          ]),
    ]
  })
}

function finding(
  rule: 'law-shorter' | 'law-shorter-at-times',
  pairs: readonly Shorter[],
  more: Record<string, Arg>,
): Finding {
  const limits = pairs.map(({ statement }) => statement.limit ?? '')
  const longest = limits.toSorted((a, b) => nominalMs(b) - nominalMs(a))[0] ?? ''
  const clocks = [...new Map(pairs.map(({ clock }) => [clock.clock.id, clock])).values()]
  return {
    rule,
    severity: 'contradiction',
    statements: numbersOf(pairs.map(({ statement }) => statement)),
    args: {
      limit: longest,
      nominal: durationOf(nominalMs(longest)),
      isBusiness: longest.endsWith('BD') ? 'yes' : 'no',
      laws: clocks
        .toSorted((a, b) => lengthOf(a) - lengthOf(b))
        .map(({ law, clock, version }) => ({
          id: clock.id,
          regime: law.regime,
          provision: clock.provision,
          limit: version.limit ?? '',
          hasThreshold: clock.threshold === undefined ? 'no' : 'yes',
          threshold: clock.threshold ?? '',
        })),
      ...more,
    },
    reading: 'shortest-first',
  }
}

const lengthOf = ({ version }: ClockInForce): number => nominalMs(version.limit ?? 'PT0S')

const isShorter = ({ statement, limit }: Shorter): boolean =>
  nominalMs(statement.limit ?? 'PT0S') > nominalMs(limit)

/** The clocks in force of the laws that some statement cites. */
function adoptedLaws({ pack, outside, day }: Question): readonly ClockInForce[] {
  return lawsInForce(outside.laws, day).filter(({ law }) => isCited(law, pack))
}

export function isCited({ id, cited }: Law, pack: Pack): boolean {
  const names = cited ?? [id.toUpperCase()]
  return pack.statements.some(one =>
    one.laws.some(line =>
      names.some(name => line.startsWith(name) && !/^[\w.-]/.test(line.slice(name.length))),
    ),
  )
}

type Tables = Readonly<{
  calendars: Calendars
  known: readonly Readonly<{ id: string; country: string; lastYear: number }>[]
}>

function tablesOf({ outside, day }: Question): Tables {
  const known = [...outside.calendars.values()].flatMap(calendar => {
    try {
      return [{ calendar, table: tableAt(calendar, day) }]
    } catch (error) {
      // Nothing had been published by then: no calendar, no days to search.
      if (error instanceof OkiteError && error.code === 'CALENDAR_OUT_OF_RANGE') return []
      throw error
    }
  })
  return {
    calendars: createCalendars(known.map(({ table }) => table)),
    known: known.map(({ calendar: { id, country }, table }) => ({
      id,
      country,
      lastYear: table.years[1],
    })),
  }
}

type Excess = Readonly<{ day: string; days: number; country: string }>

/** The day on which the policy's last day is furthest behind the law's, of the last two years that a table knows. */
function dayOfExcess({ statement, limit }: Shorter, pack: Pack, tables: Tables): Excess | null {
  const own = statement.limit ?? ''
  if (!own.endsWith('BD') || parseDuration(limit).kind !== 'local') return null
  const { zone } = pack.organisation
  const lastDay = (from: string, duration: string, calendar?: string) =>
    Temporal.Instant.from(tables.calendars.add(from, duration, zone, calendar))
      .toZonedDateTimeISO(zone)
      .toPlainDate()
  let worst: Excess | null = null
  for (const { id, country, lastYear } of tables.known) {
    if (statement.calendar !== null && statement.calendar !== country) continue
    const end = Temporal.PlainDate.from({ year: lastYear, month: 10, day: 1 })
    for (
      let day = end.subtract({ years: 2 });
      day.until(end).sign > 0;
      day = day.add({ days: 1 })
    ) {
      const from = day
        .toZonedDateTime({ timeZone: zone, plainTime: '12:00' })
        .toInstant()
        .toString()
      const ours = lastDay(from, own, id)
      if (Temporal.PlainDate.compare(ours, lastDay(from, limit)) <= 0) continue
      const { days } = day.until(ours)
      if (worst === null || days > worst.days) worst = { day: day.toString(), days, country }
    }
  }
  return worst
}
