import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { loadPack } from './load.ts'
import { holdsOn, loadOutside, readOutside } from './outside.ts'

const policies = join(import.meta.dirname, '../../../policy')
const sources = loadOutside(join(policies, 'outside'))

test('P6 every body that the reference pack names is known outside', () => {
  const known = new Set([...sources.values()].flatMap(source => source.bodies.map(body => body.id)))
  const named = loadPack(join(policies, 'weemed')).statements.flatMap(one => one.bodies)
  assert.deepEqual(named, ['tw-department-of-cyber-security', 'jp-nisc', 'first'])
  assert.deepEqual(
    named.filter(id => !known.has(id)),
    [],
  )
})

test('V18 a fact holds from its day until the day before its end', () => {
  const fact = { from: '2025-08-01', until: '2026-01-01' }
  for (const [day, holds] of [
    ['2025-07-31', false],
    ['2025-08-01', true],
    ['2025-12-31', true],
    ['2026-01-01', false],
  ] as const)
    assert.equal(holdsOn(fact, day), holds, day)
  assert.ok(holdsOn({ from: null, until: null }, '0001-01-01'))
})

const words = '{ ja: 言葉, zh-TW: 文字, en: words }'
const small = `format: 1
id: xx
title: { ja: 標準, zh-TW: 標準, en: Standard }
asOf: '2026-11-23'
source: a book
advice:
  - { provision: '1', measures: password-age, advises: against, words: ${words}, from: null, until: null }
  - { provision: '2', measures: password-length, advises: atLeast, value: 8, words: ${words}, from: '2025-01-01', until: '2026-01-01' }
cadences:
  - { provision: '3', topic: backup, every: P1W, words: ${words}, from: null, until: null }
scales:
  - { id: level, provision: '4', text: ${words}, topic: incident-severity, gravest: 4, mildest: 1, law: null, from: null, until: null }
bodies:
  - { id: old, name: ${words}, jurisdiction: TW, until: '2022-08-27', ended: dissolved, successor: ${words}, source: a }
  - { id: new, name: ${words}, jurisdiction: null, until: null, source: b }
`
const read = (text: string | Uint8Array) =>
  readOutside('outside', new Map([['xx.yaml', Buffer.from(text)]]))

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

test('P1 facts from outside are read and frozen', () => {
  const source = read(small).get('xx')
  assert.ok(source)
  assert.deepEqual(
    [source.advice, source.cadences, source.scales, source.bodies].map(list => list.length),
    [2, 1, 1, 2],
  )
  assert.throws(() => Object.assign(source.bodies[0] as object, { id: 'x' }), TypeError)
})

const hostile: readonly [what: string, from: string, to: string, want: RegExp][] = [
  ['another file name', 'id: xx', 'id: yy', /^xx\.yaml:2 id: the file is not yy\.yaml/],
  ['a body twice', 'id: new', 'id: old', /bodies\.1\.id: stands twice: old/],
  ['a body with the id of a scale', 'id: new', 'id: level', /bodies\.1\.id: stands twice: level/],
  [
    'a figure beside advice against',
    'advises: against',
    'advises: against, value: P90D',
    /advice\.0\.value: does not fit against/,
  ],
  ['a least without a figure', ', value: 8', '', /advice\.1\.value: does not fit atLeast/],
  ['a length in days', 'value: 8', 'value: P8D', /advice\.1\.value: does not fit atLeast/],
  ['a length below nothing', 'value: 8', 'value: -1', /advice\.1\.value: does not fit atLeast/],
  ['an end before its beginning', "'2026-01-01'", "'2025-01-01'", /advice\.1\.until: is not later/],
  ['a scale with one end', 'mildest: 1', 'mildest: 4', /scales\.0\.gravest: is the mildest too/],
  ['an end without a way', ', ended: dissolved', '', /bodies\.0\.ended: is missing/],
  ['a way without an end', "until: '2022-08-27'", 'until: null', /bodies\.0\.ended: is said/],
  [
    'a successor of what stands',
    'until: null, source: b',
    `until: null, successor: ${words}, source: b`,
    /bodies\.1\.successor: is said of a body that stands/,
  ],
  ['an unknown measure', 'password-age', 'shoe-size', /advice\.0\.measures: /],
  ['an unknown topic', 'topic: backup', 'topic: weather', /cadences\.0\.topic: /],
  ['a period in words', 'every: P1W', 'every: weekly', /cadences\.0\.every: is not a duration/],
  ['a day that does not exist', '2022-08-27', '2022-02-29', /bodies\.0\.until: is not a date/],
  ['no day said', 'law: null, from: null', 'law: null', /scales\.0\.from: is missing/],
  ['a language missing', ', en: Standard', '', /title\.en: is missing/],
  ['no source', 'source: a book\n', '', /source: is missing/],
  ['an unknown key', 'asOf:', 'asof: 1\nasOf:', /asof: is not a known key/],
  ['a place that is none', 'jurisdiction: TW', 'jurisdiction: Taiwan', /bodies\.0\.jurisdiction: /],
  ['an anchor', 'id: xx', 'id: &a xx', /anchors are not allowed/],
]

for (const [what, from, to, want] of hostile)
  test(`P4 a fact from outside with ${what} is refused with its place`, () => {
    assert.ok(small.includes(from), from)
    const told = complaints(() => read(small.replace(from, to)))
    assert.ok(
      told.some(complaint => want.test(complaint)),
      told.join('\n'),
    )
  })

test('P1 facts are found in their folder, and nothing else, too large or saying nothing is', (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), 'okite-outside-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'xx.yaml'), small)
  writeFileSync(join(folder, 'README.md'), '# Facts')
  assert.deepEqual([...loadOutside(folder).keys()], ['xx'])
  symlinkSync(join(folder, 'xx.yaml'), join(folder, 'yy.yaml'))
  writeFileSync(join(folder, 'zz.yaml'), 'a'.repeat(2e6))
  const head = small.slice(0, small.indexOf('advice:')).replace('id: xx', 'id: empty')
  writeFileSync(join(folder, 'empty.yaml'), head)
  const told = complaints(() => loadOutside(folder)).join('\n')
  assert.match(told, /^yy\.yaml: is not a plain file/m)
  assert.match(told, /^zz\.yaml: is larger than 256 KiB/m)
  assert.match(told, /^empty\.yaml:1: says nothing/m)
  assert.throws(() => loadOutside(join(folder, 'none')), { code: 'POLICY_NOT_FOUND' })
})

test('P4 ten thousand mutated facts are read or refused, and none crashes', () => {
  const spice = ['{', '[', '&a ', '*a', '!!x ', '? ', ': ', '- ', '\n', '"', "'", '#', '\0', '<<: ']
  const mutation = fc.record({
    at: fc.nat(Buffer.byteLength(small) - 1),
    cut: fc.nat(20),
    put: fc.oneof(fc.constantFrom(...spice), fc.string({ unit: 'binary', maxLength: 4 })),
  })
  // A value changed for another of its kind is still YAML, and reaches the checks.
  const exchange = fc.record({ from: fc.nat(), to: fc.nat() })
  const tokens =
    /'\d{4}-\d\d-\d\d'|\bnull\b|\bP1W\b|\b(?:against|atLeast|dissolved|backup|old|new|level)\b|\b(?:8|4|1)\b|password-\w+/g
  const all = [...[...small.matchAll(tokens)].map(match => match[0]), 'atMost', 'P90D', 'renamed']
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
          for (const { advice } of read(bytes).values())
            for (const one of advice)
              assert.equal(one.value === undefined, one.advises === 'against')
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
