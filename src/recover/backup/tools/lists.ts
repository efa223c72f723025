import type { Observation } from '../../../core/fact.ts'
import { hashOf } from '../../../core/register/whole.ts'
import { dayIn, toInstant } from '../../../core/time.ts'
import { repositoriesCompared, repositoriesDeclared, setsCompared, setsDeclared } from '../facts.ts'
import * as registers from '../registers.ts'
import { type BackupSettings, ownSet } from '../settings.ts'
import type { JobPorts } from './open.ts'
import type { Job } from './settings.ts'
import type { Look } from './tool.ts'

const source = 'backup@jobs'
/** As many subjects as a fact may have. */
const partCount = 64

/**
 * Lays what the programs know beside the registers: the sets of the jobs, what else stands in their
 * repositories, and the places that jobs write to. It is told once a day, and at once where either side has
 * changed. While one repository gives no list nothing is: what else is there would be unknown.
 */
export async function compareLists(
  jobs: readonly Job[],
  looks: ReadonlyMap<Job, Look>,
  ports: JobPorts,
): Promise<readonly Observation[]> {
  if (jobs.length === 0 || looks.size < jobs.length) return []
  const settings = ports.settings as BackupSettings
  const hasOwn = ports.own !== null
  const known = hasOwn ? settings.repositories.map(({ name }) => name) : []
  const strangers = strangersOf(jobs, looks)
  return [
    ...(await compared(ports, {
      ...{ register: registers.sets, table: 'backup_set_register', type: setsCompared },
      ...{ declared: setsDeclared, strangers: strangers.length },
      names: [...jobs.map(({ set }) => set), ...(hasOwn ? [ownSet] : [])],
    })),
    ...(await compared(ports, {
      ...{ register: registers.repositories, table: 'backup_repository_register' },
      ...{ type: repositoriesCompared, declared: repositoriesDeclared, strangers: 0 },
      names: [...jobs.map(({ repository }) => repository), ...known],
    })),
  ]
}

/** What stands in a repository and is of no job. Hosts, paths and names are only counted: they may say much. */
function strangersOf(jobs: readonly Job[], looks: ReadonlyMap<Job, Look>): readonly string[] {
  const placeOf = (job: Job): string => {
    if (job.tool === 'pgbackrest') return `${job.configFile} ${job.repo}`
    return job.tool === 'restic' || job.tool === 'borg' ? job.location : job.to
  }
  const found = new Set<string>()
  for (const job of jobs) {
    const sharing = jobs.filter(one => placeOf(one) === placeOf(job))
    for (const { id, label } of looks.get(job)?.others ?? []) {
      const isStrange = sharing.every(one => looks.get(one)?.others.some(other => other.id === id))
      const isStanza =
        job.tool === 'pgbackrest' && sharing.some(one => 'stanza' in one && one.stanza === id)
      if (isStrange && !isStanza) found.add(`${placeOf(job)} ${label}`)
    }
  }
  return [...found]
}

type Side = Readonly<{
  register: typeof registers.sets
  table: string
  type: Observation['type']
  declared: typeof setsDeclared | typeof repositoriesDeclared
  names: readonly string[]
  strangers: number
}>

async function compared(ports: JobPorts, side: Side): Promise<readonly Observation[]> {
  const { reader, clock, policy } = ports
  const { register, table, type, declared, names, strangers } = side
  // While a file is being taken in, the register is neither what it was nor what it will be.
  const open = await reader.query(`select 1 from ${table}_import where not ended limit 1`)
  if (open.length > 0) return []
  const rows = await reader.query<{ id: string }>(
    `select id from ${table} where not closed and id = any($1) order by id`,
    [[...new Set(names)]],
  )
  const seen = rows.map(({ id }) => id)
  const unlisted = strangers + [...new Set(names)].filter(name => !seen.includes(name)).length
  const { hash } = await hashOf(register.wholeOf(reader))
  const [last] = await reader.latest<{ hash: string }>(declared, 1)
  const isDeclared = last?.body.hash === hash
  const at = toInstant(clock.nowMs())
  const day = dayIn(clock.nowMs(), policy.organisation.zone)
  const parts = Math.max(1, Math.ceil(seen.length / partCount))
  return Array.from({ length: parts }, (_, nth) => ({
    ...{ source, occurred: at, observed: at, trust: 'instrument' as const, type },
    body: {
      ...{ part: nth + 1, parts, seen: seen.slice(nth * partCount, (nth + 1) * partCount) },
      ...{ unlisted, isDeclared, hash },
    },
    identity: `${day} ${hash} ${unlisted} ${isDeclared} ${nth} ${seen.length} ${last?.pos ?? ''}`,
  }))
}
