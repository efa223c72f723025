import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { OkiteError } from '../error.ts'
import { syncFolder } from '../ledger/private-file.ts'

/**
 * The organisation's own packs: one folder each, below the data folder. Trust: whoever may write there
 * decides what a version that is adopted next will say; what has been adopted is in the database.
 */
export const ownFolder = (dataDir: string): string => join(dataDir, 'policies')

/**
 * Puts a whole pack in place: written beside, looked at by `check`, and only then under its name. Of a
 * pack that is refused nothing is left.
 *
 * @param check throws where the folder holds no sound pack
 * @throws OkiteError `POLICY_EXISTS` unless `replace`, and what `check` throws
 */
export function writePack<T>(
  dataDir: string,
  name: string,
  files: ReadonlyMap<string, string>,
  options: Readonly<{ replace: boolean; check: (folder: string) => T }>,
): T {
  const own = ownFolder(dataDir)
  mkdirSync(own, { recursive: true, mode: 0o700 })
  mend(own, name)
  const folder = join(own, name)
  if (existsSync(folder) && !options.replace) throw new OkiteError('POLICY_EXISTS', { name })
  // Under its name already, because complaints name the pack.
  const aside = join(own, `.${randomUUID()}`)
  const made = join(aside, name)
  mkdirSync(made, { recursive: true, mode: 0o700 })
  try {
    for (const [file, text] of files) writeWhole(join(made, file), text)
    syncFolder(made)
    const checked = options.check(made)
    const before = join(own, setAside(name))
    if (existsSync(folder)) renameSync(folder, before)
    // The point of no return: from here on the next adoption takes this one. A process that dies
    // between the two renames leaves the one before, which `mend` puts back.
    renameSync(made, folder)
    syncFolder(own)
    rmSync(before, { recursive: true, force: true })
    return checked
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

/** Replaces one file of an own pack; a reader sees the one before or this one, and never a part. */
export function replaceFile(dataDir: string, name: string, file: string, text: string): void {
  const folder = join(ownFolder(dataDir), name)
  // Beside the folder: within it a file of another name would be a fault of the pack.
  const made = join(ownFolder(dataDir), `.${name}.${randomUUID()}`)
  try {
    writeWhole(made, text)
    // The point of no return.
    renameSync(made, join(folder, file))
    syncFolder(folder)
  } finally {
    rmSync(made, { force: true })
  }
}

/** Puts back what a writer that died had set aside. */
export function mend(own: string, name: string): void {
  const aside = setAside(name)
  if (!existsSync(own) || !readdirSync(own).includes(aside)) return
  if (existsSync(join(own, name))) rmSync(join(own, aside), { recursive: true, force: true })
  else renameSync(join(own, aside), join(own, name))
}

// A name of a pack has no dot, so nobody's pack is called so.
const setAside = (name: string): string => `.${name}.before`

function writeWhole(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    // A single write may take less than it is given; this one goes on until all is written.
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
