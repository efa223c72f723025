import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { OkiteError } from '../error.ts'
import { findPacks, loadFrameworks, loadPack } from './load.ts'
import { packFromCanonical, readPack } from './read.ts'

const pack = `format: 1
id: small
version: '1'
title: { ja: 方針, zh-TW: 政策, en: Policy }
organisation: { name: { ja: 会社, zh-TW: 公司, en: Company }, zone: Asia/Tokyo }
published:
  date: '2026-01-31'
  language: ja
  where: { ja: 社内, zh-TW: 公司內部, en: in house }
roles:
  ciso: { ja: 責任者, zh-TW: 資安長, en: CISO }
units:
  ppm: { ja: 百万分率, zh-TW: 百萬分率, en: millionths }
  duration: { ja: 期間, zh-TW: 期間, en: duration }
events:
  began: { ja: 始まり, zh-TW: 開始, en: began }
  ended: { ja: 終わり, zh-TW: 結束, en: ended }
`
const first = `section: 1
title: { ja: 一, zh-TW: 一, en: One }
groups:
  - group: 1
    title: { ja: 組, zh-TW: 組, en: Group }
    statements:
      - number: 1
        id: 1.1.1
        kind: state
        text: { ja: 守る。, zh-TW: 遵守。, en: It is kept. }
        owner: ciso
        figures: [{ name: coverage, value: 1000000, unit: ppm, bound: atLeast }]
        population: { ja: 全員, zh-TW: 全員, en: all }
        evidence: { ja: 記録, zh-TW: 紀錄, en: a record }
        frameworks: { csf20: [PR.DS-02] }
        related: [2]
        controls: [{ id: protect.phishing.checked, params: { level: 3, name: a } }]
`
const second = `section: 2
title: { ja: 二, zh-TW: 二, en: Two }
groups:
  - group: 1
    title: { ja: 組, zh-TW: 組, en: Group }
    statements:
      - number: 2
        id: 2.1.1
        kind: clock
        text: { ja: 急ぐ。, zh-TW: 盡快。, en: It is quick. }
        owner: ciso
        limit: PT72H
        clock: { start: began, stop: ended }
        assumed: [limit]
        population: { ja: 事故, zh-TW: 事件, en: incidents }
        evidence: { ja: 記録, zh-TW: 紀錄, en: a record }
        frameworks: {}
        awaits: [respond.example.quick]
`
const scales = `scales:
  grades: { text: { ja: 級, zh-TW: 級, en: grades }, topic: incident-severity, gravest: 1, mildest: 4 }
`
type Files = Record<string, string | Uint8Array>
const small: Files = { 'pack.yaml': pack, '01-one.yaml': first, '02-two.yaml': second }

const bytes = (files: Files) =>
  new Map(
    Object.entries(files).map(([name, text]) => [
      name,
      typeof text === 'string' ? new TextEncoder().encode(text) : text,
    ]),
  )
const read = (files: Files) => readPack('small', bytes(files))

const refusal = (run: () => unknown): OkiteError => {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof OkiteError, String(error))
    return error
  }
  return assert.fail('was not refused')
}
const complaints = (error: OkiteError) => error.data.complaints as readonly string[]

function folderOf(t: TestContext, files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'okite-policy-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test('P1 a folder with a pack, sections and a README is read', t => {
  const loaded = loadPack(folderOf(t, { ...small, 'README.md': '# A pack' }))
  assert.deepEqual(loaded, { ...read(small), bindings: loaded.bindings, controls: loaded.controls })
  assert.equal(loaded.statements[0]?.text['zh-TW'], '遵守。')
  const clock = { start: 'began', stop: 'ended', stage: null, assumed: [] }
  assert.deepEqual(loaded.statements[1]?.clock, clock)
})

test('M16 bindings name every statement, controls every bound control, and both are copies', () => {
  const { bindings, controls } = read(small)
  const bound = {
    control: 'protect.phishing.checked',
    params: { level: 3, name: 'a' },
    assumed: [],
  }
  assert.deepEqual(
    [...bindings()],
    [
      ['1.1.1', [bound]],
      ['2.1.1', []],
    ],
  )
  ;(controls() as Map<string, unknown>).clear()
  assert.deepEqual([...controls()], [[bound.control, bound.params]])
})

test('P1 a pack is frozen through and through', () => {
  const loaded = read(small)
  assert.throws(() => Object.assign(loaded.statements[0]?.text as object, { en: 'x' }), TypeError)
  assert.throws(
    () => Object.assign(loaded.statements[0]?.controls[0]?.params as object, { level: 1 }),
    TypeError,
  )
})

const swap = (from: string, to: string, file: keyof typeof small = '01-one.yaml'): Files => {
  const text = small[file] as string
  assert.ok(text.includes(from), from)
  return { ...small, [file]: text.replace(from, to) }
}
const bomb = `a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nsection: *c\n`

const hostile: readonly [string, string, Files, RegExp][] = [
  ['P1', 'no pack.yaml', { '01-one.yaml': first }, /^pack\.yaml: is missing/],
  ['P1', 'no section', { 'pack.yaml': pack }, /no section/],
  ['P1', 'an empty file', { ...small, '02-two.yaml': '' }, /^02-two\.yaml: is empty/],
  [
    'P1',
    'a file of 2 MB',
    { ...small, '02-two.yaml': 'a'.repeat(2e6) },
    /^02-two\.yaml: is larger/,
  ],
  ['P2', 'an alias bomb', { ...small, '02-two.yaml': bomb }, /^02-two\.yaml:1 a: anchors are not/],
  ['P2', 'an alias', swap('owner: ciso', 'owner: *x'), /^01-one\.yaml/],
  ['P2', 'an anchor on a key', swap('owner: ciso', '&x owner: ciso'), /keys are plain strings/],
  [
    'P2',
    'a tag',
    swap('owner: ciso', 'owner: !!str ciso'),
    /^01-one\.yaml:11 .*owner: tags are not/,
  ],
  ['P2', 'a local tag', swap('owner: ciso', 'owner: !js ciso'), /^01-one\.yaml/],
  ['P2', 'the non-specific tag', swap('owner: ciso', 'owner: ! ciso'), /tags are not/],
  ['P2', 'a tag on a map', swap('text: {', 'text: !!map {'), /text: tags are not/],
  [
    'P2',
    'a duplicate key',
    swap('owner: ciso', 'owner: ciso\n        owner: ciso'),
    /owner: stands twice/,
  ],
  [
    'P2',
    'a duplicate key in flow style',
    swap('{ ja: 一,', '{ ja: 一, ja: 二,'),
    /title\.ja: stands twice/,
  ],
  ['P2', 'a merge key', swap('owner: ciso', '<<: { owner: ciso }'), /<<: is not a key/],
  ['P2', 'a number as key', swap('owner: ciso', '7: ciso'), /keys are plain strings/],
  [
    'P2',
    'a map as key',
    swap('owner: ciso', '? { a: b }\n        : ciso'),
    /keys are plain strings/,
  ],
  ['P2', 'a directive', { ...small, '02-two.yaml': `%YAML 1.1\n---\n${second}` }, /directives/],
  ['P2', 'two documents', { ...small, '02-two.yaml': `${second}---\n${second}` }, /MULTIPLE_DOCS/],
  ['P2', 'a fraction', swap('value: 1000000', 'value: 99.5'), /value: numbers are integers/],
  ['P2', 'infinity', swap('value: 1000000', 'value: .inf'), /value: numbers are integers/],
  ['P2', 'an integer too large', swap('value: 1000000', 'value: 9007199254740993'), /integers/],
  ['P2', 'broken YAML', swap('figures: [', 'figures: [['), /^01-one\.yaml: line \d+: /],
  ['P2', 'deep nesting', { ...small, '02-two.yaml': '['.repeat(200_000) }, /^02-two\.yaml/],
  ['P2', 'deep maps', { ...small, '02-two.yaml': '{a: '.repeat(20_000) }, /^02-two\.yaml/],
  [
    'P2',
    'nesting past the limit',
    swap('related: [2]', `related: ${'['.repeat(9)}2${']'.repeat(9)}`),
    /too deep/,
  ],
  [
    'P2',
    '__proto__',
    swap('level: 3', '__proto__: { level: 3 }'),
    /params\.__proto__: is not a key/,
  ],
  ['P2', 'constructor', swap('level: 3', 'constructor: 3'), /params\.constructor: is not a key/],
  [
    'P2',
    'prototype at the top',
    { ...small, '02-two.yaml': `prototype: 1\n${second}` },
    /prototype: is not a key/,
  ],
  [
    'P3',
    'a language missing',
    swap(', en: It is kept.', ''),
    /^01-one\.yaml:10 .*text\.en: is missing/,
  ],
  [
    'P3',
    'a language too many',
    swap('{ ja: 守る。', '{ fr: Oui., ja: 守る。'),
    /text\.fr: is not a known key/,
  ],
  ['P3', 'an empty text', swap('ja: 守る。', "ja: ''"), /text\.ja: is empty/],
  ['P3', 'white space at the end', swap('ja: 守る。', "ja: '守る。 '"), /white space/],
  ['P3', 'a line break', swap('ja: 守る。', 'ja: "守る\\n。"'), /text\.ja: holds control/],
  ['P3', 'a control character', swap('ja: 守る。', 'ja: "守\\x07る。"'), /text\.ja: holds control/],
  [
    'P3',
    'a direction override',
    swap('en: It is kept.', 'en: It \u202Eis kept.'),
    /text\.en: holds control/,
  ],
  ['P3', 'half a character', swap('ja: 守る。', 'ja: "\\ud83d"'), /text\.ja: holds half/],
  ['P3', 'not NFC', swap('ja: 守る。', 'ja: か\u3099'), /text\.ja: is not in normal form/],
  [
    'P3',
    'not UTF-8',
    { ...small, '02-two.yaml': Uint8Array.of(0xff, 0xfe, 0x41) },
    /^02-two\.yaml: is not UTF-8/,
  ],
  ['P3', 'a byte order mark', { ...small, '02-two.yaml': `\uFEFF${second}` }, /byte order mark/],
  [
    'P4',
    'an unknown key',
    swap('owner: ciso', 'owner: ciso\n        onwer: x'),
    /^01-one\.yaml:12 groups\.0\.statements\.0\.onwer: is not a known key/,
  ],
  [
    'P4',
    'a wrong type',
    swap('number: 1', "number: '1'"),
    /^01-one\.yaml:7 groups\.0\.statements\.0\.number: /,
  ],
  ['P4', 'a list in place of a map', { ...small, '02-two.yaml': '- 1' }, /^02-two\.yaml/],
  ['P4', 'null', swap('owner: ciso', 'owner:'), /owner: is missing/],
  ['P4', 'an unknown kind', swap('kind: state', 'kind: hope'), /kind: /],
  [
    'P4',
    'a path as id of the pack',
    swap('id: small', 'id: ../../etc', 'pack.yaml'),
    /^pack\.yaml:2 id: is not a name/,
  ],
  [
    'P4',
    'a path as id of a control',
    swap('protect.phishing.checked', 'protect/../x'),
    /id: is not a control id/,
  ],
  [
    'P4',
    'an unknown zone',
    swap('Asia/Tokyo', 'Asia/Edo', 'pack.yaml'),
    /zone: is not a time zone/,
  ],
  [
    'P4',
    'a day that does not exist',
    swap('2026-01-31', '2026-02-30', 'pack.yaml'),
    /date: is not a date/,
  ],
  [
    'P5',
    'a gap in the numbers',
    swap('number: 2', 'number: 3', '02-two.yaml'),
    /number: is 3, expected 2/,
  ],
  ['P5', 'an id out of place', swap('id: 1.1.1', 'id: 1.1.2'), /id: is 1\.1\.2, expected 1\.1\.1/],
  [
    'P5',
    'a section twice',
    swap('section: 2', 'section: 1', '02-two.yaml'),
    /^02-two\.yaml:1 section: is 1, expected 2/,
  ],
  ['P6', 'an unknown role', swap('owner: ciso', 'owner: king'), /owner: names no role: king/],
  ['P6', 'a role of the language', swap('owner: ciso', 'owner: constructor'), /names no role/],
  ['P6', 'an unknown unit', swap('unit: ppm', 'unit: ell'), /unit: names no unit: ell/],
  [
    'P6',
    'an unknown event',
    swap('start: began', 'start: born', '02-two.yaml'),
    /clock\.start: names no event/,
  ],
  ['P6', 'an unknown term', swap('related: [2]', 'uses: [grave]'), /uses\.0: names no term: grave/],
  ['P6', 'a term of the language', swap('related: [2]', 'defines: [constructor]'), /no term/],
  [
    'P6',
    'a level of no scale',
    swap('related: [2]', 'level: { scale: grades, value: 1 }'),
    /level\.scale: names no scale: grades/,
  ],
  [
    'P6',
    'a level that the scale has not',
    {
      ...swap('related: [2]', 'level: { scale: grades, value: 5 }'),
      'pack.yaml': `${pack}${scales}`,
    },
    /level\.value: is not on the scale: 5/,
  ],
  [
    'P6',
    'a scale with one end',
    { ...small, 'pack.yaml': `${pack}${scales.replace('mildest: 4', 'mildest: 1')}` },
    /^pack\.yaml:\d+ scales\.grades\.gravest: is the mildest too/,
  ],
  ['P6', 'an unknown topic', swap('related: [2]', 'topics: [weather]'), /topics\.0: /],
  [
    'P6',
    'an unknown stage',
    swap('stop: ended', 'stop: ended, stage: later', '02-two.yaml'),
    /clock\.stage: /,
  ],
  [
    'P10',
    'a measure that does not fit',
    swap('bound: atLeast', 'bound: atLeast, measures: recovery-time'),
    /figures\.0\.measures: does not fit the value/,
  ],
  [
    'P10',
    'more than all of the time',
    swap('value: 1000000, unit: ppm', 'value: 1000001, unit: ppm, measures: availability'),
    /figures\.0\.measures: does not fit the value/,
  ],
  [
    'P10',
    'a country where no business days are counted',
    swap('limit: PT72H', 'limit: PT72H\n        calendar: TW', '02-two.yaml'),
    /calendar: is said where no business days are counted/,
  ],
  [
    'P6',
    'a neighbour that is not there',
    swap('related: [2]', 'related: [9]'),
    /related\.0: names no statement: 9/,
  ],
  ['P6', 'itself as neighbour', swap('related: [2]', 'related: [1]'), /related\.0: names itself/],
  [
    'P7',
    'neither bound nor awaited',
    swap('awaits: [respond.example.quick]', 'awaits: []', '02-two.yaml'),
    /awaits: is missing/,
  ],
  [
    'P7',
    'bound twice',
    swap('controls: [', 'controls: [{ id: protect.phishing.checked }, '),
    /controls: binds one twice/,
  ],
  [
    'P8',
    'a same duty that is not mutual',
    swap('related: [2]', 'sameDutyAs: [2]'),
    /sameDutyAs\.0: is not mutual/,
  ],
  [
    'P8',
    'a same duty without a shared control',
    swap('related: [2]', 'sameDutyAs: [2]'),
    /shares no control with 2/,
  ],
  [
    'P10',
    'a wrong duration',
    swap('limit: PT72H', 'limit: 72h', '02-two.yaml'),
    /limit: is not a duration/,
  ],
  [
    'P10',
    'a duration of nothing',
    swap('limit: PT72H', 'limit: PT0H', '02-two.yaml'),
    /limit: is not a duration/,
  ],
  [
    'P10',
    'a half-written duration',
    swap('limit: PT72H', 'limit: P1DT', '02-two.yaml'),
    /limit: is not a duration/,
  ],
  [
    'P10',
    'a figure that is no duration',
    swap('unit: ppm', 'unit: duration'),
    /value: is not a duration/,
  ],
  [
    'P10',
    'a clock without a limit',
    swap('        limit: PT72H\n', '', '02-two.yaml'),
    /limit: is missing in a clock/,
  ],
  [
    'P10',
    'an assumption about nothing',
    swap('assumed: [limit]', 'assumed: [speed]', '02-two.yaml'),
    /assumed\.0: names no figure/,
  ],
  [
    'P10',
    'an assumed parameter that is not there',
    swap('params: {', 'assumed: [depth], params: {'),
    /names no parameter: depth/,
  ],
]

for (const [rule, what, files, wanted] of hostile)
  test(`${rule} ${what} is refused, and the place is named`, () => {
    const error = refusal(() => read(files))
    assert.equal(error.code, 'POLICY_INVALID')
    assert.ok(
      complaints(error).some(c => wanted.test(c)),
      complaints(error).join('\n'),
    )
    assert.ok(JSON.stringify(error.data).length < 20_000)
    assert.equal(({} as Record<string, unknown>).level, undefined)
  })

test('P4 all complaints of all files are told at once', () => {
  const files = {
    ...small,
    '01-one.yaml': first.replace('kind: state', 'kind: x').replace('number: 1', 'number: x'),
    '02-two.yaml': second.replace('PT72H', 'soon'),
  }
  const told = complaints(
    refusal(() => read({ ...files, 'pack.yaml': pack.replace('format: 1', 'format: 2') })),
  )
  assert.deepEqual(told.map(c => c.split(': ')[0]?.split('.').at(-1)).sort(), [
    'kind',
    'limit',
    'number',
    'yaml:1 format',
  ])
})

test('P4 a thousand complaints make an error of a hundred lines and the count', () => {
  const keys = Array.from({ length: 1000 }, (_, i) => `k${i}: 1`).join('\n')
  const error = refusal(() => read({ ...small, '02-two.yaml': `${second}${keys}\n` }))
  assert.equal(complaints(error).length, 100)
  assert.equal(error.data.count, 1000)
})

test('P9 one control with two sets of parameters is refused with its own code', () => {
  const other = (binding: string) => ({
    ...small,
    '02-two.yaml': second.replace('awaits: [respond.example.quick]', `controls: [${binding}]`),
  })
  const error = refusal(() =>
    read(other('{ id: protect.phishing.checked, params: { level: 2, name: a } }')),
  )
  assert.equal(error.code, 'POLICY_PARAMS_CONFLICT')
  assert.match(`${complaints(error)[0]}`, /^02-two\.yaml:\d+ .*params: .* in statement 1$/)
  const assumed = refusal(() =>
    read(
      other('{ id: protect.phishing.checked, params: { level: 3, name: a }, assumed: [level] }'),
    ),
  )
  assert.equal(assumed.code, 'POLICY_PARAMS_CONFLICT')
  const same = read(other('{ id: protect.phishing.checked, params: { name: a, level: 3 } }'))
  assert.equal(same.controls().size, 1)
})

test('P1 links, folders, pipes and strange names inside a pack are refused', t => {
  const folder = folderOf(t, {
    ...small,
    '..%2f.yaml': first,
    'A.yaml': first,
    'x.yml': '',
    'big.yaml': 'a'.repeat(2e6),
  })
  symlinkSync('/etc/hostname', join(folder, '03-out.yaml'))
  symlinkSync('01-one.yaml', join(folder, '04-in.yaml'))
  mkdirSync(join(folder, '05-folder.yaml'))
  writeFileSync(join(folder, 'a\nb\u202E.yaml'), '')
  const told = complaints(refusal(() => loadPack(folder)))
  for (const name of [
    '..%2f.yaml',
    'A.yaml',
    'x.yml',
    'big.yaml',
    '03-out.yaml',
    '04-in.yaml',
    '05-folder.yaml',
    'a\\u{a}b\\u{202e}.yaml',
  ])
    assert.ok(
      told.some(c => c.startsWith(`${name}: `)),
      `${name} in\n${told.join('\n')}`,
    )
})

test('P1 a missing folder, a file and a link in place of the folder are not found', t => {
  const folder = folderOf(t, small)
  const link = `${folder}-link`
  symlinkSync(folder, link)
  t.after(() => rmSync(link))
  for (const place of [join(folder, 'none'), join(folder, 'pack.yaml'), link]) {
    const error = refusal(() => loadPack(place))
    assert.equal(error.code, 'POLICY_NOT_FOUND')
    assert.ok(!JSON.stringify(error.data).includes(tmpdir()), 'tells no path of the machine')
  }
})

test('P1 findPacks lists folders with a pack and follows no link', t => {
  const folder = folderOf(t, { 'README.md': '' })
  for (const name of ['b', 'a', 'none']) mkdirSync(join(folder, name))
  for (const name of ['a', 'b']) writeFileSync(join(folder, name, 'pack.yaml'), pack)
  symlinkSync(join(folder, 'a'), join(folder, 'c'))
  symlinkSync(join(folder, 'a/pack.yaml'), join(folder, 'none/pack.yaml'))
  assert.deepEqual(findPacks(folder), [join(folder, 'a'), join(folder, 'b')])
  assert.equal(refusal(() => findPacks(join(folder, 'x'))).code, 'POLICY_NOT_FOUND')
})

test('P6 a reference without a label is refused when frameworks are given', t => {
  const labels = (id: string) =>
    `format: 1\nid: csf20\nname: CSF\nlabels:\n  ${id}: { ja: あ, zh-TW: 甲, en: A }\n`
  const folder = folderOf(t, small)
  const known = loadFrameworks(folderOf(t, { 'csf20.yaml': labels('PR.DS-02') }))
  assert.equal(loadPack(folder, { frameworks: known }).statements.length, 2)
  const other = loadFrameworks(folderOf(t, { 'csf20.yaml': labels('PR.DS-99') }))
  assert.match(
    `${complaints(refusal(() => loadPack(folder, { frameworks: other })))}`,
    /csf20\.0: is not in CSF: PR\.DS-02/,
  )
  assert.match(
    `${complaints(refusal(() => loadPack(folder, { frameworks: new Map() })))}`,
    /csf20: is no known framework/,
  )
  const twice = folderOf(t, { 'a.yaml': labels('A'), 'b.yaml': labels('B') })
  assert.match(`${complaints(refusal(() => loadFrameworks(twice)))}`, /^b\.yaml:2 id: stands twice/)
})

test('P11 the hash does not see file names, key order, style or written-out defaults', () => {
  const { hash, canonical } = read(small)
  assert.match(hash, /^[0-9a-f]{64}$/)
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), fc.boolean(), fc.boolean(), (stream, flow, json) => {
      const next = () => stream.next().value as number
      const again = (text: string) => {
        const value = shuffled(parse(text), next)
        return json
          ? JSON.stringify(value)
          : stringify(value, { collectionStyle: flow ? 'flow' : 'block' })
      }
      const names = next() % 2 === 0 ? ['a', 'b'] : ['z', 'y']
      const moved = read({
        'pack.yaml': again(pack),
        [`${names[0]}.yaml`]: again(first),
        [`${names[1]}.yaml`]: again(second),
      })
      assert.equal(moved.hash, hash)
    }),
    { numRuns: 200 },
  )
  assert.equal(
    read(swap('related: [2]', 'related: [2]\n        laws: []\n        awaits: []')).hash,
    hash,
  )
  assert.equal(read(swap('{ ja: 会社', '# a comment\n  { ja: 会社', 'pack.yaml')).hash, hash)
  assert.deepEqual(JSON.parse(canonical).sections[1].groups[0].statements[0].limit, 'PT72H')
})

test('P11 the hash sees every change of content', () => {
  const changes = [
    swap('It is kept.', 'It is kept!'),
    swap('1000000', '999999'),
    swap('level: 3', 'level: 4'),
    swap('related: [2]', 'related: []'),
    swap("version: '1'", "version: '2'", 'pack.yaml'),
    swap('PT72H', 'PT71H', '02-two.yaml'),
    swap('assumed: [limit]', 'assumed: []', '02-two.yaml'),
    swap('Asia/Tokyo', 'Asia/Taipei', 'pack.yaml'),
    swap('en: CISO', 'en: Chief', 'pack.yaml'),
    swap('related: [2]', 'related: [2]\n        topics: [backup]'),
    swap('stop: ended', 'stop: ended, assumed: [start]', '02-two.yaml'),
    { ...small, 'pack.yaml': `${pack}${scales}` },
  ]
  const hashes = new Set([small, ...changes].map(files => read(files).hash))
  assert.equal(hashes.size, changes.length + 1)
})

test('P11 a pack that was adopted before there were terms and scales keeps its hash', () => {
  const { terms: _, scales: __, ...before } = JSON.parse(read(small).canonical)
  const again = packFromCanonical(JSON.stringify(before))
  assert.deepEqual([again.terms.size, again.scales.size], [0, 0])
  assert.equal(packFromCanonical(again.canonical).hash, again.hash)
})

test('P4 ten thousand mutated packs are read or refused, and none crashes', () => {
  const spice = [
    '{',
    '[',
    '&a ',
    '*a',
    '!!x ',
    '? ',
    ': ',
    '- ',
    '\n',
    '"',
    "'",
    '|',
    '>',
    '#',
    '%YAML',
    '---',
    '\0',
    '\u202e',
    '__proto__: ',
    '<<: ',
    '0x',
    '.nan',
    '~',
    '\t',
    '\ufeff',
    'null',
  ]
  // One section is enough to mutate, and half the work of two.
  const alone = { 'pack.yaml': pack, '01-one.yaml': first.replace('related: [2]', 'related: []') }
  const whole = new TextEncoder().encode(alone['01-one.yaml'])
  const mutation = fc.record({
    at: fc.nat(whole.length - 1),
    cut: fc.nat(40),
    put: fc.oneof(fc.constantFrom(...spice), fc.string({ unit: 'binary', maxLength: 4 })),
  })
  let refused = 0
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), mutations => {
      let mutated = Buffer.from(whole)
      for (const { at, cut, put } of mutations)
        mutated = Buffer.concat([
          mutated.subarray(0, at),
          Buffer.from(put),
          mutated.subarray(at + cut),
        ])
      try {
        read({ ...alone, '01-one.yaml': new Uint8Array(mutated) })
      } catch (error) {
        refused += 1
        assert.ok(error instanceof OkiteError, String(error))
        assert.match(error.code, /^POLICY_(INVALID|PARAMS_CONFLICT)$/)
        assert.ok(complaints(error).length > 0)
      }
    }),
    { numRuns: 10_000 },
  )
  assert.ok(refused > 5000, `${refused}`)
})

function shuffled(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) return value.map(item => shuffled(item, next))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, member]) => ({ key, member, order: next() }))
  entries.sort((a, b) => a.order - b.order)
  return Object.fromEntries(entries.map(({ key, member }) => [key, shuffled(member, next)]))
}
