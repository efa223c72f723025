import { hostname } from 'node:os'
import { codeOf } from '../../core/error.ts'
import type { Fact, Observation } from '../../core/fact.ts'
import type { Collector, Ports } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { readSeen, type SeenName } from './certificate-seen.ts'
import { hashOf } from './endpoint-list.ts'
import { endpointOf } from './endpoint-name.ts'
import {
  endpointListed,
  endpointProbed,
  endpointRemoved,
  listConfirmed,
  listDeclared,
  type Probed,
  type Sighting,
  sightingCompleted,
} from './facts.ts'
import { type Listener, readListeners, speechOf } from './listener.ts'
import { loadAnchors } from './probe/certificate.ts'
import { probeEndpoint } from './probe/endpoint.ts'
import { bodyOf } from './probed.ts'
import { type NetworkSettings, networkSettings } from './settings.ts'
import { compareWithList, resolveAll, thisHost } from './sighting.ts'

type Row = Readonly<{ host: string; port: number; probed: string | null }>

/** Asks every listed endpoint when its turn has come, and new ones at once. */
export const prober: Collector = {
  name: 'prober',
  sizeBytesMax: 16_384,
  perMinuteMax: 600,
  // Looks often what is due; how often an endpoint is asked is a setting.
  every: 'PT5M',
  on: [listDeclared, endpointListed],
  async *run(ports) {
    const settings = networkSettings.parse(ports.settings)
    const dueBefore = toInstant(ports.clock.nowMs() - settings.probeEveryMinutes * 60_000 + slackMs)
    const due = (await readList(ports)).filter(row => row.probed === null || row.probed < dueBefore)
    yield* probeAll(due, settings, ports)
  },
}

/** A run comes every five minutes: without slack an hourly endpoint would be asked every 65 minutes. */
const slackMs = 150_000

/** Looks for endpoints that the list should have, in places that the list's author does not write. */
export const sighter: Collector = {
  name: 'sighter',
  sizeBytesMax: 16_384,
  // The most that one look can yield: 10,000 endpoints in parts of 64, twice.
  perMinuteMax: 320,
  every: 'PT1H',
  on: [listDeclared, listConfirmed, endpointRemoved],
  run: sight,
}

/** The listed endpoints, those longest unasked first. */
export const readList = (ports: Pick<Ports, 'reader'>): Promise<Row[]> =>
  ports.reader.query<Row>(
    'select host, port, probed from network_endpoint order by probed nulls first, endpoint',
  )

/** Probes endpoints, a few at once, and yields each result when it is there. */
export async function* probeAll(
  endpoints: readonly Readonly<{ host: string; port: number }>[],
  settings: NetworkSettings,
  ports: Pick<Ports, 'clock' | 'signal'>,
): AsyncGenerator<Observation<Probed>> {
  const anchors = loadAnchors(settings.caFile)
  const one = async ({ host, port }: { host: string; port: number }) => {
    const startMs = ports.clock.nowMs()
    const { key } = endpointOf(host, port)
    const probe = await probeEndpoint({
      host,
      port,
      timeoutMs: settings.timeoutMs,
      signal: ports.signal,
      anchors,
      nowMs: startMs,
    })
    const endMs = Math.max(ports.clock.nowMs(), startMs)
    return {
      type: endpointProbed,
      source: `prober@${hostname()}`,
      occurred: toInstant(startMs),
      observed: toInstant(endMs),
      trust: 'instrument' as const,
      body: bodyOf(key, probe, endMs - startMs),
      identity: `probe ${key} ${toInstant(startMs)}`,
    }
  }
  for await (const observation of inParallel(endpoints, settings.parallel, one)) {
    // A probe that we cut short ourselves says nothing about the endpoint.
    if (ports.signal.aborted) return
    yield observation
  }
}

async function* inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running = new Map<number, Promise<readonly [number, R]>>()
  let next = 0
  const start = () => {
    const index = next++
    running.set(
      index,
      work(items[index] as T).then(result => [index, result] as const),
    )
  }
  try {
    while (next < items.length || running.size > 0) {
      while (next < items.length && running.size < width) start()
      const [index, result] = await Promise.race(running.values())
      running.delete(index)
      yield result
    }
  } finally {
    // Whoever stops listening still waits for the connections that are open.
    await Promise.allSettled(running.values())
  }
}

async function* sight(ports: Ports): AsyncGenerator<Observation<Sighting>> {
  const settings = networkSettings.parse(ports.settings)
  const options = { timeoutMs: settings.timeoutMs, signal: ports.signal }
  const startMs = ports.clock.nowMs()
  const list = (await readList(ports)).map(row => endpointOf(row.host, row.port))
  const hash = hashOf(list.map(endpoint => endpoint.key))
  const sockets = settings.listeners ? await lookAtListeners(ports, options) : null
  const names = await lookAtCertificates(ports, settings, startMs)
  const [declared] = await ports.reader.latest(listDeclared, 1)
  const [confirmed] = await ports.reader.latest(listConfirmed, 1)
  const comparison = compareWithList(
    list,
    await resolveAll(
      list.map(endpoint => endpoint.host),
      options,
    ),
    {
      listeners: sockets === null ? null : sockets.tls,
      names,
      isConfirmed: isInForce(confirmed, declared, hash, startMs),
    },
    thisHost(),
  )
  if (ports.signal.aborted) return
  const parts = inParts(comparison.seen)
  for (const [index, seen] of parts.entries()) {
    yield {
      type: sightingCompleted,
      source: `sighter@${hostname()}`,
      occurred: toInstant(startMs),
      observed: toInstant(Math.max(ports.clock.nowMs(), startMs)),
      trust: 'instrument',
      body: {
        part: index + 1,
        parts: parts.length,
        seen: [...seen],
        listeners: sockets?.all ?? 0,
        listenersTls: sockets?.tls.length ?? 0,
        listenersSilent: sockets?.silent ?? 0,
        certificateNames: names?.length ?? 0,
        listed: list.length,
        uncovered: comparison.uncovered.length,
        unlisted: comparison.unlisted.length,
        isDeclared: declared?.body.hash === hash,
        hash,
      },
      identity: `sighting ${toInstant(startMs)} ${index + 1}`,
    }
  }
}

/** A person's word ages like the declaration that it confirms (P90D). */
const confirmationMsMax = 90 * 24 * 3_600_000

/** By somebody other than who declared it last: one person is one source. */
const isInForce = (
  confirmed: Fact<{ hash: string }> | undefined,
  declared: Fact | undefined,
  hash: string,
  nowMs: number,
): boolean =>
  confirmed !== undefined &&
  confirmed.refs['by'] !== undefined &&
  confirmed.refs['by'] !== declared?.refs['by'] &&
  confirmed.body.hash === hash &&
  nowMs - Date.parse(confirmed.recorded) < confirmationMsMax

/** This host answers itself at once: who says nothing for two seconds waits for other words than ours. */
const listenerMsMax = 2_000

type Sockets = Readonly<{ all: number; tls: readonly Listener[]; silent: number }>

async function lookAtListeners(
  ports: Ports,
  options: Readonly<{ timeoutMs: number; signal: AbortSignal }>,
): Promise<Sockets | null> {
  let all: Listener[]
  try {
    all = await readListeners()
  } catch (error) {
    // Not every system has the table. Without it this host's endpoints are simply not covered.
    ports.log.warn('network.listeners.unreadable', { code: codeOf(error) })
    return null
  }
  const tls: Listener[] = []
  let silent = 0
  // One after another: these are all our neighbours, and there is no hurry.
  for (const listener of all) {
    const timeoutMs = Math.min(options.timeoutMs, listenerMsMax)
    const speech = await speechOf(listener, { ...options, timeoutMs })
    if (speech === 'tls') tls.push(listener)
    if (speech === 'silent') silent += 1
  }
  return { all: all.length, tls, silent }
}

async function lookAtCertificates(
  ports: Ports,
  settings: NetworkSettings,
  nowMs: number,
): Promise<readonly SeenName[] | null> {
  if (settings.certificatesSeenFile === null) return null
  try {
    const names = await readSeen(settings.certificatesSeenFile, nowMs)
    if (names === null) ports.log.warn('network.certificates.old')
    return names
  } catch (error) {
    ports.log.warn('network.certificates.unreadable', { code: codeOf(error) })
    return null
  }
}

/** 8 KiB of names a fact: half of what a leaf may hold. */
const partBytesMax = 8_192

/** A fact may speak of 64 subjects (intake of the ledger). */
const partCountMax = 64

function inParts(keys: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]]
  let bytes = 0
  for (const key of keys) {
    if (bytes + key.length + 3 > partBytesMax || parts.at(-1)?.length === partCountMax) {
      parts.push([])
      bytes = 0
    }
    parts.at(-1)?.push(key)
    bytes += key.length + 3
  }
  return parts
}
