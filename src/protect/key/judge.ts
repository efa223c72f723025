import { is, sooner, whenOf } from '../../core/control/match.ts'
import type { Fact, Instant, Key, Pos } from '../../core/fact.ts'
import { type Context, isFact, type Judge, type Step } from '../../core/judge.ts'
import {
  keyRead,
  lifeMeasured,
  listDeclared,
  logMeasured,
  logRead,
  serviceListed,
  serviceRemoved,
  stageRecorded,
  type stages,
} from './facts.ts'

type Stage = (typeof stages)[number]

/** One key: what its service showed last, and how often each stage was recorded. */
type Life = Readonly<{
  key: Key
  recorded: Readonly<Record<Stage, number>>
  read: Readonly<{
    at: Instant
    pos: Pos
    shown: Readonly<Record<Stage, number>>
  }> | null
  /** What was said last, so that nothing is said twice. */
  said: string | null
}>

/**
 * Lays the records of a key beside what its service shows: each version after the first is a rotation,
 * each recipient a handing out. It says so as of the reading, so that it ages with the reading.
 */
export const lifeJudge: Judge<Life> = {
  id: 'protect.key.life',
  version: 1,
  from: [keyRead, stageRecorded],
  makes: [lifeMeasured],
  keys: fact => [(fact.body as { key: Key }).key],
  init: key => ({
    key,
    recorded: { made: 0, 'handed-out': 0, rotated: 0, destroyed: 0 },
    read: null,
    said: null,
  }),
  step: (state, input, ctx) => (isFact(input) ? measureLife(learn(state, input), ctx) : { state }),
}

function learn(before: Life, fact: Fact): Life {
  if (is(fact, stageRecorded)) {
    // Nobody is his own witness.
    const { by, witness } = fact.refs
    if (by === undefined || witness === undefined || by === witness) return before
    const { stage } = fact.body
    return { ...before, recorded: { ...before.recorded, [stage]: before.recorded[stage] + 1 } }
  }
  if (!is(fact, keyRead)) return before
  const { state, versions, recipients } = fact.body
  const shown = {
    made: 1,
    'handed-out': recipients,
    rotated: versions - 1,
    destroyed: state === 'destroyed' ? 1 : 0,
  }
  return { ...before, read: { at: whenOf(fact), pos: fact.pos, shown } }
}

function measureLife(state: Life, ctx: Context): Step<Life> {
  const { read, recorded } = state
  if (read === null) return { state }
  const { shown } = read
  const lacks = (stage: Stage) => Math.max(0, shown[stage] - recorded[stage])
  const body = {
    key: state.key,
    shown: shown.made + shown['handed-out'] + shown.rotated + shown.destroyed,
    unrecorded: {
      made: lacks('made'),
      handedOut: lacks('handed-out'),
      rotated: lacks('rotated'),
      destroyed: lacks('destroyed'),
    },
  }
  const said = JSON.stringify([read.pos, body])
  if (said === state.said) return { state }
  const because = [...new Set([read.pos, ctx.cause])]
  return {
    state: { ...state, said },
    facts: [{ type: lifeMeasured, occurred: sooner(read.at, ctx.now), because, body }],
  }
}

/** The row `''`: the services of the list, and how far the log of each has been read. */
type Logs = Readonly<{
  declared: Pos | null
  services: Readonly<Record<string, Readonly<{ to: Instant; last: number }> | null>>
  /** How far all of them had been read when that was last said. */
  said: Instant | null
}>

/**
 * Follows the numbers that each service gives its operations. A number that is left out is an
 * operation that left no record. While one service of the list is silent nobody watches.
 */
export const logsJudge: Judge<Logs> = {
  id: 'protect.key.logs',
  version: 1,
  from: [serviceListed, serviceRemoved, listDeclared, logRead],
  makes: [logMeasured],
  keys: () => [''],
  init: () => ({ declared: null, services: {}, said: null }),
  step: (state, input, ctx) => (isFact(input) ? follow(state, input, ctx) : { state }),
}

function follow(state: Logs, fact: Fact, ctx: Context): Step<Logs> {
  const { services } = state
  if (is(fact, listDeclared)) return { state: { ...state, declared: fact.pos } }
  if (is(fact, serviceListed)) {
    const { service } = fact.body
    return { state: { ...state, services: { ...services, [service]: services[service] ?? null } } }
  }
  if (is(fact, serviceRemoved)) {
    const { [fact.body.service]: _gone, ...rest } = services
    return { state: { ...state, services: rest } }
  }
  return is(fact, logRead) ? readLog(state, fact, ctx) : { state }
}

function readLog(
  before: Logs,
  fact: Fact<{ service: string; first: number; last: number; entries: number; to: Instant }>,
  ctx: Context,
): Step<Logs> {
  const { service, first, last, entries } = fact.body
  const known = before.services[service]
  // What is on no list is nobody's to watch; the comparison of the list says that it is missing.
  if (known === undefined) return { state: before }
  const to = sooner(fact.body.to, ctx.now)
  // The first stretch that is read has none before it: where it begins is where watching begins.
  const from = known === null ? first : known.last + 1
  // Stretches follow one another. One that goes back breaks the sequence like one that skips.
  const missing = Math.abs(first - from) + Math.max(0, last - first + 1 - entries)
  const reached = { to: known !== null && known.to > to ? known.to : to, last }
  const services = { ...before.services, [service]: reached }
  const watched = watchedTo(services)
  const state = { ...before, services }
  const say = (occurred: Instant, body: Readonly<{ service: string | null; missing: number }>) => ({
    type: logMeasured,
    occurred,
    because: [...(before.declared === null ? [] : [before.declared]), fact.pos],
    body,
  })
  const gap = missing > 0 ? [say(to, { service, missing })] : []
  const isFurther = watched !== null && (before.said === null || watched > before.said)
  if (before.declared === null || !isFurther) return { state, facts: gap }
  return {
    state: { ...state, said: watched },
    facts: [...gap, say(watched, { service: null, missing: 0 })],
  }
}

/** The instant up to which the log of every service has been read; null: not of every one. */
function watchedTo(services: Logs['services']): Instant | null {
  let least: Instant | null = null
  for (const service of Object.values(services)) {
    if (service === null) return null
    least = least === null ? service.to : sooner(least, service.to)
  }
  return least
}
