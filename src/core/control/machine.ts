import type { Fact, Key } from '../fact.ts'
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
import type { Judge } from '../judge.ts'
import type { Base, Control, Kind } from './kind.ts'
import { inOrder, keysOf, matches, organisation, typesOf } from './match.ts'
import { exceptionKey } from './population.ts'
import { isSolo, newSubject, type SubjectRow, stepSubject } from './subject.ts'
import { newWhole, settleWhole, stepWhole, type Whole } from './whole.ts'

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
export function compile(base: Base, kind: Kind, reads: readonly string[] = []): Control {
  const { population, alive = [] } = base
  const from = typesOf([
    population?.enter,
    population?.leave,
    population?.complete,
    population?.compare?.with,
    ...alive,
  ])
  const judge: Judge<any> = {
    id: base.id,
    version: base.version,
    from: [...new Set([...from, ...kind.from, exceptionGranted, exceptionEnded])],
    makes,
    whole: [
      ...typesOf([population?.complete, population?.compare?.with, ...alive]),
      exceptionGranted,
      exceptionEnded,
    ],
    policy: true,
    ...(reads.length > 0 || kind.name === 'rollup' ? { reads } : {}),
    keys: fact => [...(concernsAll(base, fact) ? [''] : []), ...subjectsOf(base, kind, fact)],
    init: key => (key === '' ? newWhole(base) : newSubject(kind, key)),
    step: (row: Whole | SubjectRow, input, ctx) =>
      isWhole(row)
        ? stepWhole(base, kind, row, input, ctx)
        : stepSubject(base, kind, row, input, ctx),
    settle: (row: Whole, changes, ctx) => settleWhole(base, kind, row, changes, ctx),
  }
  return Object.freeze({
    id: base.id,
    version: base.version,
    kind: kind.name,
    owner: base.owner,
    params: base.params ?? {},
    judge: Object.freeze(judge),
    reads,
  })
}

const isWhole = (row: Whole | SubjectRow): row is Whole => row.key === ''

/** The fact speaks of the population as a whole, of a source, or of an exception for everybody. */
function concernsAll(base: Base, fact: Fact): boolean {
  const { population, alive = [] } = base
  return (
    (population !== undefined && matches(population.complete, fact)) ||
    (population?.compare !== undefined && matches(population.compare.with, fact)) ||
    alive.some(match => matches(match, fact)) ||
    exceptionKey(base, fact) === ''
  )
}

/** The subjects a fact speaks of, in order and once each. */
function subjectsOf(base: Base, kind: Kind, fact: Fact): readonly Key[] {
  const { population } = base
  const keys: Key[] = []
  if (kind.from.some(type => type.name === fact.type)) keys.push(...kind.subjects(fact))
  if (population !== undefined) {
    keys.push(...keysOf(population.enter, fact))
    if (population.leave !== undefined) keys.push(...keysOf(population.leave, fact))
    if (population.compare !== undefined) keys.push(...keysOf(population.compare.with, fact))
  }
  const excepted = exceptionKey(base, fact)
  if (excepted !== null) keys.push(excepted)
  // Without a population and without cases there is one subject, and nobody else's evidence counts.
  return inOrder(keys).filter(key => !isSolo(base, kind) || key === organisation)
}
