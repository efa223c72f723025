import type { Instant } from '../fact.ts'
import type { Context } from '../judge.ts'
import type { Cadence, CadenceState, Out } from './cadence-state.ts'
import { isSurelyWithin } from './dates.ts'
import { isDelivered } from './evidence.ts'
import { type Occurrence, of, rememberDefault, type Subject } from './kind.ts'
import { isEnough, type Term } from './term.ts'

/**
 * Closes every open occurrence that is decided at an instant: enough is done, or its source has
 * delivered all before its deadline (V5, V6).
 */
export function closeUntil(
  kind: Cadence,
  before: CadenceState,
  subject: Subject,
  ctx: Context,
  at: Instant,
  out: Out,
): CadenceState {
  const state = decideGivenUp(kind, before, subject, ctx, at, out)
  let { misses, last } = state
  let open: Term[] = []
  for (const term of state.open) {
    const isOver = term.close <= at
    const isDone = isOver && isEnough(kind.o, term, false)
    if (!isOver || !(isDone || isDelivered(subject, term.deadline))) {
      open.push(term)
      continue
    }
    if (!isDone && isAside(state, term, subject)) continue
    const outcome = outcomeOf(kind, state, term, subject)
    out.closed.push(occurrence(term, outcome))
    if (outcome === 'unknown') {
      misses = [...misses, { ...term, outcome }]
      continue
    }
    if (last === null || term.to > last.to) last = { name: term.name, to: term.to, outcome }
    if (outcome !== 'done') misses = [...misses, { ...term, outcome }]
  }
  // What is not decided now waits for its source.
  let tooMany = open.filter(term => term.close <= at).length - waitingMax
  if (tooMany > 0) {
    open = open.filter(term => {
      if (tooMany <= 0 || term.close > at) return true
      tooMany -= 1
      if (isAside(state, term, subject)) return false
      out.closed.push(occurrence(term, 'unknown'))
      misses = [...misses, { ...term, outcome: 'unknown' }]
      return false
    })
  }
  if (open.length === state.open.length) return state
  let remembered = misses
  if (misses.length > 0) {
    remembered = misses.filter(miss => !isForgotten(kind, miss.to, ctx, at)).slice(-missesMax)
  }
  const waiting = remembered.find(isGivenUp) ?? open[0]
  const oldest = waiting?.from ?? state.cursor ?? at
  const away = state.away.filter(gone => gone.to === null || gone.to > oldest)
  return { ...state, open, misses: remembered, last, away }
}

function outcomeOf(kind: Cadence, state: CadenceState, term: Term, subject: Subject) {
  if (isEnough(kind.o, term, false)) return 'done'
  if (isSilent(state, subject)) return 'unknown'
  return isEnough(kind.o, term, true) ? 'late' : 'missed'
}

/**
 * Nobody ever told anything: no fact of a type that the control reads, no member of a register, no
 * source. An organisation that did nothing and one that told nothing look the same (V15a).
 */
export const isSilent = (state: CadenceState, subject: Subject): boolean =>
  !state.hasWord && subject.joined === null && (subject.watermark ?? null) === null

/** What was given up is decided after all, when its source has delivered (V6, V37). */
function decideGivenUp(
  kind: Cadence,
  state: CadenceState,
  subject: Subject,
  ctx: Context,
  at: Instant,
  out: Out,
): CadenceState {
  // Without a source nobody can say afterwards what was not done while nobody told anything (V15a).
  if (subject.watermark === undefined) return state
  const isDecided = (miss: Miss) => isGivenUp(miss) && isDelivered(subject, miss.deadline)
  if (!state.misses.some(isDecided)) return state
  let { last } = state
  const misses = state.misses.flatMap((miss): Miss[] => {
    if (!isDecided(miss)) return [miss]
    if (isAside(state, miss, subject) || isForgotten(kind, miss.to, ctx, at)) return []
    const outcome = isEnough(kind.o, miss, true) ? 'late' : 'missed'
    const because = miss.doings.map(doing => doing.pos)
    out.restated.push({ name: miss.name, was: 'unknown', now: outcome, because })
    if (last === null || miss.to > last.to) last = { name: miss.name, to: miss.to, outcome }
    return [{ ...miss, outcome }]
  })
  return { ...state, misses, last }
}

type Miss = CadenceState['misses'][number]

export const isGivenUp = (miss: Miss): boolean => miss.outcome === 'unknown'

/**
 * 400 occurrences wait for a silent source: thirteen months of days. The oldest is given up for the
 * next one, so that a row has a limit, and what a step says when the source is back has one too.
 */
const waitingMax = 400

/** 400 misses: thirteen months of days. A subject that misses every hour is not restated for so long. */
export const missesMax = 400

export const occurrence = (term: Term, outcome: Miss['outcome'] | 'done'): Occurrence => ({
  name: term.name,
  outcome,
  from: term.from,
  to: term.to,
  because: term.doings.map(doing => doing.pos),
})

/** Excepted at its deadline, or away for all of it: nothing is asked. */
const isAside = (state: CadenceState, term: Term, subject: Subject): boolean =>
  isAway(state, term, term.to) || isExcepted(subject, term.deadline)

const isExcepted = (subject: Subject, deadline: Instant): boolean =>
  subject.excepted != null && subject.excepted.from <= deadline && deadline < subject.excepted.until

/** Away from its beginning until `until` without a break; null: and not back yet (V12). */
export const isAway = (state: CadenceState, term: Term, until: Instant | null): boolean =>
  state.away.some(
    gone => gone.from <= term.from && (gone.to === null || (until !== null && gone.to >= until)),
  )

export function isForgotten(kind: Cadence, to: Instant, ctx: Context, at: Instant): boolean {
  const remember = kind.o.remember ?? rememberDefault
  if (isSurelyWithin(remember, to, at)) return false
  return ctx.calendars.add(to, remember, of(kind.o.zone, ctx.params)) < at
}

/** The deadline of the first of the misses that follow each other up to the last one. */
export function missedSince(state: CadenceState): Instant {
  const misses = state.misses.filter(miss => !isGivenUp(miss))
  const last = misses.at(-1)
  let since = last?.deadline ?? state.last!.to
  let from = last?.from
  for (let nth = misses.length - 2; nth >= 0; nth--) {
    const miss = misses[nth]!
    if (miss.to !== from || miss.outcome !== 'missed') break
    since = miss.deadline
    from = miss.from
  }
  return since
}
