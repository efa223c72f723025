import { z } from 'zod'
import { locales } from '../../../core/i18n/locale.ts'
import { defineRoute, personOf } from '../../../core/module.ts'
import { scenarios } from '../facts.ts'
import { fits, readMisfits } from '../target-table.ts'
import { exercisesShown, holdExercise, readExercises } from './exercise.ts'
import { drawLesson } from './lesson.ts'
import { beginStep, drillOf, finishStep, noteMax, startDrill, stopDrill } from './run.ts'
import { drillHeadSchema, drillSchema, readDrills, viewOf } from './view.ts'

const id = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,79}$/)
const locale = z.enum(locales)
const step = z.int().min(1).max(480)
const person = z.string().regex(/^p-[a-z0-9]{1,24}$/)
const words = z.string().trim().min(1).max(noteMax)
const said = z.object({})

const list = defineRoute({
  method: 'get',
  path: '/drills',
  permission: 'drill.read',
  summary: 'Drills, the newest first, and exercises with partners',
  response: z.object({
    drills: z.array(drillHeadSchema),
    exercises: z
      .array(
        z.object({
          pos: z.int(),
          at: z.string(),
          exercise: z.string(),
          scenario: z.string(),
          partners: z.array(z.string()),
          findings: z.int(),
          people: z.array(z.object({ person: z.string(), name: z.string().nullable() })),
        }),
      )
      .max(exercisesShown),
    scenarios: z.array(z.string()),
    /** Services whose targets do not fit what they need. */
    misfits: z.array(
      z.object({ service: z.string(), fit: z.enum(fits), slowest: z.string().nullable() }),
    ),
  }),
  async run(_, ports) {
    const [drills, exercises] = [await readDrills(ports), await readExercises(ports)]
    return {
      drills: [...drills],
      exercises: exercises.map(one => ({ ...one, partners: [...one.partners] })),
      scenarios: [...scenarios],
      misfits: [...(await readMisfits(ports.reader))],
    }
  },
})

const one = defineRoute({
  method: 'get',
  path: '/drills/one',
  permission: 'drill.read',
  summary: 'One drill: its steps, whose they are, who did them when, and what it taught',
  query: z.strictObject({ id, locale }),
  response: drillSchema.extend({
    /** Offices that a lesson may be given to. */
    roles: z.array(z.object({ value: z.string(), text: z.string() })),
  }),
  async run({ query }, ports) {
    const view = await viewOf(await drillOf(query.id, ports.reader), query.locale, ports)
    const roles = [...ports.policy.roles].map(([value, names]) => ({
      ...{ value, text: names[query.locale] },
    }))
    return { ...view, roles }
  },
})

const start = defineRoute({
  method: 'post',
  path: '/drills/start',
  permission: 'drill.lead',
  summary: 'Opens a drill: a runbook, or a scenario with the runbooks of what it strikes',
  body: z.strictObject({
    word: id,
    scenario: z.enum(scenarios).nullable().default(null),
    services: z.array(id).max(64).default([]),
    /** By step, who does it instead of whoever holds the office. */
    assigned: z.record(z.string().regex(/^\d{1,3}$/), person).default({}),
  }),
  response: z.object({ drill: z.string(), steps: z.int(), unassigned: z.array(z.int()) }),
  async run({ body, principal }, ports) {
    const assigned = new Map(
      Object.entries(body.assigned).map(([step, person]) => [Number(step), person]),
    )
    const started = await startDrill({ ...body, assigned, by: personOf(principal) }, ports)
    return { ...started, unassigned: [...started.unassigned] }
  },
})

const begin = defineRoute({
  method: 'post',
  path: '/drills/begin',
  permission: 'drill.step',
  summary: 'Who asks begins a step, now',
  body: z.strictObject({ id, step }),
  response: said,
  async run({ body, principal }, ports) {
    const asked = { drill: body.id, step: body.step, by: personOf(principal) }
    await beginStep(asked, ports)
    return {}
  },
})

const finish = defineRoute({
  method: 'post',
  path: '/drills/finish',
  permission: 'drill.step',
  summary: 'Who asks has done a step, now; with the last one the drill is over',
  body: z.strictObject({ id, step, note: words.nullable().default(null) }),
  response: z.object({ isOver: z.boolean() }),
  run({ body, principal }, ports) {
    const { id: drill, step, note } = body
    return finishStep({ drill, step, note, by: personOf(principal) }, ports)
  },
})

const stop = defineRoute({
  method: 'post',
  path: '/drills/stop',
  permission: 'drill.lead',
  summary: 'Gives a drill up, and says why: it was not held',
  body: z.strictObject({ id, reason: words }),
  response: said,
  async run({ body, principal }, ports) {
    await stopDrill({ drill: body.id, reason: body.reason, by: personOf(principal) }, ports)
    return {}
  },
})

const lesson = defineRoute({
  method: 'post',
  path: '/drills/lesson',
  permission: 'drill.lead',
  summary: 'Says what a drill taught: an improvement with its office and its day',
  body: z.strictObject({
    id,
    text: words,
    owner: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
    due: z.iso.date(),
  }),
  response: z.object({
    item: z.string(),
    person: z.string().nullable(),
    isDelegated: z.boolean(),
  }),
  run({ body, principal }, ports) {
    const { id: drill, text, owner, due } = body
    return drawLesson({ drill, text, owner, due, by: personOf(principal) }, ports)
  },
})

const exercise = defineRoute({
  method: 'post',
  path: '/exercises',
  permission: 'drill.lead',
  summary: 'An exercise with partners was held, with who took part',
  body: z.strictObject({
    exercise: id,
    scenario: z.string().trim().min(1).max(80),
    partners: z.array(id).max(32),
    people: z.array(person).max(64),
    findings: z.int().min(0).max(10_000),
  }),
  response: z.object({ pos: z.int() }),
  run: ({ body, principal }, ports) => holdExercise(body, personOf(principal), ports),
})

export const drillRoutes = [list, one, start, begin, finish, stop, lesson, exercise]

export type ListDrills = typeof list
export type GetDrill = typeof one
export type StartDrill = typeof start
export type BeginStep = typeof begin
export type FinishStep = typeof finish
export type StopDrill = typeof stop
export type DrawLesson = typeof lesson
export type HoldExercise = typeof exercise
