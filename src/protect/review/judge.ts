import { is, sooner, whenOf } from '../../core/control/match.ts'
import type { Fact, Instant, Key, Pos } from '../../core/fact.ts'
import { type Context, isFact, type Judge, type Step } from '../../core/judge.ts'
import { rightsRead } from '../access/facts.ts'
import { accountDecided, removalMeasured } from './facts.ts'

/** What is known of one account. */
type Review = Readonly<{
  account: Key
  /** Hash of the newest reading of its rights. */
  reading: string | null
  /** Of a reading that comes in parts: which of the rights to be removed were in it so far. */
  coming: Readonly<{ hash: string; next: number; found: readonly string[] }> | null
  /** The decision that stands, until all that it takes away is seen to be gone. */
  decision: Readonly<{
    pos: Pos
    at: Instant
    period: string
    remove: readonly string[]
    /** How many were still there at the last look; null: nobody has looked. */
    remaining: number | null
  }> | null
}>

/**
 * Joins a decision with what the systems show afterwards. A decision counts when it was made by
 * another than the holder, on the rights as they were last read; it is done when a later reading has
 * none of what was to go, or at once where nothing was.
 */
export const removalJudge: Judge<Review> = {
  id: 'protect.review.removal',
  version: 1,
  from: [accountDecided, rightsRead],
  makes: [removalMeasured],
  keys: fact => [(fact.body as { account: Key }).account],
  init: key => ({ account: key, reading: null, coming: null, decision: null }),
  step: (state, input, ctx) => {
    if (!isFact(input)) return { state }
    return is(input, accountDecided) ? decide(state, input, ctx) : look(state, input, ctx)
  },
}

function decide(before: Review, fact: Fact, ctx: Context): Step<Review> {
  if (!is(fact, accountDecided)) return { state: before }
  const { by, holder } = fact.refs
  const isByAnother = by !== undefined && holder !== undefined && by !== holder
  const { reading, period, remove } = fact.body
  if (!isByAnother || reading !== before.reading) return { state: before }
  const at = whenOf(fact)
  const decision = { pos: fact.pos, at, period, remove: [...new Set(remove)], remaining: null }
  // A reading that was under way began before the decision.
  const state = { ...before, coming: null, decision }
  return remove.length === 0 ? conclude(state, 0, at, fact, ctx) : { state }
}

/** Parts come in order; a reading that misses one never was. */
function look(before: Review, fact: Fact, ctx: Context): Step<Review> {
  if (!is(fact, rightsRead)) return { state: before }
  const { part, parts, hash, rights } = fact.body
  const { coming, decision } = before
  const isNext = part === 1 || (coming !== null && coming.hash === hash && coming.next === part)
  if (!isNext) return { state: { ...before, coming: null } }
  const here = (decision?.remove ?? []).filter(right => rights.includes(right))
  const found = [...(part === 1 ? [] : (coming?.found ?? [])), ...here]
  if (part < parts) return { state: { ...before, coming: { hash, next: part + 1, found } } }
  const state = { ...before, reading: hash, coming: null }
  const at = whenOf(fact)
  if (decision === null || at < decision.at) return { state }
  return conclude(state, new Set(found).size, at, fact, ctx)
}

function conclude(
  state: Review,
  remaining: number,
  at: Instant,
  fact: Fact,
  ctx: Context,
): Step<Review> {
  const { account, decision } = state
  if (decision === null || decision.remaining === remaining) return { state }
  const body = {
    account,
    period: decision.period,
    removed: decision.remove.length - remaining,
    remaining,
  }
  const because = [...new Set([decision.pos, fact.pos])]
  return {
    state: { ...state, decision: remaining === 0 ? null : { ...decision, remaining } },
    facts: [{ type: removalMeasured, occurred: sooner(at, ctx.now), because, body }],
  }
}
