import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import { codeOf } from '../../core/error.ts'
import type { Instant } from '../../core/fact.ts'
import type { Collector, OwnData } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { isArchived, isGapless } from './archive.ts'
import { pointSeen } from './facts.ts'
import { observedAt, openOwn } from './own.ts'
import { ownSet } from './settings.ts'
import { listKept, shipKept } from './store/kept.ts'
import type { Repository } from './store/repository.ts'
import { shipSegments } from './store/segments.ts'
import { newestTable } from './store/table.ts'

/** So often the newest state that could be brought back is told. */
const pointEveryMs = 5 * 60_000

/** The log: finished each minute, brought into every repository, and taken away where all have it. */
export const ownLog: Collector = {
  name: 'backup-own-log',
  sizeBytesMax: 4_096,
  perMinuteMax: 60,
  // With the run itself no more than a minute is ever lost.
  every: 'PT50S',
  async *run(ports) {
    const found = await openOwn(ports)
    if (found === null) return
    const { own, key, system, repositories } = found
    const begunMs = ports.clock.nowMs()
    const finished = await finishSegment(own)
    if (!(await isArchived(own, finished, ports.signal))) {
      ports.log.warn('backup.archive.stands', { segment: finished })
      return
    }
    const points = await Promise.all(
      repositories.map(async repository => {
        try {
          await shipSegments({ archive: own.archive, system, repository, key })
          // After the log: a file is kept before anything is told of it.
          const known = await knownOf(own, repository)
          await shipKept({ dataDir: own.dataDir, repository, key }, known)
          const table = await newestTable(repository, key)
          return table !== null && (await isGapless(repository, table)) ? begunMs : null
        } catch (error) {
          ports.log.error('backup.log.failed', { repository: repository.name, code: codeOf(error) })
          return undefined
        }
      }),
    )
    const byName = new Map<string, Instant>()
    for (const [nth, point] of points.entries())
      if (typeof point === 'number') byName.set(repositories[nth]!.name, toInstant(point))
    pointsByOwn.set(own, byName)
    // What one repository does not have stays for it, for a while.
    const stay = points.includes(undefined) ? waitingMax : 0
    const dropped = await takeAway(own.archive, finished, stay)
    if (stay > 0 && dropped > 0) ports.log.error('backup.log.dropped', { segments: dropped })
    const known = points.filter(point => typeof point === 'number')
    const tick = Math.floor(begunMs / pointEveryMs)
    if (known.length === 0) return
    const point = toInstant(Math.max(...known))
    yield {
      ...observedAt(toInstant(ports.clock.nowMs())),
      type: pointSeen,
      body: { set: ownSet, point },
      identity: `point ${tick}`,
    }
  },
}

/** The newest point of each repository that has one, as the last run found it; owned by `ownLog`. */
const pointsByOwn = new WeakMap<OwnData, ReadonlyMap<string, Instant>>()

/** The newest instant to which the data could be brought back from a repository; null: none is known. */
export const pointIn = (own: OwnData, repository: string): Instant | null =>
  pointsByOwn.get(own)?.get(repository) ?? null

/** Files of evidence that a repository has, by its name: read once for each program. */
const knownByOwn = new WeakMap<OwnData, Map<string, Set<string>>>()

async function knownOf(own: OwnData, repository: Repository): Promise<Set<string>> {
  const byName = knownByOwn.get(own) ?? new Map<string, Set<string>>()
  knownByOwn.set(own, byName)
  const known = byName.get(repository.name) ?? new Set(await listKept(repository))
  byName.set(repository.name, known)
  return known
}

/** The segment in use is finished, with a beat as its last record, and named. */
async function finishSegment(own: OwnData): Promise<string> {
  return own.connected(async client => {
    // Something has to be written, or the segment stays open: then nobody could tell idle from broken.
    await client.query(`select pg_logical_emit_message(true, 'okite', 'beat')`)
    const { rows } = await client.query<{ finished: string }>(
      'select pg_walfile_name(pg_switch_wal() - 1) as finished',
    )
    return rows[0]!.finished
  })
}

/**
 * Four hours, and 4 GiB of a disk that the database needs too. A repository that is away for longer has a gap in
 * its log, and gets a new backup once it is back.
 */
const waitingMax = 256

/** Segments up to one, but for the newest that stay; answers how many went. One that is being written is none of them. */
export async function takeAway(archive: string, upto: string, stay: number): Promise<number> {
  const names = (await fs.readdir(archive))
    .filter(name => /^[0-9A-F]{24}/.test(name) && name.slice(0, 24) <= upto)
    .sort()
  const gone = names.slice(0, Math.max(0, names.length - stay))
  for (const name of gone) await fs.rm(join(archive, name))
  return gone.length
}
