// Ends what does not end by itself in a run of tests. Node's own `timeout` fails a test, but never ends the
// process of its file: one with a handle, a thread or a loop that stays would hold the run for ever, and so
// would a program that a file has left behind with the file's output.
import { readdirSync, readFileSync } from 'node:fs'

type Process = Readonly<{ pid: number; parent: number; begun: string; words: readonly string[] }>

/** All there are; none where there is no /proc, and then nothing is watched. */
function processes(): readonly Process[] {
  let names: string[]
  try {
    names = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  } catch {
    return []
  }
  return names.flatMap(name => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The name of the program stands in brackets, and may have some of its own.
      const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (state === 'Z') return []
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
      // A number is used again; with the time of its beginning it is one process.
      return [{ pid: Number(name), parent: Number(parent), begun: rest[17] ?? '', words }]
    } catch {
      return [] // it has ended meanwhile
    }
  })
}

/** What these have started and is not theirs alone: without what was given to another parent meanwhile. */
function below(all: readonly Process[], parents: readonly Process[]): readonly Process[] {
  const found: Process[] = []
  let next = parents
  while (next.length > 0) {
    const pids = new Set(next.map(({ pid }) => pid))
    next = all.filter(({ parent }) => pids.has(parent))
    found.push(...next)
  }
  return found
}

function kill({ pid }: Process): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

const isSame = (one: Process) => (other: Process) =>
  one.pid === other.pid && one.begun === other.begun

/** A file as its process runs it: the process, and all that was ever seen below it. */
type Running = { own: Process; path: string; sinceMs: number; goneMs: number; below: Process[] }

type Options = Readonly<{
  /** Whole paths, as the processes are given them. */
  files: readonly string[]
  /** No file is longer. */
  fileMsMax: number
  /** What a file started may take as long to end after it. */
  leftMsMax: number
  /** Told of a file that was ended, and of programs that it had left. */
  cut(path: string, why: 'too long' | 'left', what: readonly string[]): void
}>

const lookMs = 2_000

/** Looks around every few seconds, also after the processes of files that are long gone. */
export function watchFiles({ files, fileMsMax, leftMsMax, cut }: Options) {
  const known = new Set(files)
  let running: Running[] = []

  function look(nowMs: number): void {
    const all = processes()
    for (const own of all.filter(({ parent }) => parent === process.pid)) {
      const path = own.words.find(word => known.has(word))
      if (path === undefined || running.some(one => isSame(one.own)(own))) continue
      running.push({ own, path, sinceMs: nowMs, goneMs: 0, below: [] })
    }
    for (const one of running) {
      const isThere = all.some(isSame(one.own))
      const still = all.filter(each => one.below.some(isSame(each)))
      one.below = unique([...still, ...below(all, [...(isThere ? [one.own] : []), ...still])])
      if (!isThere) one.goneMs ||= nowMs
    }
  }

  function endWhatStays(nowMs: number): void {
    for (const one of running) {
      if (one.goneMs === 0 && nowMs - one.sinceMs > fileMsMax) {
        for (const each of [one.own, ...one.below]) kill(each)
        cut(one.path, 'too long', [])
        one.sinceMs = nowMs
      } else if (one.goneMs > 0 && one.below.length > 0 && nowMs - one.goneMs > leftMsMax) {
        for (const each of one.below) kill(each)
        cut(
          one.path,
          'left',
          one.below.map(({ words }) => words.join(' ').trim().slice(0, 200)),
        )
      }
    }
    running = running.filter(({ goneMs, below }) => goneMs === 0 || below.length > 0)
  }

  const timer = setInterval(() => {
    const nowMs = performance.now()
    look(nowMs)
    endWhatStays(nowMs)
  }, lookMs)
  // A run that has ended ends.
  timer.unref()

  return {
    /** Ends all of them at once, with what they have started. Answers the files that were not done. */
    endAll(): readonly string[] {
      // A signal to the whole group may have ended some before us.
      const ended = new Set(running.filter(({ goneMs }) => goneMs === 0))
      look(performance.now())
      for (const one of running) {
        for (const each of [one.own, ...one.below]) kill(each)
        if (one.goneMs === 0) ended.add(one)
      }
      return [...ended].map(({ path }) => path)
    },
  }
}

const unique = (all: readonly Process[]): Process[] =>
  all.filter((one, nth) => all.findIndex(isSame(one)) === nth)
