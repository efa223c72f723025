import { formatInstant } from '../../../core/i18n/time.ts'
import type { Command } from '../../../core/module.ts'
import { paint, type Style, safe, terminalOf, wrap } from '../../../core/terminal.ts'
import type { DrillHead, DrillView, StepView } from './view.ts'

type Ports = Parameters<Command['run']>[1]

/** Shapes and colours of verdicts, where they mean the same. */
const looks: Readonly<Record<DrillHead['state'], readonly [string, Style]>> = {
  running: ['◐', 'yellow'],
  restored: ['●', 'green'],
  stopped: ['▲', 'red'],
  unfinished: ['▲', 'red'],
}

function wordsOf({ messages, locale, policy, terminal }: Ports) {
  const zone = policy.organisation.zone
  return {
    t: (id: string, values: Readonly<Record<string, unknown>> = {}) =>
      messages.translate(locale, id, values),
    at: (instant: string) => formatInstant(locale, zone, instant),
    terminal: terminalOf(terminal),
  }
}

export function renderDrills(drills: readonly DrillHead[], ports: Ports): string {
  const { t } = wordsOf(ports)
  if (drills.length === 0) return `${t('drill.none')}\n`
  return `${drills.flatMap(drill => [...headOf(drill, ports), '']).join('\n')}`
}

function headOf(drill: DrillHead, ports: Ports): readonly string[] {
  const { t, at, terminal } = wordsOf(ports)
  const [glyph, style] = looks[drill.state]
  const minutes = Math.round(drill.seconds / 60)
  const { done, steps } = drill
  return [
    `${paint(terminal, style, glyph)} ${t(`choice.scenario.${drill.scenario}`)} · ${drill.services.map(safe).join(', ')}`,
    `  ${paint(terminal, style, t(`drill.state.${drill.state}`))} · ${t('drill.cli.progress', { done, steps, minutes })}`,
    ...(drill.isDoubtful ? [`  ${paint(terminal, 'red', t('drill.doubtful'))}`] : []),
    `  ${paint(terminal, 'dim', `${at(drill.began)} · ${safe(drill.drill)}`)}`,
  ]
}

export function renderDrill(drill: DrillView, ports: Ports): string {
  const { t, terminal } = wordsOf(ports)
  const lines = [...headOf(drill, ports), '']
  for (const step of drill.plan) lines.push(...stepOf(step, ports))
  for (const { text, ownerName, due } of drill.learned) {
    const lesson = wrap(`${t('drill.lesson')} ${safe(text)}`, terminal.width - 2)
    lines.push('', ...lesson, `  ${ownerName} · ${due}`)
  }
  return `${lines.join('\n')}\n`
}

function stepOf(step: StepView, ports: Ports): readonly string[] {
  const { t, at, terminal } = wordsOf(ports)
  const mark = step.done !== null ? '●' : step.begun !== null ? '◐' : '○'
  const who = step.person === null ? t('drill.nobody') : (step.person.name ?? step.person.person)
  const told = [
    ...(step.begun === null ? [] : [t('drill.begun.by', tickOf(step.begun))]),
    ...(step.done === null ? [] : [t('drill.done.by', tickOf(step.done))]),
    ...(step.begun?.isOther === true || step.done?.isOther === true ? [t('drill.other')] : []),
    ...(step.isOutOfOrder ? [t('drill.order')] : []),
  ]
  function tickOf({ at: instant, by }: NonNullable<StepView['begun']>) {
    return { at: at(instant), by: safe(by ?? '–') }
  }
  return [
    `${mark} ${step.step}. ${step.roleName} · ${safe(who)} · ${t('drill.minutes', { minutes: step.minutes })}`,
    ...wrap(safe(step.todo), terminal.width - 4).map(line => `    ${line}`),
    ...wrap(`→ ${safe(step.sign)}`, terminal.width - 4).map(line => `    ${line}`),
    ...told.map(line => paint(terminal, 'dim', `    ${line}`)),
  ]
}
