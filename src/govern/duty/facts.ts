import { z } from 'zod'
import { defineFact, type Fact } from '../../core/fact.ts'

/**
 * The fact types of `govern.duty`. What a duty is, controls say; here stands what people do about it. They
 * name it by control, subject and period, as it is named for ever.
 */

const module = 'govern.duty'
const name = z.string().min(1).max(200)

/**
 * A person did what a duty asks for: the fact at `of` is what he recorded, and these files show it.
 * Whether it counts, and for which period, the control says from the fact itself.
 */
export const dutyDone = defineFact('duty.doing.recorded', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.subject],
  schema: z.strictObject({
    control: name,
    subject: name,
    occurrence: name,
    of: z.int().nonnegative(),
    files: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(16),
  }),
})

const about = { control: name, subject: name, occurrence: name }
const ofSubject = (f: Fact<{ subject: string }>): readonly string[] => [f.body.subject]
/** The number under which somebody stands in the register of people: a random one, good for nothing else. */
const person = z.string().regex(/^p-[a-z0-9]{1,24}$/)
const instant = z.iso.datetime({ precision: 3 })
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** Who answers for a duty has another do it; `to` null: he takes it back. He answers for it all the same. */
export const dutyDelegated = defineFact('duty.delegated', {
  module,
  draft: true,
  slots: ['by', 'note'],
  trusts: ['record'],
  keys: ofSubject,
  schema: z.strictObject({ ...about, to: person.nullable() }),
})

/** Somebody has something to say about a duty. */
export const dutyCommented = defineFact('duty.commented', {
  module,
  draft: true,
  slots: ['by', 'text'],
  trusts: ['record'],
  keys: ofSubject,
  schema: z.strictObject(about),
})

/** A second person looked at what was done, at `of`, and is content with it, or is not. */
export const dutyAccepted = defineFact('duty.accepted', {
  module,
  draft: true,
  slots: ['by', 'note'],
  trusts: ['record'],
  keys: ofSubject,
  schema: z.strictObject({ ...about, of: z.int().nonnegative() }),
})
export const dutyRefused = defineFact('duty.refused', {
  module,
  draft: true,
  slots: ['by', 'note'],
  trusts: ['record'],
  keys: ofSubject,
  schema: z.strictObject({ ...about, of: z.int().nonnegative() }),
})

/** It is late: first the office that answers for it is told, then the one above all of them. */
export const dutyEscalated = defineFact('duty.escalated', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: ofSubject,
  schema: z.strictObject({ ...about, level: z.int().min(1).max(2), to: name, due: instant }),
})

/**
 * A calendar feed of a person, known by the hash of a secret address: who has the address reads it, so it
 * is shown once and never stored. `person` null: of somebody who stands in no register.
 */
export const feedIssued = defineFact('duty.feed.issued', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ hash: sha256, person: person.nullable(), locale: z.string().max(8) }),
})
export const feedRevoked = defineFact('duty.feed.revoked', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ hash: sha256 }),
})
