import { codeOf } from '../../../core/error.ts'
import type { Instant, Observation } from '../../../core/fact.ts'
import type { Ports } from '../../../core/module.ts'
import { toInstant } from '../../../core/time.ts'
import { jobFailed } from '../facts.ts'
import type { Job } from './settings.ts'

/** How what was found is told: by whom, and under which identity. */

export const sourceOf = ({ set }: Pick<Job, 'set'>): string => `backup@${set}`

export const toldOf = (job: Pick<Job, 'set'>, occurred: Instant, observed = occurred) =>
  ({ source: sourceOf(job), occurred, observed, trust: 'instrument' }) as const

export type Step = 'list' | 'read' | 'restore' | 'backup'

/** The same failure is told once an hour. */
const toldEveryMs = 60 * 60_000

export function failed(
  job: Job,
  step: Step,
  cause: Readonly<{ code: string; fault?: string }>,
  { clock, log }: Pick<Ports, 'clock' | 'log'>,
): Observation {
  const { set, repository } = job
  const { code, fault = null } = cause
  log.error('backup.job.failed', { set, repository, step, code, fault })
  const nowMs = clock.nowMs()
  const hour = Math.floor(nowMs / toldEveryMs)
  return {
    ...toldOf(job, toInstant(nowMs)),
    type: jobFailed,
    body: { set, repository, step, code, fault },
    identity: `failed ${repository} ${step} ${code} ${fault ?? ''} ${hour}`,
  }
}

/** A refusal to be told; null: the program ends, and nothing was found out. */
export function causeOf(error: unknown, signal: AbortSignal): { code: string } | null {
  if (signal.aborted) return null
  return { code: codeOf(error) }
}

/** Codes by which the repository itself did not give the data, and not what is between us and it. */
const ofTheCopy = new Set(['BACKUP_TOOL_SECRET', 'BACKUP_TOOL_AWAY', 'BACKUP_TOOL_FAILED'])
/** And those of our own store. */
const ofOurStore = /^BACKUP_(KEY_WRONG|OBJECT_|REPOSITORY_)/

export const isOfTheCopy = (code: string): boolean => ofTheCopy.has(code) || ofOurStore.test(code)
