import type { Stepped } from '../control/kind.ts'
import type { Fact, Pos } from '../fact.ts'
import { claimAccepted, factCorrected, factRetracted } from '../facts.ts'
import { is } from './adoption.ts'

/** The facts that change what an earlier fact means. */
export const amendments = [factRetracted, factCorrected, claimAccepted] as const

/** What amendments have done to the list so far: which facts no longer count, and what stands for them. */
export class Overlay {
  /** Facts that do not count at their own position. */
  readonly silenced = new Set<Pos>()
  /** By the position of the amendment: the fact that is stepped there. */
  readonly instead = new Map<Pos, Stepped>()

  /** Takes in an amendment. `target` is the fact it speaks of. */
  take(amendment: Fact, target: Fact): void {
    if (is(amendment, claimAccepted)) {
      if (this.silenced.has(target.pos)) return
      // Believed by a second person: stepped once more, and from now on it counts from when it occurred (V4).
      this.instead.set(amendment.pos, Object.freeze({ ...target, accepted: true }))
      return
    }
    this.silenced.add(target.pos)
    for (const [pos, fact] of this.instead) {
      // What stood for a correction, or an accepted claim, that is now retracted stops counting too.
      if (pos === target.pos || fact.pos === target.pos) this.instead.delete(pos)
    }
    if (is(amendment, factCorrected)) {
      const { pos, recorded, observed } = amendment
      const body = amendment.body.body
      this.instead.set(pos, Object.freeze({ ...target, pos, recorded, observed, body }))
    }
  }
}

/** Positions that a fact names as its target, or null. */
export function targetOf(fact: Fact): Pos | null {
  for (const type of amendments) if (is(fact, type)) return (fact.body as { target: Pos }).target
  return null
}
