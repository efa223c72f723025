import type { Collector } from '../../../core/module.ts'
import { msOf } from '../../../core/time.ts'
import { jobFailed } from '../facts.ts'
import { dueSince } from '../own-base.ts'
import { type JobPorts, jobsOf, withTool } from './open.ts'
import { newestBegan, pruneOurs, takeOurs } from './ours.ts'
import { keyOf, type OurJob } from './settings.ts'
import { causeOf, failed } from './tell.ts'

/** After a failure. */
const againMs = 15 * 60_000
const failuresLooked = 1_000

/** Makes the backups that are ours to make; that one is there is told by who looks at what is there. */
export const toolsRun: Collector = {
  name: 'backup-tools-run',
  sizeBytesMax: 4_096,
  perMinuteMax: 1_000,
  every: 'PT1M',
  async *run(ports) {
    for (const job of jobsOf(ports)) {
      if (job.tool !== 'folder' && job.tool !== 'postgresql') continue
      if (ports.signal.aborted) return
      try {
        if (await isDue(job, ports)) await takeOne(job, ports)
      } catch (error) {
        const cause = causeOf(error, ports.signal)
        // Cut short: what was sent is there, and the next one goes on from it.
        if (cause === null) return
        yield failed(job, 'backup', cause, ports)
      }
    }
  },
}

async function isDue(job: OurJob, ports: JobPorts): Promise<boolean> {
  const { clock, policy, reader } = ports
  const nowMs = clock.nowMs()
  const [failure] = (await reader.latest(jobFailed, failuresLooked)).filter(
    ({ body }) => keyOf(body) === keyOf(job) && body.step === 'backup',
  )
  if (failure !== undefined && msOf(failure.observed) > nowMs - againMs) return false
  const began = await newestBegan(job, ports)
  return began === null || began < dueSince(job.times, nowMs, policy.organisation.zone)
}

async function takeOne(job: OurJob, ports: JobPorts): Promise<void> {
  await withTool(job, ports, async (_, scratch) => {
    const ourPorts = { ...ports, scratch }
    const { id, sentBytes } = await takeOurs(job, ourPorts)
    const { set, repository } = job
    ports.log.info('backup.set.taken', { set, repository, snapshot: id, sentBytes })
    const pruned = await pruneOurs(job, ourPorts)
    if (pruned > 0) ports.log.info('backup.set.pruned', { set, repository, backups: pruned })
  })
}
