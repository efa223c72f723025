import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'

/**
 * The fact types of `recover.restore`: runbooks, their exercises, and restores of which the contents
 * were compared. Machinery comes later: drafts.
 */

const module = 'recover.restore'

const runbook = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,79}$/)
const name = z.string().min(1).max(80)
const count = z.int().nonnegative()
const instant = z.iso.datetime({ precision: 3 })
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** Systems in the order in which they come back; the service that opens again stands last. */
const order = z.array(name).min(1).max(48)

/*
 * Of runbooks others tell as well: recover.continuity keeps their register, and holds the drills that go by them.
 */

/** A runbook that must be there: for one service, or for the site as a whole. */
export const runbookListed = defineFact('recovery.runbook.listed', {
  module,
  draft: true,
  open: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.runbook],
  schema: z.strictObject({ runbook, about: name }),
})

export const runbookRemoved = defineFact('recovery.runbook.removed', {
  module,
  draft: true,
  open: true,
  slots: ['by', 'reason'],
  trusts: ['record'],
  keys: f => [f.body.runbook],
  schema: z.strictObject({ runbook }),
})

/** A named person declares that every service has its runbook. */
export const runbooksDeclared = defineFact('recovery.runbook.list.declared', {
  module,
  draft: true,
  open: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ runbooks: count, hash: sha256 }),
})

/**
 * The register of services and the store of documents were laid beside the list, in parts. `seen`:
 * runbooks that the store holds; `unlisted`: services and documents that no entry explains.
 */
export const runbooksCompared = defineFact('recovery.runbook.list.compared', {
  module,
  draft: true,
  open: true,
  slots: ['by'],
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(runbook).max(64),
    unlisted: count,
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/** A version of a runbook was written: the order that it lays down, and the hash of its text. */
export const runbookWritten = defineFact('recovery.runbook.written', {
  module,
  draft: true,
  open: true,
  slots: ['by'],
  trusts: ['record', 'instrument'],
  keys: f => [f.body.runbook],
  schema: z.strictObject({ runbook, version: name, order, hash: sha256 }),
})

/**
 * A runbook was worked through. `order`: as the version that was used lays it down; `steps`: what was
 * brought back, in the order in which it began, and when it answered; null: it did not.
 */
export const runbookExercised = defineFact('recovery.runbook.exercised', {
  module,
  draft: true,
  open: true,
  slots: ['by'],
  trusts: ['record', 'instrument', 'claim'],
  keys: f => [f.body.runbook],
  schema: z.strictObject({
    runbook,
    version: name,
    drill: z.boolean(),
    order,
    steps: z
      .array(z.strictObject({ system: name, began: instant, answered: instant.nullable() }))
      .min(1)
      .max(48),
  }),
})

/**
 * A backup was restored into a place of its own, read, and compared with what it should be: so many
 * rows, files or objects, so many of which differed, and the hashes over all of them.
 */
export const restoreCompared = defineFact('backup.restore.compared', {
  module,
  draft: true,
  // Whoever brings data back tells it.
  open: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    set: name,
    repository: name,
    point: instant,
    items: count,
    differing: count,
    expected: sha256,
    found: sha256,
    /** The month it is for, where it is told late. */
    period: z
      .string()
      .regex(/^\d{4}-\d\d$/)
      .nullable(),
  }),
})

/**
 * A loss was rehearsed: from `declared` on the data were taken as gone. What the copy lacked that the living
 * list had then, in facts and in seconds; how old its newest beat was, which is written each minute whether or
 * not anything happens (RPO); and when a program that was started on it gave the first right answer (RTO; null:
 * it gave none). `faults`: what deriving everything again from the copy found.
 */
export const restoreRehearsed = defineFact('backup.restore.rehearsed', {
  module,
  draft: true,
  open: true,
  trusts: ['instrument'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    set: name,
    repository: name,
    declared: instant,
    lostFacts: count,
    lostSeconds: count,
    beatSeconds: count,
    answered: instant.nullable(),
    seconds: count.nullable(),
    faults: count,
  }),
})

const key = z.string().regex(/^[0-9a-f]{16}$/)
const form = z.enum(['whole', 'shares'])

/** The recovery sheet of a key was put out, so that it can be printed: whole, or in parts of which two are needed. */
export const sheetPrinted = defineFact('backup.sheet.printed', {
  module,
  draft: true,
  open: true,
  trusts: ['instrument'],
  keys: f => [f.body.key],
  schema: z.strictObject({ key, form }),
})

/** Somebody has the sheet on paper, and says that it is put away. */
export const sheetConfirmed = defineFact('backup.sheet.confirmed', {
  module,
  draft: true,
  open: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.key],
  schema: z.strictObject({ key, form }),
})

/** The runbooks as a population: declared by a named person, confirmed by services and documents. */
export function runbooks(): Population {
  const key = (f: Fact<{ runbook: string }>) => f.body.runbook
  return {
    id: 'recover.restore.runbooks',
    enter: { type: runbookListed, key },
    leave: { type: runbookRemoved, key },
    complete: { type: runbooksDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: runbooksCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => {
        if (body.unlisted > 0 || !body.isDeclared) return false
        return body.part === body.parts ? true : null
      },
      each: true,
    },
  }
}

export type Exercised = z.infer<typeof runbookExercised.schema>
