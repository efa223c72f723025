import { isDigit, parseDecimal } from './decimal.ts'

const nulls = new Set(['', '~', 'null', 'Null', 'NULL'])
const booleans = new Set(['true', 'True', 'TRUE', 'false', 'False', 'FALSE'])
/** The longest of them; most texts are longer. */
const wordMax = 5
const [minus, plus] = [0x2d, 0x2b]

/** What a plain scalar is: only `null`, booleans and decimal numbers are more than text. */
export function typeOfPlain(text: string): 'string' | 'number' | 'boolean' | 'null' {
  const first = text.charCodeAt(0)
  if (isDigit(first) || first === minus || first === plus)
    return parseDecimal(text) !== null && !hasLeadingZero(text) ? 'number' : 'string'
  if (text.length > wordMax) return 'string'
  if (nulls.has(text)) return 'null'
  return booleans.has(text) ? 'boolean' : 'string'
}

/** `012` is an octal number to some readers and a decimal one to others: it stays text. */
function hasLeadingZero(text: string): boolean {
  const digits = text[0] === '-' || text[0] === '+' ? text.slice(1) : text
  return digits[0] === '0' && digits.length > 1 && digits[1] !== '.' && digits[1] !== 'e'
}
