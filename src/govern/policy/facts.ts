import { z } from 'zod'
import { defineFact, type Fact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'
import { importBegun, importEnded } from '../../core/register/import-facts.ts'

/**
 * The fact types of `govern.policy`: who signed the policy, who holds a post, what the committee and
 * management decided, what the law demands, and what is being improved. Machinery that writes them
 * comes later, so they are drafts.
 */

const module = 'govern.policy'

const name = z.string().min(1).max(80)
const slug = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const number = z.string().regex(/^[a-z0-9][a-z0-9._/-]{0,63}$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** The number of a person in the register of people. */
const personNumber = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
/** Of what there is already. */
const item = naming('improvement', number)
const obligation = naming('law', number)
const office = naming('office', slug)
const date = z.iso.date()
export const origins = [
  'audit',
  'incident',
  'exercise',
  'review',
  'threat',
  'suggestion',
  'other',
] as const
const count = z.int().nonnegative().max(100_000)
/** The period it makes up for, as people call it: `2026-07`, `2026`; null: that of its time. */
const period = z
  .string()
  .regex(/^\d{4}(-\d\d)?$/)
  .nullable()

/**
 * From when to when a person holds a post. `endedAt`: when it was given up before its time; a term
 * that had not begun by then is not concerned.
 */
const terms = z
  .array(
    z.strictObject({
      person: personNumber,
      from: date,
      until: date.nullable(),
      endedAt: z.iso.datetime({ precision: 3 }).nullable(),
    }),
  )
  .max(16)

/**
 * A detached signature over the hash of a policy's content was checked with the key that is on file
 * for a person. `key`: SHA-256 of the public key. What does not check is no such fact.
 */
export const policySigned = defineFact('policy.version.signed', {
  module,
  draft: true,
  trusts: ['instrument'],
  schema: z.strictObject({ hash: sha256, person: personNumber, key: sha256 }),
})

/** The version in force, who signed it and when, and who is the chief executive, by the register of people. */
export const signaturesMeasured = defineFact('policy.signature.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  schema: z.strictObject({
    version: z.string().max(200),
    hash: sha256,
    signatures: z
      .array(z.strictObject({ person: personNumber, at: z.iso.datetime({ precision: 3 }) }))
      .max(16),
    holders: terms,
  }),
})

/** Who holds a role and who acts for him, by the register of people. */
export const postMeasured = defineFact('policy.post.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.role],
  schema: z.strictObject({ role: office, holders: terms, deputies: terms }),
})

/** Who is a department's security officer, or his stand-in; a later one takes the place. */
export const officerAppointed = defineFact('department.officer.appointed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.department],
  schema: z.strictObject({
    department: name,
    as: z.enum(['officer', 'stand-in']),
    person: personNumber,
    from: date,
    until: date.nullable(),
  }),
})

/** It is given up; until the next is appointed it is vacant. */
export const officerVacated = defineFact('department.officer.vacated', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.department],
  schema: z.strictObject({ department: name, as: z.enum(['officer', 'stand-in']) }),
})

export const officerMeasured = defineFact('department.officer.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.department],
  schema: z.strictObject({ department: name, holders: terms }),
})

/**
 * The departments that the directory (or payroll) knows, laid beside those on the list. `unlisted`:
 * those that no department of the list explains.
 */
export const departmentsCompared = defineFact('department.directory.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    seen: z.array(name).max(64),
    unlisted: count,
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/** What an officer looked after on a day: how many things he checked, and how many he found. */
export const dayLogged = defineFact('department.day.logged', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim', 'instrument'],
  keys: f => [f.body.department],
  schema: z.strictObject({
    department: name,
    day: date,
    person: personNumber,
    checks: count,
    findings: count,
  }),
})

/** Nobody works there on that day: a day of rest by the calendar of the office. Said on the day itself. */
export const dayClosed = defineFact('department.day.closed', {
  module,
  draft: true,
  trusts: ['instrument', 'record'],
  keys: f => f.body.departments,
  schema: z.strictObject({ departments: z.array(name).min(1).max(256), day: date, calendar: slug }),
})

/** A log, beside those who were officer or stand-in on its day. */
export const dayMeasured = defineFact('department.day.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.department],
  schema: z.strictObject({
    department: name,
    day: date,
    person: personNumber,
    officers: z.array(personNumber).max(32),
    checks: count,
  }),
})

/**
 * Minutes of the security committee: how many it has and how many were there, how many points on the
 * state of security it went through, and how many decisions it took.
 */
export const committeeMet = defineFact('committee.meeting.minuted', {
  module,
  draft: true,
  slots: ['by', 'chair'],
  trusts: ['record', 'claim'],
  schema: z.strictObject({
    meeting: number,
    members: z.int().min(1).max(200),
    present: z.int().nonnegative().max(200),
    reviewed: count,
    decisions: count,
    period,
    hash: sha256,
  }),
})

/** An amount of money in the smallest unit of its currency (ISO 4217). */
const money = { amount: z.int().nonnegative(), currency: z.string().regex(/^[A-Z]{3}$/) }

/** Management approved the strategy for a fiscal year, and what it will cost. */
export const strategyApproved = defineFact('strategy.year.approved', {
  module,
  draft: true,
  slots: ['by', 'approver'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.year],
  schema: z.strictObject({ year: z.string().regex(/^\d{4}$/), ...money, period, hash: sha256 }),
})

/** Management approved the line of that year's budget that pays for it. */
export const budgetApproved = defineFact('strategy.budget.approved', {
  module,
  draft: true,
  slots: ['by', 'approver'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.year],
  schema: z.strictObject({ year: z.string().regex(/^\d{4}$/), ...money, period, hash: sha256 }),
})

/** The strategy of a fiscal year and its budget line, side by side. */
export const strategyMeasured = defineFact('strategy.year.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.year],
  schema: z.strictObject({
    year: z.string().regex(/^\d{4}$/),
    cost: z.strictObject(money),
    budget: z.strictObject(money),
    period,
  }),
})

/** Something is to be improved by a day: what brought it about, and until when. */
export const itemOpened = defineFact('improvement.item.opened', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.item],
  schema: z.strictObject({
    item: number,
    origin: z.enum(origins),
    due: date,
  }),
})

/** Somebody asks for another day; until a second person agrees, the first one stands. */
export const postponementAsked = defineFact('improvement.postponement.asked', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.item],
  schema: z.strictObject({ item, due: date }),
})

/** Another day instead, which a second person agreed to. */
export const itemPostponed = defineFact('improvement.item.postponed', {
  module,
  draft: true,
  slots: ['by', 'approver', 'reason'],
  trusts: ['record'],
  keys: f => [f.body.item],
  schema: z.strictObject({ item, due: date }),
})

export const itemDone = defineFact('improvement.item.done', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.item],
  schema: z.strictObject({ item, evidence: sha256 }),
})

export const offReasons = ['archived', 'duplicate', 'given-up'] as const

/** Somebody asks to take an item off; until a second person agrees, it stays. */
export const itemRemovalAsked = defineFact('improvement.removal.asked', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.item],
  schema: z.strictObject({ item, reason: z.enum(offReasons) }),
})

/** It is taken off the list: archived after it was done, or given up. Two persons agree. */
export const itemRemoved = defineFact('improvement.item.removed', {
  module,
  draft: true,
  slots: ['by', 'second'],
  trusts: ['record'],
  keys: f => [f.body.item],
  schema: z.strictObject({ item, reason: z.enum(offReasons) }),
})

/** When it is due now, and when it was done; null: it is not. */
export const itemMeasured = defineFact('improvement.item.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.item],
  schema: z.strictObject({
    item: number,
    due: date,
    doneAt: z.iso.datetime({ precision: 3 }).nullable(),
  }),
})

/** A named person declares that these are all items. */
export const itemsDeclared = defineFact('improvement.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ items: count, hash: sha256 }),
})

/** The items that reports, reviews and tickets speak of, laid beside the list, in parts. */
export const itemsCompared = defineFact('improvement.list.compared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(number).max(64),
    unlisted: count,
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/**
 * A defence was changed. `threat`: the piece of intelligence, advisory or incident that made us do it,
 * and when we learned of it; null: something else did.
 */
export const defenceChanged = defineFact('defence.change.made', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  keys: f => [f.body.change],
  schema: z.strictObject({
    change: number,
    threat: z.strictObject({ id: number, learned: date }).nullable(),
    made: date,
    period,
  }),
})

export const jurisdictions = ['taiwan', 'japan', 'european-union', 'california'] as const
export type Jurisdiction = (typeof jurisdictions)[number]

const jurisdiction = z.enum(jurisdictions)

/**
 * A duty that a law puts on us, as the register of laws has it. `version`: of the text it was read
 * from, in the words of the official source. Said anew, whole, whenever the entry changes.
 */
export const obligationListed = defineFact('law.obligation.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.obligation],
  schema: z.strictObject({
    obligation: number,
    jurisdiction,
    law: slug,
    provision: name,
    owner: office.nullable(),
    version: name,
  }),
})

/** Somebody asks to take an obligation off: the law is repealed, or does not bind us. Another one has to agree. */
export const removalAsked = defineFact('law.removal.asked', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.obligation],
  schema: z.strictObject({ obligation }),
})

export const obligationRemoved = defineFact('law.obligation.removed', {
  module,
  draft: true,
  slots: ['by', 'second'],
  keys: f => [f.body.obligation],
  schema: z.strictObject({ obligation }),
})

/** A named person declares that these are all obligations of these laws. */
export const obligationsDeclared = defineFact('law.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({
    jurisdiction,
    laws: z.array(slug).max(32),
    obligations: count,
    hash: sha256,
  }),
})

/** What a collection of laws (a publisher's, outside counsel's) lists for the jurisdiction, in parts. */
export const obligationsCompared = defineFact('law.list.compared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    jurisdiction,
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(number).max(64),
    unlisted: count,
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/** The official source was looked at: which version of the provision is in force. */
export const versionChecked = defineFact('law.version.checked', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.obligation],
  schema: z.strictObject({ obligation, version: name, source: z.url().max(300) }),
})

/** Maturity from nothing (0) to optimised (5); null: not set. */
const level = z.int().min(0).max(5).nullable()

/** The organisation's profile of NIST CSF 2.0: where it stands and where it wants to be. */
export const profileSet = defineFact('csf.profile.set', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  schema: z.strictObject({
    levels: z
      .array(
        z.strictObject({
          subcategory: z.string().regex(/^[A-Z]{2}\.[A-Z]{2}-\d\d$/),
          current: level,
          target: level,
        }),
      )
      .max(128),
    hash: sha256,
  }),
})

/** Two different persons stand behind it, in these two slots. */
export const isBy =
  (one: string, other: string) =>
  ({ refs }: Pick<Fact, 'refs'>): boolean =>
    refs[one] !== undefined && refs[other] !== undefined && refs[one] !== refs[other]

/** A file as the whole register of laws of one source: that its import begins, and that all of it is in. */
export const obligationImportBegun = importBegun('law.obligation.import.begun', module)
export const obligationImportEnded = importEnded('law.obligation.import.ended', module)

/** A file as the whole list of improvements of one source: that its import begins, and that all of it is in. */
export const itemImportBegun = importBegun('improvement.item.import.begun', module)
export const itemImportEnded = importEnded('improvement.item.import.ended', module)
