import type { Draft } from '../fact.ts'
import type { Judge } from '../judge.ts'
import { limits } from '../limits.ts'

/**
 * Throws the code for which a judge is stopped that says what may not stand on the list. The ledger
 * would refuse it too, but then in the middle of a transaction, and a silent fold would not notice.
 */
export function checkDraft(draft: Draft, judge: Judge): void {
  const { type, body, because, occurred } = draft
  if (!judge.makes.includes(type)) throw new Error('JUDGE_MAKES_UNDECLARED')
  if (!instant.test(occurred)) throw new Error('JUDGE_OCCURRED')
  if (Array.isArray(because) && (because.length === 0 || because.length > premisesMax)) {
    throw new Error('JUDGE_BECAUSE')
  }
  if (!type.schema.safeParse(body).success) throw new Error('JUDGE_BODY')
  if (Buffer.byteLength(JSON.stringify(body)) > limits.derivedBodyBytesMax) {
    throw new Error('JUDGE_BODY_TOO_LARGE')
  }
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** L6. */
const premisesMax = 64
