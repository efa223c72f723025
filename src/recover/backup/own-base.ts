import { codeOf } from '../../core/error.ts'
import type { Instant, Observation } from '../../core/fact.ts'
import { watermarkAdvanced } from '../../core/facts.ts'
import type { Collector, Ports } from '../../core/module.ts'
import { msOf, toInstant } from '../../core/time.ts'
import { isArchived, leadsToNow } from './archive.ts'
import { repositoryListed, repositoryRemoved, runEnded, setListed } from './facts.ts'
import { type Own, observedAt, ofOurs, openOwn, source } from './own.ts'
import { type BackupSettings, ownSet } from './settings.ts'
import { takeBase } from './store/base.ts'
import { knowing } from './store/known.ts'
import { prune } from './store/prune.ts'
import type { Repository } from './store/repository.ts'
import { shipSegments } from './store/segments.ts'
import { checkListed, getTable, newestTable, putTable } from './store/table.ts'

/** So often it is said that nothing more is to come from before. */
const toldEveryMs = 60 * 60_000

/** After a failure. */
const againMs = 15 * 60_000
/** Runs of all sets among which those of ours are found. */
const runsLooked = 200

/** A backup of everything, into each repository in which one is due. */
export const ownBase: Collector = {
  name: 'backup-own-base',
  sizeBytesMax: 4_096,
  perMinuteMax: 60,
  every: 'PT1M',
  async *run(ports) {
    // Also where they are kept nowhere: then it is known that there is no copy.
    if (ports.own !== null) yield* await listOwn(ports.settings as BackupSettings, ports)
    const found = await openOwn(ports)
    if (found === null) return
    const { own, key, settings } = found
    const runs = await ports.reader.latest(runEnded, runsLooked)
    for (const repository of found.repositories) {
      const nowMs = ports.clock.nowMs()
      const [last] = ofOurs(runs, repository)
      // One that failed is tried again, and not told of each minute.
      const isTired = last && last.body.exitCode !== 0 && msOf(last.occurred) > nowMs - againMs
      if (isTired) continue
      const due = dueSince(settings.times, nowMs, ports.policy.organisation.zone)
      const newest = await newestTable(repository, key).catch(() => null)
      const isDone =
        newest !== null && newest.began >= due && (await leadsToNow(own, repository, newest))
      if (isDone) continue
      const run = await runOne(found, repository, ports)
      // Cut short because the program ends: what was sent is there, and the next one goes on from it.
      if (ports.signal.aborted) return
      yield run
      await pruneOne(found, repository, ports)
    }
    const nowMs = ports.clock.nowMs()
    const to = toInstant(nowMs)
    yield {
      ...observedAt(to),
      type: watermarkAdvanced,
      body: { source, to },
      identity: `${source} ${Math.floor(nowMs / toldEveryMs)}`,
    }
  },
}

/** Entries of all sets and repositories among which those of ours are found. */
const listedLooked = 10_000

/** What the settings say is on the list of sets and of repositories as they say it. */
async function listOwn(
  { site: home, repositories }: BackupSettings,
  { reader, clock }: Pick<Ports, 'reader' | 'clock'>,
): Promise<readonly Observation[]> {
  const at = toInstant(clock.nowMs())
  const sets = await reader.latest(setListed, listedLooked)
  const known = await reader.latest(repositoryListed, listedLooked)
  const newestSet = sets.find(({ body }) => body.set === ownSet)?.body
  const own = { set: ownSet, service: ownSet, site: home }
  const told: Observation[] = []
  if (newestSet?.site !== home)
    told.push({ ...observedAt(at), type: setListed, body: own, identity: `set ${at}` })
  const removed = await reader.latest(repositoryRemoved, listedLooked)
  /** How a repository stands on the list, and who said so; null where it does not. */
  const standing = (repository: string) => {
    const listed = known.find(({ body }) => body.repository === repository)
    const gone = removed.find(({ body }) => body.repository === repository)
    return listed === undefined || (gone?.pos ?? -1) > listed.pos ? null : listed
  }
  for (const { name: repository, medium, site } of repositories) {
    const newest = standing(repository)?.body
    if (newest?.medium === medium && newest.site === site) continue
    const body = { repository, medium, site }
    const identity = `repository ${repository} ${at}`
    told.push({ ...observedAt(at), type: repositoryListed, body, identity })
  }
  // What the settings have put there and no longer have is no place any more; what people list is theirs.
  for (const repository of new Set(known.map(({ body }) => body.repository))) {
    const isInUse = repositories.some(({ name }) => name === repository)
    if (isInUse || standing(repository)?.source !== source) continue
    const identity = `repository ${repository} gone ${at}`
    told.push({ ...observedAt(at), type: repositoryRemoved, body: { repository }, identity })
  }
  return told
}

async function runOne(
  { own, key, system }: Own,
  repository: Repository,
  ports: Pick<Ports, 'clock' | 'log' | 'signal'>,
): Promise<Observation> {
  const { clock, log, signal } = ports
  const began = toInstant(clock.nowMs())
  const told = (
    exitCode: number,
    snapshot: string | null,
    bytes: number,
    fault: string | null = null,
  ): Observation => ({
    ...observedAt(toInstant(clock.nowMs())),
    type: runEnded,
    body: {
      ...{ set: ownSet, repository: repository.name, trigger: 'schedule' as const, began },
      ...{ exitCode, snapshot, bytes, fault },
    },
    identity: `run ${repository.name} ${began}`,
  })
  try {
    const { dataDir } = own
    const place = await knowing(repository, 'pieces/')
    const taken = await own.connected(client =>
      takeBase({ dataDir, client, repository: place, key, clock, signal }),
    )
    const { last } = taken.table.database
    if (!(await isArchived(own, last, signal))) return told(75, null, taken.sentBytes, 'archiver')
    await shipSegments({ archive: own.archive, system, repository, key })
    // What the place said it has is looked at: one that says yes and stores nothing is no place.
    await checkListed(repository, taken.table)
    const listed = await putTable(repository, key, taken.table)
    const table = await getTable(repository, key, taken.table.id)
    return told(0, table.id, taken.sentBytes + listed)
  } catch (error) {
    const code = codeOf(error)
    log.error('backup.base.failed', { repository: repository.name, code })
    return told(1, null, 0, code)
  }
}

/** Backups that stay, whatever their age. */
const countMin = 3

/** After a backup, in the same round: none is made meanwhile that would count on what is taken away. */
async function pruneOne(
  { key, settings }: Own,
  repository: Repository,
  { clock, log }: Pick<Ports, 'clock' | 'log'>,
): Promise<void> {
  const nowMs = clock.nowMs()
  const before = toInstant(nowMs - settings.keepDays * 86_400_000)
  try {
    const pruned = await prune({ repository, key, before, countMin, nowMs })
    if (pruned.backups > 0) log.info('backup.pruned', { repository: repository.name, ...pruned })
  } catch (error) {
    log.error('backup.prune.failed', { repository: repository.name, code: codeOf(error) })
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
