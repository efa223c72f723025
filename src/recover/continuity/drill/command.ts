import { z } from 'zod'
import { OkiteError } from '../../../core/error.ts'
import type { Command } from '../../../core/module.ts'
import { readFlags } from '../../../core/run/arguments.ts'
import { holdExercise } from './exercise.ts'
import { drawLesson } from './lesson.ts'
import { beginStep, drillOf, finishStep, noteMax, startDrill, stopDrill } from './run.ts'
import { renderDrill, renderDrills } from './text.ts'
import { readDrills, viewOf } from './view.ts'

type Ports = Parameters<Command['run']>[1]
type Call = Readonly<{ flags: Readonly<Record<string, string>>; words: readonly string[] }>

/** What each verb takes besides its words. */
const flagsOf: Readonly<Record<string, Parameters<typeof readFlags>[1]>> = {
  start: { by: 'value', scenario: 'value', services: 'value', assign: 'value', json: 'switch' },
  begin: { by: 'value' },
  done: { by: 'value', note: 'value' },
  stop: { by: 'value', reason: 'value' },
  lesson: { by: 'value', owner: 'value', due: 'value', text: 'value' },
  exercise: {
    by: 'value',
    scenario: 'value',
    partners: 'value',
    people: 'value',
    findings: 'value',
  },
  list: { json: 'switch' },
  show: { json: 'switch' },
}

const verbs: Readonly<Record<string, (call: Call, ports: Ports) => Promise<number>>> = {
  ...{ start, begin, done, stop, lesson, exercise, list, show },
}

/** `./okite drill start | begin | done | stop | lesson | exercise | list | show` */
export const drillCommand: Command = {
  name: 'drill',
  summary: {
    en: 'recovery drills: start, begin, done, stop, lesson, exercise, list, show',
    ja: '復旧訓練：start（開始）、begin（手順の着手）、done（手順の完了）、stop（中止）、lesson（教訓）、exercise（合同演習）、list（一覧）、show（表示）',
    'zh-TW':
      '復原演練：start（開始）、begin（著手步驟）、done（完成步驟）、stop（中止）、lesson（教訓）、exercise（聯合演練）、list（清單）、show（顯示）',
  },
  async run([verb = '', ...rest], ports) {
    const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
    const known = flagsOf[verb]
    if (run !== undefined && known !== undefined) return run(readFlags(rest, known), ports)
    ports.out(`${ports.messages.translate(ports.locale, 'usage.drill')}\n`)
    return verb === '' || verb === 'help' ? 0 : 2
  },
}

/** @throws OkiteError `DRILL_USAGE` */
function needed({ flags }: Call, name: string): string {
  const value = flags[name]?.trim() ?? ''
  if (value === '' || value.length > noteMax) throw new OkiteError('DRILL_USAGE')
  return value
}

function only({ words }: Call, count: number): readonly string[] {
  if (words.length !== count) throw new OkiteError('DRILL_USAGE')
  return words
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '').split(',').filter(one => one !== '')

const say = (id: string, values: Readonly<Record<string, unknown>>, ports: Ports): void =>
  ports.out(`${ports.messages.translate(ports.locale, id, values)}\n`)

async function start(call: Call, ports: Ports): Promise<number> {
  const [word = ''] = only(call, 1)
  const { scenario = null, services, assign } = call.flags
  // `3=p-17,4=p-8`
  const assigned = new Map(
    listOf(assign).map(one => {
      const [, step, person] = /^(\d{1,3})=(p-[a-z0-9]{1,24})$/.exec(one) ?? []
      if (step === undefined || person === undefined) throw new OkiteError('DRILL_USAGE')
      return [Number(step), person] as const
    }),
  )
  const asked = { word, scenario, services: listOf(services), assigned, by: needed(call, 'by') }
  const started = await startDrill(asked, ports)
  if (call.flags['json'] !== undefined) {
    ports.out(`${JSON.stringify(started)}\n`)
    return 0
  }
  const { drill, steps, unassigned } = started
  say('drill.cli.started', { drill, steps }, ports)
  if (unassigned.length > 0)
    say('drill.cli.unassigned', { steps: unassigned.slice(0, 20).join(', ') }, ports)
  say('drill.cli.link', { link: ports.link(`/drills/${drill}`) }, ports)
  return 0
}

function stepIn(call: Call) {
  const [drill = '', step = ''] = only(call, 2)
  if (!/^[1-9]\d{0,2}$/.test(step)) throw new OkiteError('DRILL_USAGE')
  return { drill, step: Number(step), by: needed(call, 'by') }
}

async function begin(call: Call, ports: Ports): Promise<number> {
  const asked = stepIn(call)
  await beginStep(asked, ports)
  say('drill.cli.begun', asked, ports)
  return 0
}

async function done(call: Call, ports: Ports): Promise<number> {
  const asked = stepIn(call)
  const note = call.flags['note'] === undefined ? null : needed(call, 'note')
  const { isOver } = await finishStep({ ...asked, note }, ports)
  say('drill.cli.done', asked, ports)
  if (isOver) say('drill.cli.over', asked, ports)
  return 0
}

async function stop(call: Call, ports: Ports): Promise<number> {
  const [drill = ''] = only(call, 1)
  await stopDrill({ drill, reason: needed(call, 'reason'), by: needed(call, 'by') }, ports)
  say('drill.cli.stopped', { drill }, ports)
  return 0
}

async function lesson(call: Call, ports: Ports): Promise<number> {
  const [drill = ''] = only(call, 1)
  const due = needed(call, 'due')
  if (!z.iso.date().safeParse(due).success) throw new OkiteError('DRILL_USAGE')
  const asked = { drill, due, text: needed(call, 'text'), owner: needed(call, 'owner') }
  const { item, isDelegated } = await drawLesson({ ...asked, by: needed(call, 'by') }, ports)
  say(isDelegated ? 'drill.cli.lesson' : 'drill.cli.lesson.open', { item, due }, ports)
  return 0
}

async function exercise(call: Call, ports: Ports): Promise<number> {
  const [exercise = ''] = only(call, 1)
  const findings = call.flags['findings'] ?? '0'
  if (!/^\d{1,4}$/.test(findings)) throw new OkiteError('DRILL_USAGE')
  const body = {
    ...{ exercise, scenario: needed(call, 'scenario').slice(0, 80), findings: Number(findings) },
    partners: listOf(call.flags['partners']),
    people: listOf(call.flags['people']),
  }
  await holdExercise(body, needed(call, 'by'), ports)
  say('drill.cli.exercise', { exercise }, ports)
  return 0
}

async function list(call: Call, ports: Ports): Promise<number> {
  only(call, 0)
  const drills = await readDrills(ports)
  ports.out(
    call.flags['json'] === undefined
      ? renderDrills(drills, ports)
      : `${JSON.stringify(drills, null, 2)}\n`,
  )
  return 0
}

async function show(call: Call, ports: Ports): Promise<number> {
  const [drill = ''] = only(call, 1)
  const view = await viewOf(await drillOf(drill, ports.reader), ports.locale, ports)
  ports.out(
    call.flags['json'] === undefined
      ? renderDrill(view, ports)
      : `${JSON.stringify(view, null, 2)}\n`,
  )
  return 0
}
