import type { Instant, Observation } from '../../../core/fact.ts'
import { watermarkAdvanced } from '../../../core/facts.ts'
import type { Collector } from '../../../core/module.ts'
import { toInstant } from '../../../core/time.ts'
import { pointSeen, runEnded } from '../facts.ts'
import { compareLists } from './lists.ts'
import { marksMax } from './log-marks.ts'
import { type JobPorts, jobsOf, memoryOf, withTool } from './open.ts'
import { markOf } from './server.ts'
import { type Job, keyOf } from './settings.ts'
import { causeOf, failed, sourceOf, toldOf } from './tell.ts'
import type { Look, Snapshot } from './tool.ts'

/** Backups from before are not told of: no control asks for them. */
const horizonMs = 40 * 24 * 60 * 60_000
/** In one look, so that a first one of many years does not hold up others; the next goes on. */
const runsMax = 2_000
/** So often it is said that nothing more is to come from before. */
const heardEveryMs = 60 * 60_000
const pointEveryMs = 5 * 60_000

/** Lists every repository: which backups stand there, how old the newest state is, and what else is there. */
export const toolsLook: Collector = {
  name: 'backup-tools-look',
  sizeBytesMax: 16_384,
  perMinuteMax: 10_000,
  every: 'PT5M',
  async *run(ports) {
    const jobs = jobsOf(ports)
    const looks = new Map<Job, Look>()
    const begunMs = ports.clock.nowMs()
    for (const job of jobs) {
      if (ports.signal.aborted) return
      try {
        looks.set(job, await lookAt(job, ports))
      } catch (error) {
        const cause = causeOf(error, ports.signal)
        if (cause !== null) yield failed(job, 'list', cause, ports)
        continue
      }
      yield newRuns(job, looks.get(job)!, ports)
    }
    for (const set of new Set(jobs.map(job => job.set))) {
      const own = jobs.filter(job => job.set === set)
      yield* pointOf(set, own, looks, ports)
      // Of a set of which one repository gave no list, a run may be missing here and not there.
      if (own.every(job => looks.has(job) && isAllTold(job, looks.get(job)!, ports)))
        yield heard(set, begunMs)
    }
    yield* await compareLists(jobs, looks, ports)
  },
}

async function lookAt(job: Job, ports: JobPorts): Promise<Look> {
  if (job.tool === 'pgbackrest' && job.database !== null) {
    const mark = await markOf(job.database, { beat: job.beat, nowMs: ports.clock.nowMs() })
    const marks = memoryOf(ports).marks.get(keyOf(job)) ?? []
    memoryOf(ports).marks.set(keyOf(job), [...marks, mark].slice(-marksMax))
  }
  return withTool(job, ports, tool => tool.look())
}

const isRecent = ({ began }: Snapshot, ports: JobPorts): boolean =>
  began >= toInstant(ports.clock.nowMs() - horizonMs)

const toldBy = (job: Job, ports: JobPorts): Set<string> => {
  const { told } = memoryOf(ports)
  const known = told.get(keyOf(job)) ?? new Set<string>()
  told.set(keyOf(job), known)
  return known
}

const isAllTold = (job: Job, { snapshots }: Look, ports: JobPorts): boolean =>
  snapshots.every(one => !isRecent(one, ports) || toldBy(job, ports).has(one.id))

/** Backups that stand there and were not told yet, the oldest first. Told twice they are one (identity). */
function newRuns(job: Job, { snapshots }: Look, ports: JobPorts): readonly Observation[] {
  const known = toldBy(job, ports)
  const fresh = snapshots
    .filter(one => isRecent(one, ports) && !known.has(one.id))
    .sort((a, b) => (a.began < b.began ? -1 : 1))
    .slice(0, runsMax)
  for (const { id } of fresh) known.add(id)
  const observed = toInstant(ports.clock.nowMs())
  return fresh.map(one => runOf(job, one, observed))
}

function runOf(job: Job, one: Snapshot, observed: Instant): Observation {
  const { set, repository } = job
  const isOurs = job.tool === 'folder' || job.tool === 'postgresql'
  const ended = one.ended ?? one.began
  return {
    // The clock of the machine that made it may be ahead of ours.
    ...toldOf(job, ended < observed ? ended : observed, observed),
    type: runEnded,
    body: {
      ...{ set, repository, trigger: one.isMarked ? 'schedule' : 'unknown', began: one.began },
      ...{ exitCode: isOurs ? 0 : null, snapshot: one.isFaulty ? null : one.id },
      bytes: one.bytes,
    },
    identity: `run ${repository} ${one.id}`,
  }
}

/** What any of its repositories could bring back. */
function* pointOf(
  set: string,
  jobs: readonly Job[],
  looks: ReadonlyMap<Job, Look>,
  { clock }: JobPorts,
): Iterable<Observation> {
  const points = jobs.flatMap(job => looks.get(job)?.point ?? []).sort()
  const point = points.at(-1)
  if (point === undefined) return
  const nowMs = clock.nowMs()
  yield {
    ...toldOf({ set }, toInstant(nowMs)),
    type: pointSeen,
    body: { set, point },
    identity: `point ${Math.floor(nowMs / pointEveryMs)}`,
  }
}

function heard(set: string, atMs: number): Observation {
  const to = toInstant(atMs)
  const source = sourceOf({ set })
  return {
    ...toldOf({ set }, to),
    type: watermarkAdvanced,
    body: { source, to },
    identity: `${source} ${Math.floor(atMs / heardEveryMs)}`,
  }
}
