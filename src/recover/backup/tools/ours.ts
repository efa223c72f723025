import { createHash, randomBytes } from 'node:crypto'
import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import { codeOf, OkiteError } from '../../../core/error.ts'
import type { Ports } from '../../../core/module.ts'
import { toInstant } from '../../../core/time.ts'
import { openOwnKey } from '../own-key.ts'
import { BackupKey } from '../store/envelope.ts'
import { claimRepository } from '../store/header.ts'
import { openLocal } from '../store/local.ts'
import { getPiece } from '../store/pieces.ts'
import type { Repository } from '../store/repository.ts'
import { takeFolder } from './ours-folder.ts'
import { dumpName, restoredRows, takePostgresql } from './ours-postgresql.ts'
import {
  getSetTable,
  listSetTables,
  piecesOf,
  pruneSet,
  putSetTable,
  type SetTable,
} from './ours-table.ts'
import type { OurJob } from './settings.ts'
import {
  compareLines,
  hashOfFile,
  type Reading,
  requireSpace,
  type Snapshot,
  type Tool,
  type ToolPorts,
  walk,
} from './tool.ts'

/**
 * Sets of the organisation that Okite backs up itself, in the form and under the key of its own backups, each
 * into a place of its own: what one set needs no longer, another one's cleaning would else take away.
 */

type OurPorts = ToolPorts & Pick<Ports, 'own'>
type Place = Readonly<{ repository: Repository; key: BackupKey }>

/** Whose the place is: the set, as a number of twenty digits. */
const systemOf = (set: string): string =>
  (createHash('sha256').update(`okite set ${set}`).digest().readBigUInt64BE() >> 1n).toString()

/** @throws OkiteError `BACKUP_OFF` without a key of backups */
function placeOf(job: OurJob, { own }: Pick<Ports, 'own'>): Place {
  if (own === null) throw new OkiteError('BACKUP_OFF')
  return { repository: openLocal(job.repository, job.to), key: openOwnKey(own).key }
}

/** Makes a backup, and looks at what the place says it has. @throws OkiteError */
export async function takeOurs(job: OurJob, ports: OurPorts): Promise<SetTable> {
  const { repository, key } = placeOf(job, ports)
  await claimRepository(repository, key, systemOf(job.set))
  const beganMs = ports.clock.nowMs()
  const content =
    job.tool === 'folder'
      ? await takeFolder(job, repository, key, ports.signal)
      : await takePostgresql(job, repository, key, ports)
  const [last] = (await listSetTables(repository)).slice(-1)
  const before = last === undefined ? null : await getSetTable(repository, key, last)
  // A share that is not mounted is an empty folder.
  if (content.files.length === 0 && (before?.files.length ?? 0) > 0)
    throw new OkiteError('BACKUP_SOURCE', { set: job.set, path: '', why: 'empty' })
  const began = toInstant(beganMs)
  const stamp = began.replaceAll(/[-:]|\.\d+/g, '')
  const id = `${stamp}-${randomBytes(4).toString('hex')}`
  const ended = toInstant(ports.clock.nowMs())
  const form = 'okite-set-1' as const
  await putSetTable(repository, key, { form, id, set: job.set, began, ended, ...content })
  return getSetTable(repository, key, id)
}

/** Backups that stay, whatever their age. */
const countMin = 3

export async function pruneOurs(job: OurJob, ports: OurPorts): Promise<number> {
  const { repository, key } = placeOf(job, ports)
  const nowMs = ports.clock.nowMs()
  const before = toInstant(nowMs - job.keepDays * 86_400_000)
  return pruneSet(repository, key, { before, countMin, nowMs })
}

export function openOurs(job: OurJob, ports: OurPorts): Tool {
  const place = placeOf(job, ports)
  const { repository, key } = place
  return {
    async look() {
      // What is away has no backup of this set, and says so where all of it is listed.
      for await (const _ of repository.list('')) break
      const ids = await listSetTables(repository)
      const newest = ids.length === 0 ? null : await getSetTable(repository, key, ids.at(-1)!)
      const snapshots = ids.map((id): Snapshot => {
        const { began, ended, sentBytes } =
          newest?.id === id ? newest : { began: beganOf(id), ended: null, sentBytes: null }
        return { id, began, ended, bytes: sentBytes, isMarked: true, isFaulty: false }
      })
      return { snapshots, others: [], point: newest?.began ?? null }
    },
    read: async () => readNewest(place, ports.signal),
    async sealing() {
      const header = await repository.get(headerName)
      const opened = (by: BackupKey) => {
        try {
          return by.open(headerName, header).length
        } catch (error) {
          if (codeOf(error) === 'BACKUP_KEY_WRONG') return 0
          throw error
        }
      }
      const other = new BackupKey(randomBytes(32))
      const trial = { withKeyBytes: opened(key), withOtherBytes: opened(other) }
      return { ...(await ciphersOf(repository)), trial }
    },
    async bringBack(target, { id, began }) {
      const table = await getSetTable(repository, key, id)
      const sizeBytes = table.files.reduce((sum, file) => sum + file.sizeBytes, 0)
      await requireSpace(target, sizeBytes, job.restoreBytesMax)
      await layOut(place, table, target, ports.signal)
      if (job.tool === 'folder') {
        const expected = new Map<string, string>()
        for (const { path, sha256 } of table.files) expected.set(path, sha256)
        for (const link of table.links) expected.set(link.path, `link ${link.target}`)
        const found = await walk(target, async (path, kind) =>
          kind === 'link' ? `link ${await fs.readlink(path)}` : hashOfFile(path),
        )
        return { ...compareLines(expected, found), point: began }
      }
      const lines = (rows: SetTable['rows']) =>
        new Map(rows.map(row => [row.table, `${row.rows} ${row.digest}`]))
      const found = await restoredRows(job, join(target, dumpName), ports)
      return { ...compareLines(lines(table.rows), lines(found)), point: began }
    },
  }
}

/** As `claimRepository` calls it. */
const headerName = 'repository'

/** To the second, as its name says. */
const beganOf = (id: string): string =>
  id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6.000Z')

/** When the newest was begun; null: there is none, or the place was never written to. */
export async function newestBegan(job: OurJob, ports: Pick<Ports, 'own'>): Promise<string | null> {
  const { repository } = placeOf(job, ports)
  const ids = (await repository.has(headerName)) ? await listSetTables(repository) : []
  return ids.length === 0 ? null : beganOf(ids.at(-1)!)
}

/** Headers that are looked at, at most. */
const headersMax = 1_000

/** How what is stored is sealed, as its own bytes say. */
async function ciphersOf(repository: Repository) {
  const counts = { sealed: 0, bare: 0, unread: 0 }
  for await (const { name } of repository.list('')) {
    if (counts.sealed + counts.bare + counts.unread >= headersMax) break
    const bytes = await repository.get(name).catch(() => null)
    if (bytes === null) counts.unread += 1
    else if (BackupKey.isSealed(bytes)) counts.sealed += 1
    else counts.bare += 1
  }
  const ciphers = [
    { cipher: 'AES-256', objects: counts.sealed },
    { cipher: 'none', objects: counts.bare },
  ]
  return { ciphers: ciphers.filter(({ objects }) => objects > 0), unread: counts.unread }
}

const faultsMax = 20

/** Every piece of the newest backup, each once, opened under the key. */
async function readNewest({ repository, key }: Place, signal: AbortSignal): Promise<Reading> {
  const [newest] = (await listSetTables(repository)).slice(-1)
  if (newest === undefined) return { bytes: 0, errors: 0, faults: [] }
  const table = await getSetTable(repository, key, newest)
  const told = { bytes: 0, errors: 0, faults: [] as string[] }
  for (const name of new Set(table.files.flatMap(({ pieces }) => pieces))) {
    signal.throwIfAborted()
    try {
      told.bytes += (await getPiece(repository, key, name)).length
    } catch (error) {
      const code = codeOf(error)
      if (code !== 'BACKUP_OBJECT_MISSING' && code !== 'BACKUP_OBJECT_ALTERED') throw error
      told.errors += 1
      if (told.faults.length < faultsMax) told.faults.push(`pieces/${name}`)
    }
  }
  return told
}

/**
 * Lays a backup out in an empty folder, as it was; the newest where none is named.
 *
 * @throws OkiteError `RESTORE_NO_BACKUP`, `BACKUP_OBJECT_MISSING`, `BACKUP_OBJECT_ALTERED`
 */
export async function layOutOurs(
  job: OurJob,
  ports: Pick<Ports, 'own' | 'signal'>,
  id: string | null,
  target: string,
): Promise<SetTable> {
  const place = placeOf(job, ports)
  const ids = await listSetTables(place.repository)
  const wanted = id === null ? ids.at(-1) : ids.find(one => one === id)
  if (wanted === undefined)
    throw new OkiteError('RESTORE_NO_BACKUP', { repository: job.repository, until: id ?? '' })
  const table = await getSetTable(place.repository, place.key, wanted)
  await layOut(place, table, target, ports.signal)
  // No folder is closed before it is full.
  for (const { path, mode } of [...table.files, ...table.folders.toReversed()])
    await fs.chmod(join(target, path), mode)
  return table
}

/** Readable by us alone, and to be taken away by us, whatever its modes were. */
async function layOut(
  { repository, key }: Place,
  { folders, files, links }: SetTable,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  for (const { path } of folders) await fs.mkdir(join(target, path), { mode: 0o700 })
  for (const file of files) {
    const handle = await fs.open(join(target, file.path), 'wx', 0o600)
    try {
      const digest = createHash('sha256')
      for await (const piece of piecesOf(repository, key, file)) {
        signal.throwIfAborted()
        digest.update(piece)
        await handle.write(piece)
      }
      if (digest.digest('hex') !== file.sha256)
        throw new OkiteError('BACKUP_OBJECT_ALTERED', { object: file.path })
    } finally {
      await handle.close()
    }
  }
  // Last of all, so that nothing is laid through one.
  for (const link of links) await fs.symlink(link.target, join(target, link.path))
}
