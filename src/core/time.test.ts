import { strict as assert } from 'node:assert'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import {
  type BusinessTable,
  createCalendars,
  firstInstant,
  lastInstant,
  parseDuration,
  parseInstant,
  toInstant,
} from './time.ts'

const calendars = createCalendars()
const data = process.env['OKITE_DATA'] ?? new URL('../../../shared/data', import.meta.url).pathname
const code = (name: string) => ({ name: 'OkiteError', code: name })

test('V8 instants are read in one form only, and their strings compare like their times', () => {
  for (const good of [firstInstant, lastInstant, '2024-02-29T23:59:59.999Z'])
    assert.equal(parseInstant(good), good)
  for (const bad of [
    '',
    '2026-02-29T00:00:00.000Z',
    '2026-04-31T00:00:00.000Z',
    '2026-01-01T24:00:00.000Z',
    '2026-01-01T00:00:60.000Z',
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.0000Z',
    '2026-01-01T00:00:00.000+00:00',
    '2026-01-01t00:00:00.000z',
    ' 2026-01-01T00:00:00.000Z',
    '2026-01-01T00:00:00.000Z\n',
    '0000-12-31T00:00:00.000Z',
    '+010000-01-01T00:00:00.000Z',
    '２026-01-01T00:00:00.000Z',
  ])
    assert.throws(() => parseInstant(bad), code('INSTANT_INVALID'), bad)
  assert.throws(() => parseInstant(5 as unknown as string), code('INSTANT_INVALID'))
  assert.throws(() => toInstant(Date.parse(lastInstant) + 1), code('CALENDAR_OUT_OF_RANGE'))
  assert.throws(() => toInstant(Number.NaN), code('CALENDAR_OUT_OF_RANGE'))
  const ms = fc.integer({ min: Date.parse(firstInstant), max: Date.parse(lastInstant) })
  fc.assert(
    fc.property(ms, ms, (a, b) => {
      assert.equal(parseInstant(toInstant(a)), toInstant(a))
      assert.equal(toInstant(a) < toInstant(b), a < b)
    }),
  )
})

test('V8 durations are read strictly', () => {
  assert.deepEqual(parseDuration('PT2H30M'), { kind: 'clock', ms: 9_000_000 })
  assert.deepEqual(parseDuration('PT0S'), { kind: 'clock', ms: 0 })
  assert.deepEqual(parseDuration('P1Y2M3DT4H'), {
    kind: 'local',
    months: 14,
    days: 3,
    ms: 14_400_000,
  })
  assert.deepEqual(parseDuration('P2W'), { kind: 'local', months: 0, days: 14, ms: 0 })
  assert.deepEqual(parseDuration('P15BD'), { kind: 'business', days: 15 })
  for (const bad of [
    '',
    'P',
    'PT',
    'P1DT',
    '-P1D',
    'P-1D',
    'P1.5D',
    'P1H',
    'PT1D',
    'P1W2D',
    'P01D',
    'P0BD',
    'P1BDT1H',
    'p1d',
    'P1D ',
    'P1D\n',
    'P1M1Y',
    'P9999999D',
    'P1000BD',
    `P${'1'.repeat(80)}D`,
  ])
    assert.throws(() => parseDuration(bad), code('DURATION_INVALID'), bad)
})

test('V8 periods have the names that people use, and local edges', () => {
  const at = '2026-11-25T01:30:00.000Z'
  const name = (every: string, fiscal?: number) =>
    calendars.period(every, 'Asia/Taipei', at, fiscal).name
  assert.deepEqual(
    ['P1D', 'P1W', 'P1M', 'P3M', 'P6M', 'P1Y', 'P12M', 'PT8H', 'PT1H', 'PT24H'].map(e => name(e)),
    [
      '2026-11-25',
      '2026-W48',
      '2026-11',
      '2026-Q4',
      '2026-H2',
      '2026',
      '2026',
      '2026-11-25T08',
      '2026-11-25T09',
      '2026-11-25',
    ],
  )
  assert.equal(name('P1Y', 4), 'FY2026')
  assert.equal(name('P3M', 4), 'FY2026-Q3')
  assert.equal(name('P6M', 4), 'FY2026-H2')
  assert.equal(name('P1M', 4), '2026-11')
  assert.deepEqual(calendars.period('P1Y', 'Asia/Tokyo', '2026-03-31T14:59:59.999Z', 4), {
    name: 'FY2025',
    from: '2025-03-31T15:00:00.000Z',
    to: '2026-03-31T15:00:00.000Z',
  })
  assert.deepEqual(calendars.period('P1W', 'Asia/Taipei', at), {
    name: '2026-W48',
    from: '2026-11-22T16:00:00.000Z',
    to: '2026-11-29T16:00:00.000Z',
  })
  // ISO 8601: the first days of January can belong to the last week of the year before.
  assert.equal(calendars.period('P1W', 'UTC', '2027-01-01T00:00:00.000Z').name, '2026-W53')
  const july = calendars.period('P1M', 'Asia/Taipei', '2026-07-31T15:59:59.999Z')
  assert.equal(july.name, '2026-07')
  assert.equal(calendars.after('P1M', 'Asia/Taipei', july).name, '2026-08')
  for (const every of ['PT5H', 'PT90M', 'P2D', 'P2W', 'P2M', 'P1M1D', 'PT0S', 'P3BD', 'PT48H'])
    assert.throws(() => calendars.period(every, 'UTC', at), code('PERIOD_UNSUPPORTED'), every)
  assert.throws(() => calendars.period('P1M', 'Mars/Base', at), code('ZONE_UNKNOWN'))
  assert.throws(() => calendars.period('P1M', 'UTC', at, 13), code('PERIOD_UNSUPPORTED'))
  assert.throws(
    () => calendars.period('P1Y', 'Asia/Tokyo', firstInstant),
    code('CALENDAR_OUT_OF_RANGE'),
  )
})

test('V16 a period is found by its name, and by no other name', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(1971, 0), max: Date.UTC(2099, 0) }),
      fc.constantFrom('P1D', 'P1W', 'P1M', 'P3M', 'P6M', 'P1Y', 'PT8H', 'PT1H'),
      fc.constantFrom('Asia/Taipei', 'America/New_York', 'Europe/London'),
      fc.constantFrom(1, 4, 10),
      (ms, every, zone, fiscal) => {
        const period = calendars.period(every, zone, toInstant(ms), fiscal)
        assert.deepEqual(calendars.named(every, zone, period.name, fiscal), period)
      },
    ),
    { numRuns: 300 },
  )
  for (const name of ['2026-13', '2026-02-30', '2026-W54', '2026-Q5', '0000', 'x', '2026-Q1 '])
    for (const every of ['P1D', 'P1W', 'P1M', 'P3M', 'P1Y', 'PT1H'])
      assert.equal(calendars.named(every, 'UTC', name), null, `${every} ${name}`)
  assert.equal(calendars.named('P1M', 'UTC', '2026'), null)
  // The hour that daylight saving left out has no period.
  assert.equal(calendars.named('PT1H', 'America/New_York', '2026-03-08T02'), null)
})

test('V8 the periods of a zone tile the time line without gap or overlap, 1990 to 2100', () => {
  for (const zone of [
    'Asia/Taipei',
    'Asia/Tokyo',
    'America/New_York',
    'Europe/London',
    'Australia/Lord_Howe',
  ])
    for (const every of ['P1D', 'P1W', 'P1M', 'P3M', 'P6M', 'P1Y', 'PT8H']) {
      // Hours only where they are difficult: by a whole hour, and by half of one.
      if (every === 'PT8H' && !/New_York|Lord_Howe/.test(zone)) continue
      let period = calendars.period(every, zone, '1990-01-01T00:00:00.000Z')
      const seen = new Set([period.name])
      while (period.to < '2100-01-01T00:00:00.000Z') {
        const next = calendars.period(every, zone, period.to)
        if (next.from !== period.to || next.to <= next.from || seen.has(next.name))
          assert.fail(`${zone} ${every}: ${JSON.stringify(period)} then ${JSON.stringify(next)}`)
        seen.add(next.name)
        period = next
      }
    }
})

test('V8 the period of an instant does not depend on what was asked before', () => {
  const zone = fc.constantFrom('Asia/Taipei', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Beirut')
  const every = fc.constantFrom('PT1H', 'PT8H', 'P1D', 'P1W', 'P1M', 'P1Y')
  const at = fc.integer({ min: Date.UTC(2009, 0), max: Date.UTC(2014, 0) }).map(ms => toInstant(ms))
  fc.assert(
    fc.property(zone, every, at, (z, e, i) => {
      const period = calendars.period(e, z, i)
      assert.ok(period.from <= i && i < period.to)
      assert.deepEqual(createCalendars().period(e, z, period.from), period)
      const last = toInstant(Date.parse(period.to) - 1)
      assert.deepEqual(createCalendars().period(e, z, last), period)
    }),
    { numRuns: 100 },
  )
})

test('V8 daylight saving: an hour that does not exist moves forward, a doubled one is taken once', () => {
  const zone = 'America/New_York'
  // 8 March 2026: 02:00 to 03:00 does not exist.
  assert.equal(calendars.at('2026-03-08T12:00:00.000Z', '02:30', zone), '2026-03-08T07:30:00.000Z')
  const spring = calendars.period('PT8H', zone, '2026-03-08T06:00:00.000Z')
  assert.deepEqual(spring, {
    name: '2026-03-08T00',
    from: '2026-03-08T05:00:00.000Z',
    to: '2026-03-08T12:00:00.000Z',
  })
  // 1 November 2026: 01:00 to 02:00 comes twice.
  assert.equal(calendars.at('2026-11-01T12:00:00.000Z', '01:30', zone), '2026-11-01T05:30:00.000Z')
  assert.deepEqual(calendars.period('PT1H', zone, '2026-11-01T06:30:00.000Z'), {
    name: '2026-11-01T01',
    from: '2026-11-01T05:00:00.000Z',
    to: '2026-11-01T07:00:00.000Z',
  })
  // Samoa had no 30 December 2011.
  const apia = calendars.period('P1D', 'Pacific/Apia', '2011-12-30T09:00:00.000Z')
  assert.equal(apia.name, '2011-12-29')
  assert.equal(calendars.after('P1D', 'Pacific/Apia', apia).name, '2011-12-31')
  assert.equal(calendars.named('P1D', 'Pacific/Apia', '2011-12-30'), null)
  assert.throws(() => calendars.at('2026-03-08T12:00:00.000Z', '24:00', zone), {
    code: 'TIME_OF_DAY_INVALID',
  })
})

test('V8 adding: clock time for PT, the local calendar for P', () => {
  const add = calendars.add
  const zone = 'America/New_York'
  assert.equal(add('2026-03-07T17:00:00.000Z', 'PT24H', zone), '2026-03-08T17:00:00.000Z')
  assert.equal(add('2026-03-07T17:00:00.000Z', 'P1D', zone), '2026-03-08T16:00:00.000Z')
  assert.equal(add('2026-01-31T04:00:00.000Z', 'P1M', 'Asia/Taipei'), '2026-02-28T04:00:00.000Z')
  assert.equal(add('2024-02-29T04:00:00.000Z', 'P1Y', 'Asia/Taipei'), '2025-02-28T04:00:00.000Z')
  assert.equal(add('2026-01-01T00:00:00.000Z', 'P1DT2H', 'UTC'), '2026-01-02T02:00:00.000Z')
  assert.equal(
    calendars.subtract('2026-03-08T16:00:00.000Z', 'P1D', zone),
    '2026-03-07T17:00:00.000Z',
  )
  assert.throws(() => add(lastInstant, 'PT1S', 'UTC'), code('CALENDAR_OUT_OF_RANGE'))
  assert.throws(() => add(lastInstant, 'P1D', 'UTC'), code('CALENDAR_OUT_OF_RANGE'))
  assert.throws(() => add(firstInstant, 'P3BD', 'UTC'), code('CALENDAR_UNKNOWN'))
  assert.throws(() => calendars.subtract(lastInstant, 'P3BD', 'UTC'), code('DURATION_INVALID'))
})

const table: BusinessTable = {
  id: 'test',
  version: '1',
  years: [2025, 2026],
  weekend: [6, 7],
  closed: ['2025-01-27', '2025-01-28', '2025-01-29', '2025-01-30', '2025-01-31'],
  workdays: ['2025-02-08'],
}

test('V18 business days: the day itself is not counted, make-up days are, and the last day counts to its end', () => {
  const { add, version } = createCalendars([table])
  const on = (at: string, count: string) => add(at, count, 'Asia/Taipei', 'test')
  // Friday 24 January, then nine days off.
  assert.equal(on('2025-01-24T02:00:00.000Z', 'P1BD'), '2025-02-03T15:59:59.999Z')
  assert.equal(on('2025-02-07T02:00:00.000Z', 'P1BD'), '2025-02-08T15:59:59.999Z')
  assert.equal(on('2025-02-08T15:59:59.999Z', 'P2BD'), '2025-02-11T15:59:59.999Z')
  assert.equal(version('test'), '1')
  assert.throws(() => on('2026-12-31T02:00:00.000Z', 'P1BD'), code('CALENDAR_OUT_OF_RANGE'))
  assert.throws(() => on('2024-12-31T02:00:00.000Z', 'P1BD'), code('CALENDAR_OUT_OF_RANGE'))
  assert.throws(() => version('other'), code('CALENDAR_UNKNOWN'))
})

test('V18 a table is read strictly', () => {
  for (const wrong of [
    { ...table, note: 'x' },
    { ...table, years: [2026, 2025] },
    { ...table, weekend: [6, 6] },
    { ...table, weekend: [1, 2, 3, 4, 5, 6, 7] },
    { ...table, closed: ['2025-01-27', '2025-01-27'] },
    { ...table, closed: ['2027-01-01'] },
    { ...table, closed: ['2025-02-30'] },
    { ...table, workdays: ['2025-02-10'] },
    { ...table, closed: ['2025-02-08'] },
    null,
  ])
    assert.throws(() => createCalendars([wrong as BusinessTable]), code('CALENDAR_INVALID'))
  assert.throws(() => createCalendars([table, table]), code('CALENDAR_INVALID'))
})

test('V18 3 and 15 business days agree with the official calendars of Taiwan and Japan', context => {
  const folder = `${data}/ops/calendars`
  if (!existsSync(folder)) return context.skip('shared data is not here')
  const compact = (day: string) => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`
  const isWeekend = (day: string) => Temporal.PlainDate.from(day).dayOfWeek >= 6
  const closed: string[] = []
  const workdays: string[] = []
  for (let year = 2017; year <= 2025; year += 1)
    for (const day of JSON.parse(
      readFileSync(`${folder}/TaiwanCalendar/data/${year}.json`, 'utf8'),
    ) as { date: string; isHoliday: boolean }[]) {
      const date = compact(day.date)
      if (day.isHoliday && !isWeekend(date)) closed.push(date)
      if (!day.isHoliday && isWeekend(date)) workdays.push(date)
    }
  for (const file of ['TW-official-amendments.tsv', 'TW-2026-weekdays-off.tsv'])
    for (const line of readFileSync(`${folder}/${file}`, 'utf8').split('\n'))
      if (/^\d/.test(line) && !closed.includes(line.slice(0, 10))) closed.push(line.slice(0, 10))
  const japan = [
    ...readFileSync(`${folder}/holiday_jp/holidays.yml`, 'utf8').matchAll(/^(\d{4}-\d\d-\d\d):/gm),
  ].map(match => match[1]!)
  const within = (day: string) => day >= '2016' && day < '2029'
  const real = createCalendars([
    { id: 'tw', version: 'official', years: [2017, 2026], weekend: [6, 7], closed, workdays },
    {
      id: 'jp',
      version: 'holiday_jp',
      years: [2016, 2028],
      weekend: [6, 7],
      closed: japan.filter(within),
      workdays: [],
    },
  ])
  const truth = gunzipSync(readFileSync(`${folder}/business-day-truth.tsv.gz`)).toString()
  const wrong: string[] = []
  let rows = 0
  for (const line of truth.split('\n')) {
    if (!/^\d/.test(line)) continue
    const [day, tw3, tw15, jp3, jp15] = line.split('\t') as [string, string, string, string, string]
    for (const [count, id, want, zone] of [
      ['P3BD', 'tw', tw3, 'Asia/Taipei'],
      ['P15BD', 'tw', tw15, 'Asia/Taipei'],
      ['P3BD', 'jp', jp3, 'Asia/Tokyo'],
      ['P15BD', 'jp', jp15, 'Asia/Tokyo'],
    ] as const) {
      rows += 1
      const got = real.add(`${day}T01:00:00.000Z`, count, zone, id)
      const date = Temporal.Instant.from(got).toZonedDateTimeISO(zone).toPlainDate().toString()
      if (date !== want) wrong.push(`${day} ${count} ${id}: ${date}, not ${want}`)
    }
  }
  assert.deepEqual(wrong.slice(0, 5), [])
  assert.ok(rows > 10_000)
})

test('V8 adding on the local calendar agrees with Temporal in every kind of zone', () => {
  const zone = fc.constantFrom(
    'UTC',
    'Asia/Taipei',
    'Asia/Tokyo',
    'America/New_York',
    'America/Havana',
    'Europe/London',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Africa/Casablanca',
    'Asia/Beirut',
  )
  const at = fc.integer({ min: Date.UTC(1960, 0), max: Date.UTC(2099, 0) })
  fc.assert(
    fc.property(
      zone,
      at,
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 0, max: 800 }),
      fc.boolean(),
      (z, ms, months, days, isFine) => {
        // Every second run starts near a change of the clock, where it is difficult.
        const near = Temporal.Instant.fromEpochMilliseconds(ms)
          .toZonedDateTimeISO(z)
          .getTimeZoneTransition('next')
        const fromMs = isFine || !near ? ms : near.epochMilliseconds - days * 86_400_000 + months
        const from = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(z)
        const duration = `P${months}M${days}D`
        assert.equal(
          calendars.add(toInstant(fromMs), duration, z),
          toInstant(from.add({ months, days }).epochMilliseconds),
        )
        assert.equal(
          calendars.subtract(toInstant(fromMs), duration, z),
          toInstant(from.subtract({ months, days }).epochMilliseconds),
        )
      },
    ),
    // Inside an hour that the clock shows twice, nothing is added.
    { numRuns: 1_000, examples: [['Africa/Casablanca', 1_301_788_800_000, 0, 0, false]] },
  )
})

test('V8 periods agree with Temporal, asked one by one', () => {
  const zone = fc.constantFrom(
    'Asia/Taipei',
    'America/New_York',
    'America/Havana',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Asia/Beirut',
    'America/Toronto',
  )
  const at = fc.integer({ min: Date.UTC(1915, 0), max: Date.UTC(2099, 0) })
  fc.assert(
    fc.property(zone, at, fc.constantFrom(1, 4), (z, ms, fiscal) => {
      const date = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(z).toPlainDate()
      const start = (day: Temporal.PlainDate) => toInstant(day.toZonedDateTime(z).epochMilliseconds)
      const of = (every: string) => calendars.period(every, z, toInstant(ms), fiscal)
      const day = of('P1D')
      assert.deepEqual(
        [day.name, day.from, day.to],
        [date.toString(), start(date), start(date.add({ days: 1 }))],
      )
      const week = of('P1W')
      const monday = date.subtract({ days: date.dayOfWeek - 1 })
      assert.equal(week.from, start(monday))
      assert.equal(week.name, `${date.yearOfWeek}-W${String(date.weekOfYear).padStart(2, '0')}`)
      const quarter = of('P3M')
      const first = date.with({ day: 1 }).subtract({ months: (date.month - fiscal + 12) % 3 })
      assert.deepEqual([quarter.from, quarter.to], [start(first), start(first.add({ months: 3 }))])
    }),
    { numRuns: 500 },
  )
})
