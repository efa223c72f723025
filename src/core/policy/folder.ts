import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { OkiteError } from '../error.ts'
import { type Complaint, printable } from './complaint.ts'
import { fileBytesMax } from './yaml.ts'

// 999 sections, as many as a document may have, and the further parts of long ones: a draft of the
// largest size makes a part of every 96 KiB.
const entriesMax = 1_200
// 16 MiB: 10,000 statements, as many as an adoption may name, at 1,600 bytes.
const folderBytesMax = 16 * 1024 * 1024

type Entry = Readonly<{ name: string; kind: 'file' | 'folder' | 'other' }>

/**
 * What lies directly in `folder`, sorted by name.
 *
 * @throws OkiteError `POLICY_NOT_FOUND`
 */
export function entriesOf(folder: string): readonly Entry[] {
  const entries: Entry[] = []
  try {
    // A link in place of the folder would let its owner swap the policy without touching it.
    if (!lstatSync(folder).isDirectory()) throw notFound(folder)
    const directory = opendirSync(folder)
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other'
        entries.push({ name: entry.name, kind })
        if (entries.length > entriesMax) break
      }
    } finally {
      directory.closeSync()
    }
  } catch (cause) {
    throw cause instanceof OkiteError ? cause : notFound(folder, cause)
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * The bytes of every YAML file in `folder`, and what is wrong with the folder: anything but plain,
 * small files and a `README.md`. Links are not followed and nothing outside the folder is opened.
 *
 * @throws OkiteError `POLICY_NOT_FOUND`
 */
export function readFolder(folder: string): {
  files: Map<string, Uint8Array>
  complaints: Complaint[]
} {
  const files = new Map<string, Uint8Array>()
  const complaints: Complaint[] = []
  const complain = (file: string, problem: string) =>
    complaints.push({
      code: 'POLICY_INVALID',
      file: printable(file),
      line: null,
      path: '',
      problem,
    })
  const entries = entriesOf(folder)
  if (entries.length > entriesMax) {
    complain('*', `more than ${entriesMax} files`)
    return { files, complaints }
  }
  let left = folderBytesMax
  for (const { name, kind } of entries) {
    if (name === 'README.md' && kind === 'file') continue
    if (kind !== 'file') complain(name, 'is not a plain file; links are not followed')
    else if (!/^[0-9a-z][0-9a-z-]{0,63}\.yaml$/.test(name))
      complain(name, 'is not a file name like 07-incidents.yaml')
    else {
      const bytes = readPlainFile(join(folder, name))
      if (typeof bytes === 'string') complain(name, bytes)
      else if ((left -= bytes.byteLength) < 0) complain(name, 'makes the folder too large')
      else files.set(name, bytes)
    }
  }
  return { files, complaints }
}

/** The bytes of a file, or what is wrong with it. Never more than the limit is read, whatever `stat` says. */
function readPlainFile(path: string): Uint8Array | string {
  const tooLarge = `is larger than ${fileBytesMax / 1024} KiB`
  let handle: number
  try {
    // Between listing and opening a file may be replaced: a link is refused and a pipe does not block.
    handle = openSync(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    )
  } catch {
    return 'cannot be opened'
  }
  try {
    const stat = fstatSync(handle)
    if (!stat.isFile()) return 'is not a plain file; links are not followed'
    if (stat.size > fileBytesMax) return tooLarge
    const bytes = new Uint8Array(fileBytesMax + 1)
    let size = 0
    for (let read = -1; read !== 0 && size < bytes.length; size += read)
      read = readSync(handle, bytes, size, bytes.length - size, null)
    return size > fileBytesMax ? tooLarge : bytes.slice(0, size)
  } catch {
    return 'cannot be read'
  } finally {
    closeSync(handle)
  }
}

const notFound = (folder: string, cause?: unknown): OkiteError =>
  new OkiteError('POLICY_NOT_FOUND', { folder: printable(basename(folder)) }, { cause })
