// How long it takes to load all live public rules, and what they hold in memory, each time in a fresh
// process: `./okite run sigma/bench/load.ts [FOLDER] [ROUNDS]`. FOLDER has `sigma` as the tests know it.
//
// The seconds are of `compile` alone, from texts to an engine that can be asked, on code that no one
// has run before; those of the processor are of all threads, so that work of others on the machine
// and more cores change little. Memory is that above an empty process. What rules ask is worked out
// when the first event comes that they may apply to: the last figures are after one of each source.
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { compile, type EventSource } from '../src/index.ts'
import { parseDocuments } from '../src/rule/document.ts'
import { ruleFiles, sharedFolder } from '../src/testing/shared.ts'
import { percentile, printFigure, printMachine } from './figures.ts'

const [first, second] = process.argv.slice(2)
const secondsMax = 1
const megabytesMax = 200

/** What one process tells. */
type Loaded = Readonly<{
  rules: number
  processorSeconds: number
  wallSeconds: number
  bytes: number
  eventSeconds: number
  bytesAfterEvents: number
}>

if (first === '--one') console.log(JSON.stringify(load(second as string)))
else if (first === '--empty') console.log(process.memoryUsage().rss)
else measure()

function measure(): void {
  if (first) process.env.SHARED = resolve(first)
  if (!existsSync(`${sharedFolder() ?? ''}/data/sigma`))
    throw new Error('no folder with data/sigma')
  printMachine(`./okite run sigma/bench/load.ts ${process.argv.slice(2).join(' ')}`)
  const folder = mkdtempSync(join(tmpdir(), 'okite-bench-'))
  try {
    writeRules(folder)
    const rounds = Array.from({ length: Number(second ?? 7) }, () => ({
      loaded: JSON.parse(ask('--one', folder)) as Loaded,
      empty: Number(ask('--empty', folder)),
    }))
    print(rounds)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The rules as files of their own, as a folder of rules has them, and the sources that they name. */
function writeRules(folder: string): void {
  const sources = new Set<string>()
  mkdirSync(join(folder, 'rules'))
  const live = [...ruleFiles()].filter(
    ([path]) => path.startsWith('rules') && path.endsWith('.yml'),
  )
  for (const [index, [, text]] of live.entries()) {
    writeFileSync(join(folder, 'rules', `${index}.yml`), text)
    for (const document of parseDocuments(text)) {
      if (document.kind !== 'detection') continue
      const { product, category, service } = document.logsource
      const list = (name: string | null): string[] => (name === null ? [] : [name])
      const source: EventSource = {
        products: list(product),
        categories: list(category),
        services: list(service),
      }
      sources.add(JSON.stringify(source))
    }
  }
  writeFileSync(join(folder, 'sources.json'), `[${[...sources].join(',')}]`)
}

function ask(how: '--one' | '--empty', folder: string): string {
  return execFileSync(process.execPath, [import.meta.filename, how, folder], { encoding: 'utf8' })
}

/** In a process of its own. */
function load(folder: string): Loaded {
  const rules = readdirSync(join(folder, 'rules')).map(name => ({
    name,
    text: readFileSync(join(folder, 'rules', name), 'utf8'),
  }))
  const sources = JSON.parse(readFileSync(join(folder, 'sources.json'), 'utf8')) as EventSource[]
  const begun = { processor: process.cpuUsage(), wallMs: performance.now() }
  const engine = compile(rules)
  const wallSeconds = (performance.now() - begun.wallMs) / 1_000
  const processorSeconds = secondsSince(begun.processor)
  const bytes = process.memoryUsage().rss
  const before = process.cpuUsage()
  for (const source of sources) engine.match({ Message: 'nothing that a rule looks for' }, source)
  const eventSeconds = secondsSince(before)
  const bytesAfterEvents = process.memoryUsage().rss
  const { length } = engine.rules
  return { rules: length, processorSeconds, wallSeconds, bytes, eventSeconds, bytesAfterEvents }
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function print(rounds: readonly Readonly<{ loaded: Loaded; empty: number }>[]): void {
  const median = (figure: (round: (typeof rounds)[number]) => number): number =>
    percentile(
      rounds.map(figure).toSorted((a, b) => a - b),
      0.5,
    )
  const count = rounds[0]?.loaded.rules.toLocaleString('en')
  const megabytes = (key: 'bytes' | 'bytesAfterEvents'): number =>
    median(({ loaded, empty }) => (loaded[key] - empty) / 1e6)
  const seconds = (key: 'processorSeconds' | 'wallSeconds' | 'eventSeconds'): number =>
    median(({ loaded }) => loaded[key])
  console.log(`  ${count} rules, median of ${rounds.length} processes`)
  printFigure('load: processor', seconds('processorSeconds'), 's', secondsMax, 'atMost')
  printFigure('load: wall', seconds('wallSeconds'), 's', secondsMax, 'atMost')
  printFigure('memory after loading', megabytes('bytes'), 'MB', megabytesMax, 'atMost')
  console.log(
    `  one event of each source: ${seconds('eventSeconds').toPrecision(3)} s of processor`,
  )
  printFigure('memory after these', megabytes('bytesAfterEvents'), 'MB', megabytesMax, 'atMost')
}
