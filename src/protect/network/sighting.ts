import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { covers, type SeenName } from './certificate-seen.ts'
import { type Endpoint, endpointOf, isHostName } from './endpoint-name.ts'
import { isWildcard, type Listener } from './listener.ts'

/** What the second source knows, before it is compared with the list. */
export type Evidence = Readonly<{
  /** TLS listeners of this host; null: they could not be looked at. */
  listeners: readonly Listener[] | null
  /** Names of certificates seen; null: no such source. */
  names: readonly SeenName[] | null
  /** A second person confirmed exactly this list. */
  isConfirmed: boolean
}>

type Comparison = Readonly<{
  /** Keys of the endpoints seen: those of the list that explain a sighting, and those not on it. */
  seen: readonly string[]
  unlisted: readonly string[]
  /** Of the list, and nothing but the first source speaks of them. */
  uncovered: readonly string[]
}>

/** Whose addresses are this host's: its own and the loopback ones. */
export type Host = Readonly<{ name: string; addresses: ReadonlySet<string> }>

export function thisHost(): Host {
  const addresses = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  const own = addresses.map(({ address }) => address.replace(/%.*$/, ''))
  return { name: hostname().toLowerCase(), addresses: new Set(['127.0.0.1', '::1', ...own]) }
}

const isOwn = (host: Host, address: string): boolean =>
  host.addresses.has(address) || /^127\./.test(address)

/**
 * Compares the list with what was seen. A listener is explained by a listed endpoint of its port
 * whose name or address leads to it; a certificate by a listed endpoint of its name. What is not
 * explained contradicts the list. An endpoint is covered when it lies on this host, whose listeners
 * were all looked at, when a certificate was seen for it, or when a second person confirmed the list.
 *
 * @param addressesOf the addresses of each listed host, see `resolveAll`
 */
export function compareWithList(
  list: readonly Endpoint[],
  addressesOf: ReadonlyMap<string, readonly string[]>,
  evidence: Evidence,
  host: Host,
): Comparison {
  const seen = new Set<string>()
  const unlisted = new Set<string>()
  const covered = new Set<string>()
  const byPort = Map.groupBy(list, endpoint => endpoint.port)
  const note = (explaining: readonly Endpoint[], key: string) => {
    if (explaining.length === 0) unlisted.add(key)
    for (const endpoint of explaining) {
      seen.add(endpoint.key)
      covered.add(endpoint.key)
    }
  }
  for (const listener of evidence.listeners ?? []) {
    const explaining = (byPort.get(listener.port) ?? []).filter(endpoint =>
      (addressesOf.get(endpoint.host) ?? []).some(address => leadsTo(address, listener, host)),
    )
    note(explaining, keyOf(listener, host))
  }
  const byHost = Map.groupBy(list, endpoint => endpoint.host)
  const byParent = Map.groupBy(list, endpoint => endpoint.host.slice(endpoint.host.indexOf('.')))
  for (const { name, port } of evidence.names ?? []) {
    const near = name.startsWith('*.') ? byParent.get(name.slice(1)) : byHost.get(name)
    const explaining = (near ?? []).filter(
      endpoint => covers(name, endpoint.host) && (port === null || port === endpoint.port),
    )
    note(explaining, endpointOf(name, port ?? 443).key)
  }
  for (const endpoint of list) {
    const addresses = addressesOf.get(endpoint.host) ?? []
    const isHere = addresses.length > 0 && addresses.every(address => isOwn(host, address))
    if (evidence.isConfirmed || (isHere && evidence.listeners !== null)) covered.add(endpoint.key)
  }
  const sorted = (keys: Iterable<string>) => [...keys].sort((a, b) => (a < b ? -1 : 1))
  return {
    // Contradictions first: were only the first of several parts delivered, it would hold them.
    seen: [...sorted(unlisted), ...sorted(seen)],
    unlisted: sorted(unlisted),
    uncovered: list.filter(one => !covered.has(one.key)).map(one => one.key),
  }
}

/** A connection to this address of ours would end at this listener. */
function leadsTo(address: string, listener: Listener, host: Host): boolean {
  if (listener.address === address) return true
  if (!isOwn(host, address) || !isWildcard(listener.address)) return false
  // `::` takes IPv4 as well unless the socket says otherwise (RFC 3493 §5.3).
  return listener.address === '::' || isIP(address) === 4
}

/** The spelling in which a person would list a listener that is not on the list. */
function keyOf(listener: Listener, host: Host): string {
  if (isWildcard(listener.address)) {
    return endpointOf(isHostName(host.name) ? host.name : 'localhost', listener.port).key
  }
  const isLoopback = /^127\./.test(listener.address) || listener.address === '::1'
  return endpointOf(isLoopback ? 'localhost' : listener.address, listener.port).key
}

/** Eight names at once: a resolver is shared with the whole host. */
const lookupsMax = 8

/** The addresses of each host of the list; none for a name that does not resolve in time. */
export async function resolveAll(
  hosts: readonly string[],
  options: Readonly<{ timeoutMs: number; signal: AbortSignal }>,
): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  const waiting = [...new Set(hosts)]
  const work = async () => {
    for (let host = waiting.pop(); host !== undefined; host = waiting.pop()) {
      if (options.signal.aborted) return
      found.set(host, await addressesOf(host, options.timeoutMs))
    }
  }
  await Promise.all(Array.from({ length: lookupsMax }, work))
  return found
}

async function addressesOf(host: string, timeoutMs: number): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  // RFC 6761 §6.3: these names are loopback, whatever a resolver says.
  if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1', '::1']
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>(done => {
    timer = setTimeout(() => done(null), timeoutMs)
  })
  try {
    const addresses = await Promise.race([lookup(host, { all: true }), late])
    return (addresses ?? []).map(entry => entry.address)
  } catch {
    return []
  } finally {
    clearTimeout(timer)
  }
}
