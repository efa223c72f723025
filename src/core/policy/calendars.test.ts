import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { type BusinessTable, createCalendars } from '../time.ts'
import {
  type Calendar,
  changesBetween,
  loadCalendars,
  readCalendars,
  tableAt,
  versionsOf,
} from './calendars.ts'

// The official calendars with known answers are not part of the project; where they are absent the
// comparisons are skipped.
const root = join(import.meta.dirname, '../../..')
const truth = join(process.env['OKITE_DATA'] ?? join(root, '../shared/data'), 'ops/calendars')
const skip = existsSync(truth) ? false : 'the official calendars are absent'

const calendars = loadCalendars(join(root, 'policy/calendars'))
const of = (id: string): Calendar => calendars.get(id) ?? assert.fail(id)
const tw = of('tw')
const jp = of('jp')
const isWeekend = (date: string) => Temporal.PlainDate.from(date).dayOfWeek >= 6
const isOff = (table: BusinessTable, date: string) =>
  table.closed.includes(date) || (isWeekend(date) && !table.workdays.includes(date))

test('V8 3 and 15 business days after 3,610 days agree with the official calendars', {
  skip,
}, () => {
  const weekdays = { ...tableAt(tw, '2026-11-23'), id: 'weekdays', closed: [], workdays: [] }
  const real = createCalendars([tableAt(tw, '2026-11-23'), tableAt(jp, '2026-11-23'), weekdays])
  const columns = ['tw', 'jp', 'weekdays'].flatMap(id =>
    ['P3BD', 'P15BD'].map(count => ({ count, id })),
  )
  let rows = 0
  for (const line of gunzipSync(readFileSync(join(truth, 'business-day-truth.tsv.gz')))
    .toString()
    .split('\n')) {
    if (!/^\d/.test(line)) continue
    rows += 1
    const [day = '', ...wanted] = line.split('\t')
    const got = columns.map(({ count, id }) => {
      const zone = id === 'jp' ? 'Asia/Tokyo' : 'Asia/Taipei'
      const end = Temporal.Instant.from(real.add(`${day}T01:00:00.000Z`, count, zone, id))
      return end.toZonedDateTimeISO(zone).toPlainDate().toString()
    })
    assert.deepEqual(got, wanted.slice(0, 6), day)
  }
  assert.equal(rows, 3_610)
})

test('V8 every day of 2017 to 2026 is off or worked as published', { skip }, () => {
  // The collection holds 2025 as it was before the amendment.
  const before = tableAt(tw, '2025-06-12')
  for (let year = 2017; year <= 2025; year += 1) {
    const path = join(truth, `TaiwanCalendar/data/${year}.json`)
    const days = JSON.parse(readFileSync(path, 'utf8')) as { date: string; isHoliday: boolean }[]
    assert.ok(days.length >= 365)
    for (const { date: text, isHoliday } of days) {
      const date = text.replace(/^(....)(..)(..)$/, '$1-$2-$3')
      assert.equal(isOff(before, date), isHoliday, date)
    }
  }
  const listed = (file: string, form: RegExp) =>
    [...readFileSync(join(truth, file), 'utf8').matchAll(form)].map(match => match[1] ?? '')
  const now = tableAt(tw, '2026-11-23')
  assert.deepEqual(
    now.closed.filter(date => date.startsWith('2026')),
    listed('TW-2026-weekdays-off.tsv', /^(\d{4}-\d\d-\d\d)/gm),
  )
  assert.deepEqual(
    now.workdays.filter(date => date.startsWith('2026')),
    [],
  )
  assert.deepEqual(
    jp.days.filter(entry => entry.withdrawn === undefined).map(entry => entry.date),
    listed('holiday_jp/holidays.yml', /^(\d{4}-\d\d-\d\d):/gm).filter(
      date => date >= '2017' && date < '2028',
    ),
  )
})

test('V8 the table of a day knows what was published by then, and its version names the notice', () => {
  const three = ['2025-09-29', '2025-10-24', '2025-12-25']
  const before = tableAt(tw, '2025-06-12')
  const after = tableAt(tw, '2025-06-13')
  assert.deepEqual([before.version, before.years], ['2024-06-27', [2017, 2025]])
  assert.deepEqual([after.version, after.years], ['2025-06-13', [2017, 2026]])
  for (const date of three)
    assert.deepEqual([isOff(before, date), isOff(after, date)], [false, true])
  const later = createCalendars([after])
  const earlier = createCalendars([before])
  const due = (known: typeof later) =>
    known.add('2025-09-26T01:00:00.000Z', 'P1BD', 'Asia/Taipei', 'tw')
  assert.equal(due(earlier), '2025-09-29T15:59:59.999Z')
  assert.equal(due(later), '2025-09-30T15:59:59.999Z')
  assert.equal(later.version('tw'), '2025-06-13')
  assert.throws(() => earlier.add('2025-12-30T01:00:00.000Z', 'P3BD', 'Asia/Taipei', 'tw'), {
    code: 'CALENDAR_OUT_OF_RANGE',
  })
})

test('V8 a version gives its own table again, and every one of them is a strict table', () => {
  for (const calendar of calendars.values()) {
    const versions = versionsOf(calendar)
    assert.deepEqual(
      versions.flatMap(version => version.notices),
      calendar.notices.map(n => n.id),
    )
    for (const { version, years } of versions) {
      const table = tableAt(calendar, version)
      createCalendars([table])
      assert.deepEqual([table.version, table.years], [version, years])
    }
    assert.deepEqual(versions.at(-1)?.years, calendar.years)
  }
  assert.deepEqual(versionsOf(tw).at(-1), {
    version: '2025-06-13',
    notices: ['year-2025-amended', 'year-2026'],
    years: [2017, 2026],
  })
})

test('V8 no table is made before the first notice, nor for what is no day', () => {
  for (const day of ['2016-06-07', '', 'year-2026', '2026-02-30', '9999'])
    assert.throws(() => tableAt(tw, day), { code: 'CALENDAR_OUT_OF_RANGE' }, day)
})

test('V8 what changed between two versions is told with its name and notice', () => {
  const told = (calendar: Calendar, from: string, to: string) =>
    changesBetween(calendar, from, to).map(
      change => `${change.date} ${change.became} ${change.name.en} ${change.notice}`,
    )
  assert.deepEqual(told(tw, '2025-06-12', '2025-06-13'), [
    "2025-09-29 off Confucius's Birthday (Teachers' Day) year-2025-amended",
    '2025-10-24 off Retrocession and Guningtou Victory Day year-2025-amended',
    '2025-12-25 off Constitution Day year-2025-amended',
  ])
  assert.deepEqual(
    told(tw, '2025-06-13', '2025-06-12').map(line => line.slice(0, 18)),
    ['2025-09-29 workday', '2025-10-24 workday', '2025-12-25 workday'],
  )
  // The Games of 2021 moved three holidays, one of them to a Sunday.
  assert.deepEqual(told(jp, '2020-12-03', '2020-12-04'), [
    '2021-07-19 workday Marine Day year-2021-games',
    '2021-07-22 off Marine Day year-2021-games',
    '2021-07-23 off Sports Day year-2021-games',
    '2021-08-09 off Mountain Day year-2021-games',
    '2021-08-11 workday Mountain Day year-2021-games',
    '2021-10-11 workday Sports Day year-2021-games',
  ])
  assert.deepEqual(
    told(jp, '2018-12-13', '2018-12-14').map(line => line.slice(0, 14)),
    ['2019-04-30 off', '2019-05-01 off', '2019-05-02 off', '2019-10-22 off'],
  )
  // A year that one of them does not answer for is no change: nobody could rely on it.
  assert.deepEqual(told(tw, '2023-01-01', '2025-06-12'), [])
})

const small = `format: 1
id: xx
country: TW
title: { ja: 暦, zh-TW: 曆, en: Calendar }
weekend: [6, 7]
years: [2024, 2025]
sources: [the gazette]
notices:
  - { id: first, year: 2024, published: '2023-05-25', title: { ja: 一, zh-TW: 一, en: One }, source: a }
  - { id: second, year: 2025, published: '2024-06-27', daysOff: 104, title: { ja: 二, zh-TW: 二, en: Two }, source: b }
  - { id: third, year: 2025, published: null, collected: '2025-01-05', why: no gazette, title: { ja: 三, zh-TW: 三, en: Three }, source: c }
names:
  day: { ja: 日, zh-TW: 日, en: Day }
days:
  - { date: '2024-01-01', kind: holiday, name: day, notice: first }
  - { date: '2025-02-03', kind: adjusted, name: day, notice: second, withdrawn: third }
  - { date: '2025-02-03', kind: substitute, name: day, notice: third }
  - { date: '2025-02-08', kind: workday, name: day, notice: second, withdrawn: third }
  - { date: '2025-03-04', kind: holiday, name: day, notice: third }
`
const read = (text: string | Uint8Array, file = 'xx.yaml') =>
  readCalendars('calendars', new Map([[file, Buffer.from(text)]]))

function complaints(run: () => unknown): readonly string[] {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof OkiteError, String(error))
    assert.equal(error.code, 'POLICY_INVALID')
    return error.data['complaints'] as readonly string[]
  }
  return assert.fail('was not refused')
}

test('V8 a notice without a publication day counts from the day it was collected', () => {
  const calendar = read(small).get('xx') ?? assert.fail()
  assert.equal(tableAt(calendar, '2025-01-04').version, '2024-06-27')
  assert.equal(tableAt(calendar, '2025-01-05').version, '2025-01-05')
  // One reason for the day off gave way to another, and only the make-up day and the new one moved.
  assert.deepEqual(
    changesBetween(calendar, '2025-01-04', '2025-01-05').map(({ date, became }) => [date, became]),
    [
      ['2025-02-08', 'off'],
      ['2025-03-04', 'off'],
    ],
  )
  assert.throws(() => Object.assign(calendar.days[0] as object, { kind: 'workday' }), TypeError)
})

const day = (date: string, rest = 'kind: holiday, name: day, notice: second') =>
  `  - { date: '${date}', ${rest} }\n`
const hostile: readonly [what: string, from: string, to: string, want: RegExp][] = [
  [
    'a year without an entry',
    day('2024-01-01', 'kind: holiday, name: day, notice: first'),
    '',
    /^xx\.yaml:15 days: say nothing of 2024/,
  ],
  [
    'a year without a notice',
    'year: 2024',
    'year: 2025',
    /^xx\.yaml:9 notices\.0\.year: no notice opens 2024/,
  ],
  [
    'years beyond the notices',
    '[2024, 2025]',
    '[2024, 2026]',
    /^xx\.yaml:6 years: no notice opens 2026/,
  ],
  ['years in the wrong order', '[2024, 2025]', '[2025, 2024]', /years: are in the wrong order/],
  [
    'a day twice',
    day('2025-03-04', 'kind: holiday, name: day, notice: third'),
    day('2025-03-04').repeat(2),
    /^xx\.yaml:20 days\.5\.date: stands twice: 2025-03-04/,
  ],
  [
    'a day again before it is withdrawn',
    'kind: substitute, name: day, notice: third',
    'kind: substitute, name: day, notice: second',
    /days\.2\.date: stands twice: 2025-02-03/,
  ],
  [
    'a make-up workday on a weekday',
    '2025-02-08',
    '2025-02-07',
    /^xx\.yaml:18 days\.3\.kind: makes up on a day that is worked anyway: 2025-02-07/,
  ],
  [
    'a substitute on a weekend',
    "'2025-03-04', kind: holiday",
    "'2025-03-02', kind: substitute",
    /days\.4\.kind: gives a day that is off anyway/,
  ],
  [
    'a day outside the years',
    '2025-03-04',
    '2026-03-04',
    /days\.4\.date: is outside the years 2024–2025: 2026-03-04/,
  ],
  [
    'a day of another year than its notice',
    '2024-01-01',
    '2025-01-01',
    /days\.0\.notice: is about 2024: 2025-01-01/,
  ],
  [
    'a notice outside the years',
    'id: third, year: 2025',
    'id: third, year: 2023',
    /notices\.2\.year: is outside the years/,
  ],
  [
    'an unknown notice',
    'name: day, notice: first',
    'name: day, notice: fourth',
    /^xx\.yaml:15 days\.0\.notice: is not known: fourth/,
  ],
  [
    'an unknown withdrawal',
    'withdrawn: third',
    'withdrawn: fourth',
    /days\.1\.withdrawn: is not known: fourth/,
  ],
  [
    'a withdrawal by itself',
    'withdrawn: third',
    'withdrawn: second',
    /days\.1\.withdrawn: is not later than the notice/,
  ],
  [
    'a withdrawal by the notice of another year',
    'notice: first }',
    'notice: first, withdrawn: third }',
    /days\.0\.withdrawn: is about 2025/,
  ],
  [
    'days in the wrong order',
    '2025-03-04',
    '2025-02-07',
    /days\.4\.date: is in the wrong order: 2025-02-07 after 2025-02-08/,
  ],
  [
    'notices in the wrong order',
    '2024-06-27',
    '2023-05-24',
    /notices\.1\.published: is earlier than the one before/,
  ],
  ['a notice twice', 'id: second', 'id: first', /notices\.1\.id: stands twice: first/],
  [
    'an unknown name',
    'name: day, notice: first',
    'name: night, notice: first',
    /days\.0\.name: is not known: night/,
  ],
  [
    'a name of the language',
    'name: day, notice: first',
    'name: constructor, notice: first',
    /days\.0\.name: is not known/,
  ],
  [
    'a name without a day',
    'names:',
    'names:\n  night: { ja: 夜, zh-TW: 夜, en: Night }',
    /names\.night: names no day/,
  ],
  [
    'a wrong count of days off',
    'daysOff: 104',
    'daysOff: 103',
    /^xx\.yaml:10 notices\.1\.daysOff: is 103, but the days make 104/,
  ],
  ['an unknown day without a reason', ', why: no gazette', '', /notices\.2\.published: is unknown/],
  [
    'a reason without need',
    "published: '2023-05-25'",
    "published: '2023-05-25', why: x",
    /notices\.0\.collected: is said only where/,
  ],
  ['a weekend that names a day twice', '[6, 7]', '[6, 6]', /weekend: names a day twice/],
  ['an eighth day of the week', '[6, 7]', '[6, 8]', /^xx\.yaml:5 weekend\.1: /],
  ['a day that does not exist', '2025-03-04', '2025-02-30', /days\.4\.date: is not a date/],
  ['an unknown kind', 'kind: workday', 'kind: typhoon', /days\.3\.kind: /],
  [
    'an unknown key',
    'name: day, notice: first',
    'name: day, notice: first, half: true',
    /days\.0\.half: is not a known key/,
  ],
  ['a language missing', ', en: Day', '', /names\.day\.en: is missing/],
  ['another format', 'format: 1', 'format: 2', /format: /],
  ['another file name', 'id: xx', 'id: yy', /^xx\.yaml:2 id: the file is not yy\.yaml/],
  ['an anchor', 'id: xx', 'id: &a xx', /anchors are not allowed/],
]

for (const [what, from, to, want] of hostile)
  test(`P4 a calendar with ${what} is refused with its place`, () => {
    assert.ok(small.includes(from), from)
    const told = complaints(() => read(small.replace(from, to)))
    assert.ok(
      told.some(complaint => want.test(complaint)),
      told.join('\n'),
    )
  })

test('P1 a calendar too large is refused before it is parsed', () => {
  assert.match(`${complaints(() => read('a'.repeat(2e6)))}`, /^xx\.yaml: is larger than 256 KiB/)
})

test('P1 calendars are found in their folder, and nothing else is', (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'okite-calendars-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'xx.yaml'), small)
  writeFileSync(join(folder, 'README.md'), '# Calendars')
  assert.deepEqual([...loadCalendars(folder).keys()], ['xx'])
  symlinkSync(join(folder, 'xx.yaml'), join(folder, 'yy.yaml'))
  assert.match(`${complaints(() => loadCalendars(folder))}`, /^yy\.yaml: is not a plain file/)
  assert.throws(() => loadCalendars(join(folder, 'none')), { code: 'POLICY_NOT_FOUND' })
})

test('P4 ten thousand mutated calendars are read or refused, and none crashes', () => {
  const spice = ['{', '[', '&a ', '*a', '!!x ', '? ', ': ', '- ', '\n', '"', "'", '#', '\0', '<<: ']
  const words = [
    '2025-02-03',
    'third',
    'first',
    'workday',
    'null',
    '9999',
    '-1',
    '2024',
    'day',
    ',',
  ]
  const mutation = fc.record({
    at: fc.nat(Buffer.byteLength(small) - 1),
    cut: fc.nat(20),
    put: fc.oneof(fc.constantFrom(...spice, ...words), fc.string({ unit: 'binary', maxLength: 4 })),
  })
  // A day, a name and a number changed for another of its kind is still YAML, and reaches the checks.
  const exchange = fc.record({ from: fc.nat(), to: fc.nat() })
  const tokens =
    /\d{4}-\d\d-\d\d|\b(?:first|second|third|holiday|substitute|adjusted|workday|20\d\d|\d)\b/g
  const all = [...small.matchAll(tokens)].map(match => match[0])
  let refused = 0
  fc.assert(
    fc.property(
      fc.array(mutation, { maxLength: 2 }),
      fc.array(exchange, { minLength: 1, maxLength: 3 }),
      (mutations, exchanges) => {
        let text = small
        for (const { from, to } of exchanges) {
          let left = from % all.length
          text = text.replace(tokens, token =>
            left-- === 0 ? (all[to % all.length] ?? '') : token,
          )
        }
        let bytes = Buffer.from(text)
        for (const { at, cut, put } of mutations)
          bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at + cut)])
        try {
          for (const calendar of read(bytes).values()) {
            const versions = versionsOf(calendar).map(version => version.version)
            for (const version of versions) createCalendars([tableAt(calendar, version)])
            changesBetween(calendar, versions[0] ?? '', versions.at(-1) ?? '')
          }
        } catch (error) {
          refused += 1
          assert.ok(error instanceof OkiteError, String(error))
          assert.equal(error.code, 'POLICY_INVALID')
        }
      },
    ),
    { numRuns: 10_000 },
  )
  assert.ok(refused > 5_000 && refused < 10_000, `${refused}`)
})
