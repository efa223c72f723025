import assert from 'node:assert/strict'
import type { PoolClient } from 'pg'
import type { Instant, Key, Pos } from '../fact.ts'
import { statementVerdictChanged, verdictChanged } from '../facts.ts'
import type { Head } from './batch.ts'
import { toUtf8 } from './bytes.ts'
import { formatCheckpoint } from './checkpoint.ts'
import type { Core } from './core.ts'
import type { Intake } from './intake.ts'
import { formatNote } from './note.ts'
import type { Person } from './persons.ts'
import { tileHeight } from './tile.ts'
import { extend, frontierBytes, rootOf } from './tree.ts'

/** A fact as it goes into the tables. */
export type Row = Readonly<{
  intake: Intake
  pos: Pos
  keys: readonly Key[]
  leaf: Buffer
  leafHash: Buffer
  slots: readonly Readonly<{
    slot: string
    salt: Buffer
    subject: string | null
    sealed: Buffer | null
  }>[]
}>

/** Writes entries, everything derived from them, head and signed checkpoint in one statement. */
export async function insertEntries(
  core: Core,
  tx: PoolClient,
  head: Head,
  recorded: Instant,
  rows: readonly Row[],
  persons: readonly Person[],
): Promise<void> {
  const nodes: { level: number; index: number; hash: Uint8Array }[] = []
  const frontier = extend(
    head.frontier,
    rows.map(row => row.leafHash),
    (level, index, hash) => {
      if (level % tileHeight === 0) nodes.push({ level: level / tileHeight, index, hash })
    },
  )
  const root = rootOf(frontier.hashes)
  const text = formatCheckpoint(core.signer.name, frontier.size, root)
  const signature = await core.signer.sign(toUtf8(text))
  const note = formatNote(text, [{ ...core.signer, signature }])

  const keys = rows.flatMap(({ keys, intake, pos }) =>
    keys.map(key => ({ key, type: intake.type.name, pos })),
  )
  const slots = rows.flatMap(({ slots, pos }) => slots.map(slot => ({ ...slot, pos })))
  const causes = rows.flatMap(({ intake, pos }) =>
    indexedCauses(intake).map(cause => ({ cause, pos })),
  )
  const { rowCount } = await tx.query({
    name: 'ledger-append',
    text: appendSql,
    values: [
      head.size,
      ...joined(rows.map(row => row.leaf)),
      Buffer.concat(rows.map(row => row.leafHash)),
      Buffer.concat(rows.map(row => row.intake.dedup)),
      rows.map(row => row.intake.type.name),
      ...columns(keys, ['key', 'type', 'pos']),
      ...columns(causes, ['cause', 'pos']),
      ...columns(nodes, ['level', 'index', 'hash']),
      ...columns(persons, ['subject', 'lookup', 'wrappedKey', 'ref']),
      ...columns(slots, ['pos', 'slot', 'subject', 'salt', 'sealed']),
      ...[frontier.size, note, frontierBytes(frontier), root, Date.parse(recorded)],
    ],
  })
  assert.equal(rowCount, 1, 'the head moved under its lock')
}

/** Verdicts name hundreds of facts a day and nobody asks what became of them. */
export function indexedCauses({ type, because }: Pick<Intake, 'type' | 'because'>): readonly Pos[] {
  if (!Array.isArray(because) || verdictTypes.has(type.name)) return []
  return [...new Set(because)]
}

const verdictTypes: ReadonlySet<string> = new Set([
  verdictChanged.name,
  statementVerdictChanged.name,
])

/** One value instead of an array of hundreds: bytes travel as they are, not as hex in text. */
function joined(parts: readonly Buffer[]): [Buffer, number[], number[]] {
  const offsets: number[] = []
  let offset = 1
  for (const part of parts) {
    offsets.push(offset)
    offset += part.length
  }
  return [Buffer.concat(parts), offsets, parts.map(part => part.length)]
}

const columns = <T>(rows: readonly T[], names: readonly (keyof T)[]): unknown[][] =>
  names.map(name => rows.map(row => row[name]))

const appendSql = `with
entry as (
  insert into ledger.entry (idx, leaf, leaf_hash, dedup)
  select $1::bigint + n - 1, substring($2::bytea from o for l),
    substring($5::bytea from ((n - 1) * 32 + 1)::int for 32),
    substring($6::bytea from ((n - 1) * 32 + 1)::int for 32)
  from unnest($3::int[], $4::int[]) with ordinality as leaf (o, l, n)),
kind as (
  insert into ledger.fact_type (type, pos)
  select type, $1::bigint + n - 1 from unnest($7::text[]) with ordinality as kind (type, n)),
key as (
  insert into ledger.fact_key (key, type, pos)
  select * from unnest($8::text[], $9::text[], $10::bigint[])),
because as (
  insert into ledger.because (cause, pos) select * from unnest($11::bigint[], $12::bigint[])),
node as (
  insert into ledger.node (level, idx, hash)
  select * from unnest($13::smallint[], $14::bigint[], $15::bytea[])),
person as (
  insert into ledger.person (subject, lookup, wrapped_key, ref)
  select * from unnest($16::uuid[], $17::bytea[], $18::bytea[], $19::text[])),
slot as (
  insert into ledger.private (idx, slot, subject, salt, sealed)
  select * from unnest($20::bigint[], $21::text[], $22::uuid[], $23::bytea[], $24::bytea[])),
checkpoint as (
  insert into ledger.checkpoint (size, note) values ($25::bigint, $26))
update ledger.head set size = $25::bigint, frontier = $27, root = $28, sealed_ms = $29
where size = $1::bigint returning pg_notify('okite_ledger', ($25::bigint)::text)`
