import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'
import { importBegun, importEnded } from '../../core/register/import-facts.ts'

/**
 * The fact types of `protect.data`: which data sets and flows there are, how they are really kept, and
 * what became of them. Machinery that writes most of them comes later, so those are drafts.
 */

const module = 'protect.data'

const number = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/)
/** The number of an asset in the register of `identify.asset`. */
export const asset = naming('asset', z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/))
const set = naming('data-set', z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/))
const role = naming('office', z.string().regex(/^[a-z][a-z0-9-]{0,39}$/))
/** A group of the directory. Groups name no person. */
const group = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/)
const count = z.int().nonnegative()
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** ISO 3166-1 alpha-2. */
export const country = z.string().regex(/^[A-Z]{2}$/)
const algorithm = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/)
const keyBits = z.int().positive().max(65_536)

/** From the least to the most sensitive. */
export const dataClasses = ['public', 'internal', 'confidential', 'top-secret'] as const
export type DataClass = (typeof dataClasses)[number]

export const contents = [
  'customer',
  'trade-secret',
  'intellectual-property',
  'personal',
  'personal-sensitive',
  'operation',
  'other',
] as const

/**
 * The entry of a data set, said anew, whole, whenever it changes. `level`: how strongly it is to be
 * protected, 0 for not at all. `readers`: the groups that its owner lets at it. `isProtected`: its
 * records must not change unnoticed.
 */
export const setListed = defineFact('data.set.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    set,
    contents: z.array(z.enum(contents)).min(1).max(contents.length),
    class: z.enum(dataClasses).nullable(),
    level: z.int().min(0).max(9).nullable(),
    owner: role.nullable(),
    stores: z.array(asset).max(64),
    readers: z.array(group).max(64),
    isProtected: z.boolean(),
  }),
})

export const setRemoved = defineFact('data.set.removed', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  keys: f => [f.body.set],
  schema: z.strictObject({ set }),
})

/** A named person declares the list of data sets complete as it stands. */
export const setsDeclared = defineFact('data.set.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ sets: count, hash: sha256 }),
})

/** What a second look at a list says; a long one comes in parts. */
const look = {
  part: z.int().positive(),
  parts: z.int().positive(),
  seen: z.array(number).max(64),
  /** What nothing on the list explains. */
  unlisted: count,
  /** The list is the one that was declared complete. */
  isDeclared: z.boolean(),
  hash: sha256,
}

/** Discovery (data catalogue, posture scanner, DLP crawl) looked for data wherever they may lie. */
export const setsDiscovered = defineFact('data.discovery.completed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject(look),
})

/** How a data set is really kept: who is let in by the systems, and how its copies are encrypted. */
export const setInspected = defineFact('data.set.inspected', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    set,
    /** Groups that the access lists of all its copies let in. */
    granted: z.array(group).max(128),
    /** Grants to everybody, to anonymous readers, or by an open link. */
    openGrants: count,
    copies: count,
    copiesPlain: count,
    /** The shortest key among the copies that are encrypted. */
    keyBitsLeast: keyBits.nullable(),
    copiesKeyInHardware: count,
    /** The fewest factors that one of its ways in asks for; null: no way in was seen. */
    factorsLeast: z.int().min(0).max(9).nullable(),
  }),
})

/**
 * The place where a data set is kept apart: its machines, what else runs or lies on them, and the
 * entries to the room by its door, with those of them that name who came in.
 */
export const vaultInspected = defineFact('data.vault.inspected', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    set,
    machines: z.array(asset).max(32),
    otherWorkloads: count,
    entries: count,
    entriesNamed: count,
  }),
})

/** Somebody releases a data set to the public, or takes that back. `as`: the role he decides in. */
export const releaseDecided = defineFact('data.release.decided', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.set],
  schema: z.strictObject({ set, decision: z.enum(['released', 'withdrawn']), as: role }),
})

/**
 * A data store as its control plane, or the machine that carries it, describes it. `place`: the system or
 * device that carries it; `country`, `region`: null where nobody knows. Of a layer that is seen, what is
 * hidden – its cipher, its key's length, the place of its key – is null. `isWhole`: nothing above the
 * drives was hidden, so a layer that is not told is not there; else there may be more.
 */
export const storeInspected = defineFact('data.store.inspected', {
  module,
  trusts: ['instrument'],
  keys: f => [f.body.store],
  schema: z.strictObject({
    store: asset,
    place: asset,
    country: country.nullable(),
    region: z.string().max(60).nullable(),
    layers: z
      .array(
        z.strictObject({
          layer: z.enum(['device', 'volume', 'file', 'object', 'field']),
          algorithm: algorithm.nullable(),
          keyBits: keyBits.nullable(),
          keyPlace: asset.nullable(),
        }),
      )
      .max(16),
    isWhole: z.boolean(),
  }),
})

/** What a database says of itself. Where it has no tablespaces, its files or databases are counted. */
export const databaseInspected = defineFact('data.database.inspected', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.database],
  schema: z.strictObject({
    database: asset,
    engine: z.string().min(1).max(60),
    tablespaces: count,
    tablespacesEncrypted: count,
    algorithm: algorithm.nullable(),
    keyBits: keyBits.nullable(),
  }),
})

/** The countries in which data may lie, with the laws that reach them there. Always the whole list. */
export const placesDeclared = defineFact('data.place.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({
    places: z
      .array(z.strictObject({ country, laws: z.array(z.string().min(1).max(60)).max(16) }))
      .max(64),
  }),
})

/** Made of a store and the list of places: which laws the list names for its country, null for none. */
export const reachMeasured = defineFact('data.reach.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.store],
  schema: z.strictObject({
    store: asset,
    country,
    laws: z.array(z.string().max(60)).max(16).nullable(),
  }),
})

/** A regular exchange of data between two systems. */
export const flowListed = defineFact('data.flow.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.flow],
  schema: z.strictObject({
    flow: number,
    from: asset,
    to: asset,
    sets: z.array(set).max(32),
    isHighlySensitive: z.boolean(),
  }),
})

export const flowRemoved = defineFact('data.flow.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.flow],
  schema: z.strictObject({ flow: number }),
})

export const flowsDeclared = defineFact('data.flow.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ flows: count, hash: sha256 }),
})

/** Traffic records or gateways were laid beside the list of flows. */
export const flowsCompared = defineFact('data.flow.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject(look),
})

/** Where the messages of a flow are really encrypted, and everywhere that they are opened. */
export const flowInspected = defineFact('data.flow.inspected', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.flow],
  schema: z.strictObject({
    flow: number,
    protocol: z.string().min(1).max(60),
    /** null: nothing is encrypted above the transport. */
    sealedAt: asset.nullable(),
    openedAt: z.array(asset).max(32),
  }),
})

/**
 * An incident's record says that data reached somebody without permission. What opens and leads the
 * incident belongs to others; this is the part that makes it a leak.
 */
export const disclosureConfirmed = defineFact('data.disclosure.confirmed', {
  module,
  draft: true,
  open: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => f.body.sets,
  schema: z.strictObject({
    incident: number,
    sets: z.array(set).max(64),
    records: count.nullable(),
    drill: z.boolean().optional(),
  }),
})

/**
 * The digests of the records of a set were computed again. `differing`: not what they must be;
 * `explained`: those of them for which a change that was approved is on file.
 */
export const integrityChecked = defineFact('data.integrity.checked', {
  module,
  trusts: ['instrument'],
  keys: f => [f.body.set],
  schema: z.strictObject({ set, records: count, differing: count, explained: count }),
})

/** An audit of writes found records altered. `change`: the approved change that covers it, if one does. */
export const alterationFound = defineFact('data.alteration.found', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    set,
    records: z.int().positive(),
    change: number.nullable(),
    drill: z.boolean().optional(),
  }),
})

/** A detector was down, or fell behind, for so many minutes. `sets`: which it then did not watch. */
export const detectionGapMeasured = defineFact('data.detection.gap.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.sets,
  schema: z.strictObject({
    detector: z.enum(['dlp', 'access-anomaly', 'record-audit']),
    sets: z.array(set).max(128),
    minutes: z.int().positive(),
  }),
})

export type SetListed = z.infer<typeof setListed.schema>
export type StoreInspected = z.infer<typeof storeInspected.schema>
export type SetInspected = z.infer<typeof setInspected.schema>
type FlowListed = z.infer<typeof flowListed.schema>

/** A second look confirms a list when the last part of it found nothing that the list lacks. */
const confirms = ({ body }: Fact<{ [K in keyof typeof look]: z.infer<(typeof look)[K]> }>) => {
  if (body.unlisted > 0 || !body.isDeclared) return false
  return body.part === body.parts ? true : null
}

/**
 * The data sets as a population: complete while a named person has declared the list and discovery
 * confirms it. Freshness is said by two parameters of the control.
 *
 * @param includes which of them; without it all
 */
export function dataSets(includes?: (body: SetListed) => boolean): Population {
  const key = (f: Fact<{ set: string }>) => f.body.set
  return {
    id: 'protect.data.sets',
    enter: { type: setListed, key, if: f => includes?.(f.body) ?? true },
    leave: [
      { type: setRemoved, key },
      ...(includes
        ? [{ type: setListed, key, if: (f: Fact<SetListed>) => !includes(f.body) }]
        : []),
    ],
    complete: { type: setsDeclared },
    owner: 'data-protection',
    fresh: params => String(params['listFresh']),
    compare: {
      // What discovery sees of the others is no member here; what no list explains, it says itself.
      with: { type: setsDiscovered, key: f => (includes ? [] : f.body.seen) },
      fresh: params => String(params['discoveryFresh']),
      confirms,
      each: true,
    },
  }
}

/** The flows that were marked highly sensitive, as a population in the same way. */
export function sensitiveFlows(): Population {
  const key = (f: Fact<{ flow: string }>) => f.body.flow
  return {
    id: 'protect.data.flows',
    enter: { type: flowListed, key, if: f => f.body.isHighlySensitive },
    leave: [
      { type: flowRemoved, key },
      { type: flowListed, key, if: (f: Fact<FlowListed>) => !f.body.isHighlySensitive },
    ],
    complete: { type: flowsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: flowsCompared, key: () => [] },
      fresh: params => String(params['comparedFresh']),
      confirms,
      each: true,
    },
  }
}

/** A file as the whole list of data sets of one source: that its import begins, and that all of it is in. */
export const setImportBegun = importBegun('data.set.import.begun', module)
export const setImportEnded = importEnded('data.set.import.ended', module)
