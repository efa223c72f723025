import { createHash } from 'node:crypto'
import { OkiteError } from '../../../core/error.ts'

/**
 * Keys as people copy them from paper: Crockford's base 32, in which no two letters look alike, in groups of
 * four, with some bytes of SHA-256 by which a slip is seen before anything is tried.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** What is written so: the whole has to be a multiple of 20 bits, a group of four letters. */
export type Form = Readonly<{ label: string; bytes: number; checkBytes: number }>

/** The key itself, in fourteen groups. */
export const keyForm: Form = { label: 'okite/backup/paper/v1', bytes: 32, checkBytes: 3 }

/** Groups of four letters that a form takes. */
export const groupsOf = ({ bytes, checkBytes }: Form): number => ((bytes + checkBytes) * 8) / 20

/** Longer text is none of these. */
const textCharsMax = 400

/** Bytes with what tells them from others like them. */
export const withCheck = ({ label, checkBytes }: Form, bytes: Uint8Array): Buffer => {
  const check = createHash('sha256').update(`${label}\0`).update(bytes).digest()
  return Buffer.concat([bytes, check.subarray(0, checkBytes)])
}

/** @throws OkiteError `BACKUP_KEY_FORM` where the check is another's */
export function checked(form: Form, whole: Uint8Array): Buffer {
  const bytes = Buffer.from(whole.subarray(0, form.bytes))
  if (!withCheck(form, bytes).equals(whole)) throw new OkiteError('BACKUP_KEY_FORM')
  return bytes
}

export function toPaper(form: Form, bytes: Uint8Array): string {
  let bits = BigInt(`0x${withCheck(form, bytes).toString('hex')}`)
  let text = ''
  for (let nth = 0; nth < groupsOf(form) * 4; nth++) {
    text = alphabet[Number(bits & 31n)]! + text
    bits >>= 5n
  }
  return text.match(/.{4}/g)!.join('-')
}

/** @throws OkiteError `BACKUP_KEY_FORM` */
export function fromPaper(form: Form, text: string): Buffer {
  const letters = text
    .slice(0, textCharsMax)
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    // As Crockford has it: what is read for another.
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  let bits = 0n
  for (const letter of letters) {
    const value = alphabet.indexOf(letter)
    if (value < 0) throw new OkiteError('BACKUP_KEY_FORM')
    bits = (bits << 5n) | BigInt(value)
  }
  if (letters.length !== groupsOf(form) * 4) throw new OkiteError('BACKUP_KEY_FORM')
  const digits = (form.bytes + form.checkBytes) * 2
  return checked(form, Buffer.from(bits.toString(16).padStart(digits, '0'), 'hex'))
}

export const keyToText = (key: Uint8Array): string => toPaper(keyForm, key)

/** @throws OkiteError `BACKUP_KEY_FORM` */
export const keyFromText = (text: string): Buffer => fromPaper(keyForm, text)
