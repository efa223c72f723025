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
  const isNamed = draft.as !== undefined && judge.verdicts === undefined
  if (isNamed && judge.names?.[draft.as ?? ''] !== type) throw new Error('JUDGE_NAME_UNDECLARED')
  if (!instant.test(occurred)) throw new Error('JUDGE_OCCURRED')
  if (Array.isArray(because) && (because.length === 0 || because.length > premisesMax)) {
    throw new Error('JUDGE_BECAUSE')
  }
  if (!type.schema.safeParse(body).success) throw new Error('JUDGE_BODY')
  // Nearly every body is far from its limit, and is not written out to see that.
  if (bytesAtMost(body) <= limits.derivedBodyBytesMax) return
  if (Buffer.byteLength(JSON.stringify(body)) > limits.derivedBodyBytesMax) {
    throw new Error('JUDGE_BODY_TOO_LARGE')
  }
}

/** No JSON of this value is longer: a code unit is at most `\uXXXX`, a number at most 25 digits. */
function bytesAtMost(value: unknown): number {
  if (typeof value === 'string') return 2 + 6 * value.length
  if (typeof value !== 'object' || value === null) return 25
  let bytes = 2
  if (Array.isArray(value)) for (const one of value) bytes += 1 + bytesAtMost(one)
  else
    for (const [name, one] of Object.entries(value)) bytes += 4 + 6 * name.length + bytesAtMost(one)
  return bytes
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** L6. */
const premisesMax = 64
