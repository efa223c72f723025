import { z } from 'zod'
import { defineFact } from './fact.ts'

/** The fact types that core itself owns. */

const instant = z.iso.datetime({ precision: 3 })
const position = z.int().nonnegative()
const name = z.string().min(1).max(200)
const module = 'core'

/** One installation, one list. Position 0 names it. */
export const ledgerOpened = defineFact('ledger.opened', {
  module,
  schema: z.strictObject({ ledger: name, okite: name }),
})

/** Appended only so that somebody moves when no fact comes (V2). */
export const timeReached = defineFact('time.reached', {
  module,
  schema: z.strictObject({ at: instant }),
})

export const policyAdopted = defineFact('policy.version.adopted', {
  module,
  slots: ['by'],
  schema: z.strictObject({
    policy: name,
    version: name,
    from: instant,
    /** SHA-256 of the pack's canonical content. */
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    statements: z.int().positive().max(10_000),
  }),
})

/**
 * The business days of a country as published up to a day, whole: deadlines are counted by the newest
 * version on the list (V8).
 */
export const calendarAdopted = defineFact('calendar.version.adopted', {
  module,
  keys: f => [f.body.calendar],
  schema: z.strictObject({
    calendar: name,
    version: name,
    years: z.tuple([z.int(), z.int()]),
    weekend: z.array(z.int().min(1).max(7)).max(6),
    // Half a leaf: twenty years of a country's days off.
    closed: z.array(z.iso.date()).max(600),
    workdays: z.array(z.iso.date()).max(200),
  }),
})

/**
 * The clocks of a law as they were read on a day, with the versions that hold or have a day on which they
 * will: legs are measured by the newest fact of it on the list. A draft has no version: it never judges anything.
 */
export const lawAdopted = defineFact('law.version.adopted', {
  module,
  keys: f => [f.body.law],
  schema: z.strictObject({
    law: name,
    asOf: z.iso.date(),
    /** Whose days are counted; null: those of the organisation. */
    zone: name.nullable(),
    clocks: z
      .array(
        z.strictObject({
          id: name,
          provision: z.string().min(1).max(600),
          versions: z
            .array(
              z.strictObject({
                from: z.iso.date().nullable(),
                until: z.iso.date().nullable(),
                /** null: the law gives no figure. */
                limit: z.string().max(60).nullable(),
                calendar: name.nullable(),
                extendBy: z.string().max(60).nullable(),
              }),
            )
            .max(50),
        }),
      )
      .max(200),
  }),
})

/** An owner decides a parameter that the policy left open (V35). */
export const parameterDecided = defineFact('policy.parameter.decided', {
  module,
  slots: ['by'],
  keys: f => [f.body.control],
  schema: z.strictObject({
    control: name,
    parameter: name,
    /** Canonical: durations and decimals as strings. */
    value: z.union([z.string().max(200), z.int(), z.boolean()]),
    from: instant,
  }),
})

export const exceptionGranted = defineFact('exception.granted', {
  module,
  slots: ['by', 'requester', 'approver', 'reason'],
  keys: f => (f.body.subject === null ? [] : [f.body.subject]),
  schema: z.strictObject({
    control: name,
    /** null: the whole control. */
    subject: name.nullable(),
    until: instant,
  }),
})

export const exceptionEnded = defineFact('exception.ended', {
  module,
  slots: ['by'],
  keys: f => (f.body.subject === null ? [] : [f.body.subject]),
  schema: z.strictObject({ control: name, subject: name.nullable() }),
})

/** "All before `to` is delivered" (V6). */
export const watermarkAdvanced = defineFact('source.watermark.advanced', {
  module,
  open: true,
  keys: f => [f.body.source],
  schema: z.strictObject({ source: name, to: instant }),
})

/** A sample sends nothing: what an act would have done for the fact at `cause` ends here. */
export const actDiverted = defineFact('act.sending.diverted', {
  module,
  slots: ['to', 'text'],
  trusts: ['instrument'],
  schema: z.strictObject({
    act: name,
    cause: position,
    channel: z.enum(['mail', 'webhook', 'telephone', 'other']),
  }),
})

/** A second person believes a claim (V4). */
export const claimAccepted = defineFact('claim.accepted', {
  module,
  slots: ['by'],
  schema: z.strictObject({ target: position }),
})

export const factRetracted = defineFact('fact.retracted', {
  module,
  slots: ['by', 'second', 'reason'],
  schema: z.strictObject({ target: position }),
})

/** Retraction and replacement in one: `body` at its own position, effective at the target's `occurred` (V40). */
export const factCorrected = defineFact('fact.corrected', {
  module,
  slots: ['by', 'second', 'reason'],
  schema: z.strictObject({ target: position, body: z.json() }),
})

/** Somebody records a file: the facts of source `record` from here to the next such fact are of it. */
export const fileRecorded = defineFact('file.recorded', {
  module,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({
    file: z.string().regex(/^[0-9a-f]{64}$/),
    sizeBytes: z.int().positive(),
    lines: z.int().positive(),
  }),
})

/** A file is kept as evidence: from here on it must be there, and be what it was. */
export const fileKept = defineFact('file.kept', {
  module,
  slots: ['by', 'name'],
  trusts: ['record'],
  keys: f => [f.body.sha256],
  schema: z.strictObject({
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    sizeBytes: z.int().positive(),
    mediaType: z.string().max(100),
  }),
})

/**
 * Everything was derived again from the list, of which `size` entries were there, and compared with what
 * is kept: how many things differ, by where they stand.
 */
export const ledgerChecked = defineFact('ledger.checked', {
  module,
  trusts: ['instrument'],
  schema: z.strictObject({
    size: position,
    isSound: z.boolean(),
    faults: z.strictObject({
      list: z.int().nonnegative(),
      judges: z.int().nonnegative(),
      rows: z.int().nonnegative(),
      tables: z.int().nonnegative(),
      files: z.int().nonnegative(),
    }),
    /** What was looked at. */
    facts: z.int().nonnegative(),
    derived: z.int().nonnegative(),
    files: z.int().nonnegative(),
  }),
})

/** `seenAt`: when it was written to where it was found. */
const ahead = z.strictObject({
  size: position,
  root: z.string().regex(/^[0-9a-f]{64}$/),
  seenAt: instant,
})

export const restored = z.strictObject({
  backup: name,
  restoredAt: instant,
  /** What was asked for; null: everything that there is. */
  until: instant.nullable(),
  point: instant,
  size: position,
  ahead: ahead.nullable(),
})

/**
 * The list was brought back from a backup and goes on from `size`: what was later is not on it. `point`: the
 * newest thing that was found in the backup. `ahead`: a signed checkpoint of this list that was known here and
 * says more; whoever holds it is told by this fact why what follows is another list than his.
 */
export const ledgerRestored = defineFact('ledger.restored', {
  module,
  slots: ['repository'],
  trusts: ['instrument'],
  schema: restored,
})

/** Tells the owner of a derived fact that something under it was retracted (V41). */
export const premiseRetracted = defineFact('premise.retracted', {
  module,
  schema: z.strictObject({ of: position, type: name }),
})

/** An instrument's `occurred` lay in the future; `recorded` is used instead (V4). */
export const timeImplausible = defineFact('fact.time.implausible', {
  module,
  schema: z.strictObject({ target: position, aheadMs: z.int().positive() }),
})

/** A person's values are gone; what rests on them answers `unknown / erased` (V48). */
export const privacyErased = defineFact('privacy.erased', {
  module,
  slots: ['by', 'second'],
  schema: z.strictObject({
    slots: z.int().nonnegative(),
    ground: name,
    /** When the last backup that holds the key expires. */
    completeAt: instant,
  }),
})

export const judgeVersionChanged = defineFact('judge.version.changed', {
  module,
  keys: f => [f.body.judge],
  schema: z.strictObject({
    judge: name,
    version: z.int().positive(),
    /** SHA-256 of the rule's source. */
    source: z.string().regex(/^[0-9a-f]{64}$/),
    /** Positions below it were judged before; it judges from there on. */
    from: position,
  }),
})

export const statuses = ['kept', 'broken', 'due', 'unknown'] as const
const status = z.enum(statuses)
const reason = z.strictObject({
  code: z.string().max(64),
  args: z.record(z.string(), z.union([z.string(), z.int(), z.boolean()])),
})
const counts = z.strictObject({
  /** null: nobody declared it, so nobody knows. */
  size: z.int().nonnegative().nullable(),
  checked: z.int().nonnegative(),
  kept: z.int().nonnegative(),
  due: z.int().nonnegative(),
  broken: z.int().nonnegative(),
  unknown: z.int().nonnegative(),
  excepted: z.int().nonnegative(),
})

export const verdictChanged = defineFact('control.verdict.changed', {
  module,
  keys: f => [f.body.control],
  schema: z.strictObject({
    control: name,
    version: z.int().positive(),
    policy: position,
    params: position,
    status,
    reason,
    since: instant,
    next: instant.nullable(),
    previous: position.nullable(),
    population: counts,
  }),
})

export const controlVersionChanged = defineFact('control.version.changed', {
  module,
  keys: f => [f.body.control],
  schema: z.strictObject({
    control: name,
    from: z.int().positive(),
    to: z.int().positive(),
    was: status,
    now: status,
  }),
})

export const findingOpened = defineFact('control.finding.opened', {
  module,
  keys: f => [f.body.subject],
  schema: z.strictObject({ control: name, subject: name, status, reason, since: instant }),
})

export const findingClosed = defineFact('control.finding.closed', {
  module,
  keys: f => [f.body.subject],
  schema: z.strictObject({ control: name, subject: name, reason }),
})

/** A period or a leg is over; this stays, whatever comes (V15, V37). */
export const occurrenceClosed = defineFact('control.occurrence.closed', {
  module,
  keys: f => [f.body.subject],
  schema: z.strictObject({
    control: name,
    subject: name,
    /** Name of the period (`2026-07`), the window, or the leg. */
    occurrence: name,
    outcome: z.enum(['done', 'late', 'missed', 'met', 'kept', 'broken', 'unknown']),
    from: instant,
    to: instant,
  }),
})

export const occurrenceRestated = defineFact('control.occurrence.restated', {
  module,
  keys: f => [f.body.subject],
  schema: z.strictObject({
    control: name,
    subject: name,
    occurrence: name,
    /** Position of the conclusion that is changed. */
    of: position,
    was: z.string().max(20),
    now: z.string().max(20),
  }),
})

export const restatementRefused = defineFact('control.restatement.refused', {
  module,
  keys: f => [f.body.subject],
  schema: z.strictObject({
    control: name,
    subject: name,
    occurrence: name,
    why: z.enum(['too.old']),
  }),
})

/** The counts of a control at local midnight (V27). */
export const daySealed = defineFact('control.day.sealed', {
  module,
  keys: f => [f.body.control],
  schema: z.strictObject({ control: name, day: z.iso.date(), status, population: counts }),
})

/** The roll-up of the controls that the policy pack binds to a statement (V26). */
export const statementVerdictChanged = defineFact('statement.verdict.changed', {
  module,
  keys: f => [f.body.statement],
  schema: z.strictObject({
    statement: name,
    status,
    reason,
    since: instant,
    policy: position,
    controls: z.array(name).max(64),
  }),
})
