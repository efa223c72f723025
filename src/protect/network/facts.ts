import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'

/** The fact types of `protect.network`: a list of TLS endpoints, who vouches for it, what was measured. */

const module = 'protect.network'
/** `host:port` in its one spelling. A host name is not personal data. */
const endpoint = z.string().min(3).max(262)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const code = z.string().max(120)

/** An endpoint enters the list. `by`: the named person who says so. */
export const endpointListed = defineFact('network.endpoint.listed', {
  module,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.endpoint],
  schema: z.strictObject({
    endpoint,
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535),
  }),
})

export const endpointRemoved = defineFact('network.endpoint.removed', {
  module,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.endpoint],
  schema: z.strictObject({ endpoint }),
})

/** A named person declares the list complete as it stands. */
export const listDeclared = defineFact('network.endpoint.list.declared', {
  module,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ endpoints: z.int().nonnegative(), hash: sha256 }),
})

/** A second named person confirms the list: a second source for endpoints that no machine here can see. */
export const listConfirmed = defineFact('network.endpoint.list.confirmed', {
  module,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ endpoints: z.int().nonnegative(), hash: sha256 }),
})

const yes = z.enum(['yes', 'no', 'unknown'])

const versionProbe = z.strictObject({
  accepted: yes,
  forward: yes,
  plain: yes,
  suite: code.optional(),
  group: code.optional(),
  plainSuite: code.optional(),
  reason: code.optional(),
})

const certificateProbe = z.strictObject({
  status: z.enum(['valid', 'invalid', 'unknown']),
  problems: z.array(code).max(16),
  reason: code.optional(),
  version: code.optional(),
  /** Which of `leaves` it is. */
  fingerprint: sha256.optional(),
})

const leaf = z.strictObject({
  fingerprint: sha256,
  issuer: z.string().max(200),
  /** As many as fit; `namesTotal` counts them all. */
  names: z.array(z.string().max(253)).max(512),
  namesTotal: z.int().nonnegative(),
  notBefore: z.iso.datetime({ precision: 3 }),
  notAfter: z.iso.datetime({ precision: 3 }),
  key: z.string().max(40),
  signature: z.string().max(40),
})

const addressProbe = z.strictObject({
  address: z.string().max(64),
  versions: z.strictObject({
    ssl3: versionProbe,
    tls10: versionProbe,
    tls11: versionProbe,
    tls12: versionProbe,
    tls13: versionProbe,
  }),
  certificate: certificateProbe,
})

/** What one probe of an endpoint found, address by address. Only the prober may say so. */
export const endpointProbed = defineFact('network.endpoint.probed', {
  module,
  trusts: ['instrument'],
  keys: f => [f.body.endpoint],
  schema: z.strictObject({
    endpoint,
    /** Why no address could be asked at all. */
    reason: code.optional(),
    addressesFound: z.int().nonnegative(),
    addresses: z.array(addressProbe).max(8),
    leaves: z.array(leaf).max(8),
    connections: z.int().nonnegative(),
    durationMs: z.int().nonnegative(),
  }),
})

/**
 * The second source looked: at the listening TLS sockets of this host and at the certificates seen.
 * `seen` holds the endpoints it knows of, listed or not; a long list comes in parts.
 */
export const sightingCompleted = defineFact('network.sighting.completed', {
  module,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(endpoint).max(64),
    /** Sockets that listen, those of them that speak TLS, and those that did not answer. */
    listeners: z.int().nonnegative(),
    listenersTls: z.int().nonnegative(),
    listenersSilent: z.int().nonnegative(),
    certificateNames: z.int().nonnegative(),
    /** Endpoints of the list, and how many of them no second source can speak of. */
    listed: z.int().nonnegative(),
    uncovered: z.int().nonnegative(),
    /** Seen, but not on the list. */
    unlisted: z.int().nonnegative(),
    /** The list is the one that was declared complete. */
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

export type Probed = z.infer<typeof endpointProbed.schema>
export type Sighting = z.infer<typeof sightingCompleted.schema>
