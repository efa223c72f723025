import type { Because, Fact, FactType } from '../../core/fact.ts'
import type { statementVerdictChanged, verdictChanged } from '../../core/facts.ts'
import type { ControlRow, StatementRow } from './view.ts'

/** Verdict facts as the rows that a view is made of: the same for tables and for days gone by. */

/** A fact of this type and version; its body was checked against the schema when it was appended. */
export function is<B>(type: FactType<B>, fact: Fact): fact is Fact<B> {
  return fact.type === type.name && fact.tv === type.tv
}

/** Positions that are named one by one; of a range its ends, between which the rest lies (L6). */
export const positions = (because: Because): number[] =>
  'root' in because ? [because.first, because.last] : [...because]

type BodyOf<T> = T extends FactType<infer B> ? B : never

export const statementRowOf = ({
  pos,
  body: { statement, status, reason, since, policy },
}: Fact<BodyOf<typeof statementVerdictChanged>>): StatementRow => ({
  pos,
  statement,
  status,
  reason,
  since,
  policy,
})

/** Policy, parameters and the verdict before are the ground it stands on, and no premises. */
export function controlRowOf(fact: Fact<BodyOf<typeof verdictChanged>>): ControlRow {
  const { control, status, reason, since, next, population, ...ground } = fact.body
  const { policy, params, previous } = ground
  const because = positions(fact.because).filter(
    pos => pos !== policy && pos !== params && pos !== previous,
  )
  return { pos: fact.pos, control, status, reason, since, next, population, because }
}
