import { BlockList, isIP } from 'node:net'
import type { Pools } from '../facts.ts'
import type { Mark } from './memory.ts'
import type { Balancer, Hosts } from './settings.ts'
import type { Counters, ServerRow, Statistics } from './statistics.ts'

/** What a balancer has said, and when the answer was there. */
export type Seen = Readonly<{ balancer: Balancer; atMs: number; statistics: Statistics }>

/** Whatever was counted over a longer time says little of now. */
const spanMsMax = 60 * 60_000
/** What a fact has room for. */
const targetsMax = 64

/** Why there is nothing to tell yet: counting begins. */
export type Begun = 'first' | 'restarted' | 'late'

/**
 * Whether the figures of now go on from the mark. A process that may be younger than the mark has counted
 * from nothing, as after a reload: what the one before counted last is lost, and no difference is told. So is
 * it when any counter went back, which clearing them does.
 */
export function begunAnew(
  mark: Mark | undefined,
  { balancer, atMs, statistics }: Seen,
): Begun | null {
  if (mark === undefined || mark.where !== whereOf(balancer)) return 'first'
  const spanMs = atMs - mark.atMs
  if (spanMs <= 0 || spanMs > spanMsMax) return 'late'
  // Its clock counts whole seconds, so one of them may not be over.
  if ((statistics.aliveSeconds - 1) * 1_000 < spanMs) return 'restarted'
  for (const rows of statistics.pools.values())
    for (const row of rows) {
      const { counters } = row
      const before = mark.counters[keyOf(row)]
      if (before === undefined) continue
      const isLess = (['requests', 'failures', 'downSeconds'] as const).some(
        name => (counters[name] ?? Number.POSITIVE_INFINITY) < (before[name] ?? 0),
      )
      if (isLess) return 'restarted'
    }
  return null
}

const whereOf = ({ url, socket }: Balancer): string => url ?? socket ?? ''

/** What is to be remembered of these pools, with the servers whose checks stand for those of theirs. */
export function markOf({ balancer, atMs, statistics }: Seen, names: readonly string[]): Mark {
  const pools = names.filter(name => statistics.pools.has(name))
  const rows = pools.flatMap(name => statistics.pools.get(name) ?? [])
  const all = rows.flatMap(row => [row, checkedOf(row, statistics) ?? row])
  const counters = Object.fromEntries(all.map(row => [keyOf(row), row.counters]))
  return { where: whereOf(balancer), atMs, pools, counters }
}

/** Why a pool cannot be told, now or later, as long as the settings are what they are. */
export type Untold = 'pool.missing' | 'pool.large'

export function whyUntold({ statistics }: Seen, pool: string): Untold | null {
  if (!statistics.pools.has(pool)) return 'pool.missing'
  return rowsOf(statistics, pool).length > targetsMax ? 'pool.large' : null
}

/**
 * A pool as a fact has it: what became of each server since the mark.
 *
 * @returns null: nobody looked at it, or at the checks of one of its servers, at the mark
 */
export function poolOf(
  seen: Seen,
  mark: Mark,
  { pool, servers }: Balancer['pools'][number],
  standsAt: StandsAt,
): Pools[number] | null {
  if (!mark.pools.includes(pool)) return null
  const targets: Pools[number]['targets'] = []
  for (const row of rowsOf(seen.statistics, pool)) {
    const checks = checksOf(row, mark, seen.statistics)
    if (checks === undefined) return null
    const named = servers.find(({ server }) => server === row.server)
    const stands = standsAt(row.address)
    targets.push({
      target: row.server,
      host: named?.host ?? stands.host,
      site: named?.site ?? stands.site,
      role: roleOf(row),
      checks,
      requests: row.counters.requests - (mark.counters[keyOf(row)] ?? nothing).requests,
    })
  }
  const from = new Date(mark.atMs).toISOString()
  return { balancer: seen.balancer.name, pool, from, targets }
}

const keyOf = ({ pool, server }: ServerRow): string => `${pool}/${server}`

/** Of a server that came into a pool which was looked at, in a process that goes on. */
const nothing: Counters = { requests: 0, failures: 0, downSeconds: 0 }

/** A place of a `server-template` that no address has taken is no server. */
const rowsOf = ({ pools }: Statistics, pool: string): readonly ServerRow[] =>
  (pools.get(pool) ?? []).filter(({ status }) => status !== 'MAINT (resolution)')

type Target = Pools[number]['targets'][number]

/** @returns null: nobody checks it; undefined: it is not known how it was at the mark */
function checksOf(
  row: ServerRow,
  mark: Mark,
  statistics: Statistics,
): Target['checks'] | undefined {
  const checked = checkedOf(row, statistics)
  if (checked === null) return null
  const { failures, downSeconds } = checked.counters
  const isLookedAt = mark.pools.includes(checked.pool)
  const before = mark.counters[keyOf(checked)] ?? (isLookedAt ? nothing : null)
  if (failures === null || downSeconds === null) return null
  if (before === null || before.failures === null || before.downSeconds === null) return undefined
  return {
    newest: resultOf(checked.check),
    failures: failures - before.failures,
    downSeconds: downSeconds - before.downSeconds,
  }
}

/** The server itself, or at the end of `track` the one whose checks stand for it; null: nobody's do. */
function checkedOf(row: ServerRow, { pools }: Statistics): ServerRow | null {
  let found = row
  for (let steps = 0; found.tracked !== null; steps += 1) {
    const [pool = '', server = ''] = found.tracked.split('/')
    const next: ServerRow | undefined = pools.get(pool)?.find(one => one.server === server)
    if (next === undefined || steps >= trackedStepsMax) return null
    found = next
  }
  return found.counters.failures === null ? null : found
}

const trackedStepsMax = 8

const passed = new Set(['L4OK', 'L6OK', 'L7OK', 'L7OKC', 'PROCOK'])
const failedWords = new Set([
  ...['SOCKERR', 'L4TOUT', 'L4CON', 'L6TOUT', 'L6RSP', 'L7TOUT', 'L7RSP', 'L7STS'],
  ...['PROCERR', 'PROCTOUT', 'HANA'],
])

/** Of the newest check; null: none is over yet, or it is not one of the words that are known. */
const resultOf = (check: string): 'passed' | 'failed' | null =>
  passed.has(check) ? 'passed' : failedWords.has(check) ? 'failed' : null

/** By what the balancer is told to do with it, whether or not it answers. */
function roleOf({ status, weight, isBackup }: ServerRow): Target['role'] {
  if (status.startsWith('MAINT')) return 'maintenance'
  // NOLB: it asked by its own check for nothing new (`http-check disable-on-404`).
  if (/^(DRAIN|NOLB)/.test(status) || weight === 0) return 'draining'
  return isBackup ? 'backup' : 'active'
}

type Stands = Readonly<{ host: string | null; site: string | null }>
export type StandsAt = (address: string) => Stands

/** Host and site by the address of a server; of a UNIX socket or a hidden address nothing is known. */
export function standsBy(hosts: Hosts): StandsAt {
  const all = hosts.map(one => ({ ...one, list: listOf(one.address) }))
  return text => {
    const [, six, four] = /^(?:\[([^\]]+)\]|([^:]+)):\d+$/.exec(text) ?? []
    const address = six ?? four ?? ''
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(address) === 0) return { host: null, site: null }
    const here = all.filter(({ list }) => list.check(address, family))
    return {
      host: here.find(({ host }) => host !== undefined)?.host ?? address,
      site: here.find(({ site }) => site !== undefined)?.site ?? null,
    }
  }
}

function listOf(network: string): BlockList {
  const [base = '', bits] = network.split('/')
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  if (bits === undefined) list.addAddress(base, family)
  else list.addSubnet(base, Number(bits), family)
  return list
}
