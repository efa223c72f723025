/**
 * A decimal number of any size, exactly: the value is 0.`digits` × 10^`magnitude`, negated if
 * `negative`. Zero has no digits. JavaScript numbers would merge what lies beyond 2^53, and events
 * carry 64-bit masks.
 */
export type Decimal = Readonly<{ negative: boolean; digits: string; magnitude: number }>

/** Longer exponents are no numbers of the real world; below it the sum of two of them is exact. */
const exponentDigitsMax = 9

/**
 * Reads `[+-] digits [. digits] [e [+-] digits]`, the whole text; null if it is anything else.
 * No hexadecimal, no blanks, no infinity.
 */
export function parseDecimal(text: string): Decimal | null {
  let at = text[0] === '-' || text[0] === '+' ? 1 : 0
  const integer = digitsAt(text, at)
  if (integer === '') return null
  at += integer.length
  let fraction = ''
  if (text[at] === '.') {
    fraction = digitsAt(text, at + 1)
    if (fraction === '') return null
    at += 1 + fraction.length
  }
  const exponent = exponentAt(text, at)
  if (exponent === null) return null
  return normalise(text[0] === '-', integer + fraction, integer.length + exponent)
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const signA = sign(a)
  const signB = sign(b)
  if (signA !== signB) return signA - signB
  if (signA === 0) return 0
  if (a.magnitude !== b.magnitude) return signA * (a.magnitude - b.magnitude)
  if (a.digits === b.digits) return 0
  return a.digits < b.digits ? -signA : signA
}

const sign = (number: Decimal): number => (number.digits === '' ? 0 : number.negative ? -1 : 1)

/** The exponent that is the rest of the text from `at`; 0 if there is no rest, null if it is wrong. */
function exponentAt(text: string, at: number): number | null {
  if (at === text.length) return 0
  if (text[at] !== 'e' && text[at] !== 'E') return null
  const signed = text[at + 1] === '-' || text[at + 1] === '+'
  const digits = digitsAt(text, at + (signed ? 2 : 1))
  if (digits === '' || digits.length > exponentDigitsMax) return null
  if (at + (signed ? 2 : 1) + digits.length !== text.length) return null
  return text[at + 1] === '-' ? -Number(digits) : Number(digits)
}

function digitsAt(text: string, from: number): string {
  let to = from
  while (isDigit(text.charCodeAt(to))) to++
  return text.slice(from, to)
}

/** Whether the text is nothing but digits; so is the empty one. */
export const isDigits = (text: string): boolean => digitsAt(text, 0).length === text.length

/** NaN, which `charCodeAt` gives behind the end, is no digit. */
export const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

function normalise(negative: boolean, digits: string, magnitude: number): Decimal {
  let from = 0
  while (digits[from] === '0') from++
  let to = digits.length
  while (to > from && digits[to - 1] === '0') to--
  if (from === to) return { negative: false, digits: '', magnitude: 0 }
  return { negative, digits: digits.slice(from, to), magnitude: magnitude - from }
}
