import { randomBytes } from 'node:crypto'
import { codeOf } from '../../core/error.ts'
import type { Observation } from '../../core/fact.ts'
import type { Collector, Ports } from '../../core/module.ts'
import { msOf, toInstant } from '../../core/time.ts'
import { deletionTried, retentionExtended } from './facts.ts'
import { type Own, observedAt, openOwn } from './own.ts'
import { extendHeld } from './store/hold.ts'
import type { Repository } from './store/repository.ts'
import { newestTable } from './store/table.ts'

/** Once a day, at whatever hour the program ran. */
const everyMs = 20 * 60 * 60_000
/** Trials of all repositories among which those of one are found. */
const trialsLooked = 200
const dayMs = 86_400_000

/**
 * Whether a repository holds what it has against the very client that writes it: tried, not configured. And
 * that what is held for a time is held for longer before it ends.
 */
export const ownGuard: Collector = {
  name: 'backup-own-guard',
  sizeBytesMax: 4_096,
  perMinuteMax: 60,
  every: 'PT1H',
  async *run(ports) {
    const found = await openOwn(ports)
    if (found === null) return
    const trials = await ports.reader.latest(deletionTried, trialsLooked)
    for (const repository of found.repositories) {
      const { name } = repository
      const last = trials.find(({ body }) => body.repository === name)
      if (last && msOf(last.occurred) > ports.clock.nowMs() - everyMs) continue
      try {
        // Only where something of ours is: a trial in a place of somebody else would be an attack.
        const newest = await newestTable(repository, found.key)
        if (newest === null) continue
        if (repository.lock !== null) yield await extended(found, repository, ports)
        yield await tried(found, repository, ports)
      } catch (error) {
        ports.log.error('backup.guard.failed', { repository: name, code: codeOf(error) })
      }
    }
  },
}

async function tried(
  { key }: Own,
  repository: Repository,
  { clock }: Pick<Ports, 'clock'>,
): Promise<Observation> {
  const nowMs = clock.nowMs()
  await removeOld(repository, nowMs)
  const at = toInstant(nowMs)
  const stamp = at.replaceAll(/[-:]|\.\d+/g, '')
  const name = `trials/${stamp}-${randomBytes(4).toString('hex')}`
  // Both sealed, as everything is that lies there.
  const [bytes, other] = [key.seal(name, randomBytes(32)), key.seal(name, Buffer.alloc(32))]
  const { isRefused, attempts } = await repository.tryDeletion(name, bytes, other)
  return {
    ...observedAt(toInstant(clock.nowMs())),
    type: deletionTried,
    body: { repository: repository.name, isRefused, attempts: [...attempts] },
    identity: `trial ${repository.name} ${at}`,
  }
}

/** What earlier trials left and is held no more. Where nothing ends, what was refused is not asked again. */
async function removeOld(repository: Repository, nowMs: number): Promise<void> {
  if (repository.lock === null) return
  const { days } = repository.lock
  for await (const { name, putAtMs } of repository.list('trials/')) {
    if (putAtMs < nowMs - days * dayMs) await repository.remove(name)
  }
}

async function extended(
  { key, system }: Own,
  repository: Repository,
  { clock, log, signal }: Pick<Ports, 'clock' | 'log' | 'signal'>,
): Promise<Observation> {
  const nowMs = clock.nowMs()
  const held = await extendHeld({ repository, key, system, nowMs, signal })
  if (held.loose > 0) log.error('backup.retention.loose', { repository: repository.name, ...held })
  return {
    ...observedAt(toInstant(clock.nowMs())),
    type: retentionExtended,
    body: { repository: repository.name, ...held },
    identity: `retention ${repository.name} ${toInstant(nowMs)}`,
  }
}
