import { z } from 'zod'
import { defineFact, type Fact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'

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
const person = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const instant = z.iso.datetime({ precision: 3 })

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
 * Somebody made himself a secret address under which a calendar reads what he owes; `feed` is the SHA-256 of
 * 256 random bits, which stand nowhere. It has no other right, and he takes it back himself.
 */
const feed = z.string().regex(/^[0-9a-f]{64}$/)
export const calendarShared = defineFact('duty.calendar.shared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ feed }),
})
export const calendarRevoked = defineFact('duty.calendar.revoked', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ feed }),
})

/** How pressing a duty was when somebody was told of it; each is told once, and none that is less after it. */
export const urgencies = ['new', 'week', 'soon', 'today', 'late', 'office', 'last'] as const

/**
 * Somebody is to be told what he owes: once a day at the most, but at once of what was escalated to him.
 * What is told is worded when it is sent, and stands here by name.
 */
export const noticeIssued = defineFact('duty.notice.issued', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.person],
  schema: z.strictObject({
    person,
    isUrgent: z.boolean(),
    day: z.iso.date(),
    items: z
      .array(
        z.strictObject({
          ...about,
          what: z.enum(['do', 'accept']),
          isDelegated: z.boolean(),
          urgency: z.enum(urgencies),
          due: instant.nullable(),
        }),
      )
      .min(1)
      .max(40),
  }),
})

/** The mail server took the mail, or what kept it from being sent. */
export const noticeSent = defineFact('duty.notice.sent', {
  module,
  draft: true,
  trusts: ['instrument'],
  schema: z.strictObject({ notice: z.int().nonnegative() }),
})
export const noticeFailed = defineFact('duty.notice.failed', {
  module,
  draft: true,
  trusts: ['instrument'],
  schema: z.strictObject({ notice: z.int().nonnegative(), code: z.string().max(64) }),
})
