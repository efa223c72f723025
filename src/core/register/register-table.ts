import type { Fact, FactType } from '../fact.ts'
import type { Table } from '../module.ts'
import { importSource } from './import-facts.ts'
import { keyedTable } from './keyed-table.ts'

/** What every row of a register has besides what its module says of it. */
export type Kept = Readonly<{
  /** As in the envelope of the fact that listed it last from a file; what is typed in changes no file's row. */
  source: string
  /** The last fact that was said of it: its version. */
  pos: number
  /** It is no more; it stays, so that what became of it can be looked up. */
  closed: boolean
}>

/** The name of the source of what people type in, and how facts name it. */
export const handSource = 'register'
export const handEnvelope = importSource(handSource)

/** A table of a register, and how a fact changes a row of it. */
export type RegisterTable<Row extends Kept> = Readonly<{
  table: Table
  /** The column that is its primary key. */
  key: string
  from: readonly FactType[]
  /** Those of them whose keys on the list are not the entry: few, and found by their type. */
  unkeyed?: readonly FactType[]
  keyOf(fact: Pick<Fact, 'body'>): string
  /** The row after a fact; null: it never was one. */
  step(row: Row | null, fact: Fact): Row | null
}>

/**
 * A table with a row for each entry of a register, also for those that are no more, each with its
 * version. An index by version tells what has changed since somebody looked.
 *
 * @param options `step`: what a fact makes of an entry, `null` where it ends it; an entry that is no more
 *   is none to it
 */
export function registerTable<Row extends Kept>(
  options: Readonly<{
    name: string
    version: number
    columns: string
    key: string
    from: readonly FactType[]
    unkeyed?: readonly FactType[]
    keyOf(fact: Pick<Fact, 'body'>): string
    step(row: Row | null, fact: Fact): Omit<Row, keyof Kept> | null
  }>,
): RegisterTable<Row> {
  const { name, version, key, from, keyOf } = options
  const step = (row: Row | null, fact: Fact): Row | null => {
    const before = row?.closed ? null : row
    const after = options.step(before, fact)
    if (after === null) return before === null ? row : { ...before, pos: fact.pos, closed: true }
    // Only a file takes an entry over: what is typed in, probed or recorded leaves it where it stands.
    const isOfFile = fact.source.startsWith(importSource('')) && fact.source !== handEnvelope
    const source = before === null || isOfFile ? fact.source : before.source
    return { ...after, source, pos: fact.pos, closed: false } as Row
  }
  const columns = `${options.columns},
    source text not null,
    pos bigint not null unique,
    closed boolean not null`
  return {
    table: keyedTable<Row>({ name, version, columns, key, from, keyOf, step }),
    ...{ key, from, keyOf, step },
    ...(options.unkeyed && { unkeyed: options.unkeyed }),
  }
}
