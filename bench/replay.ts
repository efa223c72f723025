/**
 * Replays a long list through 159 controls of all kinds, and measures what one new fact costs on a
 * short and on a long list. `./okite run bench/replay.ts [facts]`
 *
 * What a replay costs depends on the facts and on the time they span: every day has its seals, every
 * week its closings, whether or not anything happens. So the same list is replayed twice, its times
 * spread evenly over a short span (20 facts a second, a large company on a busy day: a million is 14
 * hours) and over a long one (2 facts a minute, a small company: a million is 347 days).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../src/core/db/database.ts'
import type { FactType, Observation } from '../src/core/fact.ts'
import * as coreFacts from '../src/core/facts.ts'
import type { Params } from '../src/core/judge.ts'
import { openSecrets } from '../src/core/ledger/secrets.ts'
import { openFileSigner } from '../src/core/ledger/signer.ts'
import { type Ledger, openLedger } from '../src/core/ledger/store.ts'
import { createLog } from '../src/core/log.ts'
import { foldApart, type Threads } from '../src/core/run/apart.ts'
import { JudgeRunner, type RunnerOptions } from '../src/core/run/follow.ts'
import type { List } from '../src/core/run/list.ts'
import { Overlay } from '../src/core/run/overlay.ts'
import { readFoldSchema } from '../src/core/run/schema.ts'
import { stratify } from '../src/core/run/strata.ts'
import { createCalendars, systemClock, toInstant } from '../src/core/time.ts'
import * as synthetic from '../test/synthetic.ts'
import { percentile, printFigure, printMachine } from './machine.ts'

const size = Number(process.argv[2] ?? 1_000_000)
const controls = synthetic.syntheticControls(159)
const topics = synthetic.topicsOf(159)
const random = synthetic.createRandom(20_261_125)
const log = createLog({
  clock: systemClock,
  write: line => void process.stderr.write(line),
  level: 'warn',
})
const folder = mkdtempSync(join(tmpdir(), 'okite-bench-'))

const threads: Threads = {
  maker: new URL('../test/synthetic.ts', import.meta.url).href,
  data: { count: controls.length },
  ids: new Set(controls.map(control => control.id)),
  count: availableParallelism() - 1,
  listMin: 0,
}

/** Between two facts of the short span, and of the long one. */
const shortStepMs = 50
const longStepMs = 30_000

/** Facts of one transaction while the list is made; more are not faster. */
const batchCount = 1_024

/** The first are for nothing: a program that has run for months has compiled what it runs. */
const effectsWarm = 500
const effects = 2_000

let made = 0

printMachine(`./okite run bench/replay.ts ${size}`)
const database = await openDatabase({ dataDir: folder, log, clock: systemClock })
try {
  await run()
} finally {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
}

async function run(): Promise<void> {
  const types = new Map<string, FactType>()
  for (const type of [...Object.values(coreFacts), ...synthetic.syntheticTypes]) {
    if (typeof type === 'object' && 'schema' in type && 'name' in type)
      types.set(type.name, type as FactType)
  }
  const clock = pastClock()
  const ledger = await openLedger({
    pool: database.pool,
    signer: openFileSigner(join(folder, 'signer')),
    secrets: openSecrets(join(folder, 'secrets')),
    types,
    clock,
    log,
    okiteVersion: 'bench',
  })
  await database.pool.query(readFoldSchema())
  const options: RunnerOptions = {
    list: ledger,
    judges: stratify(
      controls.map(control => control.judge),
      [],
    ),
    defaults: new Map<string, Params>(controls.map(control => [control.id, control.params])),
    packParams: () => new Map(),
    preparePolicy: async () => {},
    sourceOf: () => ({ hash: '0'.repeat(64), content: '', files: new Map() }),
    calendars: createCalendars([]),
    threads: null,
    clock,
    log,
  }
  await begin(ledger, clock)
  await fill(ledger, clock, 2_000)
  await measureEffect('list of 2,000', options, ledger, clock)
  await fill(ledger, clock, size - (await ledger.size()))
  await replay('short span', shortStepMs, options, ledger)
  await replay('long span', longStepMs, options, ledger)
  // The judges begin at the head, as new ones do: they fold what there is and say what they conclude.
  await database.pool.query('truncate fold.judge, fold.judge_row')
  await database.pool.query('update ledger.cursor set next = $1', [await ledger.size()])
  await measureEffect(`list of ${size.toLocaleString('en')}`, options, ledger, clock)
  await ledger.close()
}

async function measureEffect(
  name: string,
  options: RunnerOptions,
  ledger: Ledger,
  clock: BenchClock,
): Promise<void> {
  const judges = new JudgeRunner(options)
  await judges.start()
  await effect(`one new fact, ${name}`, judges, ledger, clock)
  await judges.close()
  await durable()
}

/** A clock that starts long ago and is moved by the facts, so that a year of facts is a year. */
function pastClock() {
  let ms = Date.now() - Math.max(400 * 86_400_000, size * longStepMs * 1.1)
  return { nowMs: () => ms, forward: (by: number) => void (ms += by) }
}

type BenchClock = ReturnType<typeof pastClock>

async function begin(ledger: Ledger, clock: BenchClock): Promise<void> {
  const now = new Date(clock.nowMs()).toISOString()
  await ledger.submit('core', {
    type: coreFacts.policyAdopted,
    source: 'bench',
    occurred: now,
    observed: now,
    trust: 'record',
    body: { policy: 'bench', version: '1', from: now, hash: '0'.repeat(64), statements: 159 },
    identity: 'policy',
  })
  const world: Observation[] = []
  for (let n = 0; n < 200; n++)
    world.push(observation(clock, synthetic.personJoined, { subject: `p${n}` }))
  for (let n = 0; n < 400; n++)
    world.push(observation(clock, synthetic.assetListed, { subject: `a${n}` }))
  world.push(observation(clock, synthetic.rosterDeclared, { count: 200 }))
  world.push(observation(clock, synthetic.inventoryDeclared, { count: 400 }))
  await Promise.all(world.map(one => ledger.submit('synthetic', one)))
}

function observation(clock: BenchClock, type: FactType, body: unknown): Observation {
  const at = new Date(clock.nowMs()).toISOString()
  return {
    type,
    source: 'bench',
    occurred: at,
    observed: at,
    trust: 'instrument',
    body,
    identity: `${made++}`,
  }
}

function nextObservation(clock: BenchClock): Observation {
  const pick = (list: readonly number[]) => list[random(list.length)] ?? 0
  const topic = (kind: keyof typeof topics) => pick(topics[kind])
  const share = random(100)
  if (share < 55) {
    return observation(clock, synthetic.assetScanned, {
      subject: `a${random(400)}`,
      topic: topic('scan'),
      faults: random(100) === 0 ? 9 : random(3),
    })
  }
  if (share < 85) {
    return observation(clock, synthetic.trainingDone, {
      subject: `p${random(200)}`,
      topic: topic('training'),
    })
  }
  if (share < 97) {
    const type = share < 91 ? synthetic.caseOpened : synthetic.caseClosed
    return observation(clock, type, { subject: `case${random(20_000)}`, topic: topic('case') })
  }
  return observation(clock, synthetic.exerciseRun, {
    topic: topic('exercise'),
    passed: random(200) > 0,
  })
}

/** Facts as the long span has them: the clock moves with each transaction. */
async function fill(ledger: Ledger, clock: BenchClock, count: number): Promise<void> {
  const started = performance.now()
  for (let done = 0; done < count; ) {
    const facts = Math.min(batchCount, count - done)
    clock.forward(facts * longStepMs)
    await ledger.write(async batch => {
      const one = () => batch.observe('synthetic', nextObservation(clock))
      await Promise.all(Array.from({ length: facts }, one))
    })
    done += facts
  }
  const seconds = (performance.now() - started) / 1_000
  console.log(`  ${count.toLocaleString('en')} facts appended in ${seconds.toFixed(1)} s`)
}

/** What was spent on reading the list, and on giving its facts other times. */
type Spent = { readMs: number; spreadMs: number }

/** The same list with its times spread evenly, so that one list serves two spans. */
function spread(list: List, stepMs: number, spent: Spent): Pick<List, 'leaves'> {
  const beginMs = Date.parse('2025-10-20T00:00:00.000Z')
  return {
    async leaves(from, countMax) {
      const started = performance.now()
      const page = await list.leaves(from, countMax)
      const read = performance.now()
      spent.readMs += read - started
      const texts = page.text.split('\n').map((text, nth) => {
        const at = toInstant(beginMs + (from + nth) * stepMs)
        const moved = text
          .replace(/"observed":"[^"]*","occurred":"[^"]*"/, `"observed":"${at}","occurred":"${at}"`)
          .replace(/"recorded":"[^"]*"/, `"recorded":"${at}"`)
        return text.includes(coreFacts.policyAdopted.name)
          ? moved.replace(/"from":"[^"]*"/, `"from":"${at}"`)
          : moved
      })
      spent.spreadMs += performance.now() - read
      return { ...page, text: texts.join('\n') }
    },
  }
}

async function replay(
  name: string,
  stepMs: number,
  options: RunnerOptions,
  ledger: Ledger,
): Promise<void> {
  const until = await ledger.size()
  const spent: Spent = { readMs: 0, spreadMs: 0 }
  const list = spread(ledger, stepMs, spent)
  const before = process.cpuUsage()
  const started = performance.now()
  const fold = await foldApart({ ...options, list, until, overlay: new Overlay(), threads })
  if (fold === null) throw new Error('a list this short is folded in one thread')
  const { engine } = fold
  // A replay gives no fact another time; that is the bench's own doing.
  const seconds = (performance.now() - started - spent.spreadMs) / 1_000
  const rows = engine.seats.reduce((sum, seat) => sum + seat.rows.byKey.size, 0)
  const days = (until * stepMs) / 86_400_000
  printFigure(
    `replay, ${name}: ${until.toLocaleString('en')} facts in ${days.toFixed(1)} days`,
    seconds,
    's',
    (20 * until) / 1_000_000,
    'atMost',
  )
  const cpuSeconds = process.cpuUsage(before).user / 1e6
  console.log(
    `  159 controls, ${rows.toLocaleString('en')} rows; ${1 + threads.count} threads; ${cpuSeconds.toFixed(1)} s of ` +
      `processor in this process; the list was waited for ${(spent.readMs / 1_000).toFixed(1)} s, folding meanwhile`,
  )
  if (engine.stopped.length > 0) throw new Error(JSON.stringify(engine.stopped))
}

/** What any effect costs at least here: a transaction that is on the disk when it ends. */
async function durable(): Promise<void> {
  const samples: number[] = []
  const tx = await database.pool.connect()
  try {
    await tx.query('set synchronous_commit = on')
    for (let n = 0; n < 500; n++) {
      const started = performance.now()
      await tx.query(`update ledger.cursor set next = next where consumer = 'judges'`)
      samples.push(performance.now() - started)
    }
  } finally {
    tx.release(true)
  }
  samples.sort((a, b) => a - b)
  const [half, most] = [percentile(samples, 0.5), percentile(samples, 0.99)]
  console.log(
    `  for comparison, one row updated durably: p50 ${half.toFixed(2)} ms, p99 ${most.toFixed(2)} ms`,
  )
}

/** From the acknowledgement of a fact to its effect being committed. */
async function effect(
  name: string,
  judges: JudgeRunner,
  ledger: Ledger,
  clock: BenchClock,
): Promise<void> {
  const samples: number[] = []
  for (let n = 0; n < effectsWarm + effects; n++) {
    const { pos } = await ledger.submit('synthetic', nextObservation(clock))
    const started = performance.now()
    await judges.reached(pos)
    if (n >= effectsWarm) samples.push(performance.now() - started)
  }
  samples.sort((a, b) => a - b)
  console.log(`  ${name}: p50 ${percentile(samples, 0.5).toFixed(2)} ms`)
  printFigure(`${name}: p99`, percentile(samples, 0.99), 'ms', 5, 'atMost')
}
