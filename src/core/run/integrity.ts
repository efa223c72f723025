import { isDeepStrictEqual } from 'node:util'
import type { Pool, PoolClient } from 'pg'
import { codeOf } from '../error.ts'
import type { Fact, Pos } from '../fact.ts'
import { fileKept } from '../facts.ts'
import type { FileStore } from '../file/store.ts'
import type { Plain } from '../judge.ts'
import { type FsckReport, fsck } from '../ledger/fsck.ts'
import { readFacts, readPositions } from '../ledger/read.ts'
import { limits } from '../limits.ts'
import type { Table } from '../module.ts'
import { createPace, type Pace } from '../pace.ts'
import type { RunnerOptions } from './follow.ts'
import { type Reperformed, reperform } from './reperform.ts'
import { owedOf } from './snapshot.ts'
import { applyAll } from './tables.ts'

/** What deriving everything again has found. */
export type Integrity = Readonly<{
  ok: boolean
  list: FsckReport
  judges: Readonly<{
    facts: number
    derived: number
    /** Where the judges say something else than the list, and what; null: nowhere. */
    differs: Pos | null
    why: string | null
    /** Judges that another version of their rule judged for, in part or always: not performed. */
    others: readonly string[]
  }>
  rows: Readonly<{ compared: number; differing: readonly string[] }>
  tables: Readonly<{ compared: number; differing: readonly string[] }>
  /** Files that the list says are kept. */
  files: Readonly<{ compared: number; missing: readonly string[]; altered: readonly string[] }>
}>

/** A list of differences longer than this helps nobody. */
const differingMax = 100

/** A database that ends idle transactions must not end this one: it waits while the judges work. */
const idleMax = '6h'

/**
 * Derives everything again from the list and compares: leaves, tree and signatures (I1, I2, I6), what
 * the judges say (I8), the rows they keep and the tables that people read (I7). Cursors, rows, tables
 * and facts are read in one snapshot, so judges and writers go on meanwhile. Nothing is changed.
 *
 * @throws what the pace throws
 */
export async function checkIntegrity(options: Options): Promise<Integrity> {
  const { pace = createPace() } = options
  const list = await fsck({ ...options.fsck, pace })
  try {
    return await deriveAgain(options, list, pace)
  } catch (error) {
    const code = codeOf(error)
    // Of an altered list nothing may be left to derive from. That it is altered is known, and is said.
    if (list.faultCount === 0 || code === 'STOPPING') throw error
    return {
      ...{ ok: false, list },
      judges: { facts: 0, derived: 0, differs: list.first ?? 0, why: code, others: [] },
      rows: { compared: 0, differing: [] },
      tables: { compared: 0, differing: [] },
      files: { compared: 0, missing: [], altered: [] },
    }
  }
}

type Options = Readonly<{
  pool: Pool
  fsck: Parameters<typeof fsck>[0]
  runner: Omit<RunnerOptions, 'list'>
  tables: readonly Table[]
  files: Pick<FileStore, 'fault'>
  /** Without one it still lets others go on, and is not cut short. */
  pace?: Pace
}>

async function deriveAgain(options: Options, list: FsckReport, pace: Pace): Promise<Integrity> {
  const tx = await options.pool.connect()
  tx.on('error', ignore)
  try {
    // Before the snapshot, because a read-only transaction fills temporary tables but makes none.
    for (const [index, table] of options.tables.entries()) {
      await tx.query(`create temporary table again_${index} (${table.columns})`)
    }
    await tx.query('begin isolation level repeatable read read only')
    await tx.query(`set local idle_in_transaction_session_timeout = '${idleMax}'`)
    const snapshot = listIn(tx)
    const until = await cursorOf(tx, 'judges')
    const again = await reperform({ ...options.runner, list: snapshot, tx, until, pace })
    const rows =
      again.differs === null ? await compareRows(again, tx, pace) : { compared: 0, differing: [] }
    const tables = await compareTables(options.tables, snapshot, tx, pace)
    const files = await compareFiles(options.files, snapshot, tx, pace)
    const { facts, derived, differs, why, others } = again
    return {
      ok:
        list.faultCount === 0 &&
        differs === null &&
        rows.differing.length === 0 &&
        tables.differing.length === 0 &&
        files.missing.length + files.altered.length === 0,
      list,
      judges: { facts, derived, differs, why, others },
      rows,
      tables,
      files,
    }
  } finally {
    tx.removeListener('error', ignore)
    // The temporary tables go with the connection.
    tx.release(true)
  }
}

const ignore = () => {}

/** The list as one transaction sees it: an erasure meanwhile replaces no ref in it. */
const listIn = (tx: PoolClient) => ({
  read: (from: Pos, countMax: number) => readFacts(tx, from, countMax),
  readPositions: (positions: readonly Pos[]) => readPositions(tx, positions),
  async size() {
    const { rows } = await tx.query<{ size: string }>('select size from ledger.head')
    return Number(rows[0]?.size)
  },
})

async function cursorOf(tx: PoolClient, consumer: string): Promise<Pos> {
  const { rows } = await tx.query<{ next: string }>(
    'select next from ledger.cursor where consumer = $1',
    [consumer],
  )
  return Number(rows[0]?.next ?? 0)
}

async function compareRows(
  again: Reperformed,
  tx: PoolClient,
  pace: Pace,
): Promise<Integrity['rows']> {
  const differing: string[] = []
  let compared = 0
  for (const seat of again.engine.seats) {
    const { judge, rows } = seat
    // A judge that is not performed keeps rows that nobody here can derive.
    if (again.others.includes(judge.id) && rows.byKey.size === 0) continue
    const { rows: stored } = await tx.query<{ key: string; state: string; owes: string | null }>(
      'select key, state, owes from fold.judge_row where judge = $1',
      [judge.id],
    )
    const found = new Map(stored.map(row => [row.key, row]))
    for (const key of new Set([...found.keys(), ...rows.byKey.keys()])) {
      const wait = pace()
      if (wait !== null) await wait
      compared += 1
      const row = rows.byKey.get(key)
      const own = JSON.parse(JSON.stringify(row?.state ?? null)) as Plain
      const isOwed =
        row === undefined || found.get(key)?.owes === owedOf(again.engine.owed(seat, row)).owes
      const state = JSON.parse(found.get(key)?.state ?? 'null') as Plain
      if (isOwed && isDeepStrictEqual(state, own)) continue
      if (differing.length < differingMax) differing.push(`${judge.id} ${key}`)
    }
  }
  return { compared, differing }
}

/** Reads every file that the list says is kept, and hashes it. */
async function compareFiles(
  files: Pick<FileStore, 'fault'>,
  list: ReturnType<typeof listIn>,
  tx: PoolClient,
  pace: Pace,
): Promise<Integrity['files']> {
  const { rows } = await tx.query<{ pos: string }>(
    'select pos from ledger.fact_type where type = $1 order by pos',
    [fileKept.name],
  )
  const found = { compared: 0, missing: [] as string[], altered: [] as string[] }
  for (const row of rows) {
    await pace()
    const [fact] = (await list.readPositions([Number(row.pos)])) as Fact<any>[]
    const sha256: string = fact!.body.sha256
    const fault = await files.fault(sha256)
    found.compared += 1
    if (fault !== null && found[fault].length < differingMax) found[fault].push(sha256)
  }
  return found
}

/** Builds every table anew under another name and compares contents (M13). */
async function compareTables(
  tables: readonly Table[],
  list: ReturnType<typeof listIn>,
  tx: PoolClient,
  pace: Pace,
): Promise<Integrity['tables']> {
  const head = await cursorOf(tx, 'tables')
  const nameOf = (index: number) => `pg_temp.again_${index}`
  for (let pos = 0; pos < head; ) {
    const facts = await list.read(pos, Math.min(limits.factsPerPacedPage, head - pos))
    if (facts.length === 0) break
    for (const [index, table] of tables.entries()) {
      await pace()
      await applyAll(table, facts, nameOf(index), tx)
    }
    pos += facts.length
  }
  const differing: string[] = []
  for (const [index, table] of tables.entries()) {
    await pace()
    const name = nameOf(index)
    const { rows } = await tx.query<{ differing: string }>(
      `select count(*) as differing from (
         (table show.${table.name} except all table ${name}) union all
         (table ${name} except all table show.${table.name})) as d`,
    )
    if (Number(rows[0]?.differing) > 0) differing.push(table.name)
  }
  return { compared: tables.length, differing }
}
