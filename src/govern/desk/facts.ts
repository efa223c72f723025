import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact, type Trust } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'
import { importBegun, importEnded } from '../../core/register/import-facts.ts'

/**
 * The fact types of `govern.desk`: whether people reach us, what became of what they brought, who
 * decides when the desk cannot, and whom we can turn to ourselves. Machinery that writes them comes
 * later, so they are drafts.
 */

const module = 'govern.desk'

export const contactRegions = ['taiwan', 'japan', 'international'] as const
export const contactKinds = ['authority', 'cert', 'regulator', 'police', 'forum', 'other'] as const

const number = z.string().regex(/^[a-z0-9][a-z0-9._/-]{0,63}$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const slug = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
/** The number of a person in the register of people. */
const personNumber = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const office = naming('office', slug)
const date = z.iso.date()
/** At most a year. */
const ms = z.int().nonnegative().max(31_536_000_000)

/**
 * A probe mail from outside was sent to a mailbox. `code`: the reply of its mail server (RFC 5321).
 * `answeredMs`: after how long an answer came back; null: none came while the probe waited.
 * `pages`: pages of ours that can be read without signing in and name the address.
 */
export const mailboxProbed = defineFact('desk.mailbox.probed', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.mailbox],
  schema: z.strictObject({
    mailbox: z.enum(['security', 'privacy']),
    address: z.string().max(254),
    code: z.int().min(0).max(599),
    answeredMs: ms.nullable(),
    pages: z.int().nonnegative().max(10_000),
  }),
})

/**
 * A complaint or an enquiry arrived; its case has our number, and who wrote is private. `matter`:
 * requests about personal data have clocks of the law besides these.
 */
export const caseReceived = defineFact('desk.case.received', {
  module,
  draft: true,
  slots: ['by', 'from'],
  trusts: ['instrument', 'record', 'claim'],
  keys: f => [f.body.case],
  schema: z.strictObject({
    case: number,
    kind: z.enum(['complaint', 'enquiry']),
    matter: z.enum(['security', 'privacy', 'other']),
    channel: z.enum(['mail', 'telephone', 'form', 'letter']),
    drill: z.boolean(),
  }),
})

/** What we sent to the person. An automatic receipt is one; an answer of substance is the desk's. */
const answer = (name: string) =>
  defineFact(name, {
    module,
    draft: true,
    slots: ['by'],
    trusts: ['instrument', 'record', 'claim'],
    keys: (f: Fact<{ case: string }>) => [f.body.case],
    schema: z.strictObject({ case: number }),
  })

export const receiptConfirmed = answer('desk.receipt.confirmed')
export const findingsSent = answer('desk.findings.sent')
export const resultSent = answer('desk.result.sent')
export const satisfactionAsked = answer('desk.satisfaction.asked')

/** The case is solved: for the person, not only for us. */
export const caseResolved = defineFact('desk.case.resolved', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.case],
  schema: z.strictObject({ case: number }),
})

/** Two persons agree that it is no case. */
export const caseDismissed = defineFact('desk.case.dismissed', {
  module,
  draft: true,
  slots: ['by', 'second'],
  trusts: ['record'],
  keys: f => [f.body.case],
  schema: z.strictObject({ case: number, reason: z.enum(['spam', 'duplicate', 'withdrawn']) }),
})

const right = {
  case: number,
  clock: z
    .string()
    .regex(/^[A-Z][A-Z0-9]*([-.][A-Z0-9]+)*$/)
    .max(40),
}

/**
 * A person claims a right that a law gives: since then this clock of the law (`policy/laws`) runs for the
 * case. It was answered, put off with notice to the person, or two persons say that the law asks nothing.
 */
const ofRight = (name: string, slots: readonly string[], trusts: readonly Trust[]) =>
  defineFact(name, {
    module,
    draft: true,
    slots,
    trusts,
    keys: (f: Fact<{ case: string }>) => [f.body.case],
    schema: z.strictObject(right),
  })

export const rightClaimed = ofRight('desk.right.claimed', ['by'], ['record', 'claim'])
export const rightAnswered = ofRight(
  'desk.right.answered',
  ['by'],
  ['instrument', 'record', 'claim'],
)
/**
 * What the person asks is not done, and he was told why: that is an answer in time as well (GDPR Art. 12(4)).
 * Nobody refuses a right alone; in which words it was refused is private.
 */
export const rightRefused = defineFact('desk.right.refused', {
  module,
  draft: true,
  slots: ['by', 'second', 'reason'],
  trusts: ['record'],
  keys: f => [f.body.case],
  schema: z.strictObject({
    ...right,
    ground: z.enum(['identity', 'not-held', 'law', 'others', 'excessive']),
  }),
})
export const rightExtended = ofRight('desk.right.extended', ['by'], ['record', 'claim'])
export const rightWithdrawn = ofRight('desk.right.withdrawn', ['by', 'second'], ['record'])

/**
 * A step of the ladder up which an unsolved case goes: a role, the nth of so many. Another role is
 * another step. `kinds`: of which incidents; none: of all. By which ways its holder is reached is private.
 */
export const stepListed = defineFact('desk.ladder.step.listed', {
  module,
  draft: true,
  slots: ['by', 'ways'],
  keys: f => [f.body.role],
  schema: z.strictObject({
    role: office,
    nth: z.int().min(1).max(20),
    of: z.int().min(1).max(20),
    kinds: z.array(slug).max(16).optional(),
  }),
})

export const stepRemoved = defineFact('desk.ladder.step.removed', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  keys: f => [f.body.role],
  schema: z.strictObject({ role: office }),
})

/** A named person declares that these are all steps. */
export const ladderDeclared = defineFact('desk.ladder.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ steps: z.int().nonnegative().max(20), hash: sha256 }),
})

/** Which steps a second source (paging, ticket system) goes up. */
export const ladderCompared = defineFact('desk.ladder.list.compared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    seen: z.array(slug).max(20),
    unlisted: z.int().nonnegative().max(1_000),
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/** Who holds the role of a step, by the register of people; null: nobody. */
export const stepMeasured = defineFact('desk.ladder.step.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.role],
  schema: z.strictObject({
    role: office,
    holder: z.strictObject({ person: personNumber, from: date, until: date.nullable() }).nullable(),
  }),
})

/** Somebody was called up at a step; after how long he answered; null: he did not. */
export const stepTested = defineFact('desk.ladder.step.tested', {
  module,
  draft: true,
  trusts: ['instrument', 'record'],
  keys: f => [f.body.role],
  schema: z.strictObject({ role: office, person: personNumber, reachedMs: ms.nullable() }),
})

/**
 * The contact details of an outside body were tried. `authority`: the body as it is called now, for
 * bodies are renamed and dissolved; `channels`: how many ways to it we have, and how many worked.
 */
export const contactVerified = defineFact('desk.contact.verified', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.region],
  schema: z.strictObject({
    region: z.enum(contactRegions),
    authority: naming('contact', slug),
    channels: z.strictObject({
      kept: z.int().nonnegative().max(20),
      worked: z.int().nonnegative().max(20),
    }),
    hash: sha256,
  }),
})

/** The steps of the ladder as a population. Freshness is said by two parameters of the control. */
export function steps(): Population {
  const key = (f: Fact<{ role: string }>) => f.body.role
  return {
    id: 'govern.desk.ladder',
    enter: { type: stepListed, key },
    leave: { type: stepRemoved, key },
    complete: { type: ladderDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: ladderCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => body.unlisted === 0 && body.isDeclared,
      each: true,
    },
  }
}

/** A file as the whole ladder of one source: that its import begins, and that all of it is in. */
export const stepImportBegun = importBegun('desk.ladder.step.import.begun', module)
export const stepImportEnded = importEnded('desk.ladder.step.import.ended', module)

/**
 * An outside body that can be turned to: an authority, a CERT, a forum. By which ways is private: often
 * one of them is a person's own.
 */
export const contactListed = defineFact('desk.contact.listed', {
  module,
  draft: true,
  slots: ['by', 'ways'],
  keys: f => [f.body.authority],
  schema: z.strictObject({
    authority: slug,
    region: z.enum(contactRegions),
    kind: z.enum(contactKinds),
  }),
})

export const contactRemoved = defineFact('desk.contact.removed', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  keys: f => [f.body.authority],
  schema: z.strictObject({ authority: naming('contact', slug) }),
})

/** A file as the whole list of outside bodies of one source: that its import begins, and that all of it is in. */
export const contactImportBegun = importBegun('desk.contact.import.begun', module)
export const contactImportEnded = importEnded('desk.contact.import.ended', module)
