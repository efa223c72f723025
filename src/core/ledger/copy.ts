import type { Pool, PoolClient } from 'pg'
import { z } from 'zod'
import { OkiteError } from '../error.ts'
import type { Fact, Ref } from '../fact.ts'
import { sameBytes } from './bytes.ts'
import { openCheckpoint } from './checkpoint.ts'
import { indexedCauses } from './insert.ts'
import { keysOf, type Types, typeOf, withOwnTypes } from './intake.ts'
import { decodeLeaf, leafBytesMax } from './leaf.ts'
import { migrate } from './migrate.ts'
import { type NoteKey, readVkey } from './note.ts'
import { inTransaction } from './transaction.ts'
import { emptyFrontier, extend, frontierBytes, hashLeaf, rootOf, sha256 } from './tree.ts'
import { nodeVerifier } from './verify-node.ts'

/**
 * A list as lines of JSON: leaves with the refs of persons, under its signed head. Private values, their
 * salts and their keys are not in it, so nobody's name is; a ref is equal for one person and says no more.
 */
export const listHead = z.strictObject({
  okite: z.literal('list'),
  format: z.literal(1),
  origin: z.string().max(200),
  vkey: z.string().max(400),
  note: z.string().max(4_000),
})
export const listEntry = z.strictObject({
  leaf: z.string().max(leafBytesMax),
  refs: z.record(z.string().max(64), z.string().max(64)).optional(),
})

type ListHead = z.infer<typeof listHead>
type ListEntry = z.infer<typeof listEntry>

/** As many entries as are read and written at once. */
const pageCount = 2_000

/** Tells the head and then every entry, as one snapshot has them. @throws OkiteError `LEDGER_HEAD_BROKEN` */
export async function copyOut(
  pool: Pool,
  told: Readonly<{
    /** `tx` sees what belongs to the same snapshot. */
    head(head: ListHead, tx: PoolClient): Promise<void>
    entries(entries: readonly ListEntry[]): Promise<void>
  }>,
): Promise<number> {
  return inTransaction(
    pool,
    async tx => {
      const { rows } = await tx.query<{ origin: string; vkey: string; size: string; note: string }>(
        `select origin, vkey, h.size, note from ledger.head h
         join ledger.checkpoint c on c.size = h.size`,
      )
      const [head] = rows
      if (head === undefined) throw new OkiteError('LEDGER_HEAD_BROKEN', { signed: 0 })
      const { origin, vkey, note } = head
      await told.head({ okite: 'list', format: 1, origin, vkey, note }, tx)
      const size = Number(head.size)
      for (let pos = 0; pos < size; pos += pageCount) await told.entries(await page(tx, pos))
      return size
    },
    'begin isolation level repeatable read read only',
  )
}

async function page(tx: PoolClient, from: number): Promise<ListEntry[]> {
  const { rows } = await tx.query<{ leaf: string; refs: Record<string, Ref> | null }>(
    `select convert_from(leaf, 'UTF8') as leaf,
       (select json_object_agg(p.slot, o.ref) from ledger.private p
        join ledger.person o on o.subject = p.subject where p.idx = e.idx) as refs
     from ledger.entry e where idx >= $1::bigint and idx < $1::bigint + $2 order by idx`,
    [from, pageCount],
  )
  return rows.map(({ leaf, refs }) => ({ leaf, ...(refs && { refs }) }))
}

/**
 * Takes a list in, into a database that has none: to be read and judged again, never to be written to.
 * Every leaf is canonical and all of them are under the signed head, or nothing is kept. The key that the
 * copy names is the word of whoever made the copy; who has the key from elsewhere gives it.
 *
 * @param trusted the only key that may have signed the head, as a vkey; null: the one that the copy names
 * @returns the number of entries
 * @throws OkiteError `LEDGER_COPY`, `LEDGER_COPY_KEY`, `LEDGER_LEAF`, `LEDGER_VKEY`, and those of
 *   `openCheckpoint`
 */
export async function copyIn(
  pool: Pool,
  head: ListHead,
  entries: AsyncIterable<ListEntry>,
  types: Types,
  trusted: string | null,
): Promise<number> {
  const log = { origin: head.origin, keys: [await keyOf(head, trusted)] }
  const signed = await openCheckpoint(head.note, log, nodeVerifier)
  const known = withOwnTypes(types)
  const client = await pool.connect()
  try {
    await migrate(client)
  } finally {
    client.release()
  }
  return inTransaction(pool, async tx => {
    let frontier = emptyFrontier
    const subjects = new Map<Ref, number>()
    let waiting: ListEntry[] = []
    const flush = async () => {
      const hashes = waiting.map(({ leaf }) => hashLeaf(Buffer.from(leaf)))
      await put(tx, frontier.size, waiting, hashes, known, subjects)
      frontier = extend(frontier, hashes)
      waiting = []
    }
    for await (const entry of entries) {
      waiting.push(entry)
      if (frontier.size + waiting.length > signed.size) break
      if (waiting.length === pageCount) await flush()
    }
    await flush()
    const root = rootOf(frontier.hashes)
    if (frontier.size !== signed.size || !sameBytes(root, signed.root)) {
      throw new OkiteError('LEDGER_COPY', { found: frontier.size, signed: signed.size })
    }
    await tx.query(
      `insert into ledger.head (origin, vkey, secrets, size, frontier, root, sealed_ms)
       values ($1, $2, 'none', $3, $4, $5, 0)`,
      [head.origin, head.vkey, frontier.size, frontierBytes(frontier), root],
    )
    return frontier.size
  })
}

async function keyOf({ vkey }: ListHead, trusted: string | null): Promise<NoteKey> {
  const key = await readVkey(trusted ?? vkey, nodeVerifier)
  if (trusted === null) return key
  const named = await readVkey(vkey, nodeVerifier)
  if (named.name !== key.name || !sameBytes(named.key, key.key)) {
    throw new OkiteError('LEDGER_COPY_KEY', { found: vkey, expected: trusted })
  }
  return key
}

async function put(
  tx: PoolClient,
  from: number,
  entries: readonly ListEntry[],
  hashes: readonly Buffer[],
  types: Types,
  subjects: Map<Ref, number>,
): Promise<void> {
  const keys: { key: string; type: string; pos: number }[] = []
  const slots: { pos: number; slot: string; ref: Ref }[] = []
  const causes: { cause: number; pos: number }[] = []
  const names: string[] = []
  for (const [index, { leaf, refs = {} }] of entries.entries()) {
    const pos = from + index
    const fact = { ...decodeLeaf(Buffer.from(leaf)), pos, refs } as unknown as Fact
    names.push(fact.type)
    const type = typeOf(types, fact.type, fact.tv)
    // A type that nobody declares any more names no subjects, and its premises are of no judge.
    if (type !== undefined) {
      keys.push(...keysOf(type, fact).map(key => ({ key, type: fact.type, pos })))
      causes.push(...indexedCauses({ type, because: fact.because }).map(cause => ({ cause, pos })))
    }
    slots.push(...Object.entries(refs).map(([slot, ref]) => ({ pos, slot, ref: ref as Ref })))
  }
  const fresh = [...new Set(slots.map(({ ref }) => ref))].filter(ref => !subjects.has(ref))
  for (const ref of fresh) subjects.set(ref, subjects.size + 1)
  const subjectOf = (ref: Ref): string =>
    `00000000-0000-0000-0000-${String(subjects.get(ref)).padStart(12, '0')}`
  await tx.query(
    `insert into ledger.entry (idx, leaf, leaf_hash, dedup)
     select $1::bigint + n - 1, convert_to(leaf, 'UTF8'), hash, dedup
     from unnest($2::text[], $3::bytea[], $4::bytea[]) with ordinality as e (leaf, hash, dedup, n)`,
    // What was delivered twice is known to the writer alone; here it is only unique.
    [
      from,
      entries.map(one => one.leaf),
      hashes,
      hashes.map((_, n) => sha256(Buffer.from(`${from + n}`))),
    ],
  )
  await tx.query(
    `insert into ledger.fact_type (type, pos)
     select type, $1::bigint + n - 1 from unnest($2::text[]) with ordinality as t (type, n)`,
    [from, names],
  )
  await tx.query(
    'insert into ledger.fact_key (key, type, pos) select * from unnest($1::text[], $2::text[], $3::bigint[])',
    [keys.map(one => one.key), keys.map(one => one.type), keys.map(one => one.pos)],
  )
  await tx.query(
    'insert into ledger.because (cause, pos) select * from unnest($1::bigint[], $2::bigint[])',
    [causes.map(one => one.cause), causes.map(one => one.pos)],
  )
  await tx.query(
    'insert into ledger.person (subject, ref) select * from unnest($1::uuid[], $2::text[])',
    [fresh.map(subjectOf), fresh],
  )
  await tx.query(
    `insert into ledger.private (idx, slot, subject)
     select * from unnest($1::bigint[], $2::text[], $3::uuid[])`,
    [slots.map(one => one.pos), slots.map(one => one.slot), slots.map(one => subjectOf(one.ref))],
  )
}
