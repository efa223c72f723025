import type { Fact, Pos, Ref } from '../../../core/fact.ts'
import { keyedTable } from '../../../core/register/keyed-table.ts'
import { itemDone } from '../../../govern/policy/facts.ts'
import {
  drillBegan,
  drillEnded,
  drillRestored,
  lessonDrawn,
  type scenarios,
  stepAssigned,
  stepBegun,
  stepDone,
} from '../facts.ts'

/** A tick: when it was, where it stands on the list, and whose it is. */
export type Tick = Readonly<{ at: string; pos: Pos; by: Ref | null }>

export type DrillStep = Readonly<{
  step: number
  runbook: string
  version: string
  system: string | null
  role: string
  person: string | null
  minutes: number
  /** Which step of that version it is. */
  of: number
  begun: Tick | null
  done: Tick | null
}>

export type DrillRow = Readonly<{
  drill: string
  scenario: (typeof scenarios)[number]
  services: readonly string[]
  began: string
  began_pos: Pos
  by: Ref | null
  steps: readonly DrillStep[]
  restored: string | null
  ended: string | null
  ended_pos: Pos | null
}>

type Body = Omit<DrillStep, 'begun' | 'done'> &
  Readonly<{
    drill: string
    scenario: DrillRow['scenario']
    services: readonly string[]
    began: string
    restored: string
  }>

/** Drills, also those that somebody told in one line and that have no steps. */
export const drillTable = keyedTable<DrillRow>({
  name: 'drill',
  version: 1,
  columns: `
    drill text primary key,
    scenario text not null,
    services jsonb not null,
    began text not null,
    began_pos bigint not null,
    by text,
    steps jsonb not null,
    restored text,
    ended text,
    ended_pos bigint,
    unique (began, drill)`,
  key: 'drill',
  from: [drillBegan, stepAssigned, stepBegun, stepDone, drillRestored, drillEnded],
  keyOf: fact => (fact as Fact<Body>).body.drill,
  step(row, fact) {
    const { type, body, pos, occurred, refs } = fact as Fact<Body>
    const by = refs['by'] ?? null
    if (type === drillBegan.name) {
      const { drill, scenario, services } = body
      // A drill begins once: what says so again changes nothing of it.
      return row ?? { ...empty, drill, scenario, services, began: occurred, began_pos: pos, by }
    }
    if (type === drillRestored.name) {
      const { drill, scenario, began, restored } = body
      const before = row ?? { ...empty, drill, scenario, services: [], began, began_pos: pos, by }
      return { ...before, restored: before.restored ?? restored }
    }
    if (row === null) return null
    if (type === drillEnded.name) return { ...row, ended: occurred, ended_pos: pos }
    if (type === stepAssigned.name) {
      const { step, runbook, version, system, role, person, minutes, of } = body
      const one = { step, runbook, version, system, role, person, minutes, of }
      const others = row.steps.filter(other => other.step !== step)
      // Assigned anew, it keeps what was done of it.
      const before = row.steps.find(other => other.step === step)
      const { begun = null, done = null } = before ?? {}
      const steps = [...others, { ...one, begun, done }].sort((a, b) => a.step - b.step)
      return { ...row, steps }
    }
    const tick = { at: occurred, pos, by }
    const what = type === stepBegun.name ? 'begun' : 'done'
    const steps = row.steps.map(one =>
      one.step === body.step && one[what] === null ? { ...one, [what]: tick } : one,
    )
    return { ...row, steps }
  },
})

const empty = { steps: [], restored: null, ended: null, ended_pos: null } as const

export type LessonRow = Readonly<{
  item: string
  drill: string
  pos: Pos
  owner: string
  person: string | null
  due: string
  done: string | null
}>

/** What drills taught, and what became of it on the register of improvements. */
export const lessonTable = keyedTable<LessonRow>({
  name: 'drill_lesson',
  version: 1,
  columns: `
    item text primary key,
    drill text not null,
    pos bigint not null,
    owner text not null,
    person text,
    due text not null,
    done text,
    unique (drill, item)`,
  key: 'item',
  from: [lessonDrawn, itemDone],
  keyOf: fact => (fact as Fact<{ item: string }>).body.item,
  step(row, { type, body, pos, recorded }) {
    if (type === itemDone.name) return row === null ? null : { ...row, done: recorded }
    const said = body as Omit<LessonRow, 'pos' | 'done'>
    return { ...said, pos, done: row?.done ?? null }
  },
})
