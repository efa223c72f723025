import type { Fact, Instant, Observation } from '../../../core/fact.ts'
import type { Collector } from '../../../core/module.ts'
import { msOf, toInstant } from '../../../core/time.ts'
import { cipherRead, copyRead, jobFailed, partRead } from '../facts.ts'
import { type JobPorts, jobsOf, withTool } from './open.ts'
import { type Job, keyOf } from './settings.ts'
import { causeOf, failed, isOfTheCopy, toldOf } from './tell.ts'
import { newestOf, type Part, type Reading, type Sealing, type Trial } from './tool.ts'

const dayMs = 24 * 60 * 60_000
/** After a reading that found something wrong, or could not be done. */
const againMs = 6 * 60 * 60_000
/** What could not be read twice, so far apart, is no copy now. */
const twiceMs = 10 * 60_000
/** Readings of all jobs among which those of one are found. */
const readingsLooked = 5_000

/**
 * Reads what is stored, job by job: all of it within `readDays`. A list of backups proves no copy, and neither
 * does a check of lists: one flipped bit leaves both as they were.
 */
export const toolsRead: Collector = {
  name: 'backup-tools-read',
  sizeBytesMax: 8_192,
  perMinuteMax: 10_000,
  every: 'PT1H',
  async *run(ports) {
    for (const job of jobsOf(ports)) {
      if (ports.signal.aborted) return
      const history = await historyOf(job, ports)
      const part = dueOf(job, history, ports.clock.nowMs())
      if (part === null) continue
      try {
        const read = await readOne(job, part, ports)
        if (read === null) continue
        for (const fault of read.reading.faults.slice(0, faultsTold))
          yield failed(job, 'read', { code: 'BACKUP_COPY_FAULT', fault }, ports)
        yield* readingsOf(job, part, read, history)
        if (read.reading.errors === 0) yield* await ciphersOf(job, ports)
      } catch (error) {
        const cause = causeOf(error, ports.signal)
        if (cause === null) return
        yield failed(job, 'read', cause, ports)
        const lost = lostOf(job, cause.code, history, ports)
        if (lost !== null) yield lost
      }
    }
  },
}

/** Of what is wrong, a few are named. */
const faultsTold = 5

type Of<T> = T extends { schema: { _output: infer B } } ? Fact<B> : never
type History = Readonly<{
  copies: readonly Of<typeof copyRead>[]
  parts: readonly Of<typeof partRead>[]
  failures: readonly Of<typeof jobFailed>[]
}>

/** What was told of a job, the newest first. */
async function historyOf(job: Job, { reader }: JobPorts): Promise<History> {
  const parts = 'parts' in job ? job.parts : 1
  const isOf = ({ body }: { body: { set: string; repository: string } }) =>
    keyOf(body) === keyOf(job)
  const [copies, read, failures] = await Promise.all([
    reader.latest(copyRead, readingsLooked),
    reader.latest(partRead, readingsLooked),
    reader.latest(jobFailed, readingsLooked),
  ])
  return {
    copies: copies.filter(isOf),
    // Of another division they say nothing of this one.
    parts: read.filter(one => isOf(one) && one.body.parts === parts),
    failures: failures.filter(one => isOf(one) && one.body.step === 'read'),
  }
}

/** The part that is to be read now; null: none. */
export function dueOf(job: Job, { copies, parts, failures }: History, nowMs: number): Part | null {
  const count = 'parts' in job ? job.parts : 1
  const [lastCopy] = copies
  const [lastFailure] = failures
  const isWrong = lastCopy !== undefined && lastCopy.body.errors > 0
  // When it was told, and not the oldest of the parts that it speaks of.
  const since = (fact: Fact | undefined) =>
    fact === undefined ? Infinity : nowMs - msOf(fact.observed)
  const triedMs = Math.min(since(lastFailure), isWrong ? since(lastCopy) : Infinity)
  const isStill = lastFailure !== undefined && since(lastFailure) <= since(lastCopy)
  if (triedMs < (isWrong ? againMs : isStill ? twiceMs : 0)) return null
  if (count === 1) {
    const isDue = isWrong || since(lastCopy) >= job.readDays * dayMs
    return isDue ? { part: 1, parts: 1 } : null
  }
  const lastOf = (part: number) => parts.find(one => one.body.part === part)
  const all = Array.from({ length: count }, (_, nth) => nth + 1)
  const ageOf = (part: number) => since(lastOf(part))
  const part = all.reduce((oldest, one) => (ageOf(one) > ageOf(oldest) ? one : oldest))
  const everyMs = (job.readDays * dayMs) / count
  // The first time round, and after a fault, there is nothing to wait for.
  const isHurried = isWrong || ageOf(part) === Infinity
  return isHurried || since(parts[0]) >= everyMs ? { part, parts: count } : null
}

type Read = Readonly<{ reading: Reading; point: Instant; at: Instant }>

/** null: there is no backup yet. */
async function readOne(job: Job, part: Part, ports: JobPorts): Promise<Read | null> {
  return withTool(job, ports, async tool => {
    const point = newestOf((await tool.look()).snapshots)
    if (point === null) return null
    const reading = await tool.read(part)
    return { reading, point, at: toInstant(ports.clock.nowMs()) }
  })
}

function* readingsOf(
  job: Job,
  { part, parts }: Part,
  { reading, point, at }: Read,
  history: History,
): Iterable<Observation> {
  const { set, repository } = job
  const { bytes, errors } = reading
  const body = { set, repository, point, bytes, errors }
  const copy = (occurred: Instant, body: object): Observation => ({
    ...toldOf(job, occurred, at),
    type: copyRead,
    body,
    identity: `read ${repository} ${at}`,
  })
  if (parts === 1) {
    yield copy(at, body)
    return
  }
  yield {
    ...toldOf(job, at),
    type: partRead,
    body: { ...body, part, parts },
    identity: `part ${repository} ${part} ${parts} ${at}`,
  }
  if (errors > 0) {
    yield copy(at, body)
    return
  }
  const newest = new Map([[part, { at, point, bytes, errors }]])
  for (const { occurred, body } of history.parts)
    if (!newest.has(body.part)) newest.set(body.part, { ...body, at: occurred })
  const all = [...newest.values()]
  const since = all.map(one => one.at).sort()[0] ?? at
  const wrongAt = history.copies.find(one => one.body.errors > 0)?.occurred ?? ''
  // What was wrong may be in any part: each is read anew before it is right again.
  if (all.length < parts || all.some(one => one.errors > 0) || since <= wrongAt) return
  yield copy(since, {
    ...body,
    point: all.map(one => one.point).sort()[0],
    bytes: all.some(one => one.bytes === null)
      ? null
      : all.reduce((sum, one) => sum + (one.bytes ?? 0), 0),
  })
}

/** A copy that did not open, or was not there, twice in a row: whatever stands in it cannot be had. */
function lostOf(
  job: Job,
  code: string,
  { copies, failures }: History,
  { clock }: JobPorts,
): Observation | null {
  const [last] = copies
  const [before] = failures
  // Of what was never read nobody says that it is a copy.
  if (last === undefined || before === undefined || !isOfTheCopy(code)) return null
  if (!isOfTheCopy(before.body.code) || before.observed <= last.observed) return null
  const at = toInstant(clock.nowMs())
  const { set, repository } = job
  return {
    ...toldOf(job, at),
    type: copyRead,
    body: { set, repository, point: last.body.point, bytes: 0, errors: 1 },
    identity: `lost ${repository} ${at}`,
  }
}

/** How everything in a repository is encrypted: of all jobs that write there, for one fact speaks of it. */
async function ciphersOf(job: Job, ports: JobPorts): Promise<readonly Observation[]> {
  const jobs = jobsOf(ports).filter(one => one.repository === job.repository)
  const found: Sealing[] = []
  for (const one of jobs) found.push(await withTool(one, ports, tool => tool.sealing()))
  const trials = found.flatMap(({ trial }) => trial ?? [])
  const counts = new Map<string, number>()
  for (const { cipher, objects } of found.flatMap(one => one.ciphers))
    counts.set(cipher, (counts.get(cipher) ?? 0) + objects)
  const at = toInstant(ports.clock.nowMs())
  return [
    {
      ...toldOf(job, at),
      type: cipherRead,
      body: {
        repository: job.repository,
        ciphers: [...counts].map(([cipher, objects]) => ({ cipher, objects })),
        unread: found.reduce((sum, { unread }) => sum + unread, 0),
        trial: trials.length === 0 ? null : joined(trials),
      },
      identity: `cipher ${job.repository} ${at}`,
    },
  ]
}

/** The least that a key opened, and all that another one did. */
const joined = (trials: readonly Trial[]): Trial => ({
  withKeyBytes: Math.min(...trials.map(({ withKeyBytes }) => withKeyBytes)),
  withOtherBytes: trials.reduce((sum, { withOtherBytes }) => sum + withOtherBytes, 0),
})
