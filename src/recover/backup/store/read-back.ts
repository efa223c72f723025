import { codeOf, OkiteError } from '../../../core/error.ts'
import { allOf } from './all-of.ts'
import type { BackupKey } from './envelope.ts'
import { keptSince } from './kept.ts'
import { checkWhole } from './lay-out.ts'
import { getPiece } from './pieces.ts'
import type { Repository } from './repository.ts'
import { getSegment, listSegments } from './segments.ts'
import type { Table } from './table.ts'

/** What a reading found; `faults` names a few of what did not open, by object and code. */
export type ReadBack = Readonly<{
  bytes: number
  errors: number
  faults: readonly Readonly<{ object: string; code: string }>[]
}>

const faultsMax = 20
/** Over a distance, most of the time is waiting. */
const piecesAtOnce = 4

/**
 * Reads everything that a backup needs from its repository and opens it: each piece once, and the log from its
 * beginning on. A list of names proves nothing: one flipped bit leaves every list as it was.
 *
 * @throws OkiteError `BACKUP_REPOSITORY_AWAY`, `BACKUP_KEY_WRONG`: then nothing was read, and nothing is known
 */
export async function readBack(
  repository: Repository,
  key: BackupKey,
  table: Table,
  signal?: AbortSignal,
): Promise<ReadBack> {
  const { system, first } = table.database
  const told = { bytes: 0, errors: 0, faults: [] as { object: string; code: string }[] }
  const take = async (object: string, read: () => Promise<Uint8Array>) => {
    signal?.throwIfAborted()
    try {
      told.bytes += (await read()).length
    } catch (error) {
      const code = codeOf(error)
      if (code !== 'BACKUP_OBJECT_MISSING' && code !== 'BACKUP_OBJECT_ALTERED') throw error
      told.errors += 1
      if (told.faults.length < faultsMax) told.faults.push({ object, code })
    }
  }
  let kept: Table['files'] = []
  await take('kept', async () => {
    kept = await keptSince(repository, key, table)
    return new Uint8Array()
  })
  const files = [...table.files, ...kept]
  const rest = [...new Set(files.flatMap(({ pieces }) => pieces))]
  const work = async (): Promise<void> => {
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      const piece = name
      await take(`pieces/${piece}`, () => getPiece(repository, key, piece))
    }
  }
  await allOf(Array.from({ length: piecesAtOnce }, work))
  const segments = await listSegments(repository, system, first)
  await take('log', async () => {
    try {
      checkWhole(segments, table.database)
    } catch (cause) {
      throw new OkiteError('BACKUP_OBJECT_MISSING', { object: 'log' }, { cause })
    }
    return new Uint8Array()
  })
  for (const name of segments) {
    await take(`log/${name}`, () => getSegment(repository, key, system, name))
  }
  return told
}
