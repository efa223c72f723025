import type { Decimal } from '../decimal.ts'

/** Longer numbers are written with an exponent, so that no event makes a long text of a short one. */
const digitsMax = 40

/** One text for each value: whole numbers as they are usually written, others with their exponent. */
export function canonicalNumber({ negative, digits, magnitude }: Decimal): string {
  if (digits === '') return '0'
  const sign = negative ? '-' : ''
  const isWhole = magnitude >= digits.length && magnitude <= digitsMax
  if (isWhole) return sign + digits.padEnd(magnitude, '0')
  return `${sign}${digits}E${magnitude}`
}
