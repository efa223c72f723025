import { OkiteError } from '../../../core/error.ts'
import type { HandPorts, Ports, Reader } from '../../../core/module.ts'
import { toInstant } from '../../../core/time.ts'
import { inTurn } from '../../../core/turn.ts'
import { runbookWritten } from '../../restore/facts.ts'
import { readOffices } from '../drill/people.ts'
import { stepWritten } from '../facts.ts'
import { checked, hashOfSteps, type Step, systemsOf } from './steps.ts'
import type { Version } from './table.ts'

/** More versions than this nobody looks through; the newest are kept. */
const versionsMax = 200

/** The versions of a runbook, the newest last; none: nobody has written it. */
export async function versionsOf(runbook: string, reader: Reader): Promise<readonly Version[]> {
  const rows = await reader.query<Version>(
    `select * from runbook_text where runbook = $1 and hash is not null order by pos desc limit $2`,
    [runbook, versionsMax],
  )
  return rows.toReversed()
}

/** What a runbook is about. @throws OkiteError `RUNBOOK_UNKNOWN` */
export async function aboutOf(runbook: string, reader: Reader): Promise<string> {
  const [row] = await reader.query<{ about: string }>(
    `select body ->> 'about' as about from runbook_register where id = $1 and not closed`,
    [runbook],
  )
  if (row === undefined) throw new OkiteError('RUNBOOK_UNKNOWN', { runbook: runbook.slice(0, 80) })
  return row.about
}

/** Its words again, and whether they are those that were bound when it was written. */
export async function readWords(
  { hash, steps }: Pick<Version, 'hash' | 'steps'>,
  reader: Reader,
): Promise<Readonly<{ steps: readonly (Step & { pos: number })[]; isWhole: boolean }>> {
  const found = await reader.discloseAll(
    steps.map(({ pos }) => pos),
    ['todo', 'sign'],
  )
  const read = steps.map(({ system, role, minutes, pos }) => {
    const { todo = '', sign = '' } = found.get(pos) ?? {}
    return { system, role, minutes, todo, sign, pos }
  })
  return { steps: read, isWhole: read.length > 0 && hashOfSteps(read) === hash }
}

type Written = Readonly<{ version: string; steps: number; isKnown: boolean }>

/**
 * Writes a runbook anew, whole: what stands in it already is no new version.
 *
 * @throws OkiteError `RUNBOOK_UNKNOWN`, `RUNBOOK_STEPS`, `RUNBOOK_ROLE`, `RUNBOOK_CHANGED`
 */
export async function writeRunbook(
  asked: Readonly<{
    runbook: string
    steps: readonly Step[]
    by: string
    /** The version that the writer had before him; undefined: he had none. */
    seen?: string | null
  }>,
  ports: HandPorts,
): Promise<Written> {
  const { runbook, by } = asked
  const steps = checked(asked.steps)
  await refuseRoles(steps, ports)
  return inTurn('runbook', async () => {
    await ports.shown()
    await aboutOf(runbook, ports.reader)
    const versions = await versionsOf(runbook, ports.reader)
    const newest = versions.at(-1) ?? null
    const hash = hashOfSteps(steps)
    if (newest?.hash === hash)
      return { version: newest.version, steps: steps.length, isKnown: true }
    if (asked.seen !== undefined && asked.seen !== (newest?.version ?? null))
      throw new OkiteError('RUNBOOK_CHANGED', { version: newest?.version ?? '' })
    const version = nextOf(versions)
    const now = toInstant(ports.clock.nowMs())
    const envelope = { source: 'okite runbook', occurred: now, observed: now, trust: 'record' }
    const signed = { by: { value: by, person: by } }
    const words = (value: string) => ({ value, person: null })
    const about = `${runbook} ${version} ${hash}`
    const all = [
      ...steps.map(({ system, role, minutes, todo, sign }, nth) => ({
        ...{ ...envelope, type: stepWritten },
        body: { runbook, version, step: nth + 1, system, role, minutes },
        private: { ...signed, todo: words(todo), sign: words(sign) },
        identity: `${about} step ${nth + 1}`,
      })),
      {
        ...{ ...envelope, type: runbookWritten, private: signed, identity: `${about} written` },
        body: { runbook, version, order: systemsOf(steps), hash },
      },
    ]
    // The point of no return: all steps and what binds them are one transaction, or none of them is.
    const appended = await ports.submitAll(all as Parameters<HandPorts['submitAll']>[0])
    await ports.judged(Math.max(...appended.map(({ pos }) => pos)))
    return { version, steps: steps.length, isKnown: false }
  })
}

/** @throws OkiteError `RUNBOOK_ROLE` for an office that nobody knows */
async function refuseRoles(steps: readonly Step[], ports: Ports): Promise<void> {
  const { known } = await readOffices(ports)
  const step = steps.findIndex(({ role }) => !ports.policy.roles.has(role) && !known.has(role))
  if (step < 0) return
  const roles = [...ports.policy.roles.keys()].sort()
  throw new OkiteError('RUNBOOK_ROLE', { step: step + 1, role: steps[step]!.role, known: roles })
}

/** Whole numbers, whatever a store of documents called those before. */
const nextOf = (versions: readonly Version[]): string =>
  String(1 + Math.max(0, ...versions.map(({ version }) => Number(/^\d{1,9}$/.exec(version) ?? 0))))
