import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../../core/error.ts'
import type { Instant, Observation } from '../../core/fact.ts'
import { watermarkAdvanced } from '../../core/facts.ts'
import type { Collector, OwnData, Ports } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { cipherRead, copyRead, pointSeen, runEnded } from './facts.ts'
import { openOwnKey } from './own-key.ts'
import { type BackupSettings, ownSet } from './settings.ts'
import { takeBase } from './store/base.ts'
import { BackupKey } from './store/envelope.ts'
import { nextSegment } from './store/lay-out.ts'
import { openLocal } from './store/local.ts'
import { readBack } from './store/read-back.ts'
import type { Repository } from './store/repository.ts'
import { listSegments, shipSegments } from './store/segments.ts'
import { getTable, listBackups, putTable, type Table } from './store/table.ts'

/**
 * Okite's own data: everything three times a day, the log of the database each minute, and every copy read
 * back each week. What was done is told by what came of it.
 */

type Own = Readonly<{
  own: OwnData
  key: BackupKey
  repositories: readonly Repository[]
  settings: BackupSettings
}>

/** null: nobody asked, or the database is another's. */
function ownOf(ports: Pick<Ports, 'own' | 'settings'>): Own | null {
  const settings = ports.settings as BackupSettings
  if (ports.own === null || settings.repositories.length === 0) return null
  const { key } = openOwnKey(ports.own)
  const repositories = settings.repositories.map(({ name, folder }) => openLocal(name, folder))
  return { own: ports.own, key, repositories, settings }
}

const source = `backup@${ownSet}`

const observed = (at: Instant) =>
  ({ source, occurred: at, observed: at, trust: 'instrument' }) as const

/** So often the newest state that could be brought back is told. */
const pointEveryMs = 5 * 60_000

/** The log: finished each minute, brought into every repository, and taken away where all have it. */
export const ownLog: Collector = {
  name: 'backup-own-log',
  sizeBytesMax: 4_096,
  perMinuteMax: 60,
  every: 'PT1M',
  async *run(ports) {
    const found = ownOf(ports)
    if (found === null) return
    const { own, key, repositories } = found
    const begunMs = ports.clock.nowMs()
    const { system, finished } = await finishSegment(own)
    if (!(await isArchived(own, finished))) {
      ports.log.warn('backup.archive.stands', { segment: finished })
      return
    }
    const points = await Promise.all(
      repositories.map(async repository => {
        try {
          await shipSegments({ archive: own.archive, system, repository, key })
          const [newest] = (await listBackups(repository)).slice(-1)
          if (newest === undefined) return null
          const table = await getTable(repository, key, newest)
          return (await isGapless(repository, table)) ? begunMs : null
        } catch (error) {
          ports.log.error('backup.log.failed', { repository: repository.name, code: codeOf(error) })
          return undefined
        }
      }),
    )
    // What one repository does not have stays for it: the disk is the limit, and the next look tells.
    if (!points.includes(undefined)) await takeAway(own.archive, finished)
    const known = points.filter(point => typeof point === 'number')
    const tick = Math.floor(begunMs / pointEveryMs)
    if (known.length === 0) return
    const point = toInstant(Math.max(...known))
    yield {
      ...observed(toInstant(ports.clock.nowMs())),
      type: pointSeen,
      body: { set: ownSet, point },
      identity: `point ${tick}`,
    }
  },
}

/** The segment in use is finished, with a beat as its last record; it is named, and so is the cluster. */
async function finishSegment(own: OwnData): Promise<Readonly<{ system: string; finished: string }>> {
  return own.connected(async client => {
    // Something has to be written, or the segment stays open: then nobody could tell idle from broken.
    await client.query(`select pg_logical_emit_message(false, 'okite', 'beat')`)
    const { rows } = await client.query<{ system: string; finished: string }>(
      `select system_identifier::text as system, pg_walfile_name(pg_switch_wal() - 1) as finished
       from pg_control_system()`,
    )
    return rows[0]!
  })
}

const archiveMsMax = 20_000
const archivePollMs = 200

/** Whether the archiver has come so far. It stands still without a word where it cannot write. */
async function isArchived(own: OwnData, segment: string): Promise<boolean> {
  const deadline = performance.now() + archiveMsMax
  for (;;) {
    const last = await own.connected(async client => {
      const { rows } = await client.query<{ last: string | null }>(
        'select last_archived_wal as last from pg_stat_archiver',
      )
      return rows[0]?.last ?? null
    })
    if (last !== null && last.slice(0, 24) >= segment) return true
    if (performance.now() > deadline) return false
    await new Promise(resolve => setTimeout(resolve, archivePollMs))
  }
}

/** Segments that every repository has. One that is being written is none of them yet. */
async function takeAway(archive: string, upto: string): Promise<void> {
  for (const name of await fs.readdir(archive)) {
    if (/^[0-9A-F]{24}/.test(name) && name.slice(0, 24) <= upto) await fs.rm(join(archive, name))
  }
}

/** Whether its log goes on: a database that was brought back has left it for another timeline. */
async function leadsToNow(own: OwnData, repository: Repository, table: Table): Promise<boolean> {
  const timeline = await own.connected(async client => {
    const { rows } = await client.query<{ timeline: number }>(
      'select timeline_id as timeline from pg_control_checkpoint()',
    )
    return rows[0]?.timeline
  })
  const isSame = Number.parseInt(table.database.first.slice(0, 8), 16) === timeline
  return isSame && (await isGapless(repository, table))
}

/** Whether the log leads from the beginning of a backup to now. Where archiving was off for a while, it does not. */
async function isGapless(repository: Repository, { database }: Table): Promise<boolean> {
  const names = await listSegments(repository, database.system, database.first)
  const segments = names.filter(name => name.startsWith(database.first.slice(0, 8)) && name.length === 24)
  return segments.every((name, nth) => nth === 0 || name === nextSegment(segments[nth - 1]!))
}

/** So often it is said that nothing more is to come from before. */
const toldEveryMs = 60 * 60_000

/** A backup of everything, into each repository in which one is due. */
export const ownBase: Collector = {
  name: 'backup-own-base',
  sizeBytesMax: 4_096,
  perMinuteMax: 60,
  every: 'PT1M',
  async *run(ports) {
    const found = ownOf(ports)
    if (found === null) return
    const { own, key, settings } = found
    for (const repository of found.repositories) {
      const nowMs = ports.clock.nowMs()
      const due = dueSince(settings.times, nowMs, ports.policy.organisation.zone)
      const newest = await newestOf(repository, key).catch(() => null)
      const isDone =
        newest !== null && newest.began >= due && (await leadsToNow(own, repository, newest))
      if (!isDone) yield await runOne(found, repository, ports)
    }
    const nowMs = ports.clock.nowMs()
    const to = toInstant(nowMs)
    yield {
      ...observed(to),
      type: watermarkAdvanced,
      body: { source, to },
      identity: `${source} ${Math.floor(nowMs / toldEveryMs)}`,
    }
  },
}

async function runOne(
  { own, key }: Own,
  repository: Repository,
  ports: Pick<Ports, 'clock' | 'log'>,
): Promise<Observation> {
  const { clock, log } = ports
  const began = toInstant(clock.nowMs())
  const told = (exitCode: number, snapshot: string | null, bytes: number): Observation => ({
    ...observed(toInstant(clock.nowMs())),
    type: runEnded,
    body: {
      ...{ set: ownSet, repository: repository.name, trigger: 'schedule' as const, began },
      ...{ exitCode, snapshot, bytes },
    },
    identity: `run ${repository.name} ${began}`,
  })
  try {
    const { dataDir } = own
    const taken = await own.connected(client =>
      takeBase({ dataDir, client, repository, key, clock }),
    )
    const { last, system } = taken.table.database
    if (!(await isArchived(own, last))) return told(75, null, taken.sentBytes)
    await shipSegments({ archive: own.archive, system, repository, key })
    const listed = await putTable(repository, key, taken.table)
    // What the place said it has is looked at: one that says yes and stores nothing is no place.
    const table = await getTable(repository, key, taken.table.id)
    return told(0, table.id, taken.sentBytes + listed)
  } catch (error) {
    log.error('backup.base.failed', { repository: repository.name, code: codeOf(error) })
    return told(1, null, 0)
  }
}

/** The last of these times of day that is over. */
export function dueSince(times: readonly string[], nowMs: number, zone: string): Instant {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(zone)
  const passed = [0, 1]
    .flatMap(days => times.map(time => now.subtract({ days }).withPlainTime(time)))
    .map(at => at.epochMilliseconds)
    .filter(ms => ms <= nowMs)
  return toInstant(Math.max(...passed))
}

async function newestOf(repository: Repository, key: BackupKey): Promise<Table | null> {
  const [newest] = (await listBackups(repository)).slice(-1)
  return newest === undefined ? null : getTable(repository, key, newest)
}

/** A copy that nobody has read for a week is read; monthly is what counts. */
const readEveryMs = 7 * 86_400_000

/** Reads every copy back, and the headers of what is stored. */
export const ownRead: Collector = {
  name: 'backup-own-read',
  sizeBytesMax: 8_192,
  perMinuteMax: 60,
  every: 'PT1H',
  async *run(ports) {
    const found = ownOf(ports)
    if (found === null) return
    const { key, repositories } = found
    const read = await ports.reader.latest(copyRead, 100)
    for (const repository of repositories) {
      const last = read.find(
        ({ body }) => body.set === ownSet && body.repository === repository.name,
      )
      const isFresh = last && Date.parse(last.occurred) > ports.clock.nowMs() - readEveryMs
      if (isFresh && last.body.errors === 0) continue
      try {
        const newest = await newestOf(repository, key)
        if (newest === null) continue
        const { bytes, errors, faults } = await readBack(repository, key, newest)
        for (const fault of faults)
          ports.log.error('backup.copy.fault', { repository: repository.name, ...fault })
        const at = toInstant(ports.clock.nowMs())
        yield {
          ...observed(at),
          type: copyRead,
          body: { set: ownSet, repository: repository.name, point: newest.ended, bytes, errors },
          identity: `read ${repository.name} ${at}`,
        }
        yield { ...observed(at), ...(await cipherOf(repository, key, at)) }
      } catch (error) {
        ports.log.error('backup.read.failed', { repository: repository.name, code: codeOf(error) })
      }
    }
  },
}

/** Objects whose headers are looked at, at most. */
const headersMax = 10_000

/** How what is stored is sealed, as its own bytes say; and that another key opens none of it. */
async function cipherOf(repository: Repository, key: BackupKey, at: Instant) {
  const other = new BackupKey(Buffer.alloc(32, 1))
  const told = { sealed: 0, bare: 0, unread: 0 }
  const trial = { withKeyBytes: 0, withOtherBytes: 0 }
  for await (const { name } of repository.list('')) {
    if (told.sealed + told.bare + told.unread >= headersMax) break
    const bytes = await repository.get(name).catch(() => null)
    if (bytes === null) told.unread += 1
    else if (BackupKey.isSealed(bytes)) told.sealed += 1
    else told.bare += 1
    if (bytes === null || trial.withKeyBytes > 0) continue
    trial.withKeyBytes = openedBytes(key, name, bytes)
    trial.withOtherBytes = openedBytes(other, name, bytes)
  }
  const ciphers = [
    { cipher: 'AES-256', objects: told.sealed },
    { cipher: 'none', objects: told.bare },
  ].filter(({ objects }) => objects > 0)
  return {
    type: cipherRead,
    body: { repository: repository.name, ciphers, unread: told.unread, trial },
    identity: `cipher ${repository.name} ${at}`,
  }
}

function openedBytes(key: BackupKey, name: string, bytes: Uint8Array): number {
  try {
    return key.open(name, bytes).length
  } catch {
    return 0
  }
}
