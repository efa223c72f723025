// Builds the web part when what it is made of has changed, and prints the folder it is in.
//
// The folder is `dist/web` of the project; where the project cannot be written, one in
// `OKITE_CACHE` or the account's cache. The hash of all inputs stands beside it, written last: a
// build that was interrupted has none and is made again.
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { homedir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { packWebFiles } from '../src/core/http/web-files.ts'
import { commandLocale } from '../src/core/i18n/locale.ts'

const root = resolve(import.meta.dirname, '..')

/** What the built files are a function of. */
function hashInputs(): string {
  const files = [
    ...walk(join(root, 'web')),
    // A screen may import any source of its module and of core, so all of them count.
    ...walk(join(root, 'src')).filter(
      path => /\.(tsx?|po|css)$/.test(path) && !/\.test\.ts$/.test(path),
    ),
    join(root, 'package-lock.json'),
    join(root, 'scripts', 'build.ts'),
  ]
  const hash = createHash('sha256')
  for (const path of files.sort()) {
    const bytes = fs.readFileSync(path)
    hash.update(`${relative(root, path)}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

function walk(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

/** The first folder that already holds this build or in which one can be made. */
function chooseOutput(hash: string): { out: string; isBuilt: boolean } {
  const cache =
    process.env['OKITE_CACHE'] || process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const places = [join(root, 'dist', 'web'), join(cache, 'okite', 'web')]
  for (const out of places) if (isBuilt(out, hash)) return { out, isBuilt: true }
  for (const out of places) if (canWrite(join(out, '..'))) return { out, isBuilt: false }
  return fail(`the web part has no place to be built in; set OKITE_CACHE to a folder you may write`)
}

const hashPath = (out: string) => `${out}.sha256`

function isBuilt(out: string, hash: string): boolean {
  try {
    return fs.readFileSync(hashPath(out), 'utf8').trim() === hash && fs.existsSync(out)
  } catch {
    return false
  }
}

function canWrite(folder: string): boolean {
  try {
    fs.mkdirSync(folder, { recursive: true })
    fs.accessSync(folder, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}

const building = {
  en: 'building the web part; this is done once',
  ja: '画面を組み立てています。初回だけです',
  'zh-TW': '正在建置畫面；僅首次進行',
}

/** Builds beside the old one and then changes them over, so a running program keeps whole files. */
async function build(out: string, hash: string): Promise<void> {
  process.stderr.write(`okite: ${building[commandLocale(null, process.env)]}\n`)
  const fresh = `${out}.new-${process.pid}`
  const { build: viteBuild } = await import('vite')
  try {
    await viteBuild({
      configFile: join(root, 'web', 'vite.config.ts'),
      configLoader: 'native', // Node reads the file; Vite would write a bundle of it first
      cacheDir: `${out}.cache`,
      logLevel: 'error',
      build: { outDir: fresh, emptyOutDir: true },
    })
    packWebFiles(fresh)
    fs.rmSync(hashPath(out), { force: true })
    fs.rmSync(out, { recursive: true, force: true })
    fs.renameSync(fresh, out)
    fs.writeFileSync(hashPath(out), `${hash}\n`)
  } catch (error) {
    // Another start was quicker, or the build failed.
    fs.rmSync(fresh, { recursive: true, force: true })
    if (isBuilt(out, hash)) return
    fail(`the web part could not be built: ${error instanceof Error ? error.message : error}`)
  }
}

function fail(sentence: string): never {
  process.stderr.write(`okite: ${sentence}\n`)
  process.exit(1)
}

const hash = hashInputs()
const { out, isBuilt: built } = chooseOutput(hash)
if (!built) await build(out, hash)
process.stdout.write(`${out}\n`)
