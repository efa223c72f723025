import type { Stepped } from '../control/kind.ts'
import { is } from '../control/match.ts'
import type { Fact, FactType, Instant, Pos } from '../fact.ts'
import {
  claimAccepted,
  factCorrected,
  factRetracted,
  judgeVersionChanged,
  ledgerOpened,
  privacyErased,
  timeReached,
} from '../facts.ts'
import type { Judge } from '../judge.ts'
import { policyTypes } from './adoption.ts'

/** The facts that change what an earlier fact means. */
export const amendments = [factRetracted, factCorrected, claimAccepted] as const

/** What the program itself goes by. It is decided anew, never taken back as if it had not been. */
const fixed = new Set(
  [
    ledgerOpened,
    timeReached,
    judgeVersionChanged,
    ...policyTypes,
    privacyErased,
    factRetracted,
  ].map(type => type.name),
)

/** What stands at the position of an amendment, and from when on. */
export type Instead = Readonly<{ fact: Stepped; at: Instant }>

/** What one amendment has done: which facts count no longer, and which does now. */
export type Taken = Readonly<{
  gone: readonly Fact[]
  now: Stepped | null
  /** Nothing is gone: the claim is stepped once more (V4). */
  isAcceptance: boolean
}>

/**
 * What amendments have done to the list so far: which facts no longer count, and what stands for
 * them. An amendment that may not be is ignored: it stays on the list, and changes nothing.
 */
export class Overlay {
  /** Facts that do not count at their own position. */
  readonly silenced = new Set<Pos>()
  /** By the position of the amendment: the fact that is stepped there. */
  readonly instead = new Map<Pos, Instead>()
  private readonly types: ReadonlyMap<string, FactType>

  /** @param judges whose fact types tell which body a correction may have */
  constructor(judges: readonly Judge[] = []) {
    this.types = new Map(judges.flatMap(judge => judge.from.map(type => [type.name, type])))
  }

  /** Takes in an amendment. `target` is the fact it speaks of. Answers null when it is ignored. */
  take(amendment: Fact, target: Fact): Taken | null {
    if (is(amendment, claimAccepted)) return this.accept(amendment, target)
    if (!isByTwo(amendment)) return null
    const found = this.standing(target, is(amendment, factCorrected))
    if (found === null) return null
    const now = is(amendment, factCorrected) ? this.corrected(amendment, found) : null
    if (now === null && is(amendment, factCorrected)) return null
    const gone: Fact[] = [found]
    for (const [pos, { fact }] of this.instead) {
      // What stood for a correction, or an accepted claim, that is now retracted stops counting too.
      if (pos !== target.pos && fact.pos !== target.pos) continue
      gone.push(fact)
      this.instead.delete(pos)
    }
    if (!is(target, claimAccepted)) this.silenced.add(target.pos)
    if (now !== null) this.instead.set(amendment.pos, { fact: now, at: amendment.recorded })
    return { gone, now, isAcceptance: false }
  }

  /** Believed by a second person: stepped once more, and from then on it counts from when it occurred. */
  private accept(amendment: Fact, target: Fact): Taken | null {
    if (target.trust !== 'claim' || !isWorld(target) || this.silenced.has(target.pos)) return null
    if ([...this.instead.values()].some(({ fact }) => fact.pos === target.pos)) return null
    if (!isBySecond(amendment, target)) return null
    const now = Object.freeze({ ...target, accepted: true as const })
    this.instead.set(amendment.pos, { fact: now, at: amendment.recorded })
    return { gone: [], now, isAcceptance: true }
  }

  /** The fact that counts for a target, or null: it may not be amended, or no longer counts. */
  private standing(target: Fact, isCorrection: boolean): Fact | null {
    if (is(target, factCorrected)) return this.instead.get(target.pos)?.fact ?? null
    if (is(target, claimAccepted)) {
      return isCorrection ? null : (this.instead.get(target.pos)?.fact ?? null)
    }
    if (!isWorld(target) || fixed.has(target.type) || this.silenced.has(target.pos)) return null
    return target
  }

  /**
   * At its own position, but effective when the target occurred: two persons stand for it, as for
   * an accepted claim (V40). Null when the target's type could not have this body.
   */
  private corrected(amendment: Fact, found: Fact): Stepped | null {
    const { pos, recorded, observed } = amendment
    const { body } = amendment.body as { body: unknown }
    const type = this.types.get(found.type)
    if (type !== undefined && type.tv === found.tv && !type.schema.safeParse(body).success) {
      return null
    }
    return Object.freeze({ ...found, pos, recorded, observed, body, accepted: true as const })
  }
}

/** The position that a fact names as its target, or null. Nobody amends what is yet to come. */
export function targetOf(fact: Fact): Pos | null {
  if (!amendments.some(type => type.name === fact.type)) return null
  const { target } = fact.body as { target: Pos }
  return target < fact.pos ? target : null
}

const isWorld = (fact: Fact): boolean => Array.isArray(fact.because) && fact.because.length === 0

/** Two persons, told apart by their refs; text of no one person is nobody's consent (V40). */
const isByTwo = ({ refs }: Fact): boolean =>
  refs['by'] !== undefined && refs['second'] !== undefined && refs['by'] !== refs['second']

/**
 * Whoever accepts is none of the persons that the claim names. Of a claim that does not say who told
 * it, whomever else it names, no one can say who the second person would be (V4).
 */
const isBySecond = (acceptance: Fact, claim: Fact): boolean => {
  const by = acceptance.refs['by']
  const isTold = claim.refs['by'] !== undefined
  return by !== undefined && isTold && !Object.values(claim.refs).includes(by)
}
