import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'

/**
 * The fact types of `protect.key`: which keys there are and what holds them, what became of each, and
 * what was done with them. Machinery that writes them comes later, so they are drafts.
 */

const module = 'protect.key'

/** The number of a key, and of a service that keeps keys. Never a key, nor anything it can be told by. */
export const keyNumber = z.string().regex(/^k-[a-z0-9]{1,24}$/)
export const keyServiceNumber = z.string().regex(/^ks-[a-z0-9]{1,24}$/)
const person = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const place = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const instant = z.iso.datetime({ precision: 3 })
const count = z.int().nonnegative()

/**
 * What a key is for. `master`: all others hang on it. `wrapping`: encrypts keys. `data`: encrypts data.
 * `signing`: makes signatures. `transport`: belongs to a certificate of an endpoint.
 */
export const keyClasses = ['master', 'wrapping', 'data', 'signing', 'transport'] as const
export type KeyClass = (typeof keyClasses)[number]

/** Its entry in the list of keys. It is said anew, whole, whenever the entry changes. */
export const keyListed = defineFact('key.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.key],
  schema: z.strictObject({
    key: keyNumber,
    class: z.enum(keyClasses),
    service: keyServiceNumber,
    /** A software token is for development only. */
    environment: z.enum(['production', 'development']),
  }),
})

/** It was destroyed, that is recorded, and nobody asks for it any more. */
export const keyRemoved = defineFact('key.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.key],
  schema: z.strictObject({ key: keyNumber }),
})

/** A service that keeps keys and uses them for others: an HSM cluster, a KMS, a vault. */
export const serviceListed = defineFact('key.service.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.service],
  schema: z.strictObject({ service: keyServiceNumber }),
})

export const serviceRemoved = defineFact('key.service.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.service],
  schema: z.strictObject({ service: keyServiceNumber }),
})

/** A named person declares both lists complete as they stand: the keys, and the services. */
export const listDeclared = defineFact('key.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ keys: count, services: count, hash: sha256 }),
})

/**
 * The inventories of HSM, KMS and clouds were laid beside the lists: the keys and services they know,
 * in parts. `unlisted`: what no number of the lists explains.
 */
export const listCompared = defineFact('key.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [...f.body.keys, ...f.body.services],
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    keys: z.array(keyNumber).max(256),
    services: z.array(keyServiceNumber).max(64),
    unlisted: count,
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

export type Listed = z.infer<typeof keyListed.schema>

const common = (
  seen: (f: Fact<z.infer<typeof listCompared.schema>>) => readonly string[],
): Pick<Population, 'complete' | 'fresh' | 'compare'> => ({
  complete: { type: listDeclared },
  fresh: params => String(params['listFresh']),
  compare: {
    with: { type: listCompared, key: seen },
    fresh: params => String(params['comparedFresh']),
    confirms: ({ body }) => {
      if (body.unlisted > 0 || !body.isDeclared) return false
      return body.part === body.parts ? true : null
    },
    each: true,
  },
})

/**
 * Keys as a population: complete while a named person has declared the list and the inventories
 * confirm the declaration. Freshness is said by `listFresh` and `comparedFresh` of the control.
 *
 * @param includes which of them; without it all. An inventory cannot tell whether a key is one of
 *   those, so it then confirms the list as a whole and names no subject.
 */
export function keys(includes?: (body: Listed) => boolean): Population {
  const key = (f: Fact<{ key: string }>) => f.body.key
  const left = (f: Fact<Listed>) => !(includes?.(f.body) ?? true)
  return {
    id: 'protect.key.keys',
    enter: { type: keyListed, key, if: f => !left(f) },
    leave: [
      { type: keyRemoved, key },
      { type: keyListed, key, if: left },
    ],
    ...common(f => (includes === undefined ? f.body.keys : [])),
  }
}

/** Services that keep keys, as a population; of the same declaration and comparison. */
export function keyServices(): Population {
  return {
    id: 'protect.key.services',
    enter: { type: serviceListed, key: f => f.body.service },
    leave: { type: serviceRemoved, key: f => f.body.service },
    ...common(f => f.body.services),
  }
}

/**
 * What holds a key, as an HSM attests or a KMS states. `unstated`: it does not say. A key that was
 * made elsewhere and brought in may have copies.
 */
export const protectionRead = defineFact('key.protection.read', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.key],
  schema: z.strictObject({
    key: keyNumber,
    heldIn: z.enum(['hardware', 'software', 'external', 'unstated']),
    made: z.enum(['inside', 'brought-in', 'unstated']),
    isExportable: z.boolean().nullable(),
    saidBy: z.enum(['attestation', 'service']),
  }),
})

/** States of a key in the words of NIST SP 800-57. */
export const keyStates = [
  'pre-active',
  'active',
  'suspended',
  'deactivated',
  'compromised',
  'destroyed',
] as const

/** What the service that keeps a key says of it. `recipients`: to whom it was ever handed out. */
export const keyRead = defineFact('key.state.read', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.key],
  schema: z.strictObject({
    key: keyNumber,
    state: z.enum(keyStates),
    /** How many versions there have been, and when the present one was made. */
    versions: z.int().positive(),
    versionMade: instant,
    recipients: count,
  }),
})

/** Stages in the life of a key. */
export const stages = ['made', 'handed-out', 'rotated', 'destroyed'] as const

/** Somebody took a key through a stage, by which procedure, and who was there as a witness. */
export const stageRecorded = defineFact('key.stage.recorded', {
  module,
  draft: true,
  slots: ['by', 'witness'],
  trusts: ['instrument', 'record'],
  keys: f => [f.body.key],
  schema: z.strictObject({
    key: keyNumber,
    stage: z.enum(stages),
    procedure: z.string().min(1).max(80),
  }),
})

/** Stages that the service shows a key to have gone through, and how many of each nobody recorded. */
export const lifeMeasured = defineFact('key.life.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.key],
  schema: z.strictObject({
    key: keyNumber,
    shown: count,
    unrecorded: z.strictObject({
      made: count,
      handedOut: count,
      rotated: count,
      destroyed: count,
    }),
  }),
})

/** Where the replicas of a service stand, each asked on its own whether it answers. */
export const replicasRead = defineFact('key.replica.read', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service: keyServiceNumber,
    replicas: z.array(z.strictObject({ place, answers: z.boolean() })).max(64),
  }),
})

/**
 * Who holds the parts with which a service is opened after it stopped, and how many of them it takes.
 * `automatic`: it opens itself by another service, and nobody holds a part.
 */
export const quorumRecorded = defineFact('key.quorum.recorded', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service: keyServiceNumber,
    opens: z.enum(['by-parts', 'automatic']),
    /** 0 where it opens itself. */
    threshold: z.int().min(0).max(32),
    holders: z.array(person).max(32),
  }),
})

/**
 * A stretch of a service's own log of operations on keys, by the numbers that the service gave them;
 * each begins where the one before ended.
 */
export const logRead = defineFact('key.log.read', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service: keyServiceNumber,
    first: z.int().positive(),
    last: z.int().positive(),
    /** How many different numbers were in fact in it. */
    entries: count,
    to: instant,
  }),
})

/**
 * Said for each stretch in which numbers are missing (`missing` > 0), and with 0 whenever the logs of
 * all services of the list reach further: the sign that somebody watches.
 */
export const logMeasured = defineFact('key.log.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => (f.body.service === null ? [] : [f.body.service]),
  schema: z.strictObject({ service: keyServiceNumber.nullable(), missing: count }),
})
