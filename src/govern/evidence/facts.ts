import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'

/**
 * The fact types of `govern.evidence`: what people add to facts, and what two of them do together: take
 * back, correct, erase, hold. They are about facts, and name them by position.
 */

const module = 'govern.evidence'
const position = z.int().nonnegative()
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** The key under which a refusal of a claim is found. */
export const claimKey = (target: number): string => `claim-${target}`

/** Files and addresses that show what a fact says. */
export const evidenceAttached = defineFact('evidence.attached', {
  module,
  draft: true,
  slots: ['by', 'note'],
  trusts: ['record'],
  schema: z.strictObject({
    target: position,
    files: z.array(sha256).max(16),
    links: z.array(z.url().max(1_000)).max(16),
  }),
})

/** A second person does not believe a claim. It stays on the list and counts as it did: from when it was told. */
export const claimRefused = defineFact('evidence.claim.refused', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  trusts: ['record'],
  keys: f => [claimKey(f.body.target)],
  schema: z.strictObject({ target: position }),
})

export const changeKinds = ['retract', 'correct', 'erase', 'hold', 'release'] as const

/**
 * One person wants a fact taken back or corrected, a person's values erased, or such an erasure forbidden
 * (`hold`) or allowed again (`release`, of the hold at `target`). Nothing happens before another agrees.
 */
export const changeProposed = defineFact('evidence.change.proposed', {
  module,
  draft: true,
  slots: ['by', 'person', 'reason'],
  trusts: ['record'],
  schema: z.strictObject({
    kind: z.enum(changeKinds),
    target: position.nullable(),
    /** Of a correction: what the fact should have said. */
    body: z.json().nullable(),
    /** Of an erasure: why it is asked for, as `gdpr.17.1.a`. */
    ground: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,79}$/)
      .nullable(),
  }),
})

/** Another person agreed, and it was done: `result` says so, where it is a fact of its own. */
export const changeConfirmed = defineFact('evidence.change.confirmed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ proposal: position, result: position }),
})

/** It was not agreed to, or taken back by who wanted it. */
export const changeDeclined = defineFact('evidence.change.declined', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  trusts: ['record'],
  schema: z.strictObject({ proposal: position }),
})

/** What is known of a person must stay: a dispute, a preservation order. Nobody erases it until it is lifted. */
export const holdPlaced = defineFact('evidence.hold.placed', {
  module,
  draft: true,
  slots: ['by', 'second', 'person', 'reason'],
  trusts: ['record'],
  schema: z.strictObject({ proposal: position }),
})

export const holdLifted = defineFact('evidence.hold.lifted', {
  module,
  draft: true,
  slots: ['by', 'second'],
  trusts: ['record'],
  schema: z.strictObject({ proposal: position, hold: position }),
})
