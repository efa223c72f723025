import type { Ports } from '../../../core/module.ts'
import type { BackupSettings } from '../settings.ts'
import { openBorg } from './borg.ts'
import type { LogMark } from './log-marks.ts'
import { openOurs } from './ours.ts'
import { openPgbackrest } from './pgbackrest.ts'
import { openRestic } from './restic.ts'
import { type Job, keyOf } from './settings.ts'
import { type Tool, withScratch } from './tool.ts'

/**
 * What a program remembers of the jobs from one look to the next; lost with it, it is found anew. One for each
 * set of settings that a program has.
 */
type Memory = Readonly<{
  /** Snapshots that were told, by job. */
  told: Map<string, Set<string>>
  /** How far the log of a server had come, by job. */
  marks: Map<string, LogMark[]>
}>

const memories = new WeakMap<object, Memory>()

export function memoryOf({ settings }: Pick<Ports, 'settings'>): Memory {
  const memory = memories.get(settings) ?? { told: new Map(), marks: new Map() }
  memories.set(settings, memory)
  return memory
}

export const jobsOf = ({ settings }: Pick<Ports, 'settings'>): readonly Job[] =>
  (settings as BackupSettings).jobs

/** What collectors of jobs need of what all collectors have. */
export type JobPorts = Pick<
  Ports,
  'clock' | 'log' | 'signal' | 'settings' | 'own' | 'policy' | 'reader'
>

/** Opens a repository for as long as the work takes. */
export function withTool<T>(
  job: Job,
  ports: JobPorts,
  work: (tool: Tool, scratch: string) => Promise<T>,
): Promise<T> {
  return withScratch(job.scratch, scratch => {
    const toolPorts = { ...ports, scratch }
    return work(openTool(job, toolPorts), scratch)
  })
}

function openTool(job: Job, ports: JobPorts & { scratch: string }): Tool {
  switch (job.tool) {
    case 'restic':
      return openRestic(job, ports)
    case 'borg':
      return openBorg(job, ports)
    case 'pgbackrest':
      return openPgbackrest(
        job,
        ports,
        job.database === null ? null : (memoryOf(ports).marks.get(keyOf(job)) ?? []),
      )
    case 'folder':
    case 'postgresql':
      return openOurs(job, ports)
  }
}
