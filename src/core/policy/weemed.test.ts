import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findPacks, loadFrameworks, loadPack } from './load.ts'
import type { Statement, Text } from './pack.ts'

// The reference pack against the policy it restates. The published text and its analysis are not
// part of the project; where they are absent the comparisons are skipped.

const root = join(import.meta.dirname, '../../..')
// Not OKITE_POLICY: that is a setting of the program, and would be one in every test that starts it.
const published = join(process.env['OKITE_DATA'] ?? join(root, '../shared/data'), '../policy')
const skip = existsSync(join(published, 'mapping.csv')) ? false : 'the published policy is absent'

const frameworks = loadFrameworks(join(root, 'policy/frameworks'))
const pack = loadPack(join(root, 'policy/weemed'), { frameworks })

test('P5 the reference pack has 159 statements in 12 sections and 40 groups', () => {
  assert.equal(pack.id, 'weemed')
  assert.equal(pack.version, '2025-06-07')
  assert.equal(pack.organisation.zone, 'Asia/Taipei')
  assert.deepEqual(
    pack.statements.map(s => s.number),
    Array.from({ length: 159 }, (_, i) => i + 1),
  )
  assert.equal(pack.sections.length, 12)
  assert.equal(pack.sections.flatMap(s => s.groups).length, 40)
  assert.deepEqual(findPacks(join(root, 'policy')), [join(root, 'policy/weemed')])
})

test('M16 every statement is bound to its controls, and none awaits one', () => {
  for (const s of pack.statements) {
    assert.ok(s.controls.length > 0, `${s.number} is bound to nothing`)
    assert.deepEqual(s.awaits, [], `${s.number}`)
    assert.deepEqual(pack.bindings().get(s.id), s.controls)
  }
  assert.equal(pack.statements.flatMap(s => s.controls).length, 174)
  assert.equal(pack.controls().size, 157)
})

test('P8 157 controls serve the 159 statements, and the same duty is one control', () => {
  const ids = new Set(pack.statements.flatMap(controlsOf))
  assert.equal(ids.size, 157)
  const share = (a: number, b: number) =>
    controlsOf(at(a)).filter(id => controlsOf(at(b)).includes(id))
  const pairs = [
    [21, 105],
    [26, 128],
    [32, 80],
    [33, 81],
    [25, 82],
    [39, 86],
    [40, 93],
    [40, 94],
    [41, 98],
  ]
  for (const [a, b] of pairs) assert.equal(share(a as number, b as number).length, 1, `${a} = ${b}`)
  // Beyond the shared duty: 41 needs two places, 81 playbooks that fire, 82 use in detection.
  for (const number of [41, 81, 82]) assert.equal(controlsOf(at(number)).length, 2, `${number}`)
})

test('P10 a limit or period that the policy leaves open is assumed where it is bound, unless another states it', () => {
  // 39 is the duty of 86, and 86 states the two hours.
  const decided = new Set([39])
  for (const s of pack.statements)
    for (const name of ['period', 'limit'] as const) {
      const value = s[name]
      if (value === null) continue
      const carrying = s.controls.filter(binding => Object.values(binding.params).includes(value))
      const isAssumed = carrying.some(({ params, assumed }) =>
        assumed.some(parameter => params[parameter] === value),
      )
      if (carrying.length === 0 || decided.has(s.number)) continue
      assert.equal(isAssumed, s.assumed.includes(name), `${s.number}: ${name} ${value}`)
    }
})

test('P3 no two statements read alike, in any language', () => {
  for (const language of ['ja', 'zh-TW', 'en'] as const)
    assert.equal(new Set(pack.statements.map(s => s.text[language])).size, 159, language)
})

test('P6 every role, unit, event, term and scale that the reference pack declares is used', () => {
  const used = (of: (s: Statement) => readonly (string | number)[]) =>
    [...new Set(pack.statements.flatMap(of))].sort()
  assert.deepEqual(
    used(s => [s.owner]),
    [...pack.roles.keys()].sort(),
  )
  assert.deepEqual(
    used(s => s.figures.map(f => f.unit)),
    [...pack.units.keys()].sort(),
  )
  const events = used(s => (s.clock === null ? [] : [s.clock.start, s.clock.stop]))
  assert.deepEqual(events, [...pack.events.keys()].sort())
  assert.deepEqual(
    used(s => [...s.uses, ...s.defines]),
    [...pack.terms.keys()].sort(),
  )
  assert.deepEqual(
    used(s => (s.level === null ? [] : [`${s.level.scale} ${s.level.value}`])),
    [1, 2, 3, 4].map(value => `incident-category ${value}`),
  )
  assert.deepEqual([...pack.scales.keys()], ['incident-category'])
})

test('P10 what starts or stops a clock and is our reading is marked as assumed', () => {
  const marked = (end: 'start' | 'stop') =>
    pack.statements.filter(s => s.clock?.assumed.includes(end)).map(s => s.number)
  assert.deepEqual(marked('start'), [37, 39, 43, 84, 85, 86, 87, 88, 131])
  assert.deepEqual(marked('stop'), [37, 43, 84])
})

test('P10 what the policy leaves open is marked as assumed', () => {
  const open = pack.statements.filter(s => s.assumed.length > 0).map(s => s.number)
  for (const number of [3, 25, 35, 43, 83, 108, 115, 132, 133, 144])
    assert.ok(open.includes(number), `${number}`)
  for (const number of [17, 37, 84, 85, 86, 87, 88, 93, 94, 131, 149, 150, 151])
    assert.ok(!open.includes(number), `${number}`)
})

test('P12 no text repeats 12 characters or more of the published sentences', { skip }, () => {
  const runs = new Set<string>()
  for (const line of readFileSync(join(published, 'policy.ja.txt'), 'utf8').split('\n'))
    for (const run of runsOf(line)) runs.add(run)
  assert.ok(runs.size > 1000)
  const copied: string[] = []
  let texts = 0
  eachText(pack, text => {
    texts += 1
    for (const words of Object.values(text))
      for (const run of runsOf(words)) if (runs.has(run)) copied.push(`${run} in: ${words}`)
  })
  assert.ok(texts > 600)
  assert.deepEqual(copied, [])
})

test('P13 sections, groups and statements stand where the published document has them', {
  skip,
}, () => {
  const lines = readFileSync(join(published, 'policy.ja.txt'), 'utf8').split('\n')
  const ids: string[] = []
  let section = 0,
    group = 0,
    sentence = 0
  for (const line of lines.slice(3)) {
    if (/^\d+\. /.test(line)) [section, group, sentence] = [section + 1, 0, 0]
    else if (line.startsWith('•')) ids.push(`${section}.${group}.${++sentence}`)
    else if (line.trim().endsWith(':')) [group, sentence] = [group + 1, 0]
  }
  assert.deepEqual(
    pack.statements.map(s => s.id),
    ids,
  )
})

test('P13 kind, references and laws equal the analysis, row by row', { skip }, () => {
  const rows = csv('mapping.csv')
  assert.equal(rows.length, 159)
  for (const row of rows) {
    const statement = at(Number(row.bullet_no))
    const split = (cell = '') => cell.split(';').map(item => item.trim())
    assert.equal(statement.kind, row.kind, `${row.bullet_no}`)
    assert.deepEqual(statement.frameworks, {
      iso27001: split(row.iso27001),
      csf20: split(row.csf20),
      soc2: split(row.soc2),
    })
    assert.deepEqual(
      statement.laws,
      row.law === 'none direct' ? [] : split(row.law),
      `${row.bullet_no}`,
    )
  }
})

test('P13 second kind, period or limit, clock and neighbours equal the analysis', { skip }, () => {
  for (const row of csv('mapping_ext.csv')) {
    const s = at(Number(row.bullet_no))
    assert.equal(s.alsoKind ?? '', row.also_kind, `${row.bullet_no}`)
    const wanted = row.period_or_limit_iso8601 ?? ''
    if (wanted !== '') assert.ok(durationsOf(s).includes(wanted), `${row.bullet_no}: ${wanted}`)
    else assert.deepEqual([s.period, s.limit], [null, null], `${row.bullet_no}`)
    assert.equal(s.clock !== null, row.clock_start !== '', `${row.bullet_no}`)
    assert.deepEqual(s.sameDutyAs, numbers(row.same_duty_as), `${row.bullet_no}`)
    assert.deepEqual(s.related, numbers(row.related), `${row.bullet_no}`)
  }
})

test('P13 every figure that the analysis states is in the pack', { skip }, () => {
  let compared = 0
  for (const row of csv('mapping.csv')) {
    const s = at(Number(row.bullet_no))
    const has = durationsOf(s)
    const said = (value: string | number, unit?: string) => {
      compared += 1
      const found = s.figures.some(
        f => f.value === value && (unit === undefined || f.unit === unit),
      )
      assert.ok(found || has.includes(`${value}`), `${row.bullet_no}: ${value} of "${row.target}"`)
    }
    // What follows from a figure is none itself: "99.5 % of 30 days = 3 h 36 min", "24 h x 365 d".
    const target = (row.target ?? '').replace(
      /\(99\.5[^)]*\)|24 h (x \d+ d|reachable)|\(named body[^)]*\)/g,
      '',
    )
    for (const [, percent] of target.matchAll(/(\d+(?:\.\d+)?) %/g))
      said(Math.round(Number(percent) * 10_000), 'ppm')
    for (const [, times, period] of target.matchAll(/(\d+) per (day|month|quarter|year)/g))
      said(Number(times), `per-${period}`)
    for (const [, count] of target.matchAll(/([1-9]\d*) h\b/g)) said(`PT${count}H`)
    for (const [, count] of target.matchAll(/([1-9]\d*) min\b/g)) said(`PT${count}M`)
    for (const [, count] of target.matchAll(/([1-9]\d*) days\b/g)) said(`P${count}D`)
    for (const [, count] of target.matchAll(/([1-9]\d*) business days/g)) said(`P${count}BD`)
    for (const [, count] of target.matchAll(/([1-9]\d*) months?\b(?! year)/g))
      if (!/ per month/.test(target)) said(count === '12' ? 'P1Y' : `P${count}M`)
    for (const [, count] of target.matchAll(/>= ([1-9]\d*) (?:km|char|live|loc|heal|data)/g))
      said(Number(count))
    for (const [, count] of target.matchAll(/(\d+) of \1\b/g)) said(Number(count))
    for (const [, count] of target.matchAll(
      /\b(\d+) (?:copies|media|off site|layers|stages|appointed)/g,
    ))
      said(Number(count))
    if (/(^|; )0 [a-z]/.test(target)) said(0)
    if (/AES-256/.test(target)) said('AES-256', 'algorithm')
    if (/TLS 1\.3/.test(target)) said('1.3', 'protocol-version')
  }
  assert.ok(compared > 150, `${compared}`)
})

const at = (number: number): Statement => pack.statements[number - 1] as Statement

const controlsOf = (s: Statement) => [...s.controls.map(b => b.control), ...s.awaits]

const durationsOf = (s: Statement): readonly string[] =>
  [s.period, s.limit, ...s.figures.filter(f => f.unit === 'duration').map(f => f.value)].filter(
    value => typeof value === 'string',
  )

const runLength = 12

function* runsOf(words: string): Generator<string> {
  const signs = Array.from(words.normalize('NFKC').replace(/[\s•]/g, ''))
  for (let i = 0; i + runLength <= signs.length; i++) yield signs.slice(i, i + runLength).join('')
}

function eachText(value: unknown, tell: (text: Text) => void): void {
  if (value instanceof Map) for (const member of value.values()) eachText(member, tell)
  else if (typeof value === 'object' && value !== null) {
    if ('zh-TW' in value) tell(value as Text)
    else for (const member of Object.values(value)) eachText(member, tell)
  }
}

/** `140`, `93 94`, `64-67`. */
const numbers = (cell = ''): number[] =>
  cell
    .split(/\s+/)
    .filter(Boolean)
    .flatMap(part => {
      const [from, to] = part.split('-').map(Number) as [number, number?]
      return Array.from({ length: (to ?? from) - from + 1 }, (_, i) => from + i)
    })

function csv(file: string): Record<string, string>[] {
  const [head = [], ...rows] = readFileSync(join(published, file), 'utf8')
    .replace(/\r/g, '')
    .trim()
    .split('\n')
    .map(line =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
        ([, quoted, plain]) => quoted?.replace(/""/g, '"') ?? plain ?? '',
      ),
    )
  return rows.map(row => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ''])))
}
