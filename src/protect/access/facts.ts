import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'

/**
 * The fact types of `protect.access`: who may do what and by what right, which duties one person never
 * has both, and from where and on what one may come in. Machinery that writes them comes later, so
 * they are drafts.
 */

const module = 'protect.access'

const account = z.string().regex(/^a-[a-z0-9]{1,24}$/)
const person = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const asset = naming('asset', z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/))
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const instant = z.iso.datetime({ precision: 3 })
const count = z.int().nonnegative()
const parted = { part: z.int().positive(), parts: z.int().positive() }
const compared = { ...parted, unlisted: count, isDeclared: z.boolean(), hash: sha256 }

/** What a system lets one do, named by the system: `records:prescribe`. */
export const right = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/)
/** A role of the role model, by which rights are given. */
const role = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const grant = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)

// What accounts may do, and what they can do.

/** A role with all its rights; said anew, whole, whenever they change. Nobody approves his own words. */
export const roleDefined = defineFact('access.role.defined', {
  module,
  draft: true,
  slots: ['by', 'approver'],
  trusts: ['record'],
  keys: f => [f.body.role],
  schema: z.strictObject({ role, rights: z.array(right).max(96) }),
})

export const roleRemoved = defineFact('access.role.removed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.role],
  schema: z.strictObject({ role }),
})

/** An account is given a role of the model, by whoever keeps that: staff department, head of a team. */
export const roleAssigned = defineFact('access.role.assigned', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record'],
  keys: f => [f.body.account],
  schema: z.strictObject({ account, role }),
})

export const roleWithdrawn = defineFact('access.role.withdrawn', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record'],
  keys: f => [f.body.account],
  schema: z.strictObject({ account, role }),
})

/**
 * All rights that an account can use, read back from every connected system in one pass, in parts.
 * `hash` is that of the whole set: equal when nothing changed.
 */
export const rightsRead = defineFact('access.right.read', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({
    account,
    part: z.int().positive().max(16),
    parts: z.int().positive().max(16),
    rights: z.array(right).max(96),
    systems: count,
    hash: sha256,
  }),
})

export type RightsRead = z.infer<typeof rightsRead.schema>

/** Rights of an account that neither a role of it nor a grant explains. Said by a judge of this module. */
export const rightsMeasured = defineFact('access.right.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({
    account,
    held: count,
    excess: count,
    /** The first of them by name. */
    examples: z.array(right).max(8),
    roles: count,
    grants: count,
  }),
})

// Grants beyond the role.

/** A right that is given beyond the role. `temporary` says what was asked for; `until` what was set. */
export const grantGiven = defineFact('access.grant.given', {
  module,
  draft: true,
  slots: ['requester', 'approver'],
  trusts: ['instrument', 'record'],
  keys: f => [f.body.grant, f.body.account],
  schema: z.strictObject({
    grant,
    account,
    right,
    term: z.enum(['temporary', 'standing']),
    until: instant.nullable(),
  }),
})

/** It is on no list any more: it ended, that was seen, and it was filed. */
export const grantRemoved = defineFact('access.grant.removed', {
  module,
  draft: true,
  trusts: ['instrument', 'record'],
  keys: f => [f.body.grant, f.body.account],
  schema: z.strictObject({ grant, account }),
})

/** A named person declares that every temporary right is given through this list. */
export const grantsDeclared = defineFact('access.grant.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ grants: count, hash: sha256 }),
})

/** Temporary memberships that the systems themselves show. `unlisted`: what no grant explains. */
export const grantsCompared = defineFact('access.grant.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({ ...compared, seen: z.array(grant).max(64) }),
})

/** The system was asked about one grant: null while it lets the account use the right. */
export const grantRead = defineFact('access.grant.read', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.grant],
  schema: z.strictObject({ grant, endedAt: instant.nullable() }),
})

/** Temporary grants as a population, confirmed by what the systems show. */
export function temporaryGrants(): Population {
  return {
    id: 'protect.access.temporary-grants',
    enter: { type: grantGiven, key: f => f.body.grant, if: f => f.body.term === 'temporary' },
    leave: { type: grantRemoved, key: f => f.body.grant },
    complete: { type: grantsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      // It confirms the whole and names no subject: a grant seen today may have ended by tonight.
      with: { type: grantsCompared, key: () => [] },
      fresh: params => String(params['comparedFresh']),
      confirms,
      each: true,
    },
  }
}

/** A look that sees more, or another list, contradicts; one in parts confirms with its last. */
function confirms({ body }: { body: z.infer<typeof grantsCompared.schema> }): boolean | null {
  if (body.unlisted > 0 || !body.isDeclared) return false
  return body.part === body.parts ? true : null
}

// Duties.

/** Two steps of work that no one person takes both: `payment.request`, `payment.approve`. */
const duty = z.string().regex(/^[a-z][a-z0-9-]{0,39}\.[a-z][a-z0-9-]{0,39}$/)
const pair = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const work = z.string().min(1).max(80)

export const pairListed = defineFact('access.duty.pair.listed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.pair],
  schema: z.strictObject({ pair, first: duty, second: duty }),
})

export const pairRemoved = defineFact('access.duty.pair.removed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.pair],
  schema: z.strictObject({ pair }),
})

export const pairsDeclared = defineFact('access.duty.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ pairs: count, hash: sha256 }),
})

/** The workflows that the systems run. `unlisted`: those with an approval that no pair speaks of. */
export const pairsCompared = defineFact('access.duty.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({ ...compared, seen: z.array(pair).max(64) }),
})

/** Pairs of conflicting duties as a population, confirmed by the workflows that there are. */
export function dutyPairs(): Population {
  return {
    id: 'protect.access.duty-pairs',
    enter: { type: pairListed, key: f => f.body.pair },
    leave: { type: pairRemoved, key: f => f.body.pair },
    complete: { type: pairsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: pairsCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms,
      each: true,
    },
  }
}

/** Somebody took a step of one piece of work (a payment, a release, a change of rights). */
export const dutyActed = defineFact('access.duty.acted', {
  module,
  draft: true,
  trusts: ['instrument', 'record'],
  keys: f => [f.body.work],
  schema: z.strictObject({ work, duty, person }),
})

/** The piece of work took effect: paid, released, granted. */
export const workCompleted = defineFact('access.work.completed', {
  module,
  draft: true,
  trusts: ['instrument', 'record'],
  keys: f => [f.body.work],
  schema: z.strictObject({ work }),
})

/** Of one completed piece of work and one pair: people who took both steps, and steps nobody took. */
export const workMeasured = defineFact('access.work.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.pair],
  schema: z.strictObject({ work, pair, shared: count, missing: count }),
})

/** The source of the watermark of workflow records: as far as the slowest system was read. */
export const workflowLog = 'workflow'

// Places and devices.

const place = z.string().regex(/^(?:[A-Z]{2}|[a-z][a-z0-9-]{2,39})$/)

/** A country or a place of ours from which one may sign in. */
export const placeListed = defineFact('access.place.listed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.place],
  schema: z.strictObject({ place }),
})

export const placeRemoved = defineFact('access.place.removed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.place],
  schema: z.strictObject({ place }),
})

/** A named person declares the places, and until when the list holds if nobody looks at it again. */
export const placesDeclared = defineFact('access.place.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ places: count, until: instant, hash: sha256 }),
})

/**
 * Said for each sign-in from a place that is not on the list (`elsewhere` 1), and with 0 whenever all
 * sign-ins up to its time were compared with a list that holds: the sign that somebody watches.
 */
export const placeMeasured = defineFact('access.place.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  schema: z.strictObject({ elsewhere: count, listed: count }),
})

/** The same of devices: a session on what is not managed (1), or all were compared (0). */
export const deviceMeasured = defineFact('access.device.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => (f.body.device === null ? [] : [f.body.device]),
  schema: z.strictObject({ unmanaged: count, device: asset.nullable() }),
})
