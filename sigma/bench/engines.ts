// How fast events are matched, beside what JSON.parse alone takes for the same lines in the same run:
// `./okite run sigma/bench/engines.ts [FOLDER]`. FOLDER has `sigma` and `events/norm` as the tests know
// them. Triggers are learnt from other files than those that are measured; where there is no other of
// the kind, nothing is learnt. One thread but for the last figure.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { compile, type Engine } from '../src/index.ts'
import { linesOf, ruleFiles, sharedFolder } from '../src/testing/shared.ts'
import { percentile, printFigure, printMachine } from './figures.ts'

const [folder] = process.argv.slice(2)
if (folder) process.env.SHARED = resolve(folder)
if (!existsSync(`${sharedFolder() ?? ''}/data/sigma`)) throw new Error('no folder with data/sigma')

/** What is measured, what it is learnt from, and the ratio that is promised. */
const lanes = [
  {
    file: 'win-otrf-mixed',
    from: ['win-evtx-to-mitre', 'win-otrf-process-creation'],
    promised: 1.3,
  },
  {
    file: 'win-otrf-process-creation',
    from: ['win-otrf-mixed', 'win-evtx-to-mitre'],
    promised: 0.8,
  },
  { file: 'aws-cloudtrail', from: [], promised: 3 },
  { file: 'zeek-wrccdc', from: [], promised: 3 },
  { file: 'web-apache-access', from: [], promised: 0.6 },
] as const

const rounds = 9
const eventsToTime = 200_000

const eventsOf = (file: string): Buffer =>
  Buffer.from(linesOf(`events/norm/${file}.jsonl.gz`).join('\n'))

const liveRules = () =>
  [...ruleFiles()]
    .filter(([path]) => path.startsWith('rules') && path.endsWith('.yml'))
    .map(([name, text]) => ({ name, text }))

/** An engine that has learnt from files, and learns no more. */
function engineFor(from: readonly string[]): Engine {
  const engine = compile(liveRules())
  engine.learn(new Uint8Array(0))
  for (const file of from) engine.learn(eventsOf(file))
  return engine
}

/** Milliseconds of each line parsed, and nothing else. */
function floor(events: Buffer): { ms: number; count: number } {
  const begun = performance.now()
  let count = 0
  for (let start = 0; start < events.length; count++) {
    const feed = events.indexOf(0x0a, start)
    const end = feed < 0 ? events.length : feed
    JSON.parse(events.toString('utf8', start, end))
    start = end + 1
  }
  return { ms: performance.now() - begun, count }
}

/** Milliseconds of matching all lines, with an object for each match. */
function ours(engine: Engine, events: Buffer): { ms: number; matches: number } {
  const matches: unknown[] = []
  const begun = performance.now()
  engine.matchLines(events, { onMatch: match => matches.push(match) })
  return { ms: performance.now() - begun, matches: matches.length }
}

/** Microseconds of single events, in order. */
function singleEvents(engine: Engine, events: Buffer): number[] {
  const times: number[] = []
  for (let start = 0; start < events.length && times.length < eventsToTime; ) {
    const feed = events.indexOf(0x0a, start)
    const end = feed < 0 ? events.length : feed
    const line = events.subarray(start, end)
    const begun = performance.now()
    engine.match(line)
    times.push((performance.now() - begun) * 1_000)
    start = end + 1
  }
  return times.toSorted((a, b) => a - b)
}

/** Events made to be dear, each as one line. */
const hostile: readonly (readonly [string, string])[] = [
  ['a command line of 64 KB', 'a'.repeat(65_536)],
  ['dashes and blanks', ' -'.repeat(20_000)],
  ['what regular expressions begin with', '+cmd+"`a`'.repeat(7_000)],
  ['characters that are not ASCII', '日本🎉ſK'.repeat(5_000)],
  ['escapes', '\\"\n\t'.repeat(10_000)],
]

function hostileMs(engine: Engine): readonly (readonly [string, number])[] {
  return hostile.map(([name, text]) => {
    const line = Buffer.from(
      JSON.stringify({
        ...{ product: 'windows', category: 'process_creation', EventID: 1 },
        ...{ Image: `C:\\${text}.exe`, CommandLine: text, ParentCommandLine: text },
      }),
    )
    engine.match(line)
    const times = Array.from({ length: 15 }, () => {
      const begun = performance.now()
      engine.match(line)
      return performance.now() - begun
    })
    return [
      name,
      percentile(
        times.toSorted((a, b) => a - b),
        0.5,
      ),
    ] as const
  })
}

/** Events a second of so many workers at once, each with an engine of its own. */
async function inWorkers(count: number, file: string, from: readonly string[]): Promise<number> {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.bench).then(async ({ workerLane }) => workerLane(parentPort, workerData))
  `
  const workerData = { bench: import.meta.filename, file, from, shared: process.env.SHARED }
  const workers = Array.from(
    { length: count },
    () => new Worker(source, { eval: true, workerData }),
  )
  const next = (worker: Worker): Promise<number> =>
    new Promise((done, failed) => worker.once('message', done).once('error', failed))
  await Promise.all(workers.map(next))
  const begun = performance.now()
  for (const worker of workers) worker.postMessage('go')
  const counts = await Promise.all(workers.map(next))
  const seconds = (performance.now() - begun) / 1_000
  await Promise.all(workers.map(worker => worker.terminate()))
  return counts.reduce((sum, one) => sum + one, 0) / seconds
}

type Port = Readonly<{
  postMessage(value: number): void
  once(name: 'message', done: () => void): void
}>

/** What a worker does: makes an engine, waits, and matches the file so often that it takes a while. */
export function workerLane(
  port: Port,
  data: Readonly<{ file: string; from: readonly string[] }>,
): void {
  const engine = engineFor(data.from)
  const events = eventsOf(data.file)
  ours(engine, events)
  port.once('message', () => {
    let lines = 0
    for (let round = 0; round < 4; round++)
      lines += engine.matchLines(events, { onMatch: () => {} })
    port.postMessage(lines)
  })
  port.postMessage(0)
}

const isMain =
  process.argv[1] === import.meta.filename || process.argv[1]?.endsWith('bench/engines.ts')
if (isMain && !process.env.SIGMA_BENCH_WORKER) await main()

async function main(): Promise<void> {
  printMachine('./okite run sigma/bench/engines.ts')
  console.log(
    'lane                          events  matches    events/s     floor/s      MB/s   ratio',
  )
  const ratios: (readonly [string, number, number])[] = []
  for (const { file, from, promised } of lanes) {
    const events = eventsOf(file)
    const engine = engineFor(from)
    // Once each, so that all cells are built and all code is warm.
    floor(events)
    ours(engine, events)
    const pairs = Array.from({ length: rounds }, () => {
      const parsed = floor(events)
      const matched = ours(engine, events)
      return { ...matched, count: parsed.count, floorMs: parsed.ms, ratio: parsed.ms / matched.ms }
    }).toSorted((a, b) => a.ratio - b.ratio)
    const middle = pairs[rounds >> 1] as (typeof pairs)[number]
    const perSecond = (ms: number): string =>
      Math.round((middle.count / ms) * 1_000).toLocaleString('en')
    console.log(
      [
        file.padEnd(27),
        String(middle.count).padStart(8),
        String(middle.matches).padStart(8),
        perSecond(middle.ms).padStart(11),
        perSecond(middle.floorMs).padStart(11),
        (events.length / middle.ms / 1_000).toFixed(0).padStart(9),
        middle.ratio.toFixed(2).padStart(7),
      ].join(' '),
    )
    ratios.push([file, middle.ratio, promised])
  }
  console.log()
  for (const [file, ratio, promised] of ratios)
    printFigure(`${file}: times the floor (middle of ${rounds})`, ratio, '×', promised, 'atLeast')
  const [mixed] = lanes
  const engine = engineFor(mixed.from)
  const events = eventsOf(mixed.file)
  ours(engine, events)
  const times = singleEvents(engine, events)
  printFigure('one event of the mix, 99 of 100', percentile(times, 0.99), 'µs', 200, 'atMost')
  for (const [name, ms] of hostileMs(engine)) printFigure(`hostile: ${name}`, ms, 'ms', 5, 'atMost')
  const one = await inWorkers(1, mixed.file, mixed.from)
  const two = await inWorkers(2, mixed.file, mixed.from)
  printFigure('two workers beside one', two / one, '×', 1.8, 'atLeast')
}
