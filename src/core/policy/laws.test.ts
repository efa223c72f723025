import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { parseDuration } from '../time.ts'
import { lawsInForce, loadLaws, readLaws } from './laws.ts'

// The list that the laws restate is not part of the project; where it is absent it is not compared.
const root = join(import.meta.dirname, '../../..')
const data = process.env['OKITE_DATA'] ?? join(root, '../shared/data')
const list = join(data, '../policy/clocks.csv')
const skip = existsSync(list) ? false : 'the list of clocks is absent'

const laws = loadLaws(join(root, 'policy/laws'))
const clocks = [...laws.values()].flatMap(law => law.clocks.map(clock => ({ law, ...clock })))
const inForce = (day: string) => lawsInForce(laws, day).map(({ clock }) => clock.id)
const limitOn = (day: string, id: string) =>
  lawsInForce(laws, day).find(({ clock }) => clock.id === id)?.version.limit

const statusOf = (told: string) =>
  /^(in force|policy|2021 text verified)/.test(told)
    ? 'in-force'
    : /^DRAFT/.test(told)
      ? 'draft'
      : /effective date NOT set/.test(told)
        ? 'not-yet-in-force'
        : told
const places: Record<string, string | null> = {
  EU: 'EU',
  Japan: 'JP',
  Taiwan: 'TW',
  California: 'US-CA',
  '-': null,
}

test('P13 the laws agree with the list of clocks, row by row', { skip }, () => {
  const [head = [], ...rows] = readCsv(readFileSync(list, 'utf8'))
  const wanted = rows.map(row => {
    const of = (column: string) => row[head.indexOf(column)] ?? assert.fail(column)
    const calendar = of('calendar')
    return {
      id: of('id'),
      place: places[of('jurisdiction')],
      limit: of('limit_iso8601') || null,
      calendar: calendar === '-' ? null : /^business/.test(calendar) ? 'business' : 'wall',
      status: statusOf(of('status_on_2026_11_23')),
      confidence: /^(medium-high|high|medium|low)/.exec(of('confidence'))?.[1],
    }
  })
  const got = clocks.map(({ id, law, versions, status, confidence }) => {
    const now = versions.at(-1)
    const calendar = now?.calendar?.kind ?? null
    return { id, place: law.jurisdiction, limit: now?.limit, calendar, status, confidence }
  })
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
  assert.equal(wanted.length, 30)
  assert.deepEqual(got.sort(byId), wanted.sort(byId))
})

test('V18 every limit is a duration that calendars can add', () => {
  for (const { versions } of clocks)
    for (const { limit } of versions) if (limit !== null) parseDuration(limit)
})

test('V18 drafts and laws that wait for their day are in force on none', () => {
  const now = inForce('2026-11-23')
  assert.equal(now.length, 28)
  for (const day of ['2026-11-23', '2099-12-31'])
    for (const id of ['TWPDPA-12-NEW', 'TWPDPA-DRAFT72']) assert.ok(!inForce(day).includes(id), id)
  assert.deepEqual(
    clocks.filter(({ id }) => !now.includes(id)).map(({ id, status }) => [id, status]),
    [
      ['TWPDPA-12-NEW', 'not-yet-in-force'],
      ['TWPDPA-DRAFT72', 'draft'],
    ],
  )
})

test('V18 the version that holds on a day is the one of that day', () => {
  assert.equal(limitOn('2025-12-31', 'CA-1798.82-A'), null)
  assert.equal(limitOn('2026-01-01', 'CA-1798.82-A'), 'P30D')
  assert.equal(limitOn('2026-01-04', 'TWCSMA-1H'), undefined)
  assert.equal(limitOn('2026-01-05', 'TWCSMA-1H'), 'PT1H')
  assert.equal(limitOn('2018-05-24', 'GDPR-33-1'), undefined)
  assert.equal(limitOn('2018-05-25', 'GDPR-33-1'), 'PT72H')
  assert.throws(() => lawsInForce(laws, 'today'), { name: 'AssertionError' })
})

const small = `format: 1
id: xx
jurisdiction: TW
regime: { ja: 法, zh-TW: 法, en: Act }
asOf: '2026-11-23'
clocks:
  - id: XX-1
    provision: Art. 1
    duty: { ja: 知らせる, zh-TW: 告知, en: tell }
    status: in-force
    versions:
      - { inForceFrom: null, until: '2026-01-01', limit: null, calendar: null, words: { ja: 速やか, zh-TW: 迅速, en: promptly } }
      - { inForceFrom: '2026-01-01', until: null, limit: P3BD, calendar: { kind: business, country: TW } }
    confidence: high
    source: a
  - id: XX-2
    provision: Art. 2
    duty: { ja: 記す, zh-TW: 記錄, en: record }
    status: not-yet-in-force
    versions:
      - { inForceFrom: '2027-01-01', until: null, limit: PT1H, calendar: { kind: wall } }
    confidence: low
    source: b
`
const read = (text: string | Uint8Array) =>
  readLaws('laws', new Map([['xx.yaml', Buffer.from(text)]]))

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

test('V18 a law with a day to come is in force from that day on, and laws are frozen', () => {
  const own = read(small)
  const on = (day: string) => lawsInForce(own, day).map(({ clock }) => clock.id)
  assert.deepEqual(on('2026-12-31'), ['XX-1'])
  assert.deepEqual(on('2027-01-01'), ['XX-1', 'XX-2'])
  assert.throws(() => Object.assign(own.get('xx')?.clocks[0] as object, { id: 'x' }), TypeError)
})

const hostile: readonly [what: string, from: string, to: string, want: RegExp][] = [
  ['an id twice', 'id: XX-2', 'id: XX-1', /^xx\.yaml:16 clocks\.1\.id: stands twice: XX-1/],
  ['another file name', 'id: xx', 'id: yy', /^xx\.yaml:2 id: the file is not yy\.yaml/],
  [
    'versions that overlap',
    "until: '2026-01-01'",
    "until: '2026-01-02'",
    /^xx\.yaml:13 clocks\.0\.versions\.1\.inForceFrom: overlaps/,
  ],
  [
    'a version without end before another',
    "until: '2026-01-01'",
    'until: null',
    /versions\.1\.inForceFrom: overlaps/,
  ],
  [
    'a later version without a day',
    "inForceFrom: '2026-01-01'",
    'inForceFrom: null',
    /versions\.1\.inForceFrom: is missing after another/,
  ],
  [
    'an end before its beginning',
    "'2027-01-01', until: null",
    "'2027-01-01', until: '2027-01-01'",
    /clocks\.1\.versions\.0\.until: is not later/,
  ],
  [
    'a draft with a day',
    'not-yet-in-force',
    'draft',
    /clocks\.1\.versions\.0\.inForceFrom: is said of a draft/,
  ],
  [
    'neither limit nor words',
    ', words: { ja: 速やか, zh-TW: 迅速, en: promptly }',
    '',
    /clocks\.0\.versions\.0\.words: are missing/,
  ],
  [
    'a limit without a calendar',
    'calendar: { kind: wall }',
    'calendar: null',
    /clocks\.1\.versions\.0\.calendar: is missing/,
  ],
  [
    'a calendar without a limit',
    'limit: null, calendar: null',
    'limit: null, calendar: { kind: wall }',
    /calendar: is said where nothing is counted/,
  ],
  [
    'business days on the wall',
    '{ kind: business, country: TW }',
    '{ kind: wall }',
    /calendar: does not fit P3BD/,
  ],
  [
    'hours by business days',
    '{ kind: wall }',
    '{ kind: business, country: null }',
    /calendar: does not fit PT1H/,
  ],
  [
    'a country of the wall',
    '{ kind: wall }',
    '{ kind: wall, country: TW }',
    /calendar\.country: is not a known key/,
  ],
  ['no country said', ', country: TW', '', /calendar\.country: is missing/],
  ['a limit in words', 'limit: PT1H', 'limit: one hour', /clocks\.1\.versions\.0\.limit: /],
  [
    'more business days than are counted',
    'limit: P3BD',
    'limit: P1000BD',
    /versions\.1\.limit: is not a duration/,
  ],
  ['weeks beside months', 'limit: PT1H', 'limit: P1M2W', /versions\.0\.limit: is not a duration/],
  ['an unknown status', 'status: in-force', 'status: proposed', /clocks\.0\.status: /],
  ['an unknown confidence', 'confidence: low', 'confidence: 90', /clocks\.1\.confidence: /],
  ['a day that does not exist', '2027-01-01', '2027-02-29', /inForceFrom: is not a date/],
  ['a language missing', ', en: tell', '', /clocks\.0\.duty\.en: is missing/],
  [
    'an unknown key',
    'provision: Art. 1',
    'provision: Art. 1\n    fine: 20',
    /clocks\.0\.fine: is not a known key/,
  ],
  ['no jurisdiction said', 'jurisdiction: TW\n', '', /jurisdiction: is missing/],
  ['an id in small letters', 'id: XX-1', 'id: xx-1', /clocks\.0\.id: is not an id like GDPR-33-1/],
  ['an anchor', 'id: xx', 'id: &a xx', /anchors are not allowed/],
]

for (const [what, from, to, want] of hostile)
  test(`P4 a law with ${what} is refused with its place`, () => {
    assert.ok(small.includes(from), from)
    const told = complaints(() => read(small.replace(from, to)))
    assert.ok(
      told.some(complaint => want.test(complaint)),
      told.join('\n'),
    )
  })

test('P1 laws are found in their folder, and nothing else or too large is', (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'okite-laws-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'xx.yaml'), small)
  writeFileSync(join(folder, 'README.md'), '# Laws')
  assert.deepEqual([...loadLaws(folder).keys()], ['xx'])
  symlinkSync(join(folder, 'xx.yaml'), join(folder, 'yy.yaml'))
  writeFileSync(join(folder, 'zz.yaml'), 'a'.repeat(2e6))
  const told = complaints(() => loadLaws(folder)).join('\n')
  assert.match(told, /^yy\.yaml: is not a plain file/m)
  assert.match(told, /^zz\.yaml: is larger than 256 KiB/m)
  assert.throws(() => loadLaws(join(folder, 'none')), { code: 'POLICY_NOT_FOUND' })
})

test('P4 ten thousand mutated laws are read or refused, and none crashes', () => {
  const spice = ['{', '[', '&a ', '*a', '!!x ', '? ', ': ', '- ', '\n', '"', "'", '#', '\0', '<<: ']
  const mutation = fc.record({
    at: fc.nat(Buffer.byteLength(small) - 1),
    cut: fc.nat(20),
    put: fc.oneof(fc.constantFrom(...spice), fc.string({ unit: 'binary', maxLength: 4 })),
  })
  // A value changed for another of its kind is still YAML, and reaches the checks.
  const exchange = fc.record({ from: fc.nat(), to: fc.nat() })
  const tokens =
    /'\d{4}-\d\d-\d\d'|\bnull\b|\bP\w+BD\b|\bPT1H\b|\{ kind: [^}]*\}|\b(?:in-force|not-yet-in-force)\b|XX-\d/g
  const all = [...[...small.matchAll(tokens)].map(match => match[0]), 'draft', 'PT0S']
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
          for (const { version } of lawsInForce(read(bytes), '2026-11-23'))
            assert.ok(version.limit === null || parseDuration(version.limit))
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

/** RFC 4180, as far as the list uses it. */
function readCsv(text: string): string[][] {
  return text
    .split('\n')
    .filter(row => row !== '')
    .map(row =>
      [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    )
}
