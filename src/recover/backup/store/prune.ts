import type { BackupKey } from './envelope.ts'
import { listKeptPieces } from './kept.ts'
import { objectOfPiece } from './pieces.ts'
import type { Repository } from './repository.ts'
import { getTable, listBackups, type Table } from './table.ts'

/** What is put now may not be named by anything yet: a piece comes before the table that names it. */
const restMs = 24 * 60 * 60_000

/** `held`: objects that nothing needs any more and that the place still holds. */
export type Pruned = Readonly<{
  backups: number
  objects: number
  sizeBytes: number
  held: number
}>

/**
 * Takes away backups that ended before an instant, and then what no backup needs any more: pieces that none
 * names, and segments of the log from before the oldest. What the place holds stays, and a backup whose table
 * stays is one: what it needs is needed. What cannot be read ends it before anything is removed, for then it is
 * not known what is needed. No backup may be made meanwhile: it would count on pieces that are there.
 *
 * @param countMin so many of the newest stay, however old
 * @throws OkiteError of `getTable`
 */
export async function prune(
  options: Readonly<{
    repository: Repository
    key: BackupKey
    before: string
    countMin: number
    nowMs: number
  }>,
): Promise<Pruned> {
  const { repository, key, before, countMin, nowMs } = options
  const tables: Table[] = []
  for (const id of await listBackups(repository)) tables.push(await getTable(repository, key, id))
  const old = tables
    .slice(0, Math.max(0, tables.length - countMin))
    .filter(one => one.ended < before)
  const told = { backups: 0, objects: 0, sizeBytes: 0, held: 0 }
  const gone: Table[] = []
  for (const table of old) {
    // Point of no return: a backup is none once its table is gone, whatever is still there of it.
    if (await repository.remove(`backups/${table.id}`)) gone.push(table)
    else told.held += 1
  }
  told.backups = gone.length
  if (gone.length === 0) return told
  const left = tables.filter(table => !gone.includes(table))
  const needed = new Set(left.flatMap(({ files }) => files.flatMap(({ pieces }) => pieces)))
  for (const name of await listKeptPieces(repository, key)) needed.add(name)
  const wanted = new Set([...needed].map(objectOfPiece))
  const take = async (prefix: string, isNeeded: (name: string) => boolean) => {
    for await (const { name, sizeBytes, putAtMs } of repository.list(prefix)) {
      if (isNeeded(name) || putAtMs > nowMs - restMs) continue
      if (await repository.remove(name)) {
        told.objects += 1
        told.sizeBytes += sizeBytes
      } else told.held += 1
    }
  }
  await take('pieces/', name => wanted.has(name))
  const firsts = left.map(({ database }) => database)
  await take('log/', name => {
    const [, system, segment = ''] = name.split('/')
    // Histories of timelines are small, and every later backup may need them.
    if (segment.length !== 24) return true
    return firsts.some(one => one.system === system && segment.slice(8) >= one.first.slice(8))
  })
  return told
}
