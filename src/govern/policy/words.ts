import type { Locale } from '../../core/i18n/locale.ts'
import { formatInstant, readable } from '../../core/i18n/time.ts'
import type { Counts, Reason, Status } from './view.ts'

/** How verdicts are worded: the same in the terminal and on the screen. */
export type Words = Readonly<{
  locale: Locale
  /** IANA zone. */
  zone: string
  t(id: string, values?: Readonly<Record<string, unknown>>): string
  has(id: string): boolean
  /** Names of the values that a message asks for. */
  needs(id: string): readonly string[]
}>

/** Four verdicts, four shapes: colour is never the only difference. */
export const glyphs: Readonly<Record<Status | 'excepted', string>> = {
  kept: '●',
  due: '◐',
  broken: '▲',
  unknown: '○',
  excepted: '◇',
}

/**
 * A reason in words; a code that no catalogue has is shown as itself rather than hidden. Of a roll-up
 * `why` is the code of the control that decided, and is put in words too.
 */
export function reasonText(words: Words, reason: Reason): string {
  const { why, law, provision, lawFrom, alike, among, ...rest } = reason.args
  const values = readable(words.locale, words.zone, rest)
  const id = `reason.${reason.code}`
  if (!words.has(id)) return reason.code
  if (isOfSome(reason, words.needs(id))) return words.t('reason.of.some', rest)
  const own = words.t(id, { ...values, why: codeText(words, why), law })
  const isOne = alike === undefined || alike === 1
  const text = isOne ? own : words.t('reason.of.alike', { text: own, count: alike, size: among })
  // A limit of the law names which, and the version that was in force at the start.
  if (!provision) return text
  return words.t('reason.of.law', { text, law, provision, since: lawFrom || 'none' })
}

/**
 * What is said of one subject, with the counts of all of them where its own values should be: it would be said
 * of nothing, or with a count that means something else.
 */
const isOfSome = ({ args }: Reason, needs: readonly string[]): boolean =>
  'size' in args && needs.length > 0 && !needs.includes('size')

/** Names of the figures that nobody has decided yet (V35), or nothing. */
export const assumedOf = (words: Words, reason: Reason): string =>
  String(reason.args['assumed'] ?? '')
    .split(',')
    .map(name => (words.has(`parameter.${name}`) ? words.t(`parameter.${name}`) : name))
    .reduce((first, second) => words.t('list.pair', { first, second }))

/** A control without evidence: its module may say how to give it some. */
export const beginOf = (words: Words, controls: readonly string[]): string[] =>
  controls
    .map(control => `control.${control}.begin`)
    .filter(id => words.has(id))
    .map(id => words.t(id))

/**
 * The times of a fact, those that a person would read as the same on one line: it occurred, was
 * observed and was recorded within one second more often than not.
 */
export function timesOf(
  words: Words,
  fact: Readonly<Record<'occurred' | 'observed' | 'recorded', string>>,
): Readonly<{ name: string; value: string }>[] {
  const times = (['occurred', 'observed', 'recorded'] as const).map(time => ({
    name: words.t(`time.${time}`),
    value: instantText(words, fact[time], true),
  }))
  const [first] = times
  return first && times.every(time => time.value === first.value)
    ? [{ name: words.t('policy.times'), value: first.value }]
    : times
}

function codeText(words: Words, code: unknown): string {
  if (typeof code !== 'string') return ''
  return words.has(`reason.${code}`) ? words.t(`reason.${code}`) : code
}

/**
 * How many of them are kept: `3件中2件`, and what was not measured or is excepted. Of a population
 * that nobody declared complete the size is not known, so only the checked ones are told.
 */
export function countText(words: Words, counts: Counts): string {
  const { size, checked, kept, excepted } = counts
  const parts = [
    size === null
      ? words.t('count.of.unknown', { count: checked })
      : words.t('count.of', { count: kept, total: size }),
    size !== null && size - excepted > checked
      ? words.t('count.unchecked', { count: size - excepted - checked })
      : '',
    excepted > 0 ? words.t('count.excepted', { count: excepted }) : '',
  ]
  return parts
    .filter(part => part !== '')
    .reduce((first, second) => words.t('list.pair', { first, second }))
}

export const instantText = (words: Words, instant: string, seconds = false): string =>
  formatInstant(words.locale, words.zone, instant, { seconds })

export type Field = Readonly<{ name: string; value: string }>

/** More fields than this are read in the leaf itself. */
const fieldsMax = 24
const valueCharsMax = 200

/**
 * The fields of a fact's body, each with its path. What holds only plain values stands on one line, so
 * that a measurement of five versions takes five lines.
 */
export function fieldsOf(body: unknown): Field[] {
  const fields: Field[] = []
  const add = (name: string, value: unknown): void => {
    if (fields.length >= fieldsMax) return
    const inner = typeof value === 'object' && value !== null ? Object.entries(value) : null
    if (inner === null) {
      fields.push({ name, value: short(String(value)) })
    } else if (Array.isArray(value) && inner.every(([, each]) => isPlain(each))) {
      if (inner.length > 0) fields.push({ name, value: short(value.map(String).join(', ')) })
    } else if (name !== '' && !Array.isArray(value) && inner.every(([, each]) => isPlain(each))) {
      const text = inner.map(([key, each]) => `${key} ${String(each)}`).join(' · ')
      fields.push({ name, value: short(text) })
    } else {
      for (const [key, each] of inner) {
        const part = Array.isArray(value) ? String(Number(key) + 1) : key
        add(name === '' ? part : `${name}.${part}`, each)
      }
    }
  }
  add('', body)
  return fields
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null

const short = (value: string): string =>
  value.length > valueCharsMax ? `${value.slice(0, valueCharsMax)}…` : value

export type Tally = Readonly<Record<Status, number>>

/** How many have each status. They are shown side by side and never made into one number. */
export function tally(items: readonly Readonly<{ status: Status }>[]): Tally {
  const counts = { kept: 0, due: 0, broken: 0, unknown: 0 }
  for (const item of items) counts[item.status] += 1
  return counts
}

/**
 * What a conclusion says, in words: `破られている  満たされていません`. Null for any other fact: a body may
 * have a `reason` that means something else.
 */
export function conclusionText(words: Words, fact: Readonly<{ type: string; body: unknown }>) {
  if (!/^(control|statement)\./.test(fact.type)) return null
  const { status, reason } = fact.body as { status?: Status; reason?: Reason }
  if (typeof reason?.code !== 'string') return null
  const text = reasonText(words, { code: reason.code, args: reason.args ?? {} })
  return status && status in glyphs ? `${words.t(`status.${status}`)}  ${text}` : text
}
