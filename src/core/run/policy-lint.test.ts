import { strict as assert } from 'node:assert'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Locale } from '../i18n/locale.ts'
import { type Finding, readings, ruleNames, severities } from '../policy/lint/finding.ts'
import { measures, stages, topics } from '../policy/pack.ts'
import type { Call } from './call.ts'
import { runPolicy } from './policy-command.ts'
import { sayIn } from './words.ts'

const project = join(import.meta.dirname, '../../..')
const source = join(project, 'src')

/** Runs the verb as the command line does; `in` is the project whose policies are read. */
async function run(args: readonly string[], locale: Locale = 'en', where = project) {
  let out = ''
  const call: Call = {
    source,
    project: where,
    dataDir: join(tmpdir(), 'okite-no-data'),
    locale,
    say: sayIn(locale, source),
    environment: {},
    out: text => void (out += text),
  }
  return { code: await runPolicy(['lint', ...args], call), out }
}

test('P14 policy lint tells every finding with its figures and its reading, in three languages', async () => {
  const { code, out } = await run([])
  assert.equal(code, 1)
  assert.match(out, /^What the policy weemed \(2025-06-07\) says .* as of \d{4}-\d\d-\d\d\n/)
  assert.match(
    out,
    /\n {2}11, 40, 87, 93\n {4}99\.5 % over 1 month leaves 3 hours 36 minutes .* 4 hours .* a year would leave 43 hours 48 minutes\.\n {4}→ /,
  )
  assert.match(
    out,
    /\n {4}→ .*37 ends with “team engaged”; 84 ends with “first responder acted”\.\n/,
  )
  assert.match(
    out,
    /15 business days \(about 21 days on the calendar\).*\(Art\. 13\(1\)\): 15 days/,
  )
  assert.match(out, /was dissolved on 2022-08-27, before the policy was published\. Now: /)
  assert.match(out, /Beyond it, more is asked for in 82\./)
  assert.match(
    (await run([], 'ja')).out,
    /\n {4}稼働率99\.5 %では、1か月に許される停止は3時間36分です。/,
  )
  assert.match(
    (await run([], 'zh-TW')).out,
    /\n {4}可用率 99\.5 % 在 1 個月內僅容許中斷 3 小時 36 分鐘/,
  )
  // Nothing is left of what only a program understands.
  for (const locale of ['en', 'ja', 'zh-TW'] as const) {
    const said = (await run([], locale)).out
    assert.doesNotMatch(said, /cli\.|[{}]|\bPT?\d|undefined|\[object/)
  }
})

test('P14 policy lint --json tells the findings to a program', async () => {
  const { code, out } = await run(['--json', '--policy', 'weemed'])
  const findings = JSON.parse(out) as readonly (Finding & { text: string; readingText: string })[]
  assert.equal(code, 1)
  assert.ok(findings.length > 40)
  const order = findings.map(({ severity }) => severities.indexOf(severity))
  assert.deepEqual(order, order.toSorted())
  const { text, readingText, ...finding } = findings[0] ?? assert.fail()
  assert.deepEqual(finding, {
    rule: 'outage-over-allowance',
    severity: 'contradiction',
    statements: [11, 40, 87, 93],
    args: {
      percent: 99.5,
      window: 'P1M',
      leaves: 'PT3H36M',
      recovery: 'PT4H',
      isOpen: 'yes',
      yearLeaves: 'PT43H48M',
    },
    reading: 'monthly-window',
  })
  assert.match(text, /^99\.5 %/)
  assert.match(readingText, /^The window is a month/)
})

const pack = (more: string) => `format: 1
id: small
version: '1'
title: { ja: 規, zh-TW: 規, en: Rules }
organisation: { name: { ja: 社, zh-TW: 社, en: House }, zone: Asia/Tokyo }
published: { date: '2026-01-31', language: ja, where: { ja: 社内, zh-TW: 內部, en: in house } }
roles: { head: { ja: 長, zh-TW: 長, en: Head } }
units: { duration: { ja: 期間, zh-TW: 期間, en: duration } }
${more}`
const section = (more: string) => `section: 1
title: { ja: 一, zh-TW: 一, en: One }
groups:
  - group: 1
    title: { ja: 一, zh-TW: 一, en: One }
    statements:
      - number: 1
        id: 1.1.1
        kind: state
        text: { ja: 替える。, zh-TW: 更換。, en: Changed. }
        owner: head
        figures: [{ name: age, value: P90D, unit: duration, bound: atMost, measures: password-age }]
        population: { ja: 全, zh-TW: 全, en: all }
        evidence: { ja: 記録, zh-TW: 紀錄, en: a record }
        frameworks: {}
        awaits: [protect.sign-on.password]
${more}`

/** A project that holds one small policy beside the laws and facts of this one. */
function projectWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'okite-lint-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const name of ['laws', 'outside', 'calendars', 'frameworks'])
    cpSync(join(project, 'policy', name), join(folder, 'policy', name), { recursive: true })
  mkdirSync(join(folder, 'policy/small'))
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, 'policy/small', name), text)
  return folder
}

test('P14 policy lint ends with 0 where there is nothing but advice, and with 1 at a gap', async t => {
  const sound = projectWith(t, { 'pack.yaml': pack(''), '01-one.yaml': section('') })
  const advice = await run(['--policy', 'small'], 'en', sound)
  assert.equal(advice.code, 0)
  assert.match(advice.out, /Contradictions: 0\n\nGaps: 0\n\nAdvice: 1\n {2}1\n/)
  assert.doesNotMatch(advice.out, /Until the owner decides, it is read/)
  const open = projectWith(t, {
    'pack.yaml': pack('terms: { grave: { ja: 重, zh-TW: 重, en: grave } }\n'),
    '01-one.yaml': section('        uses: [grave]\n'),
  })
  assert.equal((await run(['--policy', 'small'], 'en', open)).code, 1)
  assert.equal((await run(['--policy', 'small', '--json'], 'en', open)).code, 1)
})

test('P14 policy lint refuses what it does not understand', async () => {
  await assert.rejects(run(['weemed']), { code: 'ARGUMENT_INVALID' })
  await assert.rejects(run(['--policy', '../weemed']), { code: 'POLICY_NAME' })
  await assert.rejects(run(['--policy', 'nothing']), { code: 'POLICY_NOT_FOUND' })
  await assert.rejects(run(['--strict']), { code: 'ARGUMENT_INVALID' })
})

test('P14 every rule, reading, topic, measure and stage has its words, and no words are left over', () => {
  const say = sayIn('en', source)
  const wanted = [
    ...ruleNames.map(name => `rule.${name}`),
    ...readings.map(name => `reading.${name}`),
    ...[...topics, ...measures, ...stages].map(name => `word.${name}`),
  ].map(id => `cli.lint.${id}`)
  assert.deepEqual(
    wanted.filter(id => !say.has(id)),
    [],
  )
  const told = say.ids().filter(id => /^cli\.lint\.(rule|reading)\./.test(id))
  assert.deepEqual(
    told.filter(id => !wanted.includes(id)),
    [],
  )
})
