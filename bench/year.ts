/**
 * Judges a year of facts again with the reference policy as it is: every control that it binds, its
 * judges, its periods and its calendars. `./okite run bench/year.ts [facts] [dense]`
 *
 * The facts are those of the controls' own stories (`src/*\/*\/fixtures`), each told many times, on
 * other days and of other subjects, until there are enough: what happens to a control in its story
 * happens here in its own order. What an instrument measures for a state it measures again each day
 * until the story changes it, as instruments do; with `dense` it does not, and nearly every fact turns
 * a verdict. What judges say along the way is not on the list, only what the world told them. The whole start of the program is timed, on a list of which nothing has been judged:
 * database, policies, folding on all cores, and the first verdicts.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Control } from '../src/core/control/kind.ts'
import { openDatabase } from '../src/core/db/database.ts'
import type { FactType, Observation, Trust } from '../src/core/fact.ts'
import { openSecrets } from '../src/core/ledger/secrets.ts'
import { openFileSigner } from '../src/core/ledger/signer.ts'
import { type Ledger, openLedger } from '../src/core/ledger/store.ts'
import { createLog } from '../src/core/log.ts'
import { compose, type Okite } from '../src/core/run/compose.ts'
import { systemClock, toInstant } from '../src/core/time.ts'
import { readScenario } from '../test/scenario.ts'
import { createRandom } from '../test/synthetic.ts'
import { printFigure, printMachine } from './machine.ts'

const size = Number(process.argv[2] ?? 1_000_000)
const isDense = process.argv[3] === 'dense'
/** So many days an instrument goes on measuring what no later fact of its story measures. */
const againDays = 30
/** What is asked for of a million facts. */
const secondsMax = (20 * size) / 1_000_000
/** So many others of each subject of a story. */
const others = 200
/** How stories call people, machines, incidents: a word and a number. */
const isName = /^[a-z][a-z.-]{0,20}[0-9-]{1,12}$/
const dayMs = 86_400_000
/** Facts of one transaction while the list is made; more are not faster. */
const batchCount = 1_024

const project = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'okite-year-'))
const dataDir = join(folder, 'data')
const random = createRandom(20_261_126)
const log = createLog({
  clock: systemClock,
  write: line => void process.stderr.write(line),
  level: 'warn',
})
const endMs = Math.floor(Date.now() / dayMs) * dayMs
const beginMs = endMs - 365 * dayMs
let nowMs = beginMs
const clock = { nowMs: () => nowMs }

type Told = Readonly<{
  type: FactType
  body: Readonly<Record<string, unknown>>
  atMs: number
  occurredMs: number
  /** Before its story began. */
  midnightMs: number
  trust: Trust
  source: string
  refs: Readonly<Record<string, string>>
}>
/** A fact to come: how far its story is moved, and which of the others its subjects are. */
type Due = Readonly<{ told: Told; movedMs: number; other: number }>

printMachine(`./okite run bench/year.ts ${size}${isDense ? ' dense' : ''}`)
try {
  await run()
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

async function run(): Promise<void> {
  const okite = await start(true)
  const { types } = okite.modules
  const controls = okite.controls.length
  await okite.close()
  await fill(types, isDense ? new Set() : measuredOf(okite.controls))
  nowMs = endMs
  await forgetJudges()
  // Tables take in the list, and judges begin, as in a new installation; then as with a program in
  // which every rule is another.
  const [first, fromNothing] = await timedStart()
  await first.close()
  await forgetJudges()
  const before = process.cpuUsage()
  const [again, seconds] = await timedStart()
  const { user, system } = process.cpuUsage(before)
  printFigure(
    `a year of ${size.toLocaleString('en')} facts judged again`,
    ...([seconds, 's', secondsMax, 'atMost'] as const),
  )
  const { rows } = await again.database.pool.query<{ rows: string }>(
    'select count(*) as rows from fold.judge_row',
  )
  console.log(
    `  ${controls} controls, ${Number(rows[0]?.rows).toLocaleString('en')} rows; ` +
      `${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB; ${((user + system) / 1e6).toFixed(1)} s of processor in all threads; with tables from nothing ${fromNothing.toFixed(1)} s`,
  )
  if (again.judges.stopped.length > 0) throw new Error(JSON.stringify(again.judges.stopped))
  await again.close()
  const [last, idle] = await timedStart()
  console.log(`  a start on which nothing is judged again ${idle.toFixed(1)} s`)
  await last.close()
}

async function timedStart(): Promise<[Okite, number]> {
  const began = performance.now()
  const okite = await start(false)
  return [okite, (performance.now() - began) / 1_000]
}

/** Nothing has been judged, and everything is to be. */
async function forgetJudges(): Promise<void> {
  const database = await openDatabase({ dataDir, log, clock: systemClock })
  await database.pool.query('truncate fold.judge, fold.judge_row')
  await database.pool.query(
    `update ledger.cursor set next = (select size from ledger.head) where consumer = 'judges'`,
  )
  await database.close()
}

function start(create: boolean): Promise<Okite> {
  return compose({
    ...{ source: join(project, 'src'), project, dataDir, create, log, clock },
    ...{ flags: {}, environment: {} },
  })
}

async function fill(
  types: ReadonlyMap<string, FactType>,
  measured: ReadonlySet<string>,
): Promise<void> {
  const began = performance.now()
  const due = plan(storiesOf(types).map(story => measuredAgain(story, measured)))
  const database = await openDatabase({ dataDir, log, clock: systemClock })
  const ledger = await openLedger({
    pool: database.pool,
    signer: openFileSigner(join(dataDir, 'keys', 'signer')),
    secrets: openSecrets(join(dataDir, 'keys', 'secrets')),
    ...{ types, clock, log, okiteVersion: 'bench' },
  })
  const counts = new Map<string, number>()
  for (let from = await ledger.size(); from < size; ) {
    const page = due.slice(from, Math.min(size, from + batchCount))
    nowMs = Math.max(nowMs + 1, ...page.slice(-1).map(dueMs))
    await append(ledger, page, from)
    for (const { told } of page) counts.set(told.type.name, (counts.get(told.type.name) ?? 0) + 1)
    from += page.length
  }
  await ledger.close()
  await database.close()
  const days = (nowMs - beginMs) / dayMs
  console.log(
    `  ${size.toLocaleString('en')} facts of ${counts.size} types over ${days.toFixed(0)} days ` +
      `appended in ${((performance.now() - began) / 1_000).toFixed(1)} s\n`,
  )
}

function append(ledger: Ledger, page: readonly Due[], from: number): Promise<unknown> {
  return ledger.write(batch =>
    Promise.all(
      page.map((due, nth) =>
        batch.observe(due.told.type.module, observationOf(due, `${from + nth}`)),
      ),
    ),
  )
}

function storiesOf(types: ReadonlyMap<string, FactType>): readonly (readonly Told[])[] {
  const files = [...fixtureFolders()].flatMap(at =>
    readdirSync(at)
      .filter(name => name.endsWith('.jsonl') && name !== 'given.jsonl')
      .map(name => join(at, name)),
  )
  const stories = files.flatMap(file => [...readScenario(file).values()])
  return stories
    .map(lines => {
      const told = lines.filter(line => line['type'] !== undefined)
      const midnightMs = Math.floor(Date.parse(told[0]?.['at'] ?? '') / dayMs) * dayMs
      return told.flatMap((line): Told[] => {
        const type = types.get(line['type'])
        // What core itself says here is no story: policies, amendments, verdicts.
        if (
          type === undefined ||
          type.module === 'core' ||
          !type.trusts.includes(line['trust'] ?? type.trusts[0])
        )
          return []
        const { at, occurred = at, body, source = 'bench', refs = {} } = line
        const trust = line['trust'] ?? type.trusts[0]
        const times = { atMs: Date.parse(at), occurredMs: Date.parse(occurred), midnightMs }
        return [{ type, body, trust, source, refs, ...times }]
      })
    })
    .filter(story => story.length > 0)
}

/** What states read: where an instrument tells it, it tells it again and again. */
function measuredOf(controls: readonly Control[]): ReadonlySet<string> {
  const states = controls.filter(({ kind }) => kind === 'state')
  return new Set(states.flatMap(({ rests }) => rests.evidence.map(({ name }) => name)))
}

function measuredAgain(story: readonly Told[], measured: ReadonlySet<string>): readonly Told[] {
  return story.flatMap((told, nth) => {
    if (told.trust !== 'instrument' || !measured.has(told.type.name)) return [told]
    const next = story.slice(nth + 1).find(({ type }) => type === told.type)
    const days = Math.min(againDays, ((next?.atMs ?? Infinity) - told.atMs) / dayMs)
    return Array.from({ length: Math.ceil(days) }, (_, day) => ({
      ...told,
      atMs: told.atMs + day * dayMs,
      occurredMs: told.occurredMs + day * dayMs,
    }))
  })
}

function* fixtureFolders(): Generator<string> {
  const source = join(project, 'src')
  for (const part of readdirSync(source, { withFileTypes: true })) {
    if (!part.isDirectory() || part.name === 'core') continue
    for (const module of readdirSync(join(source, part.name), { withFileTypes: true })) {
      const at = join(source, part.name, module.name, 'fixtures')
      if (module.isDirectory() && readdirSync(join(at, '..')).includes('fixtures')) yield at
    }
  }
}

/** Tells each story in turn, on some day, of some others, until there are facts enough; in order of time. */
function plan(stories: readonly (readonly Told[])[]): readonly Due[] {
  const all: Due[] = []
  for (let nth = 0; all.length < size; nth++) {
    const story = stories[nth % stories.length] ?? []
    const movedMs = beginMs + random(365) * dayMs - (story[0]?.midnightMs ?? 0)
    const other = random(others)
    for (const told of story) {
      if (told.atMs + movedMs < endMs) all.push({ told, movedMs, other })
    }
  }
  return all.sort((a, b) => dueMs(a) - dueMs(b))
}

function dueMs({ told, movedMs }: Due): number {
  return told.atMs + movedMs
}

function observationOf(due: Due, identity: string): Observation {
  const { told, movedMs, other } = due
  const { type, source, trust, refs } = told
  const occurred = toInstant(Math.min(told.occurredMs + movedMs, nowMs))
  const persons = Object.entries(refs).map(([slot, value]) => {
    return [slot, { value, person: `${value}~${other}` }]
  })
  return {
    ...{ type, source, trust, occurred, observed: occurred, identity },
    body: bodyOf(due),
    private: Object.fromEntries(persons),
  }
}

/** With other subjects, and its days moved as its story is; as it was told, where its type refuses that. */
function bodyOf({ told, movedMs, other }: Due): Told['body'] {
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move)
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, move(inner)]))
    if (typeof value !== 'string') return value
    if (isName.test(value)) return `${value}-${other}`
    if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value)) return toInstant(Date.parse(value) + movedMs)
    if (/^\d{4}-\d{2}-\d{2}$/.test(value))
      return toInstant(Date.parse(value) + movedMs).slice(0, 10)
    return value
  }
  const moved = move(told.body) as Told['body']
  return told.type.schema.safeParse(moved).success ? moved : told.body
}
