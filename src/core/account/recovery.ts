import { randomBytes } from 'node:crypto'

/** Enough for a lost telephone every year; each works once. */
const codesCount = 8

/** Crockford's letters: none is taken for another. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 24 letters, 120 bits: with more than 112 a keyed hash keeps them safely (ASVS 6.5.2). */
const lettersCount = 24

export const newRecoveryCodes = (): readonly string[] =>
  Array.from({ length: codesCount }, () =>
    [...randomBytes(lettersCount)]
      .map(byte => letters.charAt(byte & 31))
      .join('')
      .replaceAll(/(.{6})(?=.)/g, '$1-'),
  )

/** As it was given, however it is typed; null: it is no such code. */
export function readRecoveryCode(text: string): string | null {
  const code = text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{24}$/.test(code) ? code : null
}
