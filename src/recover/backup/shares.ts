import { randomBytes } from 'node:crypto'
import { combine, split } from 'shamir-secret-sharing'
import { OkiteError } from '../../core/error.ts'
import {
  checked,
  type Form,
  fromPaper,
  groupsOf,
  keyForm,
  keyFromText,
  toPaper,
  withCheck,
} from './store/key-text.ts'

/**
 * The key of backups in three parts of which any two bring it back (Shamir, over GF(2^8)), and one says nothing
 * of it, however much is computed: what tells whether a key is right is inside what is shared.
 *
 *     set (4) ‖ number (1) ‖ share of (key ‖ its check) (36)
 *
 * The set is drawn anew each time, and tells parts that belong together from others.
 */
export const sharesCount = 3
const sharesNeeded = 2
const setBytes = 4
const shareBytes = keyForm.bytes + keyForm.checkBytes + 1
const shareForm: Form = {
  label: 'okite/backup/share/v1',
  bytes: setBytes + 1 + shareBytes,
  checkBytes: 4,
}

export type Shares = Readonly<{ set: string; texts: readonly string[] }>

export async function shareKey(key: Uint8Array): Promise<Shares> {
  const set = randomBytes(setBytes)
  // The library takes plain arrays of bytes alone.
  const secret = Uint8Array.from(withCheck(keyForm, key))
  const shares = await split(secret, sharesCount, sharesNeeded)
  const texts = shares.map((share, nth) =>
    toPaper(shareForm, Buffer.concat([set, Buffer.of(nth + 1), share])),
  )
  return { set: set.toString('hex'), texts }
}

/**
 * The key from what stands on sheets: the key itself, or parts of it.
 *
 * @throws OkiteError `BACKUP_KEY_FORM`, `BACKUP_SHARES_MIXED`, `BACKUP_SHARES_FEW`
 */
export async function keyFromSheets(texts: readonly string[]): Promise<Buffer> {
  const found = texts.map(text => ({ text, share: groupedIn(text, shareForm) }))
  const whole = found.filter(({ share }) => share === null)
  if (whole.length > 0) {
    if (found.length > 1) throw new OkiteError('BACKUP_SHARES_MIXED')
    const { text } = whole[0]!
    return keyFromText(groupedIn(text, keyForm) ?? text)
  }
  return combined(found.map(({ share }) => fromPaper(shareForm, share!)))
}

async function combined(shares: readonly Buffer[]): Promise<Buffer> {
  const sets = new Set(shares.map(share => share.toString('hex', 0, setBytes)))
  const numbers = new Set(shares.map(share => share[setBytes]))
  if (sets.size > 1 || numbers.size < shares.length) throw new OkiteError('BACKUP_SHARES_MIXED')
  if (shares.length < sharesNeeded) throw new OkiteError('BACKUP_SHARES_FEW')
  const values = shares.map(share => Uint8Array.from(share.subarray(setBytes + 1)))
  const points = new Set(values.map(value => value.at(-1)))
  if (points.size < values.length) throw new OkiteError('BACKUP_SHARES_MIXED')
  return checked(keyForm, await combine(values))
}

/** Such a row of groups in a text, as on a sheet, where it may go on in the next line. */
function groupedIn(text: string, form: Form): string | null {
  const group = '[0-9A-Za-z]{4}'
  const groups = `${group}(?:-\\s*${group}){${groupsOf(form) - 1}}`
  return new RegExp(`(?<![0-9A-Za-z-])${groups}(?![0-9A-Za-z-])`).exec(text)?.[0] ?? null
}
