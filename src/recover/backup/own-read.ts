import type { z } from 'zod'
import { codeOf, OkiteError } from '../../core/error.ts'
import type { Fact, Instant } from '../../core/fact.ts'
import type { Collector } from '../../core/module.ts'
import { msOf, toInstant } from '../../core/time.ts'
import { cipherRead, copyRead, runEnded } from './facts.ts'
import { observedAt, ofOurs, openOwn } from './own.ts'
import { ownSet } from './settings.ts'
import { BackupKey } from './store/envelope.ts'
import { readBack } from './store/read-back.ts'
import type { Repository } from './store/repository.ts'
import { newestTable, type Table } from './store/table.ts'

type Run = z.infer<typeof runEnded.schema>

/** A copy that nobody has read for a week is read; monthly is what counts. */
const readEveryMs = 7 * 86_400_000

/** Reads every copy back, and the headers of what is stored. */
export const ownRead: Collector = {
  name: 'backup-own-read',
  sizeBytesMax: 8_192,
  perMinuteMax: 60,
  every: 'PT1H',
  // The first copy is read as soon as it is there.
  on: [runEnded],
  async *run(ports) {
    const found = await openOwn(ports)
    if (found === null) return
    const { key, repositories } = found
    const reads = await ports.reader.latest(copyRead, factsLooked)
    const runs = await ports.reader.latest(runEnded, factsLooked)
    for (const repository of repositories) {
      const [last] = ofOurs(reads, repository)
      const nowMs = ports.clock.nowMs()
      const told = (point: Instant, bytes: number, errors: number, fault: string | null) => ({
        ...observedAt(toInstant(ports.clock.nowMs())),
        type: copyRead,
        body: { set: ownSet, repository: repository.name, point, bytes, errors, fault },
        identity: `read ${repository.name} ${toInstant(nowMs)}`,
      })
      try {
        const newest = await looked(repository, key, ofOurs(runs, repository), nowMs)
        if (newest === null) continue
        const isFresh = last && msOf(last.occurred) > nowMs - readEveryMs
        if (isFresh && last.body.errors === 0) continue
        const { bytes, errors, faults } = await readBack(repository, key, newest, ports.signal)
        for (const fault of faults)
          ports.log.error('backup.copy.fault', { repository: repository.name, ...fault })
        yield told(newest.ended, bytes, errors, faults[0]?.code ?? null)
        const at = toInstant(ports.clock.nowMs())
        yield { ...observedAt(at), ...(await cipherOf(repository, key, at)) }
      } catch (error) {
        if (ports.signal.aborted) return
        const code = codeOf(error)
        ports.log.error('backup.read.failed', { repository: repository.name, code })
        const ours = ofOurs(runs, repository)
        const good = ours.find(({ body }) => body.exitCode === 0)
        const isPassing = code === awayCode && good && msOf(good.occurred) > nowMs - oldMs
        // The same again is told once a day.
        const isTold = last?.body.fault === code && msOf(last.occurred) > nowMs - oldMs
        const point = last?.body.point ?? (good ?? ours[0])?.body.began
        if (!isPassing && !isTold && point !== undefined) yield told(point, 0, 1, code)
      }
    }
  },
}

/** Readings and runs of all sets among which those of one repository are found. */
const factsLooked = 1_000
/** A place may be away for a while, and a backup may fail and be made again: after a day it is none. */
const oldMs = 86_400_000
const awayCode = 'BACKUP_REPOSITORY_AWAY'

/**
 * A glance, each hour: whether what was put there last is what stands there. null: nothing was ever put there.
 *
 * @throws OkiteError what `newestTable` throws, what the last backup failed with, `BACKUP_OBJECT_MISSING` where
 *   one that was whole is not listed, `BACKUP_COPY_OLD`
 */
async function looked(
  repository: Repository,
  key: BackupKey,
  runs: readonly Fact<Run>[],
  nowMs: number,
): Promise<Table | null> {
  const newest = await newestTable(repository, key)
  const [last] = runs
  const good = runs.find(({ body }) => body.snapshot !== null)?.body
  if (good !== undefined && (newest === null || newest.id < good.snapshot!)) {
    const object = `backups/${good.snapshot}`
    throw new OkiteError('BACKUP_OBJECT_MISSING', { repository: repository.name, object })
  }
  const fault = last?.body.fault ?? null
  // A place that is full, refuses us or is another's gets no newer copy.
  if (fault?.startsWith('BACKUP_') && fault !== awayCode) {
    throw new OkiteError(fault, { repository: repository.name })
  }
  if (newest === null) return null
  if (msOf(newest.ended as Instant) < nowMs - oldMs - graceMs) {
    throw new OkiteError('BACKUP_COPY_OLD', { repository: repository.name })
  }
  return newest
}

/** The next one begins within a day, and takes its time. */
const graceMs = 6 * 60 * 60_000

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
