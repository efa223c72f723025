import { type CodePointRange, codePointMax, complement, digits, space, word } from './ast.ts'
import type { Cursor } from './cursor.ts'

const classes: Readonly<Record<string, readonly CodePointRange[]>> = {
  d: digits,
  D: complement(digits),
  w: word,
  W: complement(word),
  s: space,
  S: complement(space),
}

const controls: Readonly<Record<string, number>> = {
  a: 0x07,
  e: 0x1b,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
}

/**
 * What an escape stands for, its backslash already taken: a set of characters. Letters and digits
 * without a meaning here are refused, since elsewhere they may have one.
 *
 * @throws SigmaError REGEX_SYNTAX, REGEX_UNSUPPORTED
 */
export function escapedCharacters(cursor: Cursor): readonly CodePointRange[] {
  if (cursor.isAtEnd()) throw cursor.syntax('backslash')
  const character = cursor.next()
  if (Object.hasOwn(classes, character)) return classes[character] as readonly CodePointRange[]
  if (Object.hasOwn(controls, character)) return single(controls[character] as number)
  if (character === 'x') return single(hexadecimal(cursor))
  if (character === '0') return single(0)
  if (character >= '1' && character <= '9') throw cursor.unsupported('back-reference')
  if (isLetter(character)) throw cursor.unsupported(`\\${character}`)
  return single(character.codePointAt(0) as number)
}

const single = (codePoint: number): CodePointRange[] => [[codePoint, codePoint]]

/** `\xHH` or `\x{H…}`. */
function hexadecimal(cursor: Cursor): number {
  const isBraced = cursor.take('{')
  const text = isBraced
    ? cursor.takeWhile(isHexadecimal)
    : [cursor.next(), cursor.next()].filter(isHexadecimal).join('')
  if (isBraced && !cursor.take('}')) throw cursor.syntax('\\x{')
  const isGood = isBraced ? text.length >= 1 && text.length <= 8 : text.length === 2
  const codePoint = isGood ? Number.parseInt(text, 16) : Number.NaN
  if (!(codePoint <= codePointMax)) throw cursor.syntax('\\x')
  return codePoint
}

const isHexadecimal = (character: string): boolean =>
  character !== '' && '0123456789abcdefABCDEF'.includes(character)

const isLetter = (character: string): boolean =>
  (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
