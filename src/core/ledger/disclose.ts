import type { Pos } from '../fact.ts'
import type { Core } from './core.ts'
import { decodeLeaf } from './leaf.ts'
import { subjectValue, verifyDisclosure } from './slot.ts'
import { nodeHmac } from './verify-node.ts'

/** A private value with the salt that opens its commitment. */
export type Disclosed = Readonly<{ value: string; salt: string }>

/**
 * The private values of these facts in these slots, by position and slot; what is erased, or never was,
 * is not among them. Each is checked against the commitment that stands in its leaf.
 *
 * @throws OkiteError `LEDGER_DISCLOSURE_INVALID`, `LEDGER_SEAL_BROKEN`
 */
export async function disclose(
  core: Core,
  positions: readonly Pos[],
  slots: readonly string[],
): Promise<ReadonlyMap<Pos, Readonly<Record<string, Disclosed>>>> {
  const { rows } = await core.pool.query<SlotRow>({
    name: 'ledger-disclose',
    text: `select p.idx, p.slot, p.subject, p.salt, p.sealed, o.wrapped_key from ledger.private p
      left join ledger.person o on o.subject = p.subject
      where p.idx = any($1::bigint[]) and p.slot = any($2::text[]) and p.salt is not null`,
    values: [positions, slots],
  })
  const leaves = await core.pool.query<{ idx: string; leaf: Buffer }>({
    name: 'ledger-disclose-leaves',
    text: 'select idx, leaf from ledger.entry where idx = any($1::bigint[])',
    values: [[...new Set(rows.map(row => row.idx))]],
  })
  const commitments = new Map(leaves.rows.map(row => [row.idx, decodeLeaf(row.leaf).private]))
  const found = new Map<Pos, Record<string, Disclosed>>()
  for (const row of rows) {
    const pos = Number(row.idx)
    const values = found.get(pos) ?? {}
    values[row.slot] = await open(core, row, commitments.get(row.idx)?.[row.slot] ?? '')
    found.set(pos, values)
  }
  return found
}

async function open({ secrets }: Core, row: SlotRow, commitment: string): Promise<Disclosed> {
  const { slot, subject, sealed } = row
  const owner = subject === null ? null : { subject, wrappedKey: row.wrapped_key as Buffer }
  const value =
    sealed === null
      ? subjectValue(subject as string)
      : secrets.open(owner, sealed, Buffer.from(commitment))
  const salt = row.salt.toString('base64url')
  await verifyDisclosure(commitment, { slot, value, salt }, nodeHmac)
  return { value, salt }
}

type SlotRow = {
  idx: string
  slot: string
  subject: string | null
  salt: Buffer
  sealed: Buffer | null
  wrapped_key: Buffer | null
}
