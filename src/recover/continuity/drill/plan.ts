import { OkiteError } from '../../../core/error.ts'
import type { Reader } from '../../../core/module.ts'
import { drillStepsMax, scenarios } from '../facts.ts'
import { readWords, versionsOf } from '../runbook/write.ts'
import { inOrder, type Target } from '../targets.ts'
import type { DrillRow } from './table.ts'

/** One step to be assigned. */
export type PlannedStep = Readonly<{
  runbook: string
  version: string
  system: string | null
  role: string
  minutes: number
  of: number
}>

export type Plan = Readonly<{
  scenario: DrillRow['scenario']
  services: readonly string[]
  steps: readonly PlannedStep[]
}>

export type PlanAsked = Readonly<{
  /** A runbook, or a scenario with the runbooks of these services; none: of all that have one. */
  word: string
  scenario: string | null
  services: readonly string[]
}>

type Runbook = Readonly<{ id: string; about: string }>

/** As many as one organisation writes. */
const runbooksMax = 2_000
/** As `recovery.drill.began` takes. */
const servicesMax = 64

const scenarioOf = (word: string): DrillRow['scenario'] | null =>
  scenarios.find(one => one === word) ?? null

/**
 * What is gone through, and in which order: what a service needs comes back before it does.
 *
 * @throws OkiteError `DRILL_UNKNOWN_WORD`, `DRILL_SCENARIO`, `DRILL_SERVICE`, `DRILL_RUNBOOK_MISSING`,
 *   `DRILL_RUNBOOK_ALTERED`, `DRILL_TOO_LARGE`
 */
export async function planOf(asked: PlanAsked, reader: Reader): Promise<Plan> {
  const all = await reader.query<Runbook>(
    `select id, body ->> 'about' as about from runbook_register where not closed order by id limit $1`,
    [runbooksMax],
  )
  const own = scenarioOf(asked.word)
  if (own === null) return planOfRunbook(asked, all, reader)
  if (asked.scenario !== null && asked.scenario !== own)
    throw new OkiteError('DRILL_SCENARIO', { scenario: asked.scenario.slice(0, 40) })
  const chosen = asked.services.length === 0 ? all : await ofServices(asked.services, all)
  const targets = await readTargets(reader)
  const abouts = [...new Set(chosen.map(({ about }) => about))].sort()
  const order = inOrder(abouts, targets)
  const runbooks = order.flatMap(about => chosen.filter(one => one.about === about))
  return planFrom(own, runbooks, reader)
}

async function planOfRunbook(
  { word, scenario, services }: PlanAsked,
  all: readonly Runbook[],
  reader: Reader,
): Promise<Plan> {
  const runbook = all.find(({ id }) => id === word)
  if (runbook === undefined)
    throw new OkiteError('DRILL_UNKNOWN_WORD', { word: word.slice(0, 80), known: [...scenarios] })
  if (services.length > 0) throw new OkiteError('DRILL_USAGE')
  // Something that fails is the least that a runbook is for.
  const taken = scenarioOf(scenario ?? 'component-lost')
  if (taken === null)
    throw new OkiteError('DRILL_SCENARIO', { scenario: String(scenario).slice(0, 40) })
  return planFrom(taken, [runbook], reader)
}

async function ofServices(
  services: readonly string[],
  all: readonly Runbook[],
): Promise<readonly Runbook[]> {
  const without = services.find(service => !all.some(({ about }) => about === service))
  if (without !== undefined)
    throw new OkiteError('DRILL_SERVICE', { service: without.slice(0, 100) })
  return all.filter(({ about }) => services.includes(about))
}

async function planFrom(
  scenario: Plan['scenario'],
  runbooks: readonly Runbook[],
  reader: Reader,
): Promise<Plan> {
  const steps: PlannedStep[] = []
  const missing: string[] = []
  for (const { id } of runbooks) {
    const newest = (await versionsOf(id, reader)).at(-1)
    if (newest === undefined || newest.steps.length === 0) {
      missing.push(id)
      continue
    }
    const { steps: words, isWhole } = await readWords(newest, reader)
    if (!isWhole) throw new OkiteError('DRILL_RUNBOOK_ALTERED', { runbook: id })
    for (const [nth, { system, role, minutes }] of words.entries())
      steps.push({ runbook: id, version: newest.version, system, role, minutes, of: nth + 1 })
    if (steps.length > drillStepsMax)
      throw new OkiteError('DRILL_TOO_LARGE', { max: drillStepsMax })
  }
  // A drill that leaves out what nobody has written would look whole.
  if (missing.length > 0 || runbooks.length === 0)
    throw new OkiteError('DRILL_RUNBOOK_MISSING', { runbooks: missing.slice(0, 10) })
  const services = [...new Set(runbooks.map(({ about }) => about))]
  if (services.length > servicesMax) throw new OkiteError('DRILL_TOO_LARGE', { max: servicesMax })
  return { scenario, services, steps }
}

async function readTargets(reader: Reader): Promise<Readonly<Record<string, Target>>> {
  const rows = await reader.query<{ id: string; body: Target }>(
    'select id, body from service_register where not closed limit $1',
    [runbooksMax],
  )
  return Object.fromEntries(rows.map(({ id, body }) => [id, body]))
}
