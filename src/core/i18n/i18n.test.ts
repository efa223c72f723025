import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage'
import fc from 'fast-check'
import { moduleFolders } from '../run/discover.ts'
import { compileText } from './catalogue.ts'
import type { Locale } from './locale.ts'
import { acceptedLocale, chooseLocale, commandLocale, locales } from './locale.ts'
import { createMessages, loadMessages } from './messages.ts'
import { formatDay, formatDuration, formatInstant, formatRelative, readable } from './time.ts'

const source = join(import.meta.dirname, '../..')
const all = () => loadMessages(source, moduleFolders(source))

const po = (locale: string, entries: string) =>
  `msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: ${locale}\\n"\n\n${entries}`
const three = (entries: Partial<Record<Locale, string>>, common = '') =>
  locales.map(locale => ({
    owner: 'test.one',
    locale,
    text: po(locale, entries[locale] ?? common),
  }))

test('every module says the same things in three languages', () => {
  assert.deepEqual(all().complaints, [])
})

test('every reason code that core gives has its words', () => {
  const messages = all()
  const folders = ['core/control', 'core/run']
  const codes = folders.flatMap(folder =>
    readdirSync(join(source, folder))
      .filter(name => name.endsWith('.ts') && !/test/.test(name))
      .flatMap(name => [
        ...readFileSync(join(source, folder, name), 'utf8').matchAll(
          /(?:code: |unknown\(|doubted\('unknown', )'([a-z]+(?:\.[a-z]+)*)'/g,
        ),
      ])
      .map(match => match[1] ?? ''),
  )
  assert.ok(codes.length > 20)
  const missing = [...new Set(codes)].filter(code => !messages.has(`reason.${code}`))
  assert.deepEqual(missing, [])
  for (const status of ['kept', 'due', 'broken', 'unknown']) {
    for (const id of [`status.${status}`, `status.${status}.means`, `reason.controls.${status}`]) {
      assert.ok(messages.has(id), id)
    }
  }
})

test('a message is formatted by ICU; an id that nobody wrote is answered as itself', () => {
  const text = 'msgid "a.b"\nmsgstr "{count, plural, one {# thing} other {# things}} of {name}"\n'
  const messages = createMessages([
    { owner: 'test.one', locale: 'en', text: po('en', text) },
    {
      owner: 'test.one',
      locale: 'ja',
      text: po('ja', 'msgid "a.b"\nmsgstr "{name}の{count}件"\n'),
    },
  ])
  assert.equal(messages.translate('en', 'a.b', { count: 1, name: 'x' }), '1 thing of x')
  assert.equal(messages.translate('en', 'a.b', { count: 2, name: 'x' }), '2 things of x')
  assert.equal(messages.translate('ja', 'a.b', { count: 2, name: 'x' }), 'xの2件')
  for (const id of ['no.such', '__proto__', 'constructor', 'toString']) {
    assert.equal(messages.translate('ja', id), id)
    assert.equal(messages.has(id), false)
  }
  assert.deepEqual(messages.complaints, ['test.one: has no locale/zh-TW.po'])
})

test('each thing that is wrong with a catalogue is complained about', () => {
  const good = 'msgid "a"\nmsgstr "x {n}"\n'
  const cases: [string, ReturnType<typeof three>][] = [
    ['en has no message a', three({ en: 'msgid "b"\nmsgstr "x"\n' }, good)],
    ['give a different values', three({ en: 'msgid "a"\nmsgstr "x {m}"\n' }, good)],
    ['a: has no text', three({ en: 'msgid "a"\nmsgstr ""\n' }, good)],
    ['a: is fuzzy', three({ en: `#, fuzzy\n${good}` }, good)],
    ['Duplicate msgid', three({ en: good + good }, good)],
    ['A b: is not an id', three({ en: `${good}\nmsgid "A b"\nmsgstr "x"\n` }, good)],
    ['contexts are not used', three({ en: `msgctxt "c"\n${good}` }, good)],
    [
      'plurals are written in ICU',
      three({ en: 'msgid "a"\nmsgid_plural "as"\nmsgstr[0] "x {n}"\n' }, good),
    ],
    [
      'zh-TW has no plural "one"',
      three({ 'zh-TW': 'msgid "a"\nmsgstr "{n, plural, one {x} other {y}}"\n' }, good),
    ],
    ['a: ', three({ en: 'msgid "a"\nmsgstr "x {n"\n' }, good)],
    [
      'must say Language: en',
      [...three({}, good).slice(0, 2), { owner: 'test.one', locale: 'en', text: po('fr', good) }],
    ],
    [
      'already belongs to test.one',
      [...three({}, good), ...three({}, good).map(s => ({ ...s, owner: 'test.two' }))],
    ],
  ]
  for (const [complaint, sources] of cases) {
    const { complaints } = createMessages(sources)
    assert.ok(
      complaints.some(each => each.includes(complaint)),
      `${complaint}: ${complaints.join(' | ')}`,
    )
  }
})

test('a text is compiled as ICU has it, whether or not it names a value', () => {
  const text = fc.array(fc.constantFrom('a', '語', ' ', '\n', '<', '|', ':', '#', "''", '{n}', '}'))
  const either = (compile: (text: string) => unknown, letters: readonly string[]) => {
    try {
      return compile(letters.join(''))
    } catch {
      return 'refused'
    }
  }
  fc.assert(
    fc.property(
      text.filter(letters => letters.length > 0),
      letters => {
        assert.deepEqual(either(compileText, letters), either(compileMessageOrThrow, letters))
      },
    ),
  )
})

test('10^4 broken catalogues: complaints, never a crash', () => {
  const line = fc.constantFrom(
    'msgid "a"',
    'msgstr "{n}"',
    'msgstr "{n, plural, other {"',
    '"',
    '#, fuzzy',
    'msgid ""',
    '\\',
    'msgctxt "x"',
    '"\\x"',
    '',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(line, { maxLength: 12 }).map(l => l.join('\n')),
      ),
      text => {
        const messages = createMessages([{ owner: 'a', locale: 'ja', text }])
        assert.ok(messages.complaints.length > 0)
      },
    ),
    { numRuns: 10_000 },
  )
})

test('the language is the one that was asked for, first of all Japanese', () => {
  assert.equal(commandLocale('zh', {}), 'zh-TW')
  assert.equal(commandLocale(null, { OKITE_LANG: 'en', LANG: 'ja_JP.UTF-8' }), 'en')
  assert.equal(commandLocale(null, { LC_ALL: 'zh_TW.UTF-8', LANG: 'en_US.UTF-8' }), 'zh-TW')
  assert.equal(commandLocale(null, { LANG: 'C' }), 'ja')
  assert.equal(commandLocale(null, { LANG: 'jav' }), 'ja')
  assert.equal(acceptedLocale('fr, en;q=0.5, zh-Hant-TW;q=0.8'), 'zh-TW')
  assert.equal(acceptedLocale('en;q=0, de'), 'ja')
  assert.equal(chooseLocale(''), 'ja')
})

test('instants are told in the zone, with the zone', () => {
  const instant = '2026-11-23T03:24:00.000Z'
  assert.equal(formatInstant('ja', 'Asia/Tokyo', instant), '2026年11月23日(月) 12:24 JST')
  assert.equal(formatInstant('zh-TW', 'Asia/Taipei', instant), '2026年11月23日(一) 11:24 UTC+8')
  assert.equal(
    formatInstant('en', 'UTC', instant, { seconds: true }),
    'Mon 23 Nov 2026 03:24:00 UTC',
  )
  assert.equal(formatInstant('en', 'Asia/Kolkata', instant), 'Mon 23 Nov 2026 08:54 UTC+5:30')
  assert.equal(
    formatInstant('ja', 'Asia/Tokyo', '2026-12-31T15:00:00.000Z'),
    '2027年1月1日(金) 00:00 JST',
  )
  assert.equal(formatDay('ja', 'Asia/Tokyo', instant), '2026年11月23日(月)')
  assert.equal(formatInstant('ja', 'Asia/Tokyo', 'soon'), 'soon')
})

test('durations are told in words, business days too', () => {
  assert.equal(formatDuration('ja', 'PT2H'), '2時間')
  assert.equal(formatDuration('zh-TW', 'P1DT30M'), '1 天 30 分鐘')
  assert.equal(formatDuration('en', 'P1Y'), '1 year')
  assert.equal(formatDuration('ja', 'P3BD'), '3営業日')
  assert.equal(formatDuration('en', 'P15BD'), '15 business days')
  for (const wrong of ['P', 'PT', 'P1', '1H', '']) assert.equal(formatDuration('ja', wrong), wrong)
})

test('relative times and values of reasons', () => {
  const nowMs = Date.parse('2026-11-23T03:24:00.000Z')
  assert.equal(formatRelative('ja', '2026-11-20T03:24:00.000Z', nowMs), '3 日前')
  assert.equal(formatRelative('en', '2026-11-23T05:24:00.000Z', nowMs), 'in 2 hours')
  const values = {
    until: '2026-11-23T03:24:00.000Z',
    limit: 'PT15M',
    count: 3,
    host: 'PX',
    ratioPpm: 995_000,
  }
  assert.deepEqual(readable('en', 'UTC', values), {
    until: 'Mon 23 Nov 2026 03:24 UTC',
    limit: '15 minutes',
    count: 3,
    host: 'PX',
    ratioPpm: '99.5 %',
  })
})
