import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { okiteVersion } from '../src/core/run/schema.ts'
import {
  type Line,
  type Report,
  readReport,
  reportPath,
} from '../src/recover/reliability/report.ts'
import type { Told } from '../test/reliability/fault.ts'

/**
 * The campaign: every fault of `test/reliability` in full, then `src/recover/reliability/report.json` and
 * `docs/reliability.md`. With words, only the files whose names have one of them; what the others found
 * before stays. `npm run reliability [-- kill publish]`
 */

const root = join(import.meta.dirname, '..')
const folder = 'test/reliability'
export const page = join(root, 'docs', 'reliability.md')

/** What holds, as the report names it. */
const invariants: readonly (readonly [string, string])[] = [
  ['I1', 'Positions from 0 to the size of the list exist once each.'],
  [
    'I2',
    'Every leaf has its hash, and every root is that of the head and of each signed checkpoint.',
  ],
  ['I3', 'What was acknowledged stands where it was said to stand.'],
  ['I4', 'One delivery has one position, however often it is delivered.'],
  ['I5', 'What is published later continues what was published earlier.'],
  ['I6', 'The time of recording never goes back, and none is invented.'],
  ['I7', 'Tables and rows that are made anew from the list equal those that are stored.'],
  ['I8', 'Judges that are run again conclude the same.'],
  ['I10', 'Memory and queues stay within their limits.'],
  ['I11', 'What is refused is refused by a code, and changed nothing.'],
  ['I12', 'What should have rung while the program was down rings afterwards.'],
]

/** What goes wrong on purpose in other tests, each time they run. */
export const elsewhere: readonly (readonly [string, string])[] = [
  ['a judge throws: it alone is stopped, its control is unknown', 'test/run/follow.test.ts'],
  ['a judge steps itself in a circle, or says too much', 'test/run/follow.test.ts'],
  ['a program that was down when a deadline passed (I12)', 'test/run/follow.test.ts'],
  ['an upgrade that is killed in its middle', 'test/run/upgrade.test.ts'],
  ['a list that an earlier version judged', 'test/run/upgrade-month.test.ts'],
  ['the mail server, or whatever an act needs, is away', 'test/run/acts.test.ts'],
  [
    'a person is erased: no file has the values any more, proofs hold (I9)',
    'src/core/ledger/erase.test.ts',
  ],
  ['hostile requests over HTTP and the control socket', 'test/run/hostile.test.ts'],
  [
    'a repository of backups that is altered, away, full, or of somebody else',
    'src/recover/backup',
  ],
]

const uncovered = [
  'A killed process does not lose what the system still holds in memory. Power cuts and disks that lie about a flush need another kind of machine; there we lean on PostgreSQL, on its checksums, on published files as a second copy, and on `okite fsck`.',
  'By what a delivery was known (`ledger.entry.dedup`) cannot be made again from the entry: whoever changes it in the database makes a delivery stand twice, which no proof shows.',
]

function campaign(words: readonly string[]): void {
  const files = globSync(`${folder}/*.test.ts`, { cwd: root }).filter(
    path => words.length === 0 || words.some(word => path.includes(word)),
  )
  const before = readReport()?.report.faults ?? []
  let lines: readonly Line[] = before
  for (const file of files.toSorted()) {
    const found = runFile(file)
    if (found === null) {
      process.exitCode = 1
      continue
    }
    const isNew = (line: Line) => found.some(one => one.id === line.id)
    lines = [...lines.filter(line => !isNew(line)), ...found].toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    )
    write(lines)
  }
}

/** A thousand cycles of a start each take most of an hour. */
const faultMsMax = 4 * 3_600_000

/** null: a promise did not hold. */
function runFile(file: string): readonly Line[] | null {
  const work = mkdtempSync(join(tmpdir(), 'okite-reliability-'))
  const report = join(work, 'report.jsonl')
  writeFileSync(report, '')
  console.log(`${file} …`)
  const beganMs = performance.now()
  const ran = spawnSync(join(root, 'okite'), ['test', `--test-timeout=${faultMsMax}`, file], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, RELIABILITY: 'full', RELIABILITY_REPORT: report },
  })
  const seconds = Math.round((performance.now() - beganMs) / 1_000)
  const told = readFileSync(report, 'utf8').split('\n').filter(Boolean)
  rmSync(work, { recursive: true })
  if (ran.status !== 0) return null
  const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
    cwd: root,
    encoding: 'utf8',
  }).trim()
  const on = new Date().toISOString().slice(0, 10)
  return told.map(text => ({ ...(JSON.parse(text) as Told), seconds, on, commit }))
}

function write(faults: readonly Line[]): void {
  const [cpu] = cpus()
  const report: Report = {
    version: okiteVersion(),
    machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}`,
    node: process.version,
    faults: [...faults],
  }
  writeFileSync(reportPath, `${JSON.stringify(report, null, 2)}\n`)
  writeFileSync(page, pageOf(report))
}

/** null: nothing of the report is there. */
export const pageOfReport = (): string | null => {
  const found = readReport()
  return found === null ? null : pageOf(found.report)
}

/** The page says what the report says, and nothing else. */
function pageOf({ version, machine, node, faults }: Report): string {
  const rows = faults.map(
    ({ id, fault, holds, done, seed, on, commit }) =>
      `| \`${id}\` | ${fault} | ${done.toLocaleString('en')} | ${holds} | ${seed} | ${on} ${commit} |`,
  )
  const figures = faults
    .filter(one => Object.keys(one.figures).length > 0)
    .map(({ id, figures, seconds }) => {
      const all = Object.entries(figures).map(([name, value]) => `${name} ${shown(value)}`)
      return `- \`${id}\` (its file ran ${seconds.toLocaleString('en')} s): ${all.join('; ')}.`
    })
  return `${[
    '# What Okite went through',
    'Written by `npm run reliability` from `src/recover/reliability/report.json`; not by hand. Each line is a file of `test/reliability`, which the tests run with a small dose and the campaign in full. After each fault the list was read whole. A promise that did not hold would have ended the run.',
    `Okite ${version}, Node ${node}, ${machine}. The same again: \`RELIABILITY_SEED=SEED npm run reliability -- NAME\`.`,
    '## Faults',
    [
      '| fault | what went wrong on purpose | times | looked at | seed | when, on which commit |',
      '| --- | --- | --: | --- | --: | --- |',
      ...rows,
    ].join('\n'),
    '## What was counted',
    figures.join('\n'),
    '## What was looked at',
    ['| | |', '| --- | --- |', ...invariants.map(([id, text]) => `| ${id} | ${text} |`)].join('\n'),
    '## In other tests',
    elsewhere.map(([what, path]) => `- ${what}: [\`${path}\`](../${path})`).join('\n'),
    '## Not covered',
    uncovered.map(text => `- ${text}`).join('\n'),
  ].join('\n\n')}\n`
}

const shown = (value: number | string): string =>
  typeof value === 'number' ? value.toLocaleString('en') : value

if (process.argv[1] === import.meta.filename) campaign(process.argv.slice(2))
