import { z } from 'zod'
import type { Locale } from '../../../core/i18n/locale.ts'
import type { Ports } from '../../../core/module.ts'
import { msOf } from '../../../core/time.ts'
import { type Version, versionId } from '../runbook/table.ts'
import { isDoubtful, isOutOfOrder } from './doubt.ts'
import { type People, readPeople } from './people.ts'
import type { DrillRow, DrillStep, LessonRow, Tick } from './table.ts'

const person = z.object({ person: z.string(), name: z.string().nullable() }).nullable()
const tick = z
  .object({
    at: z.string(),
    by: z.string().nullable(),
    /** By another than the one whose step it is. */
    isOther: z.boolean(),
  })
  .nullable()

const stepSchema = z.object({
  step: z.int(),
  runbook: z.string(),
  version: z.string(),
  system: z.string().nullable(),
  role: z.string(),
  roleName: z.string(),
  person,
  minutes: z.int(),
  todo: z.string(),
  sign: z.string(),
  begun: tick,
  done: tick,
  note: z.string().nullable(),
  isOutOfOrder: z.boolean(),
})

/** `unfinished`: begun long ago and never brought to its end, and so not held. */
const states = ['running', 'unfinished', 'restored', 'stopped'] as const

export const drillHeadSchema = z.object({
  drill: z.string(),
  scenario: z.string(),
  services: z.array(z.string()),
  state: z.enum(states),
  began: z.string(),
  ended: z.string().nullable(),
  /** How long it took, or has taken so far. */
  seconds: z.int(),
  steps: z.int(),
  done: z.int(),
  /** All steps were ticked within a minute. */
  isDoubtful: z.boolean(),
  lessons: z.int(),
})

export const drillSchema = drillHeadSchema.extend({
  begunBy: z.string().nullable(),
  reason: z.string().nullable(),
  plan: z.array(stepSchema),
  learned: z.array(
    z.object({
      item: z.string(),
      text: z.string(),
      owner: z.string(),
      ownerName: z.string(),
      person,
      due: z.string(),
      done: z.string().nullable(),
    }),
  ),
})

export type DrillHead = z.infer<typeof drillHeadSchema>
export type DrillView = z.infer<typeof drillSchema>
export type StepView = z.infer<typeof stepSchema>

/** A drill that is no longer led after a day was left. */
const leftMs = 86_400_000
/** A year has four; ten years can be looked at. */
const shownMax = 40

type Here = Pick<Ports, 'reader' | 'clock' | 'policy'>

function headOf(row: DrillRow, lessons: number, { clock }: Pick<Ports, 'clock'>): DrillHead {
  const nowMs = clock.nowMs()
  const { drill, scenario, services, began, steps } = row
  const ended = row.restored ?? row.ended
  const isLeft = nowMs - msOf(began) > leftMs
  const state =
    row.restored !== null
      ? 'restored'
      : row.ended !== null
        ? 'stopped'
        : isLeft
          ? 'unfinished'
          : 'running'
  return {
    ...{ drill, scenario, services: [...services], state, began, ended, lessons },
    seconds: Math.max(
      0,
      Math.round(((ended === null ? nowMs : msOf(ended)) - msOf(began)) / 1_000),
    ),
    ...{ steps: steps.length, done: steps.filter(({ done }) => done !== null).length },
    isDoubtful: isDoubtful(steps),
  }
}

/** The newest first. */
export async function readDrills(ports: Here): Promise<readonly DrillHead[]> {
  const rows = await ports.reader.query<DrillRow & { lessons: string }>(
    `select drill.*, (select count(*) from drill_lesson where drill_lesson.drill = drill.drill)
       as lessons from drill order by began desc, drill desc limit $1`,
    [shownMax],
  )
  return rows.map(row => headOf(row, Number(row.lessons), ports))
}

export async function viewOf(row: DrillRow, locale: Locale, ports: Here): Promise<DrillView> {
  const { reader, policy } = ports
  const lessons = await reader.query<LessonRow>(
    'select * from drill_lesson where drill = $1 order by item',
    [row.drill],
  )
  const ticks = row.steps.flatMap(({ begun, done }) => [begun ?? [], done ?? []].flat())
  const handles = [row.by, ...ticks.map(({ by }) => by)].filter(one => one !== null)
  const numbers = [...row.steps, ...lessons].flatMap(({ person }) => person ?? [])
  const people = await readPeople(numbers, handles, reader)
  const wordsAt = await wordsOf(row.steps, reader)
  const said = await reader.discloseAll(
    [
      ...wordsAt.values(),
      ...ticks.map(({ pos }) => pos),
      ...lessons.map(({ pos }) => Number(pos)),
    ].concat(Number(row.began_pos), Number(row.ended_pos ?? row.began_pos)),
    ['todo', 'sign', 'by', 'note', 'reason', 'text'],
  )
  const valueAt = (pos: number, slot: string) => said.get(pos)?.[slot] ?? null
  // Who stands in no register is called as he called himself.
  const whoOf = (by: DrillRow['by'], pos: number) =>
    (by === null ? null : people.named(by)) ?? valueAt(pos, 'by')
  const roleName = (role: string) => policy.roles.get(role)?.[locale] ?? role
  const named = (one: string | null) =>
    one === null ? null : { person: one, name: people.nameOf(one) }
  return {
    ...headOf(row, lessons.length, ports),
    begunBy: whoOf(row.by, Number(row.began_pos)),
    reason: row.ended_pos === null ? null : valueAt(Number(row.ended_pos), 'reason'),
    plan: row.steps.map(one => ({
      ...{ step: one.step, runbook: one.runbook, version: one.version, system: one.system },
      ...{ role: one.role, roleName: roleName(one.role), minutes: one.minutes },
      person: named(one.person),
      todo: valueAt(wordsAt.get(one.step) ?? -1, 'todo') ?? '',
      sign: valueAt(wordsAt.get(one.step) ?? -1, 'sign') ?? '',
      begun: tickOf(one.begun, one, people, whoOf),
      done: tickOf(one.done, one, people, whoOf),
      note: one.done === null ? null : valueAt(one.done.pos, 'note'),
      isOutOfOrder: isOutOfOrder(one, row.steps),
    })),
    learned: lessons.map(lesson => ({
      ...{ item: lesson.item, due: lesson.due, done: lesson.done, owner: lesson.owner },
      ownerName: roleName(lesson.owner),
      person: named(lesson.person),
      text: valueAt(Number(lesson.pos), 'text') ?? '',
    })),
  }
}

/** By step, where its words stand on the list. */
async function wordsOf(
  steps: readonly DrillStep[],
  reader: Ports['reader'],
): Promise<ReadonlyMap<number, number>> {
  const ids = [...new Set(steps.map(({ runbook, version }) => versionId(runbook, version)))]
  const rows = await reader.query<Version>('select * from runbook_text where id = any($1)', [ids])
  const byId = new Map(rows.map(row => [row.id, row]))
  return new Map(
    steps.flatMap(({ step, runbook, version, of }) => {
      const written = byId.get(versionId(runbook, version))?.steps.find(one => one.step === of)
      return written === undefined ? [] : [[step, written.pos] as const]
    }),
  )
}

function tickOf(
  one: Tick | null,
  { person }: DrillStep,
  people: People,
  whoOf: (by: Tick['by'], pos: number) => string | null,
): z.infer<typeof tick> {
  if (one === null) return null
  const own = person === null ? null : people.refOf(person)
  return { at: one.at, by: whoOf(one.by, one.pos), isOther: own !== null && own !== one.by }
}
