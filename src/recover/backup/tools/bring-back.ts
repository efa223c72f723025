import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import type { Observation } from '../../../core/fact.ts'
import type { Collector } from '../../../core/module.ts'
import { dayIn, msOf, toInstant } from '../../../core/time.ts'
import { restoreCompared } from '../../restore/facts.ts'
import { jobFailed } from '../facts.ts'
import { type JobPorts, jobsOf, withTool } from './open.ts'
import { type Job, keyOf } from './settings.ts'
import { causeOf, failed, toldOf } from './tell.ts'

/** After one that failed or did not compare. */
const againMs = 6 * 60 * 60_000
/** Comparisons of all jobs among which those of one are found. */
const testsLooked = 5_000

/** Once in a month the newest backup of each job is brought back into a folder of its own, and compared. */
export const toolsBringBack: Collector = {
  name: 'backup-tools-bring-back',
  sizeBytesMax: 4_096,
  perMinuteMax: 1_000,
  every: 'PT1H',
  async *run(ports) {
    const { clock, signal } = ports
    for (const job of jobsOf(ports)) {
      if (signal.aborted) return
      if (job.restoreBytesMax === 0 || !(await isDue(job, ports))) continue
      try {
        const back = await bringBack(job, ports)
        if (back === null) continue
        const { set, repository } = job
        const at = toInstant(clock.nowMs())
        yield {
          ...toldOf(job, at),
          type: restoreCompared,
          body: { set, repository, ...back, period: null },
          identity: `restore ${repository} ${at}`,
        } satisfies Observation
        if (back.differing > 0 || back.expected !== back.found)
          yield failed(job, 'restore', { code: 'BACKUP_COPY_FAULT' }, ports)
      } catch (error) {
        const cause = causeOf(error, signal)
        if (cause === null) return
        yield failed(job, 'restore', cause, ports)
      }
    }
  },
}

async function isDue(job: Job, { reader, clock, policy }: JobPorts): Promise<boolean> {
  const isOf = ({ body }: { body: { set: string; repository: string } }) =>
    keyOf(body) === keyOf(job)
  const nowMs = clock.nowMs()
  const monthOf = (ms: number) => dayIn(ms, policy.organisation.zone).slice(0, 7)
  const [last] = (await reader.latest(restoreCompared, testsLooked)).filter(isOf)
  const [failure] = (await reader.latest(jobFailed, testsLooked)).filter(
    one => isOf(one) && one.body.step === 'restore',
  )
  if (failure !== undefined && msOf(failure.observed) > nowMs - againMs) return false
  if (last === undefined) return true
  const isGood = last.body.differing === 0 && last.body.expected === last.body.found
  return isGood
    ? monthOf(msOf(last.occurred)) !== monthOf(nowMs)
    : msOf(last.occurred) <= nowMs - againMs
}

/** null: there is nothing to bring back. */
async function bringBack(job: Job, ports: JobPorts) {
  return withTool(job, ports, async (tool, scratch) => {
    const { snapshots } = await tool.look()
    const good = snapshots.filter(({ isFaulty }) => !isFaulty)
    const newest = good.reduce(
      (last, one) => (last === null || one.began > last.began ? one : last),
      good[0] ?? null,
    )
    if (newest === null) return null
    const target = join(scratch, 'back')
    await fs.mkdir(target, { mode: 0o700 })
    return tool.bringBack(target, newest)
  })
}
