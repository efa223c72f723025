import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'
import { importBegun, importEnded } from '../../core/register/import-facts.ts'

/**
 * The fact types of `identify.asset`: what there is, who answers for it, who vouches for the register,
 * and what discovery saw. They are drafts while machinery that will write some of them is not built.
 */

const module = 'identify.asset'

/** The number of an asset in the register. */
export const assetNumber = naming('asset', z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/))
const role = naming('office', z.string().regex(/^[a-z][a-z0-9-]{0,39}$/))
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** What an asset is. It never changes: what becomes something else is another asset. */
export const assetKinds = [
  'system',
  'application',
  'service',
  'host',
  'endpoint',
  'database',
  'store',
  'network-segment',
  'ingress',
  'cloud-account',
  'cloud-resource',
  'cloud-service',
  'image',
  'cluster',
  'function',
  'site',
  'equipment',
  'document',
] as const
export type AssetKind = (typeof assetKinds)[number]

const kind = z.enum(assetKinds)

/** Who answers for it, whether the policy covers it, and whether it counts as important. */
const standing = {
  owner: role.nullable(),
  inScope: z.boolean().nullable(),
  isImportant: z.boolean(),
  isTangible: z.boolean(),
}

/** Its entry in the register. It is said anew, whole, whenever the entry changes; the kind never does. */
export const assetListed = defineFact('asset.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.asset],
  schema: z.strictObject({ asset: assetNumber, kind, ...standing }),
})

export const assetRemoved = defineFact('asset.removed', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  keys: f => [f.body.asset],
  schema: z.strictObject({ asset: assetNumber }),
})

/** A file as the whole register of one source: that its import begins, and that all of it is in. */
export const assetImportBegun = importBegun('asset.import.begun', module)
export const assetImportEnded = importEnded('asset.import.ended', module)

/** A named person declares the register complete as it stands. */
export const registerDeclared = defineFact('asset.register.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ assets: z.int().nonnegative(), hash: sha256 }),
})

/**
 * A second source (cloud inventory, DNS, network scan, agent console) looked for assets of one kind:
 * those it knows, in parts. `unlisted`: what no number of the register explains; `by`: whose command it
 * was, where it was one.
 */
export const discoveryCompleted = defineFact('asset.discovery.completed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    kind,
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(assetNumber).max(64),
    unlisted: z.int().nonnegative(),
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/**
 * What the network saw of a system from one instant to another: with how many systems in scope it
 * exchanged data. Said for every system of the register, also when there was none.
 */
export const trafficObserved = defineFact('asset.traffic.observed', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.asset],
  schema: z.strictObject({
    asset: assetNumber,
    from: z.iso.datetime({ precision: 3 }),
    until: z.iso.datetime({ precision: 3 }),
    peersInScope: z.int().nonnegative(),
  }),
})

/**
 * A stock-take was carried out and signed. `registered`: assets of the register at its beginning; of
 * those `counted` were found and `missing` were not; `unlisted` were found beyond it; `classified`:
 * of how many of the counted the class was looked at anew. `period`: which one it is for, where it
 * is told afterwards.
 */
export const stocktakeCompleted = defineFact('asset.stocktake.completed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  schema: z.strictObject({
    period: z.string().min(4).max(20).nullable(),
    registered: z.int().nonnegative(),
    counted: z.int().nonnegative(),
    missing: z.int().nonnegative(),
    unlisted: z.int().nonnegative(),
    classified: z.int().nonnegative(),
    hash: sha256,
  }),
})

/**
 * Which kinds the register holds, and of which of them discovery confirms it as it was last declared.
 * Made by a judge of this module, as of the oldest of those discoveries.
 */
export const registerMeasured = defineFact('asset.register.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  schema: z.strictObject({
    held: z.array(kind).max(assetKinds.length),
    confirmed: z.array(kind).max(assetKinds.length),
  }),
})

/** The role that looks after the register of assets, whoever answers for what is judged of them. */
export const registerOwner = 'infrastructure'

/**
 * The assets of one kind as a population: complete while a named person has declared the register and
 * discovery of that kind confirms the declaration. Freshness is said by two parameters of the control.
 *
 * @param includes which of them; without it all of the kind. Discovery cannot tell these from others, so
 *   with it nobody becomes a member by being seen; `unlisted` still says that something is missing.
 */
export function assets(of: AssetKind, includes?: (body: Listed) => boolean): Population {
  const key = (f: Fact<{ asset: string }>) => f.body.asset
  return {
    id: `identify.asset.${of}`,
    enter: {
      type: assetListed,
      key,
      if: f => f.body.kind === of && (includes?.(f.body) ?? true),
    },
    leave: [
      { type: assetRemoved, key },
      ...(includes ? [{ type: assetListed, key, if: (f: Fact<Listed>) => !includes(f.body) }] : []),
    ],
    complete: { type: registerDeclared },
    owner: registerOwner,
    fresh: params => String(params['registerFresh']),
    compare: {
      with: {
        type: discoveryCompleted,
        key: f => (includes === undefined ? f.body.seen : []),
        if: f => f.body.kind === of,
      },
      fresh: params => String(params['discoveryFresh']),
      confirms: ({ body }) => {
        if (body.unlisted > 0 || !body.isDeclared) return false
        return body.part === body.parts ? true : null
      },
      each: true,
    },
  }
}

/** Systems that nobody has put out of scope. */
export const systemsInScope = (): Population => assets('system', body => body.inScope !== false)

/** All assets, whatever their kind: discovery of each kind that the register holds confirms it. */
export function allAssets(): Population {
  const key = (f: Fact<{ asset: string }>) => f.body.asset
  return {
    id: 'identify.asset.register',
    enter: { type: assetListed, key },
    leave: { type: assetRemoved, key },
    complete: { type: registerDeclared },
    owner: registerOwner,
    fresh: params => String(params['registerFresh']),
    compare: {
      with: { type: registerMeasured, key: () => [] },
      fresh: params => String(params['discoveryFresh']),
      // Of an empty register, too, somebody must have looked for what it lacks.
      confirms: ({ body }) =>
        body.confirmed.length > 0 &&
        (body as Measured).held.every(one => body.confirmed.includes(one)),
      each: true,
    },
  }
}

export type Stocktake = z.infer<typeof stocktakeCompleted.schema>
type Measured = z.infer<typeof registerMeasured.schema>

export type Listed = z.infer<typeof assetListed.schema>
