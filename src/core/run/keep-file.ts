import { OkiteError } from '../error.ts'
import { fileKept } from '../facts.ts'
import type { HeldFile, KeptFile } from '../file/store.ts'
import type { Files } from '../module.ts'
import { toInstant } from '../time.ts'
import type { Okite } from './compose.ts'

/**
 * Keeps a file, and then says so: a fact never names a file that is not there. A file that was kept
 * and not said, because the program ended in between, is kept again under the same name and said.
 *
 * @throws OkiteError `FILE_BY_MISSING`, and those of `FileStore.keep`
 */
export async function keepFile(
  okite: Okite,
  path: string,
  options: Parameters<Files['keep']>[1],
): Promise<KeptFile> {
  const { by, dry } = options
  if (by === '') throw new OkiteError('FILE_BY_MISSING')
  const kept = await okite.files.keep(path, options)
  return dry ? kept : sayKept(okite, kept, by)
}

/** The same for a file that came in pieces. */
export async function keepReceived(okite: Okite, held: HeldFile, by: string): Promise<KeptFile> {
  if (by === '') throw new OkiteError('FILE_BY_MISSING')
  await held.keep()
  return sayKept(okite, held.file, by)
}

async function sayKept(okite: Okite, kept: KeptFile, by: string): Promise<KeptFile> {
  const { sha256, sizeBytes, mediaType, name } = kept
  const now = toInstant(okite.clock.nowMs())
  const { pos } = await okite.ledger.submit('core', {
    type: fileKept,
    source: 'okite evidence',
    occurred: now,
    observed: now,
    trust: 'record',
    body: { sha256, sizeBytes, mediaType },
    private: { by: { value: by, person: by }, name: { value: name, person: by } },
    identity: `kept ${sha256}`,
  })
  await okite.settled(pos)
  return kept
}
