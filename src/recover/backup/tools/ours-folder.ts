import { constants, promises as fs } from 'node:fs'
import { join } from 'node:path'
import { OkiteError } from '../../../core/error.ts'
import type { BackupKey } from '../store/envelope.ts'
import type { Repository } from '../store/repository.ts'
import { PieceWriter, type SetTable } from './ours-table.ts'
import type { FolderJob } from './settings.ts'

type Content = Pick<SetTable, 'folders' | 'links' | 'files' | 'rows' | 'sentBytes'>

/**
 * Everything below a folder of the organisation: files, folders and links. A file is what it was while it was
 * read; what cannot be read ends the backup, for one that lacks it would look like a whole one.
 *
 * @throws OkiteError `BACKUP_SOURCE`
 */
export async function takeFolder(
  { folder, set }: FolderJob,
  repository: Repository,
  key: BackupKey,
  signal: AbortSignal,
): Promise<Content> {
  const found: Content & { sentBytes: number } = {
    ...{ folders: [], links: [], files: [], rows: [], sentBytes: 0 },
  }
  const failed = (path: string) => (error: NodeJS.ErrnoException) => {
    // Gone between two looks: it is no part of it any more.
    if (error.code === 'ENOENT' && path !== '') return null
    throw new OkiteError('BACKUP_SOURCE', { set, path, why: error.code ?? 'unknown' })
  }
  const stack = ['']
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const entries = await fs.readdir(join(folder, at), { withFileTypes: true }).catch(failed(at))
    for (const entry of (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      signal.throwIfAborted()
      const path = at === '' ? entry.name : `${at}/${entry.name}`
      if (entry.isSymbolicLink()) {
        const target = await fs.readlink(join(folder, path)).catch(failed(path))
        if (target !== null) found.links.push({ path, target })
      } else if (entry.isDirectory()) {
        const stat = await fs.lstat(join(folder, path)).catch(failed(path))
        if (stat === null) continue
        found.folders.push({ path, mode: stat.mode & 0o777 })
        stack.push(path)
      } else if (entry.isFile()) {
        const file = await takeFile(join(folder, path), repository, key).catch(failed(path))
        if (file === null) continue
        found.files.push({ path, ...file.file })
        found.sentBytes += file.sentBytes
      }
      // Sockets, pipes and devices hold no data.
    }
  }
  return found
}

async function takeFile(path: string, repository: Repository, key: BackupKey) {
  const file = await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const { mode } = await file.stat()
    const writer = new PieceWriter(repository, key)
    for await (const bytes of file.createReadStream({ autoClose: false }))
      await writer.add(bytes as Buffer)
    return { file: { mode: mode & 0o777, ...(await writer.end()) }, sentBytes: writer.sentBytes }
  } finally {
    await file.close()
  }
}
