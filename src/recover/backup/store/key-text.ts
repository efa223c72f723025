import { createHash } from 'node:crypto'
import { OkiteError } from '../../../core/error.ts'

/**
 * The key of backups as people copy it from paper: Crockford's base 32, in which no two letters look alike, in
 * groups of four, with three bytes of SHA-256 by which a slip is seen before anything is tried.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const keyBytes = 32
const checkBytes = 3
const lettersCount = ((keyBytes + checkBytes) * 8) / 5

const checkOf = (key: Uint8Array): Buffer =>
  createHash('sha256')
    .update('okite/backup/paper/v1\0')
    .update(key)
    .digest()
    .subarray(0, checkBytes)

export function keyToText(key: Uint8Array): string {
  let bits = BigInt(`0x${Buffer.concat([key, checkOf(key)]).toString('hex')}`)
  let text = ''
  for (let nth = 0; nth < lettersCount; nth++) {
    text = alphabet[Number(bits & 31n)]! + text
    bits >>= 5n
  }
  return text.match(/.{4}/g)!.join('-')
}

/** @throws OkiteError `BACKUP_KEY_FORM` */
export function keyFromText(text: string): Buffer {
  const letters = text
    .slice(0, 200)
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
  const bytes = Buffer.from(bits.toString(16).padStart((keyBytes + checkBytes) * 2, '0'), 'hex')
  const [key, check] = [bytes.subarray(0, keyBytes), bytes.subarray(keyBytes)]
  if (letters.length !== lettersCount || !checkOf(key).equals(check)) {
    throw new OkiteError('BACKUP_KEY_FORM')
  }
  return key
}
