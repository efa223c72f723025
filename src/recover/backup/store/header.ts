import { z } from 'zod'
import { codeOf, OkiteError } from '../../../core/error.ts'
import type { BackupKey } from './envelope.ts'
import type { Repository } from './repository.ts'

/**
 * Whose repository it is, sealed: two installations in one place would take each other's backups for their
 * own, and a key that was lost and made anew would fill it with what no sheet opens.
 */
const object = 'repository'
const headerSchema = z.strictObject({
  form: z.literal('okite-repository-1'),
  /** The identifier of the database cluster, which is the same after it was brought back. */
  system: z.string().regex(/^\d{1,20}$/),
})

/**
 * Opens a place for writing; one that is empty becomes ours.
 *
 * @throws OkiteError `BACKUP_REPOSITORY_OTHER`, `BACKUP_KEY_WRONG`, `BACKUP_OBJECT_ALTERED`,
 *   `BACKUP_REPOSITORY_AWAY`
 */
export async function claimRepository(
  repository: Repository,
  key: BackupKey,
  system: string,
): Promise<void> {
  const sealed = await repository.get(object).catch((error: unknown) => {
    if (codeOf(error) === 'BACKUP_OBJECT_MISSING') return null
    throw error
  })
  if (sealed !== null) {
    const found = headerSchema.safeParse(JSON.parse(key.open(object, sealed).toString()))
    if (found.success && found.data.system === system) return
    throw new OkiteError('BACKUP_REPOSITORY_OTHER', { repository: repository.name })
  }
  for await (const _ of repository.list('')) {
    // Something is there, and nobody knows whose it is.
    throw new OkiteError('BACKUP_REPOSITORY_OTHER', { repository: repository.name })
  }
  const header = { form: 'okite-repository-1', system }
  await repository.put(object, key.seal(object, Buffer.from(JSON.stringify(header))))
}
