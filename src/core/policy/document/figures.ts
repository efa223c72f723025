import { parseDuration } from '../../time.ts'

/** A figure that a sentence states, as it can be read without understanding the sentence. */
export type Stated = Readonly<{ value: string | number; unit: 'duration' | 'ppm' | 'count' }>

/** More figures than this make a table, and a statement takes no more. */
const figuresMax = 50

/** What a date is written like: its numbers are no figures. */
const dates =
  /\d{4}\s*年(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*日)?|\d{1,2}\s*月\s*\d{1,2}\s*日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}/gu

const number = String.raw`(?<![\d.:/-]|\d,)(\d{1,6}(?:\.\d{1,4})?)`
/** In order: what begins alike stands with the longer first. Business days are days of work. */
const units: readonly (readonly [pattern: string, read: (n: number) => Stated | null])[] = [
  ['(?:%|パーセント|percent\\b)', n => ({ value: Math.round(n * 10_000), unit: 'ppm' })],
  ['(?:営業日|個?工作日|business days?\\b|working days?\\b)', n => span(`P${n}BD`)],
  ['(?:分鐘|分間|分(?!の|之|類|野|析|別)|minutes?\\b)', n => span(`PT${n}M`)],
  ['(?:時間|小時|hours?\\b)', n => span(`PT${n}H`)],
  ['(?:週間?|weeks?\\b)', n => span(`P${n}W`)],
  ['(?:[かヶヵカケ箇個]月|months?\\b)', n => span(`P${n}M`)],
  ['(?:日間|日(?!本)|天|days?\\b)', n => span(`P${n}D`)],
  ['(?:年間?|years?\\b)', n => span(`P${n}Y`)],
  ['(?:回|次(?!の)|times\\b)', n => (Number.isInteger(n) ? { value: n, unit: 'count' } : null)],
]
const read = new RegExp(
  `${number}[\\s-]*(?:${units.map(([pattern]) => `(${pattern})`).join('|')})`,
  'giu',
)

/**
 * The figures of a sentence in Japanese, Chinese or English: durations, shares, how many times. Which
 * of them bounds what is for a person to say; the words are not kept.
 */
export function figuresOf(text: string): readonly Stated[] {
  const found = new Map<string, Stated>()
  for (const match of text.normalize('NFKC').replaceAll(dates, ' ').matchAll(read)) {
    const unit = match.slice(2).findIndex(one => one !== undefined)
    const figure = units[unit]?.[1](Number(match[1])) ?? null
    if (figure !== null && found.size < figuresMax) found.set(`${figure.value}`, figure)
  }
  return [...found.values()]
}

/** A duration that calendars can add; half an hour written as 0.5 is for a person to write. */
function span(value: string): Stated | null {
  try {
    parseDuration(value)
    return /[1-9]/.test(value) ? { value, unit: 'duration' } : null
  } catch {
    return null
  }
}
