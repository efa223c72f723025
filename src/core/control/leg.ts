import type { Instant } from '../fact.ts'
import type { Pos } from './kind.ts'

/** What happened to a case, as far as its legs need it. */
export type CaseEvent = Readonly<{
  group: 'start' | 'stop' | 'pause' | 'resume' | 'extend' | 'cancel' | 'reclassify' | 'reopen'
  nth: number
  at: Instant
  pos: Pos
  amount: number
  /** Recorded before the adoption: it may fill a leg that still runs, and closes none (V33). */
  early: boolean
}>

export type StopNeeds = 'any' | 'all' | Readonly<{ amount: number }>

/** A leg as its events tell it, without any deadline. */
export type Leg = Readonly<{
  /** From 1; it names the occurrence. */
  nth: number
  start: CaseEvent
  stop: Readonly<{ at: Instant; pos: Pos; early: boolean; because: readonly Pos[] }> | null
  cancelled: CaseEvent | null
  reclassified: CaseEvent | null
  /** A stop from before the start, or before it is allowed, that therefore stops nothing. */
  refused: Readonly<{ code: 'implausible' | 'too.early'; pos: Pos }> | null
}>

const inTime = (a: CaseEvent, b: CaseEvent): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : a.pos - b.pos

/** Keeps events in the order of their time; what a position said before is replaced (V4). */
export function withEvent(events: readonly CaseEvent[], event: CaseEvent): readonly CaseEvent[] {
  const rest = events.filter(other => other.pos !== event.pos || other.group !== event.group)
  return [...rest, event].sort(inTime)
}

/**
 * Tells the legs of a case from its events, wherever in the list they came: the first start, the
 * first stop by time, and a new leg at each reopening of one that had ended (V18).
 *
 * @param notBefore the earliest instant of a stop for a start
 */
export function legsOf(
  events: readonly CaseEvent[],
  needs: StopNeeds,
  stops: number,
  notBefore: (start: Instant) => Instant,
): readonly Leg[] {
  const legs: Leg[] = []
  let start = events.find(event => event.group === 'start')
  let stopped: ReadonlySet<Pos> = new Set()
  while (start !== undefined) {
    const begin: CaseEvent = start
    const first = legs.length === 0
    const own = events.filter(
      event => event.group === 'stop' && !stopped.has(event.pos) && (first || event.at >= begin.at),
    )
    const earliest = notBefore(begin.at)
    const plausible = own.filter(event => event.at >= begin.at && event.at >= earliest)
    const stop = stopOf(plausible, needs, stops)
    const cancelled =
      events.find(
        event =>
          event.group === 'cancel' &&
          (first || event.at >= begin.at) &&
          (stop === null || event.at < stop.at),
      ) ?? null
    const end = cancelled?.at ?? stop?.at
    const odd = plausible.length === 0 ? own[0] : undefined
    legs.push({
      nth: legs.length + 1,
      start: begin,
      stop: cancelled ? null : stop,
      cancelled,
      // What is reclassified after its end changes the next leg, not this one.
      reclassified:
        events.findLast(
          event => event.group === 'reclassify' && (end === undefined || event.at <= end),
        ) ?? null,
      refused: odd ? { code: odd.at < begin.at ? 'implausible' : 'too.early', pos: odd.pos } : null,
    })
    if (end === undefined) break
    stopped = new Set([...stopped, ...(stop?.because ?? [])])
    // Later than this one began: of two that begin and end in the same instant neither reopens the other.
    start = events.find(
      event => event.group === 'reopen' && event.at >= end && inTime(event, begin) > 0,
    )
  }
  return legs
}

/** The stop counts from the event that made it complete. Later ones are evidence only. */
function stopOf(events: readonly CaseEvent[], needs: StopNeeds, stops: number): Leg['stop'] {
  const seen = new Set<number>()
  const because: CaseEvent[] = []
  let amount = 0
  for (const event of events) {
    if (needs === 'all' && seen.has(event.nth)) continue
    seen.add(event.nth)
    amount += event.amount
    because.push(event)
    const isComplete =
      needs === 'any' || (needs === 'all' ? seen.size === stops : amount >= needs.amount)
    if (isComplete)
      return {
        at: event.at,
        pos: event.pos,
        early: event.early,
        because: because.map(one => one.pos),
      }
  }
  return null
}

/**
 * Time that the clock stood still: each pause ends by its resuming, or by itself after `most`, or at
 * the next leg. A pause that begins after the deadline is too late to help (V19).
 *
 * @returns the deadline with pauses, and until when the leg is paused at `at`, if it is
 */
export function withPauses(
  events: readonly CaseEvent[],
  start: Instant,
  deadlineMs: number,
  mostMs: (from: Instant) => number,
  at: Instant,
): Readonly<{ deadlineMs: number; paused: boolean }> {
  const startMs = Date.parse(start)
  let until = deadlineMs
  let paused = false
  let freeMs = startMs
  for (const [index, event] of events.entries()) {
    if (event.group !== 'pause') continue
    // A pause within a pause is the same pause.
    const fromMs = Math.max(Date.parse(event.at), freeMs)
    if (fromMs > until) break
    const endMs = Date.parse(event.at) + mostMs(event.at)
    const resumed = events.find((other, nth) => nth > index && other.group === 'resume')
    const toMs = resumed ? Math.min(Date.parse(resumed.at), endMs) : endMs
    if (toMs <= fromMs) continue
    until += toMs - fromMs
    freeMs = toMs
    const atMs = Date.parse(at)
    if (fromMs <= atMs && atMs < toMs) paused = true
  }
  return { deadlineMs: until, paused }
}
