import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '../../core/db/database.ts'
import type { Observation } from '../../core/fact.ts'
import { loadMessages } from '../../core/i18n/messages.ts'
import { memoryLog } from '../../core/ledger/testing.ts'
import type { Collector, OwnData, Ports } from '../../core/module.ts'
import { moduleFolders } from '../../core/run/discover.ts'
import { systemClock, toInstant } from '../../core/time.ts'
import { restoreCompared, restoreRehearsed } from '../restore/facts.ts'
import {
  copyRead,
  pointSeen,
  repositoryListed,
  repositoryRemoved,
  runEnded,
  setListed,
} from './facts.ts'
import { dueSince, ownBase } from './own-base.ts'
import { openOwnKey } from './own-key.ts'
import { ownLog, takeAway } from './own-log.ts'
import { ownRead } from './own-read.ts'
import { ownRestore } from './own-restore.ts'
import { restore } from './restore.ts'
import { keyToText } from './store/key-text.ts'

/** A real database whose archive and files go into two folders, as the program runs it. */
const root = mkdtempSync(join(tmpdir(), 'okb-'))
const dataDir = join(root, 'data')
const archive = join(dataDir, 'archive')
const keys = join(root, 'data-recovery')
const [near, far] = [join(root, 'near'), join(root, 'far')]
const source = join(import.meta.dirname, '../..')
const { log, lines } = memoryLog()
let database: Database
let ports: Ports

/** What was told, the newest last. */
const told: Observation[] = []

before(async () => {
  mkdirSync(dataDir, { mode: 0o700 })
  for (const folder of [near, far]) mkdirSync(folder)
  writeFileSync(join(dataDir, 'okite.yaml'), 'language: ja\n')
  database = await openDatabase({ dataDir, archive, log, clock: systemClock })
  await database.pool.query('create schema ledger')
  await database.pool.query(
    'create table ledger.head as select 100::bigint as size, 0::bigint as sealed_ms',
  )
  await database.pool.query(
    `create table ledger.entry as select n as idx, convert_to('leaf ' || n, 'UTF8') as leaf
     from generate_series(0, 99) n`,
  )
  const own: OwnData = {
    ...{ dataDir, archive, keys },
    async connected(work) {
      const client = await database.pool.connect()
      try {
        return await work(client)
      } finally {
        client.release(true)
      }
    },
  }
  const repository = (name: string, folder: string) => ({
    ...{ name, folder, medium: 'disk', site: name },
  })
  ports = {
    ...{ clock: systemClock, log, own, signal: new AbortController().signal },
    policy: { organisation: { zone: 'Asia/Taipei' } },
    settings: {
      repositories: [repository('near', near), repository('far', far)],
      times: ['00:30', '08:30', '16:30'],
      ...{ site: 'home', keepDays: 35 },
    },
    reader: {
      latest: async (type: { name: string }) =>
        told
          .map((one, pos) => ({ ...one, pos }))
          .filter(one => one.type.name === type.name)
          .toReversed(),
    },
  } as unknown as Ports
})
after(async () => {
  await database.close()
  rmSync(root, { recursive: true, force: true })
})

async function run(collector: Collector): Promise<readonly Observation<any>[]> {
  const before = told.length
  for await (const yielded of collector.run(ports)) told.push(...[yielded].flat())
  return told.slice(before)
}

const of = (all: readonly Observation<any>[], type: { name: string }) =>
  all.filter(one => one.type.name === type.name).map(({ body }) => body)

async function bringBack(from: string, more: readonly string[] = []) {
  const target = join(root, `back-${readdirSync(root).length}`)
  const keyFile = join(root, 'sheet.txt')
  const { text } = openOwnKey({ keys })
  const row = text.split('-').slice(0, 7).join('-')
  writeFileSync(keyFile, `SHEET\n\n  ${row}-\n  ${text.slice(row.length + 1)}\n\nkeep it\n`)
  let said = ''
  const call = {
    ...{ dataDir: target, cwd: root, locale: 'en' as const, clock: systemClock, log },
    messages: loadMessages(source, moduleFolders(source)),
    out: (text: string) => {
      said += text
    },
  }
  await restore(['--from', from, '--key', keyFile, ...more], call)
  return { target, said }
}

/** The table as it is in a folder that was brought back. */
async function rowsIn(target: string): Promise<number> {
  const found = await openDatabase({ dataDir: target, create: false, log, clock: systemClock })
  try {
    const { rows } = await found.pool.query<{ n: number }>('select count(*)::int as n from t')
    return rows[0]?.n ?? -1
  } finally {
    await found.close()
  }
}

const evidence = 'e'.repeat(64)
let instant = ''

test('everything goes into both places, and no point is told before a backup is whole', async () => {
  await database.pool.query(
    'create table t as select n, md5(n::text) x from generate_series(1, 5000) n',
  )
  assert.deepEqual(of(await run(ownLog), pointSeen), [])
  const runs = of(await run(ownBase), runEnded)
  assert.deepEqual(
    runs.map(({ repository, exitCode }) => [repository, exitCode]),
    [
      ['near', 0],
      ['far', 0],
    ],
  )
  assert.deepEqual(of(await run(ownBase), runEnded), [], 'the next is due at its time')
  await database.pool.query('insert into t select n from generate_series(5001, 6000) n')
  mkdirSync(join(dataDir, 'evidence/ee'), { recursive: true })
  writeFileSync(join(dataDir, 'evidence/ee', evidence), 'sealed')
  const [point] = of(await run(ownLog), pointSeen)
  assert(Date.now() - Date.parse(point.point) < 60_000)
  assert.deepEqual(
    readdirSync(archive).filter(name => /^[0-9A-F]{24}$/.test(name)),
    [],
    'what all have is taken away',
  )
  // Two changes a second apart, and the instant between them.
  await database.pool.query('insert into t values (6001)')
  await sleep(500)
  instant = new Date().toISOString()
  await sleep(500)
  await database.pool.query('delete from t where n > 10')
  await run(ownLog)
})

test('where the data and their copies are is on the list, as the settings say it, and once', async () => {
  const listed = () => [...of(told, setListed), ...of(told, repositoryListed)]
  assert.deepEqual(listed(), [
    { set: 'okite', service: 'okite', site: 'home' },
    { repository: 'near', medium: 'disk', site: 'near' },
    { repository: 'far', medium: 'disk', site: 'far' },
  ])
  const settings = ports.settings as any
  settings.repositories[1].site = 'farther'
  await run(ownBase)
  assert.deepEqual(listed().slice(3), [{ repository: 'far', medium: 'disk', site: 'farther' }])
})

test('a place that is taken out of the settings is told, once, and stands again when it comes back', async () => {
  const settings = ports.settings as { repositories: unknown[] }
  const all = settings.repositories
  // One that people have listed is not ours to take away.
  const theirs = { repository: 'tapes', medium: 'tape', site: 'vault' } as const
  const at = toInstant(Date.now())
  const listing = { type: repositoryListed, body: theirs, source: 'register', trust: 'record' }
  told.push({ ...listing, occurred: at, observed: at, identity: 'tapes' } as Observation<any>)
  settings.repositories = all.slice(0, 1)
  assert.deepEqual(of(await run(ownBase), repositoryRemoved), [{ repository: 'far' }])
  assert.deepEqual(of(await run(ownBase), repositoryRemoved), [])
  settings.repositories = all
  const back = await run(ownBase)
  assert.deepEqual(of(back, repositoryRemoved), [])
  assert.deepEqual(of(back, repositoryListed), [
    { repository: 'far', medium: 'disk', site: 'farther' },
  ])
})

test('the whole is brought back from one place and the sheet: the last row, the files, the key', async () => {
  const { target, said } = await bringBack('far')
  assert.match(said, /holds 100 facts again/)
  assert.equal(await rowsIn(target), 10)
  assert.equal(readFileSync(join(target, 'evidence/ee', evidence), 'utf8'), 'sealed')
  assert.equal(readFileSync(join(target, 'okite.yaml'), 'utf8'), 'language: ja\n')
  assert.equal(openOwnKey({ keys: `${target}-recovery` }).text, openOwnKey({ keys }).text)
  await assert.rejects(bringBack('far', ['--until', '2020-01-01T00:00:00Z']), {
    code: 'RESTORE_NO_BACKUP',
  })
})

test('another key, another place and a place with nothing refuse, and leave nothing', async () => {
  const target = join(root, 'never')
  const call = { dataDir: target, cwd: root, out: () => assert.fail(), messages: null } as any
  writeFileSync(join(root, 'other.txt'), keyToText(Buffer.alloc(32, 9)))
  mkdirSync(join(root, 'empty'))
  const from = (place: string, key: string) => restore(['--from', place, '--key', key], call)
  await assert.rejects(from('far', 'other.txt'), { code: 'BACKUP_KEY_WRONG' })
  await assert.rejects(from('empty', 'sheet.txt'), { code: 'RESTORE_NO_BACKUP' })
  await assert.rejects(from('nowhere', 'sheet.txt'), { code: 'RESTORE_NO_BACKUP' })
  await assert.rejects(from('far', 'nowhere.txt'), { code: 'BACKUP_KEY_FILE' })
  assert.deepEqual(
    readdirSync(root).filter(name => name.startsWith('never')),
    [],
  )
})

test('an instant is brought back: what happened half a second before it is there, and what half a second after is not', async () => {
  const { target } = await bringBack('near', ['--until', instant])
  assert.equal(await rowsIn(target), 6_001)
})

test('what no program answers from is no restore; the next one is of the place whose turn it is', async () => {
  const compared = async () => of(await run(ownRestore), restoreCompared)
  // The rows are no list: nothing can be started on them. Nothing happened for a while, but the beat went on.
  await sleep(1_200)
  await run(ownLog)
  const [first] = await compared()
  assert.deepEqual([first.items, first.differing, first.repository], [100, 1, 'near'])
  assert.equal(first.expected, first.found)
  assert(Date.now() - Date.parse(first.point) < 60_000)
  const [rehearsed] = of(told, restoreRehearsed)
  assert.deepEqual([rehearsed.answered, rehearsed.faults], [null, 1])
  assert.deepEqual([rehearsed.lostFacts, rehearsed.lostSeconds], [0, 0])
  assert(rehearsed.beatSeconds <= 2, `idle: ${rehearsed.beatSeconds} s`)
  assert.match(lines.join(), /backup\.rehearsal\.failed.*REHEARSAL_START/)
  assert.deepEqual(await compared(), [], 'tried again later')
  const before = (at: string) =>
    told.splice(0, Number.MAX_SAFE_INTEGER, {
      ...{ type: restoreCompared, occurred: at, body: { ...first, differing: 0 } },
    } as unknown as Observation)
  before(new Date().toISOString())
  assert.deepEqual(await compared(), [], 'not twice in a month')
  // The living list says something else than what was backed up; the month before was well.
  before('2020-01-15T00:00:00.000Z')
  await database.pool.query(`update ledger.entry set leaf = 'forged' where idx in (3, 7)`)
  // And it has gone on since the log was brought away last.
  await database.pool.query('update ledger.head set size = size + 7, sealed_ms = sealed_ms + 4200')
  const [second] = await compared()
  const [busy] = of(told, restoreRehearsed)
  assert.deepEqual([busy.lostFacts, busy.lostSeconds], [7, 5])
  assert.deepEqual([second.items, second.differing, second.repository], [100, 3, 'far'])
  assert.notEqual(second.expected, second.found)
  assert.deepEqual(readdirSync(keys), ['backup-key'], 'nothing stays')
})

test('M10 a copy with one flipped bit is read as broken, and does not come back', async () => {
  assert.deepEqual(
    of(await run(ownRead), copyRead).map(({ repository, errors }) => [repository, errors]),
    [
      ['near', 0],
      ['far', 0],
    ],
  )
  told.splice(0)
  const [folder = ''] = readdirSync(join(near, 'pieces'))
  const [name = ''] = readdirSync(join(near, 'pieces', folder))
  const path = join(near, 'pieces', folder, name)
  const bytes = readFileSync(path)
  bytes[bytes.length - 1]! ^= 1
  writeFileSync(path, bytes)
  assert.deepEqual(
    of(await run(ownRead), copyRead).map(({ repository, errors }) => [repository, errors]),
    [
      ['near', 1],
      ['far', 0],
    ],
  )
  await assert.rejects(bringBack('near'), { code: 'BACKUP_OBJECT_ALTERED' })
  rmSync(path)
  await assert.rejects(bringBack('near'), { code: 'BACKUP_OBJECT_MISSING' })
  assert.deepEqual(
    readdirSync(root).filter(name => name.includes('restoring')),
    [],
    'nothing is left half',
  )
})

test('a folder that is there is not written over, and another key beside it is not replaced', async () => {
  const target = join(root, `back-${readdirSync(root).length}`)
  mkdirSync(target)
  writeFileSync(join(target, 'mine'), 'x')
  const call = { dataDir: target, cwd: root } as any
  await assert.rejects(restore(['--from', 'far', '--key', 'sheet.txt'], call), {
    code: 'RESTORE_TARGET',
  })
  assert.deepEqual(readdirSync(target), ['mine'])
  for (const args of [[], ['--from', 'far'], ['--from', 'far', '--key', 'k', 'more']])
    await assert.rejects(restore(args, call), { code: 'ARGUMENT_INVALID' })
})

test('a log with a gap is no point, and a backup is due at once', async () => {
  told.splice(0)
  const system = readdirSync(join(far, 'log'))[0]!
  const segments = readdirSync(join(far, 'log', system)).filter(name => name.length === 24)
  for (const place of [near, far]) rmSync(join(place, 'log', system, segments.at(-2)!))
  assert.deepEqual(of(await run(ownLog), pointSeen), [])
  const runs = of(await run(ownBase), runEnded)
  assert.deepEqual(
    runs.map(({ exitCode }) => exitCode),
    [0, 0],
  )
  assert.equal(of(await run(ownLog), pointSeen).length, 1)
})

test('a place that is away or of somebody else fails by its name, and the other goes on', async () => {
  told.splice(0)
  const { repositories } = ports.settings as any
  const kept = repositories[0].folder
  const strange = join(root, 'strange')
  mkdirSync(strange)
  writeFileSync(join(strange, 'holiday.jpg'), 'x')
  for (const folder of [join(root, 'not-mounted'), strange]) {
    told.splice(0)
    repositories[0].folder = folder
    const runs = of(await run(ownBase), runEnded)
    assert.deepEqual(
      runs.map(({ repository, exitCode }) => [repository, exitCode]),
      [['near', 1]],
    )
    assert.equal(of(await run(ownLog), pointSeen).length, 1, 'the other has it')
    assert.equal(of(await run(ownBase), runEnded).length, 0, 'tried again later')
  }
  assert.match(lines.join(), /backup\.base\.failed.*near.*BACKUP_REPOSITORY_AWAY/)
  assert.match(lines.join(), /near.*BACKUP_REPOSITORY_OTHER/)
  assert.deepEqual(readdirSync(strange), ['holiday.jpg'])
  const waiting = readdirSync(archive).filter(name => /^[0-9A-F]{24}$/.test(name))
  assert(waiting.length > 0, 'what one place lacks stays for it')
  repositories[0].folder = kept
  await run(ownLog)
  assert.equal(existsSync(join(archive, waiting[0]!)), false)
})

test('what waits for a place that stays away is bounded, and the newest of it is what stays', async () => {
  const folder = join(root, 'waiting')
  mkdirSync(folder)
  const names = Array.from(
    { length: 300 },
    (_, nth) => `00000001${nth.toString(16).padStart(16, '0').toUpperCase()}`,
  )
  for (const name of [...names, 'archtemp.1', '00000002.history'])
    writeFileSync(join(folder, name), '')
  assert.equal(await takeAway(folder, names[298]!, 256), 43)
  assert.equal(await takeAway(folder, names[298]!, 256), 0)
  const left = [...names.slice(43), '00000002.history', 'archtemp.1']
  assert.deepEqual(readdirSync(folder).sort(), left.sort())
  assert.equal(await takeAway(folder, names[298]!, 0), 256)
  assert.deepEqual(
    readdirSync(folder).sort(),
    [names[299]!, '00000002.history', 'archtemp.1'].sort(),
  )
})

test('the time of day that is over is in the zone of the organisation', () => {
  const times = ['00:30', '08:30', '16:30']
  const at = (text: string) => dueSince(times, Date.parse(text), 'Asia/Taipei')
  assert.equal(at('2026-11-26T00:29:59.999Z'), '2026-11-25T16:30:00.000Z')
  assert.equal(at('2026-11-26T00:30:00.000Z'), '2026-11-26T00:30:00.000Z')
  assert.equal(at('2026-11-26T16:29:00.000Z'), '2026-11-26T08:30:00.000Z')
})

test('V10 where Okite is kept nowhere it is listed all the same: there is no copy, and that is known', async () => {
  const bare = { ...ports, settings: { ...ports.settings, repositories: [] } } as Ports
  const said: Observation<any>[] = []
  const reader = { ...ports.reader, latest: async () => [] } as Ports['reader']
  for await (const one of ownBase.run({ ...bare, reader })) said.push(...[one].flat())
  assert.deepEqual(of(said, setListed), [{ set: 'okite', service: 'okite', site: 'home' }])
  assert.deepEqual(said.length, 1)
  const nobodys = ownBase.run({ ...bare, reader, own: null })
  for await (const one of nobodys) assert.fail(JSON.stringify(one))
})
