import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'

/**
 * The fact types of `protect.network`: a list of TLS endpoints, who vouches for it, what was measured;
 * and, as drafts, how the network is laid out, what passes through it, and from where.
 */

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

const number = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/)
/** The number of an asset in the register of `identify.asset`. */
const asset = number
const count = z.int().nonnegative()

/** What stands on a path into our network, and whether it stops what it finds. */
export const ingressInspected = defineFact('network.ingress.inspected', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.ingress],
  schema: z.strictObject({
    ingress: asset,
    layers: z
      .array(
        z.strictObject({
          layer: z.enum(['firewall', 'ids', 'ips', 'waf']),
          device: asset,
          mode: z.enum(['block', 'detect', 'off']),
        }),
      )
      .max(16),
  }),
})

/** One service talks to another, regularly. */
export const connectionListed = defineFact('network.connection.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.connection],
  schema: z.strictObject({ connection: number, from: asset, to: asset }),
})

export const connectionRemoved = defineFact('network.connection.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.connection],
  schema: z.strictObject({ connection: number }),
})

export const connectionsDeclared = defineFact('network.connection.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ connections: count, hash: sha256 }),
})

/** What a second look at a list says; a long one comes in parts. `unlisted`: what nothing on it explains. */
const look = {
  part: z.int().positive(),
  parts: z.int().positive(),
  seen: z.array(number).max(128),
  unlisted: count,
  isDeclared: z.boolean(),
  hash: sha256,
}

/** Flow records were laid beside the list of connections. */
export const connectionsCompared = defineFact('network.connection.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject(look),
})

/**
 * What mesh or flow records counted on a connection. `enforcement`: what the receiving side does with
 * a caller who does not prove who he is.
 */
export const connectionObserved = defineFact('network.connection.observed', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.connection],
  schema: z.strictObject({
    connection: number,
    enforcement: z.enum(['strict', 'permissive', 'none']),
    flows: count,
    encrypted: count,
    clientVerified: count,
    serverVerified: count,
  }),
})

/** A way out of a segment, in one spelling: `app-1/tcp/443`. */
const path = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,159}$/)
const paths = { paths: z.array(path).max(256), total: count }

/** The function of a segment and every way out of it, as the design has them. */
export const segmentDesigned = defineFact('network.segment.designed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.segment],
  schema: z.strictObject({ segment: asset, function: number, ...paths }),
})

/** Every way out of a segment that the rules in force leave open. */
export const segmentInspected = defineFact('network.segment.inspected', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.segment],
  schema: z.strictObject({ segment: asset, ...paths }),
})

/** A service that everybody outside may reach. */
export const publicServiceListed = defineFact('network.public-service.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.service],
  schema: z.strictObject({ service: asset }),
})

export const publicServiceRemoved = defineFact('network.public-service.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.service],
  schema: z.strictObject({ service: asset }),
})

export const publicServicesDeclared = defineFact('network.public-service.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ services: count, hash: sha256 }),
})

/** A scan from outside: the services that answered, and how many of them no list explains. */
export const exposureScanned = defineFact('network.exposure.scanned', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject(look),
})

/**
 * Where a public service stands, and which inner segments could be reached directly from there.
 * `zone`: the function of the segment that holds its address.
 */
export const publicServiceProbed = defineFact('network.public-service.probed', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service: asset,
    zone: number,
    segmentsTried: count,
    reached: z.array(asset).max(128),
  }),
})

/** A named person lets remote sessions come through this gateway: a VPN, or a broker as good as one. */
export const gatewayApproved = defineFact('network.gateway.approved', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.gateway],
  schema: z.strictObject({ gateway: asset, kind: z.enum(['vpn', 'broker']) }),
})

export const gatewayWithdrawn = defineFact('network.gateway.withdrawn', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.gateway],
  schema: z.strictObject({ gateway: asset }),
})

/**
 * Remote sessions on our systems, counted where they arrive and grouped by the gateway they came
 * through. `gateway` null: none that is known; they came in directly.
 */
export const sessionsCounted = defineFact('network.remote-session.counted', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => (f.body.gateway === null ? [] : [f.body.gateway]),
  schema: z.strictObject({
    gateway: asset.nullable(),
    sessions: z.int().positive(),
    drill: z.boolean().optional(),
  }),
})

/** Made of such a count and of the gateways that are approved: how many came in outside of them. */
export const sessionsMeasured = defineFact('network.remote-session.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => (f.body.gateway === null ? [] : [f.body.gateway]),
  schema: z.strictObject({
    gateway: asset.nullable(),
    sessions: z.int().positive(),
    outside: count,
    drill: z.boolean().optional(),
  }),
})

/** Nobody could have seen a session come in for so many minutes. */
export const watchGapMeasured = defineFact('network.watch.gap.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  schema: z.strictObject({
    watch: z.enum(['remote-access', 'perimeter']),
    minutes: z.int().positive(),
  }),
})

/** A second look confirms a list when the last part of it found nothing that the list lacks. */
const confirms = ({ body }: Fact<{ [K in keyof typeof look]: z.infer<(typeof look)[K]> }>) => {
  if (body.unlisted > 0 || !body.isDeclared) return false
  return body.part === body.parts ? true : null
}

/** The connections between services: complete while declared, and confirmed by flow records. */
export function connections(): Population {
  const key = (f: Fact<{ connection: string }>) => f.body.connection
  return {
    id: 'protect.network.connections',
    enter: { type: connectionListed, key },
    leave: { type: connectionRemoved, key },
    complete: { type: connectionsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: connectionsCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms,
      each: true,
    },
  }
}

/** The services open to the public: complete while declared, and confirmed by a scan from outside. */
export function publicServices(): Population {
  const key = (f: Fact<{ service: string }>) => f.body.service
  return {
    id: 'protect.network.public-services',
    enter: { type: publicServiceListed, key },
    leave: { type: publicServiceRemoved, key },
    complete: { type: publicServicesDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: exposureScanned, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms,
      each: true,
    },
  }
}
