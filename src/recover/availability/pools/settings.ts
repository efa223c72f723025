import { isIP } from 'node:net'
import { z } from 'zod'
import { readUrl } from '../probe/target.ts'

/** As HAProxy allows them for proxies and servers; a fact has room for no more. */
const haproxyName = z.string().regex(/^[A-Za-z0-9_.:-]{1,60}$/)
const word = z.string().min(1).max(60)
const path = z.string().min(2).max(4_096).startsWith('/')
/** Longer ones fit no `sockaddr_un`. */
const socketPath = path.max(107)

/** Where statistics are: `https://lb-1.example.com:8404/stats`, with or without `;csv` at its end. */
export function statisticsUrl(text: string): URL | null {
  const url = readUrl(text.endsWith(';csv') ? text : `${text};csv`)
  return typeof url === 'string' ? null : url
}

const isOpenLine = (text: string): boolean => {
  const url = statisticsUrl(text)
  const isOwn = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(url?.hostname ?? '')
  return url?.protocol === 'http:' && !isOwn
}

/** An address, or a network such as `10.1.0.0/16`. */
function isNetwork(text: string): boolean {
  const [, address = '', bits = ''] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIP(address)
  return family !== 0 && (bits === '' || Number(bits) <= (family === 6 ? 128 : 32))
}

const place = { host: word.optional(), site: word.optional() }

const pool = z.strictObject({
  /** The name of the `backend`, or of the `listen`. */
  pool: haproxyName,
  /** The number of the service in the register of assets. */
  service: z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/),
  /** Where its servers stand, by their names; it comes before `hosts`. */
  servers: z
    .array(z.strictObject({ server: haproxyName, ...place }))
    .max(64)
    .default([])
    .refine(all => new Set(all.map(({ server }) => server)).size === all.length),
})

const balancer = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,59}$/),
    /** One of both: the page of statistics, or the socket of HAProxy on this machine. */
    url: z
      .string()
      .max(500)
      .refine(text => statisticsUrl(text) !== null)
      .optional(),
    socket: socketPath.optional(),
    /** For basic authentication (RFC 7617), with the password in a file that only we may read. */
    user: z
      .string()
      .regex(/^[^:\p{C}]{1,64}$/u)
      .optional(),
    passwordFile: path.optional(),
    pools: z
      .array(pool)
      .min(1)
      .max(64)
      .refine(all => new Set(all.map(one => `${one.service} ${one.pool}`)).size === all.length),
  })
  .refine(({ url, socket }) => (url === undefined) !== (socket === undefined))
  .refine(({ user, passwordFile }) => (user === undefined) === (passwordFile === undefined))
  .refine(({ url, user }) => user === undefined || url !== undefined)
  // A password goes over no open line but to this very machine.
  .refine(({ url, user }) => user === undefined || !isOpenLine(url ?? ''))

/** Load balancers that say what their pools do. */
export const balancers = z
  .array(balancer)
  .max(16)
  .default([])
  .refine(all => new Set(all.map(({ name }) => name)).size === all.length)
  .refine(all => poolsOfServices(all).every(count => count <= poolsMax))

/** Pools of one service that its fact has room for. */
const poolsMax = 16

const poolsOfServices = (all: readonly Balancer[]): readonly number[] =>
  [
    ...Map.groupBy(
      all.flatMap(({ pools }) => pools),
      ({ service }) => service,
    ).values(),
  ].map(({ length }) => length)

/**
 * Where servers stand, by the address that the balancer has of them. The first that says it counts, for the
 * host and for the site; without any the address is the host, and nobody knows the site.
 */
export const hosts = z
  .array(
    z
      .strictObject({ address: z.string().refine(isNetwork), ...place })
      // A network is no host.
      .refine(({ address, host }) => host === undefined || !address.includes('/')),
  )
  .max(1_000)
  .default([])

export type Balancer = z.infer<typeof balancer>
export type Hosts = z.infer<typeof hosts>
