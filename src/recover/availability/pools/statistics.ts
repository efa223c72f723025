import { readCsv } from '../../../core/register/csv.ts'

/** A server of a pool as HAProxy tells of it, all in one process. */
export type ServerRow = Readonly<{
  pool: string
  server: string
  /** `UP 1/3`, `DOWN`, `DRAIN`, `MAINT (via web/a)`, `no check` … */
  status: string
  /** What it gets of the load now; 0: nothing new. */
  weight: number
  isBackup: boolean
  /** The server whose checks stand for its own, as `pool/server`. */
  tracked: string | null
  /** `L7OK`, `L4CON` …; without the star of a check that is under way. */
  check: string
  /** `10.1.0.11:80`, `[2001:db8::1]:80`, `unix`; empty where the balancer does not show it. */
  address: string
  counters: Counters
}>

/**
 * What only grows, from the start of the process on. `requests`: what it was given – HTTP requests, or
 * connections in TCP mode. The others are null where it is not checked. **`failures` are checks that failed
 * while it was held to be up**: of a server that is down it stands still, and `downSeconds` runs instead.
 */
export type Counters = Readonly<{
  requests: number
  failures: number | null
  downSeconds: number | null
}>

export type Statistics = Readonly<{
  /** So long the process has run at least; a reload is another process. */
  aliveSeconds: number
  /** By name, with all of its servers: their own line comes after those. */
  pools: ReadonlyMap<string, readonly ServerRow[]>
}>

/** Why a text is not taken. `other`: it is none of HAProxy at all. */
export class NoStatistics extends Error {
  readonly why: 'answer.other' | 'answer.cut' | 'answer.malformed' | 'processes.many'
  constructor(why: NoStatistics['why']) {
    super(why)
    this.why = why
  }
}

const rowsMax = 20_000
const names = { pool: 'pxname', server: 'svname' } as const
/** Without these nothing can be said. Columns are found by name: versions add some. */
const needed = [
  ...['svname', 'stot', 'status', 'weight', 'bck', 'chkfail', 'lastchg', 'downtime'],
  ...['pid', 'tracked', 'type', 'check_status'],
]

/**
 * Reads statistics as CSV (HAProxy Management Guide, §9.1), over HTTP or from the socket alike, strictly: a
 * line with a column more or less, a figure that is none, a name twice, or an end that is not the end of a
 * line refuses all of it. Lines of frontends and listeners are looked at for their form alone.
 *
 * @param uptimeSeconds of the process where it is known. Else it is the longest time that some backend has
 *   stood as it is; a `listen` without servers, as that of the statistics, always stands since the start
 * @throws NoStatistics
 */
export function readStatistics(text: string, uptimeSeconds: number | null): Statistics {
  if (!text.startsWith('# pxname,svname,')) throw new NoStatistics('answer.other')
  if (!text.endsWith('\n')) throw new NoStatistics('answer.cut')
  const pools = new Map<string, readonly ServerRow[]>()
  const open = new Map<string, Map<string, ServerRow>>()
  let columns: ReadonlyMap<string, number> | null = null
  let width = 0
  let count = 0
  let oldest = 0
  for (const { cells } of readCsv([text.slice(2)], ',')) {
    if (cells === undefined) throw new NoStatistics('answer.malformed')
    if (columns === null) {
      columns = readHeader(cells)
      width = cells.length
      continue
    }
    count += 1
    if (count > rowsMax) throw new NoStatistics('answer.malformed')
    if (cells.length !== width) throw new NoStatistics('answer.cut')
    const row = new Row(cells, columns)
    // Each process counts for itself, and whoever asks gets one of them by chance.
    if (row.count('pid') > 1) throw new NoStatistics('processes.many')
    const [pool, type] = [row.name(names.pool), row.text('type')]
    if (type === '2') {
      const servers = open.get(pool) ?? new Map<string, ServerRow>()
      const server = serverOf(row, pool)
      if (servers.has(server.server) || pools.has(pool)) throw new NoStatistics('answer.malformed')
      open.set(pool, servers.set(server.server, server))
    } else if (type === '1') {
      if (pools.has(pool)) throw new NoStatistics('answer.malformed')
      // It comes after the servers.
      pools.set(pool, [...(open.get(pool)?.values() ?? [])])
      oldest = Math.max(oldest, row.count('lastchg'))
    } else if (type !== '0' && type !== '3') throw new NoStatistics('answer.malformed')
  }
  if (columns === null) throw new NoStatistics('answer.other')
  if ([...open.keys()].some(pool => !pools.has(pool))) throw new NoStatistics('answer.cut')
  return { aliveSeconds: uptimeSeconds ?? oldest, pools }
}

function readHeader(cells: readonly string[]): ReadonlyMap<string, number> {
  const columns = new Map<string, number>()
  for (const [nth, name] of cells.entries()) if (!columns.has(name)) columns.set(name, nth)
  if (needed.some(name => !columns.has(name))) throw new NoStatistics('answer.other')
  return columns
}

function serverOf(row: Row, pool: string): ServerRow {
  const tracked = row.text('tracked')
  return {
    ...{ pool, server: row.name(names.server), status: row.text('status') },
    ...{ weight: row.count('weight'), isBackup: row.count('bck') > 0 },
    tracked: tracked === '' ? null : tracked,
    check: row.text('check_status').replace(/^\* /, ''),
    address: row.text('addr'),
    counters: {
      requests: row.count('stot'),
      failures: row.countOrNone('chkfail'),
      downSeconds: row.countOrNone('downtime'),
    },
  }
}

class Row {
  private readonly cells: readonly string[]
  private readonly columns: ReadonlyMap<string, number>
  constructor(cells: readonly string[], columns: ReadonlyMap<string, number>) {
    this.cells = cells
    this.columns = columns
  }
  text(column: string): string {
    return this.cells[this.columns.get(column) ?? -1] ?? ''
  }
  name(column: string): string {
    const text = this.text(column)
    if (!/^[A-Za-z0-9_.:-]{1,200}$/.test(text)) throw new NoStatistics('answer.malformed')
    return text
  }
  countOrNone(column: string): number | null {
    const text = this.text(column)
    if (text === '') return null
    if (!/^\d{1,15}$/.test(text)) throw new NoStatistics('answer.malformed')
    return Number(text)
  }
  count(column: string): number {
    const count = this.countOrNone(column)
    if (count === null) throw new NoStatistics('answer.malformed')
    return count
  }
}
