import { codeOf } from '../../core/error.ts'
import type { Instant } from '../../core/fact.ts'
import type { Collector } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { cipherRead, copyRead, runEnded } from './facts.ts'
import { lastOf, observedAt, openOwn } from './own.ts'
import { ownSet } from './settings.ts'
import { BackupKey } from './store/envelope.ts'
import { readBack } from './store/read-back.ts'
import type { Repository } from './store/repository.ts'
import { newestTable } from './store/table.ts'

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
    const read = await ports.reader.latest(copyRead, 100)
    for (const repository of repositories) {
      const last = lastOf(read, repository)
      const isFresh = last && Date.parse(last.occurred) > ports.clock.nowMs() - readEveryMs
      if (isFresh && last.body.errors === 0) continue
      try {
        const newest = await newestTable(repository, key)
        if (newest === null) continue
        const { bytes, errors, faults } = await readBack(repository, key, newest, ports.signal)
        for (const fault of faults)
          ports.log.error('backup.copy.fault', { repository: repository.name, ...fault })
        const at = toInstant(ports.clock.nowMs())
        yield {
          ...observedAt(at),
          type: copyRead,
          body: { set: ownSet, repository: repository.name, point: newest.ended, bytes, errors },
          identity: `read ${repository.name} ${at}`,
        }
        yield { ...observedAt(at), ...(await cipherOf(repository, key, at)) }
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
