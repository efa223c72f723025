import { createSecureContext } from 'node:tls'
import { OkiteError } from '../../../core/error.ts'
import type { Collector, Ports } from '../../../core/module.ts'
import { toInstant } from '../../../core/time.ts'
import { deskOf } from '../desk.ts'
import { type Pools, poolsObserved } from '../facts.ts'
import { createNames } from '../probe/names.ts'
import type { Tools } from '../probe/reach.ts'
import { trustOf } from '../probe/round.ts'
import type { AvailabilitySettings } from '../settings.ts'
import { askBalancer } from './ask.ts'
import {
  type Begun,
  begunAnew,
  markOf,
  poolOf,
  type Seen,
  type StandsAt,
  standsBy,
  type Untold,
  whyUntold,
} from './compare.ts'
import { type Mark, readMemory, writeMemory } from './memory.ts'
import type { Balancer } from './settings.ts'

/** The body of a fact: with its envelope it fits a leaf of 16,384 bytes. */
const bodyBytesMax = 14_000

/**
 * Asks each load balancer what its pools have counted, and tells of each service what became of it since that
 * was last told. A service is told only whole: while one of its balancers is silent, or has begun to count
 * anew, there is no fact of it, and what was told last grows old.
 */
export const poolObserver: Collector = {
  name: 'pool-observer',
  sizeBytesMax: bodyBytesMax + 16,
  // Sixteen balancers with 64 pools, each of a service of its own.
  perMinuteMax: 1_024,
  every: 'PT5M',
  async *run(ports) {
    const { settings } = deskOf(ports)
    if (settings.balancers.length === 0) return
    const seen = await askAll(settings, ports)
    if (ports.signal.aborted) return
    const memory = await readMemory(ports.folder())
    const standsAt = standsBy(settings.hosts)
    const next = new Map<string, ReadonlyMap<string, Mark>>()
    for (const [service, pools] of poolsOf(settings.balancers)) {
      const told = tellService(
        service,
        pools,
        seen,
        memory.get(service) ?? new Map(),
        standsAt,
        ports,
      )
      if (told.pools !== null) {
        // The earliest answer: what came after it may not be in there.
        const occurred = toInstant(Math.min(...pools.map(({ balancer }) => atOf(seen, balancer))))
        const [observed, body] = [toInstant(ports.clock.nowMs()), { service, pools: told.pools }]
        const identity = `pools ${service} ${occurred}`
        const said = { occurred, observed, trust: 'instrument' as const, body, identity }
        yield { type: poolsObserved, source: 'pool-observer', ...said }
      }
      if (told.marks.size > 0) next.set(service, told.marks)
    }
    // Only now: what a crash leaves untold is told with the next span, which then overlaps.
    await writeMemory(ports.folder(), next)
  },
}

const atOf = (seen: ReadonlyMap<string, Seen>, { name }: Balancer): number =>
  seen.get(name)?.atMs ?? Number.POSITIVE_INFINITY

type PoolHere = Readonly<{ balancer: Balancer; pool: Balancer['pools'][number] }>

const poolsOf = (all: readonly Balancer[]): ReadonlyMap<string, readonly PoolHere[]> =>
  Map.groupBy(
    all.flatMap(balancer => balancer.pools.map(pool => ({ balancer, pool }))),
    ({ pool }) => pool.service,
  )

/** All at the same time. Who does not answer is said in the log and is not among them. */
async function askAll(
  settings: AvailabilitySettings,
  { clock, log, signal }: Pick<Ports, 'clock' | 'log' | 'signal'>,
): Promise<ReadonlyMap<string, Seen>> {
  const isAnySecure = settings.balancers.some(({ url }) => url?.startsWith('https:'))
  const tools: Tools = {
    names: createNames(settings.resolvers),
    rules: { loopback: settings.loopback, linkLocal: settings.linkLocal },
    // Only where it is asked for: reading all authorities takes a while.
    trust: isAnySecure ? trustOf(settings.caFile) : createSecureContext(),
    timeoutMs: settings.timeoutMs,
  }
  const seen = new Map<string, Seen>()
  const askOne = async (balancer: Balancer) => {
    try {
      const statistics = await askBalancer(balancer, tools, signal)
      seen.set(balancer.name, { balancer, atMs: clock.nowMs(), statistics })
    } catch (error) {
      if (!(error instanceof OkiteError)) throw error
      const { code, data } = error
      const why = typeof data['why'] === 'string' ? data['why'] : null
      log.warn('balancer.unread', { balancer: balancer.name, code, why })
    }
  }
  await Promise.all(settings.balancers.map(askOne))
  return seen
}

/** What there is to tell of a service, and what is to be remembered of it. */
function tellService(
  service: string,
  pools: readonly PoolHere[],
  seen: ReadonlyMap<string, Seen>,
  marks: ReadonlyMap<string, Mark>,
  standsAt: StandsAt,
  { log }: Pick<Ports, 'log'>,
): Readonly<{ pools: Pools | null; marks: ReadonlyMap<string, Mark> }> {
  const kept = new Map(marks)
  const fresh = new Map<string, Mark>()
  const found: Pools = []
  const untold = (what: Readonly<{ why: Untold; balancer?: string; pool?: string }>) =>
    log.warn('pools.untold', { service, code: 'AVAILABILITY_POOL', ...what })
  let isWhole = true
  for (const [balancer, here] of Map.groupBy(pools, one => one.balancer)) {
    const { name } = balancer
    const one = seen.get(name)
    const told =
      one === undefined
        ? null
        : tellBalancer(
            one,
            here.map(({ pool }) => pool),
            marks.get(name),
            standsAt,
          )
    if (told?.mark !== undefined) fresh.set(name, told.mark)
    if (told?.pools !== undefined) {
      found.push(...told.pools)
      continue
    }
    isWhole = false
    if (told?.untold !== undefined) untold({ balancer: name, ...told.untold })
    else if (told?.begun !== undefined) {
      log.info('pools.begun', { service, balancer: name, why: told.begun })
      kept.set(name, told.mark)
    }
  }
  if (!isWhole) return { pools: null, marks: kept }
  const sizeBytes = Buffer.byteLength(JSON.stringify({ service, pools: found }))
  if (sizeBytes <= bodyBytesMax) return { pools: found, marks: fresh }
  untold({ why: 'pool.large' })
  return { pools: null, marks: fresh }
}

type Told = Readonly<
  | { pools: Pools; mark: Mark; begun?: never; untold?: never }
  | { begun: Begun; mark: Mark; pools?: never; untold?: never }
  | { untold: Readonly<{ why: Untold; pool: string }>; mark?: never; pools?: never; begun?: never }
>

/** The pools of a service behind one balancer: all of them, or why there are none to tell. */
function tellBalancer(
  seen: Seen,
  pools: readonly Balancer['pools'][number][],
  mark: Mark | undefined,
  standsAt: StandsAt,
): Told {
  for (const { pool } of pools) {
    const why = whyUntold(seen, pool)
    if (why !== null) return { untold: { why, pool } }
  }
  const next = markOf(
    seen,
    pools.map(({ pool }) => pool),
  )
  const begun = begunAnew(mark, seen)
  if (begun !== null || mark === undefined) return { begun: begun ?? 'first', mark: next }
  const found = pools.map(pool => poolOf(seen, mark, pool, standsAt))
  const told = found.filter(pool => pool !== null)
  return told.length < found.length ? { begun: 'first', mark: next } : { pools: told, mark: next }
}
