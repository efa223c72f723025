import { z } from 'zod'
import type { Match, Population } from '../../core/control/kind.ts'
import { defineFact, type Fact, type FactType } from '../../core/fact.ts'
import { watermarkAdvanced } from '../../core/facts.ts'
import { naming } from '../../core/record/naming.ts'

/**
 * The fact types of `respond.incident`: what happened to an incident, from its detection to the lessons
 * drawn from it, and the partners who help. Each says whether it is of an exercise, so that objectives
 * leave those out. Machinery that writes them comes later, so they are drafts.
 */

const module = 'respond.incident'

/** The number of an incident in the register. */
const incidentNumber = z.string().regex(/^i-[a-z0-9][a-z0-9-]{0,39}$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** A word of the organisation: a role, a class of data, an authority. */
const word = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const asset = naming('asset', z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/))
const person = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const count = z.int().nonnegative()
const about = { incident: incidentNumber, drill: z.boolean() }
const keys = (f: { body: { incident: string } }) => [f.body.incident]

/** Something was found that is, or may be, an incident. It occurred when it was detected, not when it began. */
export const incidentDetected = defineFact('incident.detected', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject({
    ...about,
    origin: z.enum(['monitoring', 'staff', 'customer', 'supplier', 'authority', 'outsider']),
  }),
})

/**
 * The category fields of the register's entry: said when it is opened and whenever they change. Whoever
 * files it may leave them empty, or set two. `was`: what they were before. 1 is the gravest.
 */
export const categoryRecorded = defineFact('incident.category.recorded', {
  module,
  draft: true,
  slots: ['by', 'second'],
  keys,
  schema: z.strictObject({
    ...about,
    categories: z.array(z.int().min(1).max(9)).max(9),
    was: z.array(z.int().min(1).max(9)).max(9),
    /** Version of the written criteria that the grade rests on. */
    criteria: z.string().min(1).max(40).nullable(),
    /** The level of the law that grades too; in Taiwan 4 is the gravest. */
    levelOfLaw: z.int().min(1).max(9).nullable(),
  }),
})

/** A named person took the report. */
export const incidentAcknowledged = defineFact('incident.acknowledged', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject(about),
})

/** A named person began to do something about it. */
export const actionBegun = defineFact('incident.action.begun', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject({ ...about, action: word }),
})

/** Who of the emergency team is at work, said whenever it changes. `absent`: roles that nobody fills yet. */
export const teamEngaged = defineFact('incident.team.engaged', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject({
    ...about,
    present: z.array(z.strictObject({ role: word, person })).max(64),
    absent: z.array(word).max(64),
  }),
})

/**
 * How far it reaches, as known now; said anew, whole, whenever more is known. `undetermined`: systems
 * and data of which nobody knows yet whether they are affected.
 */
export const impactRecorded = defineFact('incident.impact.recorded', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject({
    ...about,
    systems: z.array(asset).max(256),
    /** Classes of the data that were disclosed, altered or lost. */
    disclosed: z.array(word).max(16),
    altered: z.array(word).max(16),
    records: count,
    /** Services of the organisation that nobody could use. */
    servicesStopped: count,
    servicesOffered: count,
    undetermined: count,
  }),
})

/** What is cut off, said whenever it changes: of the systems that are affected, how many are isolated. */
export const containmentDeclared = defineFact('incident.containment.declared', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject({ ...about, affected: count, isolated: count }),
})

/** Why it happened, once that is known. `behaviour`: what people did or left undone. */
export const causeDetermined = defineFact('incident.cause.determined', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject({
    ...about,
    causes: z
      .array(z.enum(['behaviour', 'weakness', 'malware', 'intrusion', 'failure', 'supplier']))
      .min(1)
      .max(6),
  }),
})

/** The cause is gone from the systems that it was found on. */
export const causeRemoved = defineFact('incident.cause.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject({ ...about, found: count, removed: count }),
})

/** How many of the stopped services answer again; a probe from outside may say so, or a person. */
export const serviceRestored = defineFact('incident.service.restored', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject({ ...about, stopped: count, answering: count }),
})

/** Legal knows that it must be reported: to which authorities, and how many customers must be told. */
export const dutyRecognised = defineFact('incident.duty.recognised', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys,
  schema: z.strictObject({ ...about, authorities: z.array(word).max(32), customers: count }),
})

/** An authority confirms receipt. `outstanding`: how many have not yet. */
export const reportAccepted = defineFact('incident.report.accepted', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject({
    ...about,
    authority: word,
    receipt: z.string().min(1).max(80),
    outstanding: count,
  }),
})

/** The id of a clock of a law, as `policy/laws` has it: `GDPR-33-1`. */
const lawClock = z
  .string()
  .regex(/^[A-Z][A-Z0-9]*([-.][A-Z0-9]+)*$/)
  .max(40)

/** Legal knows that this clock of a law runs for the incident, since the fact occurred; once more if it begins anew. */
export const lawRecognised = defineFact('incident.law.recognised', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys,
  schema: z.strictObject({ ...about, clock: lawClock }),
})

/** Whom the law names has been told, in the way that it asks for. */
export const lawSatisfied = defineFact('incident.law.satisfied', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  keys,
  schema: z.strictObject({ ...about, clock: lawClock, receipt: z.string().min(1).max(80) }),
})

/** The law asks nothing after all. Without a second person it changes nothing. */
export const lawWithdrawn = defineFact('incident.law.withdrawn', {
  module,
  draft: true,
  slots: ['by', 'second'],
  trusts: ['record'],
  keys,
  schema: z.strictObject({ ...about, clock: lawClock }),
})

/** How many of the customers concerned the notice has reached, by the log of deliveries. */
export const noticeDelivered = defineFact('incident.notice.delivered', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject({ ...about, customers: count, delivered: count }),
})

export const incidentClosed = defineFact('incident.closed', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject(about),
})

export const incidentReopened = defineFact('incident.reopened', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject(about),
})

/** It was none, or is another one's. Without a second person it changes nothing. */
export const incidentCancelled = defineFact('incident.cancelled', {
  module,
  draft: true,
  slots: ['by', 'second'],
  keys,
  schema: z.strictObject({ ...about, reason: z.enum(['false-alarm', 'duplicate', 'entry-error']) }),
})

/** Nothing more is expected of a closed incident: where two persons say so, it is judged no more. */
export const incidentArchived = defineFact('incident.archived', {
  module,
  draft: true,
  slots: ['by', 'second'],
  trusts: ['record'],
  keys,
  schema: z.strictObject(about),
})

/** The review after an incident took place. */
export const reviewHeld = defineFact('incident.review.held', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys,
  schema: z.strictObject({ ...about, people: z.int().positive(), minutes: sha256 }),
})

/** A plan of what is to become better, written by one person and approved by another. */
export const improvementApproved = defineFact('incident.improvement.approved', {
  module,
  draft: true,
  slots: ['by', 'approver'],
  trusts: ['record', 'claim'],
  keys,
  schema: z.strictObject({ ...about, actions: count, plan: sha256 }),
})

/** How many actions of the plan are done. */
export const improvementCompleted = defineFact('incident.improvement.completed', {
  module,
  draft: true,
  slots: ['by'],
  keys,
  schema: z.strictObject({ ...about, actions: count, done: count }),
})

/** A named person declares the list of incidents complete as it stands. */
export const incidentsDeclared = defineFact('incident.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ incidents: count, hash: sha256 }),
})

/**
 * A second source – alert console, help desk, telephone log – was laid beside the list: the incidents it
 * knows, in parts. `unlisted`: cases that were escalated there and that no incident explains.
 */
export const incidentsCompared = defineFact('incident.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(incidentNumber).max(64),
    unlisted: count,
  }),
})

const partner = word
const partnerKeys = (f: { body: { partner: string } }) => [f.body.partner]

/** An organisation with which we help one another; taken off the list; the list declared complete. */
export const partnerListed = defineFact('incident.partner.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: partnerKeys,
  schema: z.strictObject({ partner }),
})

export const partnerRemoved = defineFact('incident.partner.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: partnerKeys,
  schema: z.strictObject({ partner }),
})

export const partnersDeclared = defineFact('incident.partner.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ partners: count, hash: sha256 }),
})

/** A second source – the register of contracts – was laid beside the list of partners. */
export const partnersCompared = defineFact('incident.partner.list.compared', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    seen: z.array(partner).max(64),
    unlisted: count,
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/** The agreement with a partner: what each gives the other, and until when it binds. */
export const partnerAgreed = defineFact('incident.partner.agreed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: partnerKeys,
  schema: z.strictObject({
    partner,
    gives: z.array(word).max(16),
    receives: z.array(word).max(16),
    until: z.iso.datetime({ precision: 3 }),
    document: sha256,
  }),
})

/** The contact that the partner named was tried. `minutes`: until a person there answered; null: nobody did. */
export const partnerContacted = defineFact('incident.partner.contacted', {
  module,
  draft: true,
  slots: ['by'],
  keys: partnerKeys,
  schema: z.strictObject({ partner, minutes: count.nullable() }),
})

/** Two persons say so, and they are two. */
const isBySecond = (f: Fact): boolean =>
  f.refs['by'] !== undefined && f.refs['second'] !== undefined && f.refs['by'] !== f.refs['second']

/** What of an incident is under one clock of a law; the leg is named by both. */
export const underLaw = <B extends { incident: string; clock: string }>(
  type: FactType<B>,
  clocks: readonly string[],
): Match<B> => ({
  type,
  key: f => `${f.body.incident} ${f.body.clock}`,
  if: f => clocks.includes(f.body.clock) && (type.name !== lawWithdrawn.name || isBySecond(f)),
})

/** An incident that was none, for who must leave it out. */
export const cancelled: Match = {
  type: incidentCancelled,
  key: f => f.body.incident,
  if: isBySecond,
}

/** The register of incidents delivers: how far, its collector says. Silence of it is no good news. */
export const registerAlive: Match = {
  type: watermarkAdvanced,
  if: f => f.body.source.startsWith('incident-register@'),
}

/**
 * Category 1 and 2: the business stops, or important data leak. The policy does not say which
 * incidents are major; these are the ones with a statutory report.
 */
const isMajor = (categories: readonly number[]): boolean => categories.some(one => one <= 2)

/** It is known that an incident is major. */
export const majorKnown: Match<Category> = {
  type: categoryRecorded,
  key: f => f.body.incident,
  if: f => isMajor(f.body.categories),
}

/** It is major again after it was not. */
export const majorAgain: Match<Category> = {
  ...majorKnown,
  if: f => isMajor(f.body.categories) && !isMajor(f.body.was),
}

/** It is major no more, and two persons say so. */
export const majorNoMore: Match<Category> = {
  ...majorKnown,
  if: f => !isMajor(f.body.categories) && isMajor(f.body.was) && isBySecond(f),
}

type Category = z.infer<typeof categoryRecorded.schema>

/**
 * The incidents as a population, exercises among them, until they are archived. The list grows with
 * every incident, so the second source is laid beside it as it stands. Freshness is said by two
 * parameters of the control.
 */
export function incidents(): Population {
  const key = (f: Fact<{ incident: string }>) => f.body.incident
  return {
    id: 'respond.incident.incidents',
    enter: { type: incidentDetected, key },
    leave: [{ type: incidentArchived, key, if: isBySecond }, cancelled],
    complete: { type: incidentsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: incidentsCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => {
        if (body.unlisted > 0) return false
        return body.part === body.parts ? true : null
      },
    },
  }
}

/** The partners as a population; freshness as above. */
export function partners(): Population {
  const key = (f: Fact<{ partner: string }>) => f.body.partner
  return {
    id: 'respond.incident.partners',
    enter: { type: partnerListed, key },
    leave: { type: partnerRemoved, key },
    complete: { type: partnersDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: partnersCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => body.unlisted === 0 && body.isDeclared,
      each: true,
    },
  }
}
