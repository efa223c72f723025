import type { Alert, Correlator, Engine } from '../index.ts'
import type { Found } from './found.ts'
import { runLimits } from './limits.ts'

/** Where an event is: its file and its line or place there, from 0. */
export type Place = Readonly<{ file: string; line: number }>

/** What a correlation found: its alert, and where the events are that made it. */
export type Correlated = Readonly<{ alert: Alert; places: readonly Place[] }>

/** What was left out of correlations: matches without a time, and what the correlator counted. */
export type LeftOut = Readonly<{ timeless: number; counters: Correlator['counters'] }>

export type Correlating = Readonly<{
  add(place: Place, found: Found): void
  finish(): void
  leftOut(): LeftOut
}>

type Waiting = Readonly<{ timeMs: number; id: string; fed: Found['fed'] }>

/**
 * Runs the correlations over matches of many files. They are kept and put into the order of time,
 * those of one time in the order they came. An event without a time of its own has that of the match
 * before it in its file; where there is none, it takes no part.
 *
 * Too many are not kept: the earlier half is correlated then, and what comes later but happened
 * earlier is late and counted.
 */
export function makeCorrelating(
  engine: Engine,
  alerted: (found: Correlated) => void,
  waitingMax: number = runLimits.correlatedMax,
): Correlating {
  const correlator = engine.correlate()
  let waiting: Waiting[] = []
  let timeless = 0
  let last: { file: string; timeMs: number | null } = { file: '', timeMs: null }

  const tell = (alerts: readonly Alert[]): void => {
    for (const alert of alerts) alerted({ alert, places: alert.events.map(placeOf) })
  }
  /** Takes the earliest, all or a half of them. */
  const correlate = (count: number): void => {
    waiting.sort((a, b) => a.timeMs - b.timeMs)
    for (const { timeMs, id, fed } of waiting.slice(0, count)) {
      const field = (name: string, rule: string): string | null =>
        fed.find(each => each.rule === rule)?.fields[name] ?? null
      tell(correlator.add({ rules: fed.map(each => each.rule), timeMs, id, field }))
    }
    waiting = waiting.slice(count)
  }
  return {
    add({ file, line }, { timeMs: own, fed }) {
      if (last.file !== file) last = { file, timeMs: null }
      const timeMs = own ?? last.timeMs
      last.timeMs = timeMs
      if (fed.length === 0) return
      if (timeMs === null) {
        timeless++
        return
      }
      waiting.push({ timeMs, id: `${line}:${file}`, fed })
      if (waiting.length > waitingMax) correlate(Math.ceil(waiting.length / 2))
    },
    finish() {
      correlate(waiting.length)
      tell(correlator.flush())
    },
    leftOut: () => ({ timeless, counters: correlator.counters }),
  }
}

function placeOf(id: string): Place {
  const colon = id.indexOf(':')
  return { file: id.slice(colon + 1), line: Number(id.slice(0, colon)) }
}
