import { setImmediate as turn } from 'node:timers/promises'
import { OkiteError } from '../error.ts'
import type { Pos } from '../fact.ts'
import type { Core } from './core.ts'
import type { Secrets } from './secrets.ts'
import { slotMessage, slotSaltBytes, subjectValue } from './slot.ts'
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
    // Strictly a leaf was read when it was appended, and is by fsck; here each commitment has to open.
    text: `select p.idx, p.slot, p.subject, p.salt, p.sealed, o.wrapped_key,
        convert_from(e.leaf, 'UTF8')::json -> 'private' ->> p.slot as commitment
      from ledger.private p join ledger.entry e on e.idx = p.idx
      left join ledger.person o on o.subject = p.subject
      where p.idx = any($1::bigint[]) and p.slot = any($2::text[]) and p.salt is not null`,
    values: [positions, slots],
  })
  const found = new Map<Pos, Record<string, Disclosed>>()
  const openers: Openers = new Map()
  for (const [nth, row] of rows.entries()) {
    if (nth % stretchCount === stretchCount - 1) await turn()
    const pos = Number(row.idx)
    const values = found.get(pos) ?? {}
    values[row.slot] = open(core, row, row.commitment ?? '', openers)
    found.set(pos, values)
  }
  return found
}

/** By subject; null: of text of no one person. */
type Openers = Map<string | null, ReturnType<Secrets['openerOf']>>

/** Some ten milliseconds: then others have their turn. */
const stretchCount = 500

function open({ secrets }: Core, row: SlotRow, commitment: string, openers: Openers): Disclosed {
  const { slot, subject, sealed, salt } = row
  const openerOf = () => {
    const owner = subject === null ? null : { subject, wrappedKey: row.wrapped_key as Buffer }
    const opener = openers.get(subject) ?? secrets.openerOf(owner)
    openers.set(subject, opener)
    return opener
  }
  const value =
    sealed === null ? subjectValue(subject as string) : openerOf()(sealed, Buffer.from(commitment))
  // The only spelling of these bytes, so that comparing texts compares them (L8).
  const opened = nodeHmac(salt, slotMessage(slot, value)).toString('base64url')
  if (salt.length !== slotSaltBytes || opened !== commitment) {
    throw new OkiteError('LEDGER_DISCLOSURE_INVALID')
  }
  return { value, salt: salt.toString('base64url') }
}

type SlotRow = {
  idx: string
  slot: string
  subject: string | null
  salt: Buffer
  sealed: Buffer | null
  wrapped_key: Buffer | null
  commitment: string | null
}
