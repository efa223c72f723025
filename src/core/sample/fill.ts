import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Closing } from '../closing.ts'
import { OkiteError } from '../error.ts'
import type { Observation } from '../fact.ts'
import { type Ledger, submitCountMax } from '../ledger/store.ts'
import { type ComposeOptions, openList, readPlan, runnerOf } from '../run/compose.ts'
import { moduleFolders } from '../run/discover.ts'
import { JudgeRunner } from '../run/follow.ts'
import { packOnDisk } from '../run/policies.ts'
import { toInstant } from '../time.ts'
import { createCompany } from './company.ts'
import { makeKeys, writeMark } from './folder.ts'
import { createEntropy } from './random.ts'
import { listen, type Sample, type Told } from './story.ts'
import { createYear } from './year.ts'

export type FillOptions = ComposeOptions &
  Readonly<{
    seed: number
    /** The end of the year, in ms. */
    untilMs: number
    /** So many times as many people and things. */
    scale?: number
    /** So many days from its beginning, in place of all: such a folder is no sample that can be started. */
    days?: number
  }>

export type Filled = Readonly<{ told: number; size: number; root: string }>

/**
 * Fills an empty folder with the year of the company, as it would have come: facts in the order of
 * their time, each with a clock that shows it, and judges that step at every local midnight. The same
 * seed and end make the same list, byte by byte, on any machine and in any zone.
 */
export async function fill(options: FillOptions): Promise<Filled> {
  const { dataDir, seed, untilMs } = options
  const plan = await readPlan(options)
  const policy = packOnDisk(options, plan.config.values.policy)
  const year = createYear(untilMs, policy.organisation.zone)
  const company = createCompany({ seed, year, policy, scale: options.scale ?? 1 })
  const told = await tellYear(options.source, { year, company, seed })
  const mark = { seed, until: toInstant(untilMs) }
  writeMark(dataDir, { ...mark, isFull: false })
  makeKeys(dataDir, seed)
  const clock = { ms: year.beginMs, nowMs: () => clock.ms }
  const opened = new Closing()
  try {
    const own = { ...options, clock, entropy: createEntropy(seed) }
    const list = await openList(own, plan, opened)
    const judges = new JudgeRunner(runnerOf(own, plan, list))
    opened.push(() => judges.close())
    await judges.stepAll()
    const days = year.days.slice(0, options.days)
    for (const [nth, midnight] of days.entries()) {
      const endMs = year.days[nth + 1] ?? year.endMs
      await appendDay(list.ledger, clock, told, { fromMs: midnight, endMs })
      clock.ms = Math.max(clock.ms, endMs - 1)
      await judges.stepAll()
    }
    const size = await list.ledger.size()
    const root = (await list.ledger.checkpoint()).split('\n')[2] ?? ''
    // Point of no return: from here on the folder is a sample that can be started.
    writeMark(dataDir, { ...mark, isFull: days.length === year.days.length })
    await opened.close()
    return { told: told.length, size, root }
  } catch (error) {
    return opened.closeAfter(error)
  }
}

/** Lets every module that has a `sample.ts` tell its part; what it tells is sorted by time. */
export async function tellYear(
  source: string,
  given: Parameters<typeof listen>[2],
): Promise<readonly Told[]> {
  const told: Told[] = []
  for (const folder of moduleFolders(source)) {
    const path = join(source, folder, 'sample.ts')
    if (!existsSync(path)) continue
    const { default: sample } = (await import(pathToFileURL(path).href)) as { default?: Sample }
    const module = folder.replace('/', '.')
    if (sample === undefined) throw new OkiteError('SAMPLE_STORY', { what: `${folder}/sample.ts` })
    for (const one of listen(module, sample, given)) told.push(one)
  }
  // By time, and what comes at once in the order of modules and of their words: sorting is stable.
  return told.sort((a, b) => a.atMs - b.atMs || a.orderMs - b.orderMs)
}

/** What is on the list within so many minutes is there as it happens (V4), with one flush to the disk. */
const togetherMs = 10 * 60_000

/** Up to where facts go into one transaction, from a place on. */
function batchEnd(told: readonly Told[], from: number, endMs: number): number {
  const untilMs = Math.min((told[from] as Told).atMs + togetherMs, endMs)
  const most = Math.min(told.length, from + submitCountMax)
  let to = from
  while (to < most && (told[to] as Told).atMs < untilMs) to += 1
  return to
}

async function appendDay(
  ledger: Ledger,
  clock: { ms: number },
  told: readonly Told[],
  { fromMs, endMs }: Readonly<{ fromMs: number; endMs: number }>,
): Promise<void> {
  const first = told.findIndex(one => one.atMs >= fromMs)
  if (first < 0) return
  for (let from = first; from < told.length; ) {
    if ((told[from] as Told).atMs >= endMs) return
    const to = batchEnd(told, from, endMs)
    const batch = told.slice(from, to)
    clock.ms = Math.max(clock.ms, (batch.at(-1) as Told).atMs)
    await ledger.write(async open => {
      const all = batch.map(one => open.observe(one.module, observationOf(one)))
      await Promise.all(all)
    })
    from = to
  }
}

/** What is told, as it is observed. */
export const observationOf = (told: Told): Observation => ({
  ...{ type: told.type, source: told.source, trust: told.trust, identity: told.identity },
  occurred: toInstant(told.occurredMs),
  observed: toInstant(told.atMs),
  body: told.body as Observation['body'],
  private: told.private,
})
