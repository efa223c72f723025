import { SigmaError } from '../refusal.ts'
import type { CorrelatorState, Pending } from './correlator.ts'
import { isNumeric } from './entry.ts'
import type { GroupState, LaneState } from './lane.ts'
import { amountOf } from './number.ts'
import { keyOf, type Occurrence } from './occurrence.ts'
import { type CorrelateOptions, type Counters, noCounters } from './options.ts'
import type { Plan } from './plan.ts'
import { countOf, fieldsOf, isInOrder, listOf, shape, textOf, timeOf } from './shape.ts'
import type { WatermarkState } from './watermark.ts'

/** What a state must fit. */
export type Owner = Readonly<{
  plans: readonly Plan[]
  options: CorrelateOptions
  /** The plans as a state names them. */
  plansText: string
}>

/**
 * Looks through a state that came from outside, and copies of it what a state has. What it says of
 * times, orders and groups must be what a correlator with these bounds could have saved; whether it
 * ever did, nobody can tell.
 *
 * @throws SigmaError STATE_UNKNOWN if it is of other correlations, STATE_SHAPE, STATE_TOO_LARGE
 */
export function readState(given: unknown, owner: Owner): CorrelatorState {
  const state = fieldsOf(given, 'state')
  const { plans, plansText } = owner
  if (state('version') !== 1 || state('plans') !== plansText) {
    throw new SigmaError('STATE_UNKNOWN', 'state of other correlations')
  }
  const watermark = watermarkOf(state('watermark'), owner)
  const atMs = watermark.atMs ?? Number.NEGATIVE_INFINITY
  const lanes = listOf(state('lanes'), 'lanes', plans.length)
  shape(lanes.length === plans.length, 'lanes')
  return {
    version: 1,
    plans: plansText,
    watermark,
    counters: countersOf(state('counters')),
    pending: pendingOf(state('pending'), atMs, owner),
    lanes: plans.map((plan, at) => laneOf(lanes[at], { plan, atMs, options: owner.options })),
  }
}

function watermarkOf(given: unknown, { options }: Owner): WatermarkState {
  const watermark = fieldsOf(given, 'watermark')
  const atMs = watermark('atMs') === null ? null : timeOf(watermark('atMs'), 'watermark.atMs')
  // Those waited for from the beginning, and one for all beyond the bound.
  const sourcesMax = options.sourcesMax + options.sources.length + 1
  const latest = listOf(watermark('latest'), 'watermark.latest', sourcesMax).map(
    (pair): readonly [string, number] => {
      const [name, ms, ...rest] = listOf(pair, 'watermark.latest', 2)
      shape(rest.length === 0, 'watermark.latest')
      return [textOf(name, 'watermark.latest'), timeOf(ms, 'watermark.latest')]
    },
  )
  shape(new Set(latest.map(([name]) => name)).size === latest.length, 'watermark.latest')
  return { atMs, latest }
}

function countersOf(given: unknown): Counters {
  const counters = fieldsOf(given, 'counters')
  const read = noCounters()
  for (const name of Object.keys(read) as (keyof Counters)[]) {
    read[name] = countOf(counters(name), `counters.${name}`)
  }
  return read
}

function pendingOf(given: unknown, atMs: number, { plans, options }: Owner): Pending[] {
  const pending = listOf(given, 'pending', options.pendingMax).map((one): Pending => {
    const fields = fieldsOf(one, 'pending')
    const timeMs = timeOf(fields('timeMs'), 'pending.timeMs')
    const fed = listOf(fields('fed'), 'pending.fed', plans.length).map(pair => {
      const [place, occurrences] = listOf(pair, 'pending.fed', 2)
      const plan = plans[countOf(place, 'pending.fed')]
      shape(plan !== undefined, 'pending.fed')
      const groupsMax = (plan as Plan).inputs.length
      const read = listOf(occurrences, 'pending.fed', groupsMax).map(one => {
        const occurrence = occurrenceOf(one, plan as Plan)
        shape(occurrence.timeMs === timeMs, 'pending.timeMs')
        return occurrence
      })
      shape(read.length > 0, 'pending.fed')
      return [place as number, read] as const
    })
    shape(
      fed.length > 0 &&
        isInOrder(
          fed.map(([place]) => place),
          'rising',
        ),
      'pending.fed',
    )
    shape(timeMs >= atMs, 'pending.timeMs')
    return { timeMs, fed }
  })
  shape(isInOrder(pending.map(({ timeMs }) => timeMs)), 'pending')
  return pending
}

type LaneOwner = Readonly<{ plan: Plan; atMs: number; options: CorrelateOptions }>

function laneOf(given: unknown, owner: LaneOwner): LaneState {
  const { plan, options } = owner
  const lane = fieldsOf(given, 'lane')
  const groupsMax = options.groupsMax + (options.spill === null ? 0 : options.spilledMax)
  const groups = listOf(lane('groups'), 'groups', groupsMax).map(one => groupOf(one, owner))
  shape(isInOrder(groups.map(({ lastMs }) => lastMs)), 'groups')
  const opened = new Map(groups.map(({ key, openedMs }) => [key, openedMs]))
  shape(opened.size === groups.length, 'groups')
  const open = listOf(lane('open'), 'open', groupsMax).map(key => textOf(key, 'open'))
  shape(open.length === (plan.isClosing ? groups.length : 0), 'open')
  shape(new Set(open).size === open.length && open.every(key => opened.has(key)), 'open')
  shape(isInOrder(open.map(key => opened.get(key) as number)), 'open')
  return { groups, open }
}

function groupOf(given: unknown, { plan, atMs, options }: LaneOwner): GroupState {
  const group = fieldsOf(given, 'group')
  const key = textOf(group('key'), 'group.key')
  const openedMs = timeOf(group('openedMs'), 'group.openedMs')
  const lastMs = timeOf(group('lastMs'), 'group.lastMs')
  const firedMs = group('firedMs') === null ? null : timeOf(group('firedMs'), 'group.firedMs')
  const windowMax = Math.max(1, options.groupEventsMax)
  const window = listOf(group('window'), 'group.window', windowMax).map(one => {
    const occurrence = occurrenceOf(one, plan)
    shape(keyOf(occurrence.group) === key, 'group.key')
    return occurrence
  })
  const times = window.map(({ timeMs }) => timeMs)
  const [firstMs] = times
  shape(firstMs !== undefined && times.at(-1) === lastMs && lastMs <= atMs, 'group.lastMs')
  shape(isInOrder([openedMs, ...times]), 'group.window')
  // Whatever closes is as long as it is open; whatever slides, as far as it reaches.
  const fromMs = plan.isClosing ? openedMs : (firstMs as number)
  shape(lastMs - fromMs <= plan.spanMs, 'group.window')
  shape(firedMs === null || (firedMs <= lastMs && !plan.isClosing), 'group.firedMs')
  return { key, openedMs, lastMs, firedMs, gauge: gaugeOf(group('gauge'), plan, lastMs), window }
}

/** How far the steps of an order came: the later a step, the earlier its chain began. */
function gaugeOf(given: unknown, { type, steps }: Plan, lastMs: number): (number | null)[] {
  const size = type === 'temporal_ordered' ? steps.length : 0
  const begins = listOf(given, 'group.gauge', size).map(begin =>
    begin === null ? null : timeOf(begin, 'group.gauge'),
  )
  shape(begins.length === size, 'group.gauge')
  const reached = begins.filter(begin => begin !== null)
  const isRow = begins.slice(reached.length).every(begin => begin === null)
  shape(isRow && isInOrder([...reached].reverse()), 'group.gauge')
  shape(
    reached.every(begin => begin <= lastMs),
    'group.gauge',
  )
  return begins
}

function occurrenceOf(given: unknown, plan: Plan): Occurrence {
  const occurrence = fieldsOf(given, 'occurrence')
  const { groupBy, inputs } = plan
  const group = listOf(occurrence('group'), 'group', groupBy.length).map(one =>
    textOf(one, 'group'),
  )
  shape(group.length === groupBy.length, 'group')
  const rules = listOf(occurrence('rules'), 'rules', inputs.length).map(one =>
    countOf(one, 'rules'),
  )
  shape(rules.length > 0 && isInOrder(rules, 'rising'), 'rules')
  shape((rules.at(-1) as number) < inputs.length, 'rules')
  const events = listOf(occurrence('events'), 'events', Number.POSITIVE_INFINITY).map(one =>
    textOf(one, 'events'),
  )
  shape(events.length > 0, 'events')
  const timeMs = timeOf(occurrence('timeMs'), 'timeMs')
  return { timeMs, group, rules, value: valueOf(occurrence('value'), plan), events }
}

function valueOf(given: unknown, plan: Plan): string | null {
  if (plan.type !== 'value_count' && !isNumeric(plan)) {
    shape(given === null, 'value')
    return null
  }
  const value = textOf(given, 'value')
  shape(!isNumeric(plan) || amountOf(value) !== null, 'value')
  return value
}
