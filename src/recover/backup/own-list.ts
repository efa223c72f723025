import { createHash } from 'node:crypto'
import type { ClientBase, Pool } from 'pg'

/** What a database says of its list, asked of its tables: of a copy no program may be running yet. */

type Asked = Pool | ClientBase

/** `sealedMs`: when the newest fact was recorded. */
export type Head = Readonly<{ size: number; sealedMs: number }>

export async function headOf(q: Asked): Promise<Head> {
  const { rows } = await q.query<{ size: string; sealedMs: string }>(
    'select size, sealed_ms as "sealedMs" from ledger.head',
  )
  const { size = '0', sealedMs = '0' } = rows[0] ?? {}
  return { size: Number(size), sealedMs: Number(sealedMs) }
}

export type Hashes = Readonly<{ hashes: readonly string[]; digest: string }>

/** Facts of one question: a few megabytes. */
const pageCount = 50_000

/** The hash of every fact below `size`, from the facts themselves and not from what is stored beside them. */
export async function hashesOf(q: Asked, size: number): Promise<Hashes> {
  const hashes: string[] = []
  const digest = createHash('sha256')
  for (;;) {
    const { rows } = await q.query<{ hash: string }>(
      `select encode(sha256('\\x00'::bytea || leaf), 'hex') as hash from ledger.entry
       where idx >= $1 and idx < $2 order by idx`,
      [hashes.length, Math.min(size, hashes.length + pageCount)],
    )
    for (const { hash } of rows) {
      hashes.push(hash)
      digest.update(hash)
    }
    if (rows.length < pageCount) return { hashes, digest: digest.digest('hex') }
  }
}
