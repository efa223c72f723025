import type { Fact, Instant } from '../../core/fact.ts'
import type { OwnData, Ports } from '../../core/module.ts'
import { openRepository } from './open.ts'
import { openOwnKey } from './own-key.ts'
import { type BackupSettings, ownSet, type RepositorySettings } from './settings.ts'
import type { BackupKey } from './store/envelope.ts'
import { claimRepository } from './store/header.ts'
import type { Repository } from './store/repository.ts'

/**
 * Okite's own data, as four collectors look after them: everything three times a day (`own-base.ts`), the log
 * of the database and new files each minute (`own-log.ts`), every copy read back each week (`own-read.ts`), and
 * once a month brought back and compared (`own-restore.ts`). What was done is told by what came of it.
 */

export type Own = Readonly<{
  own: OwnData
  key: BackupKey
  /** Of the database cluster, as its log is named by. */
  system: string
  repositories: readonly Repository[]
  settings: BackupSettings
}>

/** Okite's own data, where they are kept somewhere. null: they are not, or the database is another's. */
export function keptOwn({ own, settings }: Pick<Ports, 'own' | 'settings'>): OwnData | null {
  return (settings as BackupSettings).repositories.length === 0 ? null : own
}

/** null: as `keptOwn`. */
export async function openOwn(ports: Pick<Ports, 'own' | 'settings'>): Promise<Own | null> {
  const own = keptOwn(ports)
  const settings = ports.settings as BackupSettings
  if (own === null) return null
  const { key } = openOwnKey(own)
  const system = await own.connected(async client => {
    const { rows } = await client.query<{ system: string }>(
      'select system_identifier::text as system from pg_control_system()',
    )
    return rows[0]!.system
  })
  const repositories = settings.repositories.map(place => ours(openOrRefusing(place)))
  return { own, key, system, repositories, settings }

  /** Nothing is written before it is known whose the place is. */
  function ours(repository: Repository): Repository {
    let claim: Promise<void> | null = null
    return {
      ...repository,
      async put(name, bytes) {
        claim ??= claimRepository(repository, key, system)
        await claim
        return repository.put(name, bytes)
      },
    }
  }
}

/** One whose key cannot be read fails by its name when it is used: the others go on. */
function openOrRefusing(place: RepositorySettings): Repository {
  try {
    return openRepository(place)
  } catch (error) {
    const refuse = () => Promise.reject(error as Error)
    return {
      ...{ name: place.name, lock: null, put: refuse, get: refuse, has: refuse, remove: refuse },
      tryDeletion: refuse,
      list: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
    }
  }
}

/** Those of these facts that are of our data in this repository, in their order. */
export const ofOurs = <B extends { set: string; repository: string }>(
  facts: readonly Fact<B>[],
  { name }: Pick<Repository, 'name'>,
): readonly Fact<B>[] => facts.filter(({ body }) => body.set === ownSet && body.repository === name)

export const source = `backup@${ownSet}`

export const observedAt = (at: Instant) =>
  ({ source, occurred: at, observed: at, trust: 'instrument' }) as const
