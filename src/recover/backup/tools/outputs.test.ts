import { strict as assert } from 'node:assert'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { z } from 'zod'
import { memoryLog } from '../../../core/ledger/testing.ts'
import type { Ports } from '../../../core/module.ts'
import { systemClock } from '../../../core/time.ts'
import module from '../module.ts'
import { readingOf as borgReading } from './borg.ts'
import { newestCovered } from './log-marks.ts'
import { readingOf as pgbackrestReading } from './pgbackrest.ts'
import { readManifest } from './pgbackrest-manifest.ts'
import { runProgram } from './program.ts'
import { dueOf } from './read.ts'
import { openRestic, readingOf as resticReading } from './restic.ts'
import { type Job, jobs } from './settings.ts'
import { secretFile } from './testing-tools.ts'
import { moment, readJson, readJsonLines, requireSpace } from './tool.ts'

const root = mkdtempSync(join(tmpdir(), 'oko-'))
after(() => rmSync(root, { recursive: true }))
const recorded = join(
  process.env['OKITE_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data'),
  'own-runs/backup',
)
const skip = existsSync(recorded) ? false : `no recorded outputs in ${recorded}`
const { signal } = new AbortController()
const run = { cwd: root, msMax: 60_000, signal }

const jobOf = (given: object): Job => jobs.parse([given])[0]!
const restic = jobOf({
  ...{ tool: 'restic', set: 'files', repository: 'vault', location: '/srv/restic' },
  passwordFile: '/etc/okite/restic',
})
const borg = jobOf({ tool: 'borg', set: 'files', repository: 'attic', location: '/srv/borg' })
assert(restic.tool === 'restic' && borg.tool === 'borg')

test('recorded outputs say what they were recorded for', { skip }, () => {
  const read = (name: string) => readFileSync(join(recorded, name), 'utf8')
  const job = { program: '/usr/bin/pgbackrest', stanza: 'okite' } as const
  const bad = pgbackrestReading(job, read('pgbackrest-verify-bad.txt'), [])
  assert.deepEqual([bad.errors, bad.faults], [1, ['20261123-034511F']])
  const lines = readJsonLines(
    'restic',
    z.object({ message_type: z.string(), snapshot_id: z.string().optional() }),
    read('restic-backup.jsonl'),
  )
  assert.deepEqual(
    lines.flatMap(one => one.snapshot_id ?? []),
    ['999fbf13', 'dda6f7ca'],
  )
})

test('M10 a word too few is no good word: an exit code of 0 alone proves nothing', () => {
  const said = (stdout: string, stderr = '', exitCode = 0) => ({ exitCode, stdout, stderr })
  const lists = 'load indexes\ncheck all packs\ncheck snapshots, trees and blobs\n'
  const read = `${lists}\nread all data\n`
  assert.equal(resticReading(restic, said(`${read}no errors were found\n`)).errors, 0)
  // It looked at the lists alone; it was cut off; it warns; it found something.
  assert.equal(resticReading(restic, said(`${lists}no errors were found\n`)).errors, 1)
  assert.equal(resticReading(restic, said(read)).errors, 1)
  assert.equal(resticReading(restic, said(`${read}no errors were found\n`, '', 1)).errors, 1)
  const two = resticReading(
    restic,
    said(read, 'Pack ID does not match\npack is short\nFatal: x\n', 1),
  )
  assert.deepEqual([two.errors, two.faults], [2, ['Pack ID does not match', 'pack is short']])
  // It did not come to the data: then nothing is known of them.
  const failures = [
    ['BACKUP_TOOL_SECRET', 'Fatal: wrong password or no key found', 1],
    ['BACKUP_TOOL_AWAY', 'Fatal: unable to open config file: stat /x: no such file', 1],
    ['BACKUP_TOOL_FAILED', 'Fatal: unable to open config file: ciphertext verification failed', 1],
    ['BACKUP_TOOL_SECRET', '', 12],
  ] as const
  for (const [code, text, exitCode] of failures)
    assert.throws(() => resticReading(restic, said('', text, exitCode)), { code })
  const line = (message: string, levelname = 'INFO', msgid?: string) =>
    `${JSON.stringify({ type: 'log_message', message, levelname, msgid })}\n`
  const begun = line('Starting repository check')
  const all = [
    line('Finished full repository check, no problems found.'),
    line(
      'Finished cryptographic data integrity verification, verified 8 chunks with 0 integrity errors.',
    ),
    line('Archive consistency check complete, no problems found.'),
  ]
  assert.equal(borgReading(borg, said('', begun + all.join(''))).errors, 0)
  for (let nth = 0; nth < all.length; nth++)
    assert.equal(borgReading(borg, said('', begun + all.toSpliced(nth, 1).join(''))).errors, 1)
  assert.equal(borgReading(borg, said('', begun + all.join('') + line('odd', 'WARNING'))).errors, 1)
  const away = line('gone', 'ERROR', 'Repository.DoesNotExist')
  assert.throws(() => borgReading(borg, said('', away, 2)), { code: 'BACKUP_TOOL_AWAY' })
})

test('M10 verify of pgBackRest ends with 0 and says what is wrong, in words that are known or refused', () => {
  const job = { program: '/usr/bin/pgbackrest', stanza: 'main' } as const
  const label = '20261126-211435F'
  const counts = 'missing: 0, checksum invalid: 0, size invalid: 0, other: 0'
  const good = (files = 964, wal = counts, backup = counts) =>
    `stanza: main\nstatus: ${files === 964 && wal + backup === counts + counts ? 'ok' : 'error'}
  archiveId: 15-1, total WAL checked: 2, total valid WAL: 2
    ${wal}
  backup: ${label}, status: ${files === 964 ? 'valid' : 'invalid'}, total files checked: 964, total valid files: ${files}
    ${backup}\n`
  const read = (text: string, labels = [label]) => pgbackrestReading(job, text, labels)
  assert.deepEqual(read(good()), { errors: 0, faults: [] })
  assert.deepEqual(read(good(963, counts, counts.replace('invalid: 0', 'invalid: 1'))), {
    ...{ errors: 1, faults: [label] },
  })
  assert.deepEqual(read(good(964, counts.replace('missing: 0', 'missing: 3'))), {
    ...{ errors: 3, faults: ['archive'] },
  })
  // A backup that is listed and was not checked; `ok` of another stanza; a status that says more than it counts.
  assert.deepEqual(read(good(), [label, '20261127-000000F']).faults, ['20261127-000000F'])
  assert.equal(read(good().replace('status: ok', 'status: error')).errors, 1)
  const strange = [
    ...['', '[]', '{"stanza":"main"}', good().replace('main', 'other')],
    ...[good().replace('status: ok', 'status: fine'), `${good()}  all is well\n`],
  ]
  for (const text of strange) assert.throws(() => read(text), { code: 'BACKUP_TOOL_FORM' }, text)
})

test('M10 a manifest of pgBackRest that is cut off, of another form or of more places is refused', () => {
  const sha1 = '587b596f04f7db9c2cad3d6b87dd2b3a05de4f35'
  const file = (name: string, told = `{"checksum":"${sha1}","size":3}`) => `${name}=${told}\n`
  const manifest = (files: string) =>
    `[backrest]\nbackrest-format=5\n\n[cipher]\ncipher-pass="x"\n\n[target:file]\n${files}\n[target:path]\n\n[backrest]\nbackrest-checksum="${sha1}"\n`
  const empty = file('pg_data/base/1/a=b', '{"size":0}')
  const good = manifest(
    `${file('pg_data/PG_VERSION')}${empty}${file('pg_data/postgresql.auto.conf')}`,
  )
  const read = (text: string) => readManifest('pgbackrest', text)
  assert.deepEqual(
    read(good).map(({ path, sizeBytes }) => [path, sizeBytes]),
    [
      ['PG_VERSION', 3],
      ['base/1/a=b', 0],
    ],
  )
  const bad = [
    ...['', good.slice(0, -20), good.replace('format=5', 'format=6'), manifest('')],
    ...[manifest(file('pg_tblspc/1/PG_15/2')), manifest(file('pg_data/x', '{"size":9}'))],
  ]
  for (const text of bad) assert.throws(() => read(text), { code: 'BACKUP_TOOL_FORM' }, text)
})

test('M10 half a JSON, another form of it, and a time that is none are refused by code', () => {
  const schema = z.array(z.object({ id: z.string(), time: moment }))
  const read = (text: string) => readJson('restic', schema, text)
  assert.deepEqual(read('[{"id":"a","time":"2026-11-26T21:14:15.926939393Z","more":1}]'), [
    { id: 'a', time: '2026-11-26T21:14:15.926Z' },
  ])
  assert.equal(
    read('[{"id":"a","time":"2026-11-26T23:14:15.000000"}]')[0]?.time,
    '2026-11-26T23:14:15.000Z',
  )
  for (const text of [
    '',
    '[{"id":"a","ti',
    '{"version":2,"snapshots":[]}',
    '[{"id":"a","time":"soon"}]',
  ])
    assert.throws(() => read(text), { code: 'BACKUP_TOOL_FORM' }, text)
})

test('M10 a program that says too much, hangs, is killed or is not there ends by code', async () => {
  const program = (name: string, args: readonly string[], more = {}) =>
    runProgram({ program: name, args, ...run, ...more })
  const zeros = program('/usr/bin/head', ['-c', '100000000', '/dev/zero'])
  await assert.rejects(zeros, { code: 'BACKUP_TOOL_OUTPUT' })
  await assert.rejects(program('/bin/sleep', ['60'], { msMax: 100 }), {
    code: 'BACKUP_TOOL_TIMEOUT',
  })
  await assert.rejects(program('/opt/restic/bin/restic', ['version']), {
    code: 'BACKUP_TOOL_MISSING',
  })
  await assert.rejects(program('/bin/bash', ['-c', 'kill -9 $$']), { code: 'BACKUP_TOOL_KILLED' })
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 50)
  await assert.rejects(program('/bin/sleep', ['60'], { signal: stop.signal }), {
    name: 'AbortError',
  })
  const said = await program('/usr/bin/env', [])
  assert.deepEqual(
    said.stdout
      .split('\n')
      .map(line => line.split('=')[0])
      .sort(),
    ['', 'HOME', 'LC_ALL', 'PATH', 'TMPDIR', 'TZ'],
  )
})

test('M10 a password that others may read is not used, and stands in no argument', async () => {
  const path = secretFile(join(root, 'pw'), 'open sesame')
  const cat = () =>
    runProgram({ program: '/bin/cat', args: ['/dev/fd/3'], ...run, secretFile: path })
  assert.equal((await cat()).stdout, 'open sesame\n')
  for (const mode of [0o644, 0o620, 0o604]) {
    chmodSync(path, mode)
    await assert.rejects(cat(), { code: 'BACKUP_SECRET_FILE', data: { path, why: 'mode' } })
  }
  const ports = { clock: systemClock, log: memoryLog().log, signal, scratch: root }
  const look = openRestic(
    { ...restic, passwordFile: join(root, 'none') },
    ports as unknown as Ports & {
      scratch: string
    },
  ).look()
  await assert.rejects(look, { code: 'BACKUP_SECRET_FILE' })
})

test('what does not fit is not brought back', async () => {
  await requireSpace(root, 1_000, 1_000)
  await assert.rejects(requireSpace(root, 1_001, 1_000), { code: 'BACKUP_SPACE' })
  await assert.rejects(requireSpace(root, 2 ** 50, 2 ** 51), { code: 'BACKUP_SPACE' })
})

test('settings: programs from a list, no option as a location, no set in one place twice', () => {
  const given = { ...restic }
  const settings = module.settings!
  const isGood = (more: object) => settings.safeParse({ jobs: [{ ...given, ...more }] }).success
  assert(isGood({}))
  assert(isGood({ location: 's3:https://s3.example.org/backups' }))
  for (const location of [
    '--option',
    'rclone:x',
    'backups',
    '/srv/../etc',
    'sftp:-oProxyCommand=x:/',
  ])
    assert(!isGood({ location }), location)
  for (const more of [
    { program: '/tmp/restic' },
    { passwordFile: 'pw' },
    { password: 'x' },
    { tool: 'tar' },
  ])
    assert(!isGood(more), JSON.stringify(more))
  assert(!settings.safeParse({ jobs: [given, given] }).success)
  const own = [{ name: 'vault', folder: '/srv/own', medium: 'disk', site: 'tpe' }]
  assert(!settings.safeParse({ jobs: [given], repositories: own }).success, 'one name, two places')
})

test('a large repository is read part by part, each in its turn; after a fault all are, and sooner', () => {
  const dayMs = 86_400_000
  const nowMs = Date.parse('2026-11-26T00:00:00.000Z')
  const at = (days: number) => new Date(nowMs - days * dayMs).toISOString()
  const job = { ...restic, parts: 7 }
  const part = (nth: number, days: number) => ({
    ...{ occurred: at(days), observed: at(days), body: { part: nth, parts: 7, errors: 0 } },
  })
  const copy = (days: number, errors: number) => ({
    ...{ occurred: at(days), observed: at(days), body: { errors } },
  })
  const due = (parts: object[], copies: object[] = [], failures: object[] = []) =>
    dueOf(job, { parts, copies, failures } as unknown as Parameters<typeof dueOf>[1], nowMs)
  assert.deepEqual(due([]), { part: 1, parts: 7 })
  assert.deepEqual(due([part(1, 0.1)]), { part: 2, parts: 7 }, 'the first time nothing waits')
  const week = [6, 5, 4, 3, 2, 1, 0].map(nth => part(nth + 1, 6 - nth + 0.5))
  assert.equal(due(week, [copy(6.5, 0)]), null)
  const later = [6, 5, 4, 3, 2, 1, 0].map(nth => part(nth + 1, 6 - nth + 1.1))
  assert.deepEqual(due(later, [copy(7.1, 0)]), { part: 1, parts: 7 })
  assert.equal(due(week, [copy(0.1, 1)]), null)
  assert.deepEqual(due(week, [copy(0.3, 1)]), { part: 1, parts: 7 })
})

test('a point is known once the archive has the segment of its instant, of the same server and timeline', () => {
  const mark = (minute: number, segment: string) => ({
    ...{ at: `2026-11-26T00:0${minute}:00.000Z`, system: 7712591618491685758n, segment },
  })
  const marks = [
    mark(1, '000000010000000000000003'),
    mark(2, '000000010000000000000004'),
    mark(3, '000000010000000000000005'),
  ]
  const archive = (max: string, system = Number(7712591618491685758n)) => [{ system, max }]
  assert.equal(newestCovered(marks, archive('000000010000000000000002')), null)
  assert.equal(newestCovered(marks, archive('000000010000000000000004')), marks[1]!.at)
  assert.equal(newestCovered(marks, archive('000000020000000000000009')), null, 'another timeline')
  assert.equal(newestCovered(marks, archive('000000010000000000000009', 1)), null, 'another server')
})
