import { OkiteError } from '../../../core/error.ts'
import type { Fact, Observation, Pos } from '../../../core/fact.ts'
import type { HandPorts, Ports, Reader } from '../../../core/module.ts'
import { dayIn, msOf, toInstant } from '../../../core/time.ts'
import { inTurn } from '../../../core/turn.ts'
import { runbookExercised } from '../../restore/facts.ts'
import {
  drillBegan,
  drillEnded,
  drillRestored,
  stepAssigned,
  stepBegun,
  stepDone,
} from '../facts.ts'
import { versionsOf } from '../runbook/write.ts'
import { spreadSecondsOf } from './doubt.ts'
import { isHere, readOffices } from './people.ts'
import { type PlanAsked, planOf } from './plan.ts'
import type { DrillRow, DrillStep } from './table.ts'

/** What a person does in a drill is said by himself, now. */
type Doer = Readonly<{ by: string }>

/** Words of one person, that are of no one else. */
export const noteMax = 1_000

/** @throws OkiteError `DRILL_UNKNOWN` */
export async function drillOf(drill: string, reader: Reader): Promise<DrillRow> {
  const [row] = await reader.query<DrillRow>('select * from drill where drill = $1', [drill])
  if (row === undefined) throw new OkiteError('DRILL_UNKNOWN', { drill: drill.slice(0, 80) })
  return row
}

const observed = (
  fact: Pick<Observation, 'type' | 'body' | 'identity'> &
    Readonly<{ words?: Readonly<Record<string, string | null>>; occurred?: string }>,
  { by }: Doer,
  { clock }: Pick<Ports, 'clock'>,
): Observation => {
  const { words = {}, occurred, ...rest } = fact
  const now = toInstant(clock.nowMs())
  const said = Object.entries(words).flatMap(([slot, value]) =>
    value === null || value === '' ? [] : [[slot, { value, person: null }] as const],
  )
  return {
    ...rest,
    ...{ source: 'okite drill', occurred: occurred ?? now, observed: now, trust: 'record' },
    private: { by: { value: by, person: by }, ...Object.fromEntries(said) },
  }
}

async function append(all: readonly Observation[], ports: HandPorts): Promise<Pos> {
  const appended = await ports.submitAll(all)
  const last = Math.max(...appended.map(({ pos }) => pos))
  await ports.judged(last)
  return last
}

export type Started = Readonly<{ drill: string; steps: number; unassigned: readonly number[] }>

/**
 * Opens a drill: from here on its services are taken as gone, and each step is somebody's.
 *
 * @param asked `assigned`: by step, who does it instead of whoever holds the office
 * @throws OkiteError as `planOf`, and `DRILL_RUNNING`, `DRILL_PERSON`, `DRILL_STEP`
 */
export function startDrill(
  asked: PlanAsked & Doer & Readonly<{ assigned: ReadonlyMap<number, string> }>,
  ports: HandPorts,
): Promise<Started> {
  return inTurn('drill', async () => {
    await ports.shown()
    const { scenario, services, steps } = await planOf(asked, ports.reader)
    await refuseTwin(scenario, services, ports.reader)
    for (const [step, person] of asked.assigned) {
      if (step < 1 || step > steps.length) throw new OkiteError('DRILL_STEP', { step })
      if (!(await isHere(person, ports.reader))) throw new OkiteError('DRILL_PERSON', { step })
    }
    const offices = await readOffices(ports)
    const drill = await nextName(ports)
    const assigned = steps.map((step, nth) => ({
      ...{ drill, step: nth + 1, ...step },
      person: asked.assigned.get(nth + 1) ?? offices.holder(step.role),
    }))
    // The point of no return: the drill and all its steps are one transaction, or there is no drill.
    await append(
      [
        observed(
          { type: drillBegan, body: { drill, scenario, services }, identity: `${drill} began` },
          ...[asked, ports],
        ),
        ...assigned.map(body =>
          observed(
            { type: stepAssigned, body, identity: `${drill} ${body.step} assigned` },
            asked,
            ports,
          ),
        ),
      ],
      ports,
    )
    const unassigned = assigned.flatMap(({ step, person }) => (person === null ? [step] : []))
    return { drill, steps: steps.length, unassigned }
  })
}

/** Sent twice, or by two people, it is still one drill. @throws OkiteError `DRILL_RUNNING` */
async function refuseTwin(
  scenario: string,
  services: readonly string[],
  reader: Reader,
): Promise<void> {
  const [twin] = await reader.query<{ drill: string }>(
    `select drill from drill where scenario = $1 and services = $2::jsonb
       and restored is null and ended is null limit 1`,
    [scenario, JSON.stringify(services)],
  )
  if (twin !== undefined) throw new OkiteError('DRILL_RUNNING', { drill: twin.drill })
}

/** More drills in one day than this nobody holds. */
const perDayMax = 99

/** `drill-2026-11-26`, and from the second of a day on with its number. */
async function nextName({ reader, clock, policy }: Ports): Promise<string> {
  const day = `drill-${dayIn(clock.nowMs(), policy.organisation.zone)}`
  const rows = await reader.query<{ drill: string }>(
    'select drill from drill where starts_with(drill, $1)',
    [day],
  )
  const taken = new Set(rows.map(({ drill }) => drill))
  for (let nth = 1; nth <= perDayMax; nth++) {
    const name = nth === 1 ? day : `${day}-${nth}`
    if (!taken.has(name)) return name
  }
  throw new OkiteError('DRILL_TOO_LARGE', { max: perDayMax })
}

type StepAsked = Doer & Readonly<{ drill: string; step: number }>

/** @throws OkiteError `DRILL_UNKNOWN`, `DRILL_OVER`, `DRILL_STEP` */
async function openStep(
  { drill, step }: StepAsked,
  ports: HandPorts,
): Promise<Readonly<{ row: DrillRow; one: DrillStep }>> {
  await ports.shown()
  const row = await drillOf(drill, ports.reader)
  const one = row.steps.find(one => one.step === step)
  if (one === undefined) throw new OkiteError('DRILL_STEP', { step })
  return { row, one }
}

/** @throws OkiteError `DRILL_OVER` */
function refuseOver({ drill, ended, restored }: DrillRow): void {
  if (ended !== null || restored !== null) throw new OkiteError('DRILL_OVER', { drill })
}

/** Somebody begins a step. Begun already, it stays with who began it. */
export function beginStep(asked: StepAsked, ports: HandPorts): Promise<void> {
  return inTurn('drill', async () => {
    const { row, one } = await openStep(asked, ports)
    if (one.begun !== null) return
    refuseOver(row)
    const { drill, step } = asked
    const fact = { type: stepBegun, body: { drill, step }, identity: `${drill} ${step} begun` }
    await append([observed(fact, asked, ports)], ports)
  })
}

/** A step is done; with the last one the drill is over, and is told to whoever judges drills and runbooks. */
export function finishStep(
  asked: StepAsked & Readonly<{ note: string | null }>,
  ports: HandPorts,
): Promise<Readonly<{ isOver: boolean }>> {
  return inTurn('drill', async () => {
    const { row, one } = await openStep(asked, ports)
    if (one.done !== null) return { isOver: row.ended !== null }
    refuseOver(row)
    const { drill, step } = asked
    if (one.begun === null) throw new OkiteError('DRILL_STEP_NOT_BEGUN', { step })
    const now = toInstant(ports.clock.nowMs())
    const fact = { type: stepDone, body: { drill, step }, identity: `${drill} ${step} done` }
    const done = observed({ ...fact, words: { note: asked.note } }, asked, ports)
    const tick = { at: now, pos: 0, by: null }
    const steps = row.steps.map(other => (other === one ? { ...one, done: tick } : other))
    const isOver = steps.every(other => other.done !== null)
    const end = isOver ? await endOf({ ...row, steps }, asked, ports, now) : []
    // The point of no return: the last step and the end of the drill are one transaction.
    await append([done, ...end], ports)
    return { isOver }
  })
}

/** A drill is given up: what was brought back is told, and what was not. It was not held. */
export function stopDrill(
  asked: Doer & Readonly<{ drill: string; reason: string }>,
  ports: HandPorts,
): Promise<void> {
  return inTurn('drill', async () => {
    await ports.shown()
    const row = await drillOf(asked.drill, ports.reader)
    refuseOver(row)
    await append(await endOf(row, asked, ports, null, asked.reason), ports)
  })
}

/** What is said when a drill is over. @param restored null: it was not brought to its end */
async function endOf(
  row: DrillRow,
  doer: Doer,
  ports: HandPorts,
  restored: string | null,
  reason: string | null = null,
): Promise<readonly Observation[]> {
  const { drill, scenario, began, steps } = row
  const end: Observation[] = []
  if (restored !== null) {
    const body = { drill, scenario, began, restored, period: null }
    end.push(observed({ type: drillRestored, body, identity: `${drill} restored` }, doer, ports))
  }
  for (const body of await exercisesOf(steps, ports.reader)) {
    const identity = `${drill} ${body.runbook} exercised`
    end.push(observed({ type: runbookExercised, body, identity }, doer, ports))
  }
  const body = {
    ...{ drill, steps: steps.length, done: steps.filter(({ done }) => done !== null).length },
    spreadSeconds: spreadSecondsOf(steps),
  }
  const ended = { type: drillEnded, body, identity: `${drill} ended`, words: { reason } }
  return [...end, observed(ended, doer, ports)]
}

/** Of each runbook: which systems came back when, in the order in which they were begun. */
async function exercisesOf(
  steps: readonly DrillStep[],
  reader: Reader,
): Promise<readonly Exercise[]> {
  const found: Exercise[] = []
  for (const [runbook, own] of Map.groupBy(steps, step => step.runbook)) {
    const version = own[0]?.version ?? ''
    const written = (await versionsOf(runbook, reader)).find(one => one.version === version)
    const order = written?.systems ?? own.flatMap(({ system }) => system ?? [])
    const begun = own.flatMap(({ system, begun, done }) =>
      system === null || begun === null
        ? []
        : [{ system, began: begun.at, answered: done?.at ?? null, pos: begun.pos }],
    )
    // A runbook of which nothing was begun was not worked through.
    if (begun.length === 0) continue
    const inTime = begun.sort((a, b) => msOf(a.began) - msOf(b.began) || a.pos - b.pos)
    const answers = inTime.map(({ system, began, answered }) => ({ system, began, answered }))
    found.push({ runbook, version, drill: true, order: [...order], steps: answers })
  }
  return found
}

type Exercise = Fact<ReturnType<typeof runbookExercised.schema.parse>>['body']
