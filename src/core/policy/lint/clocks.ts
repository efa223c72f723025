import type { Pack, Statement } from '../pack.ts'
import { connected, isSameDuty } from './duties.ts'
import { type Arg, type Finding, isStated, numbersOf, type Question } from './finding.ts'
import { nominalMs } from './nominal.ts'

type Clocked = Statement & { limit: string; clock: NonNullable<Statement['clock']> }

const clocked = (pack: Pack): readonly Clocked[] =>
  pack.statements.filter(
    (one): one is Clocked => one.clock !== null && one.limit !== null && isStated(one, 'limit'),
  )

/**
 * From one event to one event there is one limit. Two that differ cannot both be the limit; the
 * looser one is either void or means another end. The same holds of two that the policy calls by the
 * name of one stage, such as first response, where it does not say what ends it.
 */
export function limitsDiffer({ pack }: Question): readonly Finding[] {
  const found = new Map<string, Finding>()
  const groups = Map.groupBy(
    clocked(pack).flatMap(one => [
      { one, key: `${one.clock.start} to ${one.clock.stop}`, end: endOf(pack, one) },
      ...(one.clock.stage === null
        ? []
        : [{ one, key: `${one.clock.start} in ${one.clock.stage}`, end: one.clock.stage as Arg }]),
    ]),
    ({ key }) => key,
  )
  for (const group of groups.values()) {
    const statements = group.map(({ one }) => one)
    const limits = distinctLimits(statements)
    const [first] = group
    // Of one duty it is said as such.
    if (first === undefined || limits.length < 2 || isOneDuty(statements)) continue
    const numbers = numbersOf(statements)
    if (found.has(numbers.join())) continue
    found.set(numbers.join(), {
      rule: 'limits-differ',
      severity: 'contradiction',
      statements: numbers,
      args: {
        start: pack.events.get(first.one.clock.start) as Arg,
        end: first.end,
        limits,
        ends: group.map(({ one }) => ({ statement: one.number, event: endOf(pack, one) })),
      },
      reading: group.some(({ one }) => one.clock.assumed.includes('stop'))
        ? 'different-ends'
        : 'stricter',
    })
  }
  return [...found.values()]
}

/**
 * Two clocks that end with one event but start from different ones: recovery counted from detection
 * and from the beginning of the outage. The one that starts later can be kept while the other is
 * broken, so that keeping it says less than it seems.
 */
export function startsDiffer({ pack }: Question): readonly Finding[] {
  return [...Map.groupBy(clocked(pack), one => one.clock.stop)].flatMap(([stop, group]) => {
    const starts = [...new Set(group.map(one => one.clock.start))]
    if (starts.length < 2 || isOneDuty(group)) return []
    return [
      {
        rule: 'starts-differ',
        severity: 'advice',
        statements: numbersOf(group),
        args: {
          end: pack.events.get(stop) as Arg,
          starts: starts.map(start => pack.events.get(start) as Arg),
        },
        reading: 'both-judged',
      },
    ]
  })
}

const endOf = (pack: Pack, { clock }: Clocked): Arg => pack.events.get(clock.stop) as Arg

const isOneDuty = (statements: readonly Statement[]): boolean =>
  connected(statements, isSameDuty).length === 1

/** In the order of their length, each once. */
const distinctLimits = (statements: readonly Clocked[]): readonly string[] =>
  [...new Map(statements.map(({ limit }) => [nominalMs(limit), limit]))]
    .sort(([a], [b]) => a - b)
    .map(([, limit]) => limit)
