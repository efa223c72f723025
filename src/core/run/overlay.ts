import type { Fact, Pos } from '../fact.ts'
import { claimAccepted, factCorrected, factRetracted } from '../facts.ts'
import { is } from './adoption.ts'

/** The facts that change what an earlier fact means. */
export const amendments = [factRetracted, factCorrected, claimAccepted] as const

/** What amendments have done to the list so far: which facts no longer count, and what stands for them. */
export class Overlay {
  /** Facts that do not count at their own position. */
  readonly silenced = new Set<Pos>()
  /** By the position of the amendment: the fact that counts there instead. */
  readonly instead = new Map<Pos, Fact>()

  /** Takes in an amendment. `target` is the fact it speaks of. */
  take(fact: Fact, target: Fact): void {
    this.silenced.add(target.pos)
    for (const [pos, replaced] of this.instead) {
      // A correction that is retracted in turn stops counting too.
      if (pos === target.pos || replaced.pos === target.pos) this.instead.delete(pos)
    }
    if (is(fact, factCorrected)) {
      this.instead.set(
        fact.pos,
        Object.freeze({
          ...target,
          pos: fact.pos,
          recorded: fact.recorded,
          observed: fact.observed,
          body: fact.body.body,
        }),
      )
    } else if (is(fact, claimAccepted)) {
      // Believed by a second person, a claim counts from when it occurred, like a measurement (V4).
      this.instead.set(
        fact.pos,
        Object.freeze({ ...target, pos: fact.pos, recorded: fact.recorded, trust: 'instrument' }),
      )
    }
  }
}

/** Positions that a fact names as its target, or null. */
export function targetOf(fact: Fact): Pos | null {
  for (const type of amendments) if (is(fact, type)) return (fact.body as { target: Pos }).target
  return null
}
