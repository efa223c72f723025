import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact, type FactType } from '../../core/fact.ts'

/**
 * The fact types of `detect.source`: where logs come from, and whether the logs of the cloud are whole.
 * Machinery that writes them comes later, so they are drafts.
 */

const module = 'detect.source'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const instant = z.iso.datetime({ precision: 3 })
const count = z.int().nonnegative()
/** Of a log source: its name where the logs come together. */
const source = z.string().regex(/^[a-z0-9][a-z0-9._:/@-]{0,99}$/)
const sourceKeys = (f: { body: { source: string } }) => [f.body.source]

/** Something that writes a log which must be analysed. `asset`: its number in the register, if it has one. */
export const logSourceListed = defineFact('log.source.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: sourceKeys,
  schema: z.strictObject({
    source,
    kind: z.enum(['host', 'network', 'application', 'database', 'identity', 'cloud', 'site']),
    asset: z.string().min(1).max(100).nullable(),
  }),
})

export const logSourceRemoved = defineFact('log.source.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: sourceKeys,
  schema: z.strictObject({ source }),
})

/** A named person declares the list of log sources complete as it stands. */
export const logSourcesDeclared = defineFact('log.source.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ sources: count, hash: sha256 }),
})

const comparison = {
  part: z.int().positive(),
  parts: z.int().positive(),
  unlisted: count,
  isDeclared: z.boolean(),
  hash: sha256,
}

/**
 * A second source was laid beside the list, in parts: who sends to the collecting point, and what the
 * register of assets holds. `unlisted`: senders and assets that no log source explains.
 */
export const logSourcesCompared = defineFact('log.source.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({ ...comparison, seen: z.array(source).max(64) }),
})

/** An account with the provider and a region of it, in one name: `aws:482113/ap-northeast-1`. */
const region = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/)
const regionKeys = (f: { body: { region: string } }) => [f.body.region]

export const cloudRegionListed = defineFact('cloud.region.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: regionKeys,
  schema: z.strictObject({ region }),
})

export const cloudRegionRemoved = defineFact('cloud.region.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: regionKeys,
  schema: z.strictObject({ region }),
})

/** A named person declares the list of accounts and regions complete as it stands. */
export const cloudRegionsDeclared = defineFact('cloud.region.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ regions: count, hash: sha256 }),
})

/** What the provider says: all accounts of the organisation and the regions open in each, in parts. */
export const cloudRegionsCompared = defineFact('cloud.region.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({ ...comparison, seen: z.array(region).max(64) }),
})

/**
 * The log of one account and region was read along its chain of digests, from where the last reading
 * ended. `missing` and `altered` count files that a digest names; `interruptions`, how often a digest was
 * missing or logging was switched off; `unreadMinutes`, what lies between the last reading and this one.
 */
export const cloudLogVerified = defineFact('cloud.log.verified', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: regionKeys,
  schema: z.strictObject({
    region,
    from: instant,
    until: instant,
    files: count,
    missing: count,
    altered: count,
    interruptions: count,
    unreadMinutes: count,
  }),
})

type Compared = Readonly<{ part: number; parts: number; unlisted: number; isDeclared: boolean }>

/** Complete while a named person has declared the list and a second source confirms the declaration. */
const listed = (
  id: string,
  key: (f: Fact<any>) => string,
  [enter, leave, complete, compared]: readonly [FactType, FactType, FactType, FactType],
): Population => ({
  id,
  enter: { type: enter, key },
  leave: { type: leave, key },
  complete: { type: complete },
  fresh: params => String(params['listFresh']),
  compare: {
    with: { type: compared, key: f => f.body.seen },
    fresh: params => String(params['comparedFresh']),
    confirms: ({ body }: Fact<Compared>) => {
      if (body.unlisted > 0 || !body.isDeclared) return false
      return body.part === body.parts ? true : null
    },
    each: true,
  },
})

/** The log sources as a population; freshness is said by two parameters of the control. */
export const logSources = (): Population =>
  listed('detect.source.logs', f => f.body.source, [
    logSourceListed,
    logSourceRemoved,
    logSourcesDeclared,
    logSourcesCompared,
  ])

/** Accounts and regions of the cloud as a population; freshness as above. */
export const cloudRegions = (): Population =>
  listed('detect.source.cloud-regions', f => f.body.region, [
    cloudRegionListed,
    cloudRegionRemoved,
    cloudRegionsDeclared,
    cloudRegionsCompared,
  ])
