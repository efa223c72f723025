import type { Locale } from './locale.ts'

/** Runs in the program and in the browser: it uses nothing but `Intl`. */

/**
 * Making a formatter costs forty times as much as using it. By what it was made of: a few for each
 * language and zone, and a program has one zone.
 */
const formats = new Map<string, Intl.DateTimeFormat>()
/** Who shows more zones than that makes some of them anew. */
const formatsMax = 64

function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat(locale, options)
  if (formats.size >= formatsMax) formats.clear()
  formats.set(key, format)
  return format
}

type Fields = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>>

/** `2026年11月23日(月) 12:24 JST`; with seconds where three times are compared. */
export function formatInstant(
  locale: Locale,
  zone: string,
  instant: string,
  options: Readonly<{ seconds?: boolean }> = {},
): string {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) return instant
  const fields = fieldsOf(zone, ms)
  const clock = `${fields.hour}:${fields.minute}${options.seconds ? `:${fields.second}` : ''}`
  return `${dateText(locale, zone, ms, fields)} ${clock} ${zoneName(zone, ms)}`
}

/** `2026年11月23日(月)`. */
export function formatDay(locale: Locale, zone: string, instant: string): string {
  const ms = Date.parse(instant)
  return Number.isNaN(ms) ? instant : dateText(locale, zone, ms, fieldsOf(zone, ms))
}

function dateText(locale: Locale, zone: string, ms: number, fields: Fields): string {
  const weekday = formatOf(locale, {
    timeZone: zone,
    weekday: locale === 'zh-TW' ? 'narrow' : 'short',
  }).format(ms)
  if (locale === 'en') {
    const month = formatOf('en', { timeZone: zone, month: 'short' }).format(ms)
    return `${weekday} ${fields.day} ${month} ${fields.year}`
  }
  return `${fields.year}年${fields.month}月${fields.day}日(${weekday})`
}

function fieldsOf(zone: string, ms: number): Fields {
  const parts = formatOf('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(ms)
  const found = Object.fromEntries(parts.map(part => [part.type, part.value]))
  return {
    ...found,
    month: String(Number(found['month'])),
    day: String(Number(found['day'])),
  } as Fields
}

/** Offsets are clear to everybody; abbreviations only where they name one zone. */
export function zoneName(zone: string, ms: number): string {
  if (zone === 'Asia/Tokyo') return 'JST'
  if (zone === 'UTC') return 'UTC'
  const offset = formatOf('en', { timeZone: zone, timeZoneName: 'shortOffset' })
    .formatToParts(ms)
    .find(part => part.type === 'timeZoneName')?.value
  return (offset ?? zone).replace('GMT', 'UTC')
}

const units = ['Y', 'M', 'W', 'BD', 'D', 'H', 'm', 'S'] as const
type Unit = (typeof units)[number]

const unitNames: Readonly<Record<Locale, Readonly<Record<Unit, string>>>> = {
  ja: { Y: '年', M: 'か月', W: '週間', BD: '営業日', D: '日', H: '時間', m: '分', S: '秒' },
  'zh-TW': {
    Y: ' 年',
    M: ' 個月',
    W: ' 週',
    BD: ' 個工作天',
    D: ' 天',
    H: ' 小時',
    m: ' 分鐘',
    S: ' 秒',
  },
  en: {
    Y: 'year',
    M: 'month',
    W: 'week',
    BD: 'business day',
    D: 'day',
    H: 'hour',
    m: 'minute',
    S: 'second',
  },
}

const durationForm =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)BD)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/

/** `P1DT2H` as `1日2時間`, `1 天 2 小時`, `1 day 2 hours`; `P3BD` in business days. */
export function formatDuration(locale: Locale, duration: string): string {
  const match = durationForm.exec(duration)
  if (match === null) return duration
  const parts = units.flatMap((unit, index) => {
    const amount = match[index + 1]
    if (amount === undefined) return []
    const name = unitNames[locale][unit]
    if (locale === 'en') return [`${Number(amount)} ${name}${Number(amount) === 1 ? '' : 's'}`]
    return [`${Number(amount)}${name}`]
  })
  return parts.join(locale === 'ja' ? '' : ' ')
}

const steps = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `3日前`, `2 小時後`: stands beside an absolute time, never instead of it. */
export function formatRelative(locale: Locale, instant: string, nowMs: number): string {
  const difference = Date.parse(instant) - nowMs
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  for (const [unit, ms] of steps) {
    if (Math.abs(difference) >= ms) return format.format(Math.trunc(difference / ms), unit)
  }
  return format.format(Math.trunc(difference / 1000), 'second')
}

/**
 * Values of a reason as people read them: instants in the zone, durations in words, millionths as
 * per cent. What is none of these stays as it is.
 */
export function readable(
  locale: Locale,
  zone: string,
  values: Readonly<Record<string, string | number | boolean>>,
): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value === 'number' && /ppm$/i.test(name)) return [name, `${value / 10_000} %`]
      if (typeof value !== 'string') return [name, value]
      if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) {
        return [name, formatInstant(locale, zone, value)]
      }
      return [name, durationForm.test(value) ? formatDuration(locale, value) : value]
    }),
  )
}
