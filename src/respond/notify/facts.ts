import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'

/**
 * The fact types of `respond.notify`: who is on call, what a call-out brought, whom we must be able to
 * tell, and the emergency telephone. Machinery that writes them comes later, so they are drafts.
 */

const module = 'respond.notify'

const word = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const person = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const instant = z.iso.datetime({ precision: 3 })
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** The roster of the emergency organisation as its tool shows it: who is on call from when to when. */
export const rosterRead = defineFact('emergency.roster.read', {
  module,
  draft: true,
  slots: ['by'],
  schema: z.strictObject({
    shifts: z.array(z.strictObject({ person, from: instant, until: instant })).max(400),
  }),
})

/** The emergency organisation was called out, each person in turn or all at once; null: no answer. */
export const calledOut = defineFact('emergency.team.called', {
  module,
  draft: true,
  slots: ['by'],
  schema: z.strictObject({
    drill: z.boolean(),
    /** Those who were called knew beforehand that they would be. */
    announced: z.boolean(),
    calls: z
      .array(z.strictObject({ person, called: instant, answered: instant.nullable() }))
      .min(1)
      .max(64),
  }),
})

const stakeholder = word
const stakeholderKeys = (f: { body: { stakeholder: string } }) => [f.body.stakeholder]

/** Somebody who must be told when something happens: an authority, a customer, an insurer, the press. */
export const stakeholderListed = defineFact('stakeholder.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: stakeholderKeys,
  schema: z.strictObject({
    stakeholder,
    kind: z.enum(['authority', 'customer', 'supplier', 'insurer', 'staff', 'owner', 'public']),
  }),
})

export const stakeholderRemoved = defineFact('stakeholder.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: stakeholderKeys,
  schema: z.strictObject({ stakeholder }),
})

/** A named person declares the list of stakeholders complete as it stands. */
export const stakeholdersDeclared = defineFact('stakeholder.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ stakeholders: z.int().nonnegative(), hash: sha256 }),
})

/** A second source – register of contracts, directory of authorities – was laid beside it, in parts. */
export const stakeholdersCompared = defineFact('stakeholder.list.compared', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(stakeholder).max(64),
    unlisted: z.int().nonnegative(),
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/**
 * The plan of who is told what and how, written by one person and approved by another; a long one in
 * parts. `template`: hash of the text prepared for that stakeholder; null: there is none.
 */
export const planApproved = defineFact('communication.plan.approved', {
  module,
  draft: true,
  slots: ['by', 'approver'],
  trusts: ['record', 'claim'],
  keys: f => f.body.tells.map(one => one.stakeholder),
  schema: z.strictObject({
    version: z.string().min(1).max(40),
    document: sha256,
    tells: z.array(z.strictObject({ stakeholder, template: sha256.nullable() })).max(256),
  }),
})

/** The contact of a stakeholder was tried. `answered`: when a person there did; null: nobody did. */
export const stakeholderContacted = defineFact('stakeholder.contact.tried', {
  module,
  draft: true,
  slots: ['by'],
  keys: stakeholderKeys,
  schema: z.strictObject({ stakeholder, tried: instant, answered: instant.nullable() }),
})

/** A test call to the emergency telephone, at an hour that nobody there knew: who took it, and when. */
export const telephoneCalled = defineFact('emergency.telephone.called', {
  module,
  draft: true,
  trusts: ['instrument', 'record'],
  schema: z.strictObject({
    number: z.string().regex(/^\+[0-9-]{6,24}$/),
    by: z.enum(['person', 'machine', 'nobody']),
    ringSeconds: z.int().nonnegative(),
    /** By the clock of the organisation. */
    hour: z.int().min(0).max(23),
  }),
})

/** The stakeholders as a population; freshness is said by two parameters of the control. */
export function stakeholders(): Population {
  const key = (f: Fact<{ stakeholder: string }>) => f.body.stakeholder
  return {
    id: 'respond.notify.stakeholders',
    enter: { type: stakeholderListed, key },
    leave: { type: stakeholderRemoved, key },
    complete: { type: stakeholdersDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: stakeholdersCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => {
        if (body.unlisted > 0 || !body.isDeclared) return false
        return body.part === body.parts ? true : null
      },
      each: true,
    },
  }
}
