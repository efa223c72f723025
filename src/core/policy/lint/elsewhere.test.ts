import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadCalendars } from '../calendars.ts'
import { loadLaws } from '../laws.ts'
import { loadOutside } from '../outside.ts'
import type { Pack } from '../pack.ts'
import { readPack } from '../read.ts'
import type { Finding, Outside } from './finding.ts'
import { lint } from './lint.ts'

const policies = join(import.meta.dirname, '../../../../policy')
const outside: Outside = {
  laws: loadLaws(join(policies, 'laws')),
  sources: loadOutside(join(policies, 'outside')),
  calendars: loadCalendars(join(policies, 'calendars')),
}
const today = '2026-11-26'

const said = ({ rule, statements }: Finding) => `${rule} ${statements.join(' ')}`
const found = (pack: Pack) => lint(pack, outside, today).map(said)

// Another organisation: other names, other numbers, another language of law.
const text = (words: string) => `{ ja: ${words}, zh-TW: ${words}, en: ${words} }`
const clinicPack = `format: 1
id: clinic
version: '3'
title: ${text('Rules')}
organisation: { name: ${text('Clinic')}, zone: Europe/Berlin }
published: { date: '2026-02-01', language: de, where: ${text('intranet')} }
roles: { head: ${text('Head')} }
units: { ppm: ${text('millionths')}, duration: ${text('duration')}, per-day: ${text('a day')}, per-week: ${text('a week')} }
events: { breach-known: ${text('breach known')}, report-sent: ${text('report sent')}, asked: ${text('asked')}, answered: ${text('answered')} }
scales:
  severity: { text: ${text('severity')}, topic: incident-severity, gravest: 1, mildest: 3 }
`
const clinic = (fields: readonly string[]) =>
  readPack(
    'clinic',
    new Map(
      Object.entries({
        'pack.yaml': clinicPack,
        '01-all.yaml': `section: 1
title: ${text('All')}
groups:
  - group: 1
    title: ${text('All')}
    statements:
${fields
  .map(
    (field, i) => `      - number: ${i + 1}
        id: 1.1.${i + 1}
        text: ${text(`Rule ${i + 1}`)}
        owner: head
        population: ${text('all')}
        evidence: ${text('record')}
        frameworks: {}
        awaits: [govern.rule.r${i + 1}]
${field
  .split('\n')
  .map(line => `        ${line}`)
  .join('\n')}`,
  )
  .join('\n')}
`,
      }).map(([name, content]) => [name, new TextEncoder().encode(content)]),
    ),
  )
const uptime = (period: string) => `kind: objective
period: ${period}
figures: [{ name: uptime, value: 999000, unit: ppm, bound: atLeast, measures: availability }]`
const restart = (value: string) => `kind: objective
figures: [{ name: restart, value: ${value}, unit: duration, bound: atMost, measures: recovery-time }]`
const nightly = `kind: cadence
period: P1D
topics: [backup]
figures: [{ name: runs, value: 1, unit: per-day, bound: atLeast }]`
const loss = (value: string) => `kind: objective
figures: [{ name: lost, value: ${value}, unit: duration, bound: atMost, measures: recovery-point }]`
const report = (value: string, laws: string) => `kind: clock
limit: ${value}
clock: { start: breach-known, stop: report-sent }
topics: [authority-report]
laws: [${laws}]`
const answer = (value: string) => `kind: clock
limit: ${value}
calendar: TW
clock: { start: asked, stop: answered }
topics: [rights-request]`
const graded = 'kind: state\nlevel: { scale: severity, value: 1 }\nbodies: [first]'

test('P14 a sound policy of another organisation has no finding', () => {
  const pack = clinic([
    uptime('P1M'),
    restart('PT43M'),
    nightly,
    loss('P1D'),
    report('PT72H', 'GDPR 33'),
    answer('P10BD'),
    graded,
  ])
  assert.deepEqual(found(pack), [])
})

test('P14 an unsound policy of another organisation has its own findings', () => {
  const pack = clinic([
    graded.replace('first', 'jp-nisc'),
    answer('P30BD'),
    restart('PT44M'),
    nightly,
    loss('PT23H'),
    uptime('P1M'),
    report('PT73H', 'GDPR 33, TW-CSMA 24'),
  ])
  const findings = lint(pack, outside, today)
  assert.deepEqual(findings.map(said), [
    'law-shorter 2',
    'outage-over-allowance 3 6',
    'backup-interval 4 5',
    'law-shorter 7',
    'scale-reversed 1',
    'body-ended 1',
  ])
  const laws = findings.find(one => said(one) === 'law-shorter 7')?.args.laws
  assert.deepEqual(
    (laws as readonly { id: string }[]).map(({ id }) => id),
    ['TWCSMA-1H', 'GDPR-33-1'],
  )
  assert.equal(findings[1]?.args.leaves, 'PT43M12S')
})
