import type { Pool, PoolClient } from 'pg'
import { escapeIdentifier } from 'pg'
import type { Fact, Pos } from '../fact.ts'
import { lockCursor, moveCursor } from '../ledger/cursor.ts'
import { inTransaction } from '../ledger/transaction.ts'
import { limits } from '../limits.ts'
import type { Log } from '../log.ts'
import type { Table } from '../module.ts'
import type { List } from './list.ts'

/** The name under which the progress of the live tables is kept. */
export const consumer = 'tables'

/**
 * Keeps the show tables of all modules at the head of the list. A table whose version is new is built
 * as `<table>@<version>` while the old one serves, and takes its name in one transaction (V47).
 */
export class TableRunner {
  private readonly pool: Pool
  private readonly list: List
  private readonly tables: readonly Table[]
  private readonly log: Log
  private readonly onFacts: (facts: readonly Fact[]) => void
  private next: Pos = 0
  private turn: Promise<void> = Promise.resolve()

  constructor(options: {
    pool: Pool
    list: List
    tables: readonly Table[]
    log: Log
    /** Told of each fact once it is in the tables: collectors and pages wait for it. */
    onFacts: (facts: readonly Fact[]) => void
  }) {
    this.pool = options.pool
    this.list = options.list
    this.tables = options.tables
    this.log = options.log
    this.onFacts = options.onFacts
  }

  /** Builds what is new, then goes to the head. */
  async start(): Promise<void> {
    await this.build()
    await this.follow()
  }

  /** Goes to the head. Calls queue up behind each other; each sees everything appended before it. */
  follow(): Promise<void> {
    const after = this.turn.then(() => this.toHead())
    this.turn = after.catch(() => undefined)
    return after
  }

  private async toHead(): Promise<void> {
    for (;;) {
      if (this.next >= (await this.list.size())) return
      const facts = await this.list.read(this.next, limits.factsPerPage)
      if (facts.length === 0) return
      const moved = await inTransaction(this.pool, async tx => {
        // Another process went on: start from where it stands.
        const stored = await lockCursor(tx, consumer)
        if (stored !== this.next) return stored
        const end = this.next + facts.length
        for (const table of this.tables) await applyAll(table, facts, live(table.name), tx)
        await moveCursor(tx, consumer, end)
        return end
        // The commit is the point of no return: rows and cursor appear together.
      })
      const taken = moved === this.next + facts.length ? facts : []
      this.next = moved
      this.onFacts(taken)
    }
  }

  private async build(): Promise<void> {
    const { rows } = await this.pool.query<{ name: string; version: number }>(
      'select name, version from fold.table_version',
    )
    const known = new Map(rows.map(row => [row.name, row.version]))
    const fresh = this.tables.filter(table => known.get(table.name) !== table.version)
    const gone = [...known.keys()].filter(name => !this.tables.some(table => table.name === name))
    const head = await this.cursor()
    for (const table of fresh) await this.buildOne(table, head)
    for (const name of gone) {
      await inTransaction(this.pool, async tx => {
        await tx.query(`drop table if exists ${live(name)}`)
        await tx.query('delete from fold.table_version where name = $1', [name])
        await tx.query('delete from fold.moved where part = $1', [name])
      })
    }
    await this.countMoves()
    this.next = head
  }

  private async buildOne(table: Table, head: Pos): Promise<void> {
    const building = `show.${escapeIdentifier(`${table.name}@${table.version}`)}`
    await this.pool.query(`drop table if exists ${building}`)
    await this.pool.query(`create table ${building} (${table.columns})`)
    for (let pos = 0; pos < head; ) {
      const facts = await this.list.read(pos, Math.min(limits.factsPerPage, head - pos))
      if (facts.length === 0) break
      await inTransaction(this.pool, tx => applyAll(table, facts, building, tx))
      pos += facts.length
    }
    await inTransaction(this.pool, async tx => {
      // Another process may have moved the tables on while this one was built.
      const moved = await lockCursor(tx, consumer)
      for (let pos = head; pos < moved; ) {
        const facts = await this.list.read(pos, Math.min(limits.factsPerPage, moved - pos))
        if (facts.length === 0) break
        await applyAll(table, facts, building, tx)
        pos += facts.length
      }
      await tx.query(`drop table if exists ${live(table.name)}`)
      await tx.query(`alter table ${building} rename to ${escapeIdentifier(table.name)}`)
      await countMovesOf(table.name, tx)
      await tx.query(
        `insert into fold.table_version (name, version) values ($1, $2)
         on conflict (name) do update set version = excluded.version`,
        [table.name, table.version],
      )
      // Point of no return: from this commit on the new version is the table.
    })
    this.log.info('table.built', { table: table.name, version: table.version, facts: head })
  }

  /** Of tables that were built before moves were counted. */
  private async countMoves(): Promise<void> {
    const { rows } = await this.pool.query<{ name: string }>(
      `select name from fold.table_version where not exists (select from pg_trigger
         where tgname = 'moved' and tgrelid = format('show.%I', name)::regclass)`,
    )
    for (const { name } of rows) await inTransaction(this.pool, tx => countMovesOf(name, tx))
  }

  private async cursor(): Promise<Pos> {
    return inTransaction(this.pool, tx => lockCursor(tx, consumer))
  }
}

/** Whoever has read the table sees from now on that it is another. */
async function countMovesOf(name: string, tx: PoolClient): Promise<void> {
  await tx.query(
    `create or replace trigger moved after insert or update or delete or truncate on ${live(name)}
     for each statement execute function fold.count_move()`,
  )
  await tx.query(
    `insert into fold.moved values ($1, 1)
     on conflict (part) do update set times = moved.times + 1`,
    [name],
  )
}

/** Folds facts into one table under whatever name it has now; tests rebuild with it (M13). */
export async function applyAll(
  table: Table,
  facts: readonly Fact[],
  name: string,
  tx: PoolClient,
): Promise<void> {
  const wanted = new Set(table.from.map(type => type.name))
  const own = facts.filter(fact => wanted.has(fact.type))
  if (table.applyAll === undefined) for (const fact of own) await table.apply(fact, name, tx)
  else if (own.length > 0) await table.applyAll(own, name, tx)
}

const live = (name: string): string => `show.${escapeIdentifier(name)}`
