// Runs the tests, three files at a time, the long ones first, so that two cores stay busy to the end.
// `./okite test` without files.
import { execFileSync } from 'node:child_process'
import {
  accessSync,
  appendFileSync,
  constants,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { inspect } from 'node:util'
import { makeTestCluster } from '../src/core/ledger/testing.ts'
import { chromiumPath } from '../src/core/ui/chromium.ts'
import { watchFiles } from './watch-files.ts'

const root = resolve(import.meta.dirname, '..')
/** TEST_FILES: globs, by spaces, of the files that are to run in place of all. */
const places = process.env['TEST_FILES']?.split(' ') ?? [
  ...['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts', 'sigma/**/*.test.ts'],
]

/** TEST_FAILURES: a file for what failed and why, for who will tell it once more where it is seen. */
const failures = process.env['TEST_FAILURES']

/** Each file may start a server of its own, and Chromium beside it; two of them wait a third of the time. */
const filesAtOnce = 3
/** No single test is longer, and no file with its preparations. */
const testMsMax = 600_000
const fileMsMax = Number(process.env['TEST_FILE_SECONDS'] ?? 900) * 1_000
/** What a file has started and not ended may still end by itself for so long. */
const leftMsMax = 30_000

/** Data folders lie where a flush costs nothing, if they have room there; tests of the disk make one of their own. */
const memory = '/dev/shm'
const memoryBytesMin = 6 * 2 ** 30
if (process.env['TMPDIR'] === undefined && hasRoom()) process.env['TMPDIR'] = memory

function hasRoom(): boolean {
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    // Some tests start programs that they have put there.
    const mounted = readFileSync('/proc/self/mounts', 'utf8').split('\n')
    const options = mounted.findLast(line => line.split(' ')[1] === memory)?.split(' ')[3]
    const mayRun = options !== undefined && !options.split(',').includes('noexec')
    return mayRun && Math.min(bavail * bsize, freemem()) >= memoryBytesMin
  } catch {
    return false
  }
}

const usesBrowser = /from '(?:playwright-core|[./]+\/ui\/testing\.ts)'/

type File = Readonly<{ path: string; text: string }>

/**
 * Long first: the walks in a browser, which have more to do at once than one core can, each beside
 * its share of the tests of the whole; then the rest, of which no file is long.
 */
function longFirst(files: readonly File[]): readonly File[] {
  const bySize = files.toSorted((a, b) => b.text.length - a.text.length)
  const walks = bySize.filter(({ text }) => usesBrowser.test(text))
  const whole = bySize.filter(one => one.path.startsWith('test/') && !walks.includes(one))
  const share = Math.ceil(whole.length / Math.max(walks.length, 1))
  const early = walks.flatMap((walk, nth) => [walk, ...whole.slice(nth * share, (nth + 1) * share)])
  return [...new Set([...early, ...whole, ...bySize])]
}

const all = globSync(places, { cwd: root }).map(
  (path): File => ({ path, text: readFileSync(join(root, path), 'utf8') }),
)
const files = longFirst(all)

// Each file is a process of its own, and so are the programs that they start: what one has compiled
// the others read. For this run alone, as copies of the tree have other paths each time.
const compiled = mkdtempSync(join(tmpdir(), 'okite-compiled-'))
process.env['NODE_COMPILE_CACHE'] = compiled
process.on('exit', () => rmSync(compiled, { recursive: true, force: true }))

// So is the cluster of their database servers made once, and copied by each file that wants one.
const cluster = mkdtempSync(join(tmpdir(), 'okite-cluster-'))
process.on('exit', () => rmSync(cluster, { recursive: true, force: true }))
makeTestCluster(cluster)
process.env['TEST_CLUSTER'] = cluster

// One browser for all of them, also for those that look for it by themselves.
process.env['CHROMIUM'] ??= chromiumPath

// The interface is built once for all walks in a browser.
const build = [join(root, 'scripts', 'build.ts')]
process.env['TEST_WEB_BUILT'] = execFileSync(process.execPath, build, { encoding: 'utf8' }).trim()

/** What the run is spent on: the place to look when it grows. */
const took: { path: string; ms: number }[] = []
process.on('exit', () => {
  const [longest, total] = [
    took.toSorted((a, b) => b.ms - a.ms),
    took.reduce((sum, { ms }) => sum + ms, 0),
  ]
  console.log(`\n${seconds(total)} in ${took.length} files, ${filesAtOnce} at a time; the longest:`)
  for (const { path, ms } of longest.slice(0, 20))
    console.log(`${seconds(ms).padStart(8)}  ${path}`)
})
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`

const watch = watchFiles({
  ...{ files: files.map(({ path }) => join(root, path)), fileMsMax, leftMsMax },
  cut(path, why, what) {
    const file = relative(root, path)
    if (why === 'left') console.log(`\nended what ${file} had left running:\n${what.join('\n')}`)
    else {
      process.exitCode = 1
      console.log(`\n✖ ${file}: ended after ${seconds(fileMsMax)}, it would not end by itself`)
    }
  },
})
// Whoever ends the run wants to know what it was at, and leaves nothing behind.
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    const cut = watch.endAll().map(path => relative(root, path))
    console.log(`\n✖ the run was ended (${signal}) in ${cut.join(' and ') || 'no file'}`)
    process.exit(1)
  })

run({
  ...{ files: files.map(({ path }) => join(root, path)), cwd: root },
  ...{ concurrency: filesAtOnce, timeout: testMsMax },
})
  .on('test:fail', ({ name, file, details }) => {
    process.exitCode = 1
    if (failures === undefined) return
    const { cause = details.error } = details.error
    appendFileSync(
      failures,
      `✖ ${relative(root, file ?? '')}: ${name}\n${inspect(cause).slice(0, 4_000)}\n\n`,
    )
  })
  .on('test:summary', ({ file, duration_ms: ms }) => {
    if (file !== undefined) took.push({ path: relative(root, file), ms })
  })
  .compose(spec)
  .pipe(process.stdout)
