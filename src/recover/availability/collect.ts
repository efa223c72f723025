import type { Observation } from '../../core/fact.ts'
import type { Collector, Ports } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { type Desk, deskOf, readProbes } from './desk.ts'
import { serviceProbed } from './facts.ts'
import { type Entry, hourOf, isSeal, type Minute, openJournal, type Result } from './journal.ts'
import { minuteAt, minuteMs } from './minute.ts'
import type { Answer } from './probe/answer.ts'
import { createRounds } from './probe/round.ts'
import { bodyOf, sealsOf, standsOf } from './seal.ts'

/** Others send what they saw within the minute; after a start they have more to send. */
const settlingRounds = 3
/** Stretches that are appended together. */
const togetherMax = 64

/**
 * Asks every registered service once in each minute of the clock, and tells what came of it. Each step is on
 * the disk before the next: what was asked, what is to be told, and then it is told. So every run goes on
 * where the one before stopped, in this process or another.
 */
export const serviceProber: Collector = {
  name: 'service-prober',
  sizeBytesMax: 12_288,
  // All services turn at once, twice, in parts of an hour each.
  perMinuteMax: 4_000,
  // It looks whether the minute is another; a timer of a minute would drift and miss some.
  every: 'PT1S',
  async *run(ports) {
    const desk = deskOf(ports)
    const minute = minuteAt(ports.clock.nowMs())
    if (minute === desk.minute) return
    desk.minute = minute
    const probes = await readProbes(ports.reader)
    const journal = openJournal(ports.folder())
    desk.rounds ??= createRounds(desk.settings)
    const found = await desk.rounds.askAll(probes, ports.signal)
    // What we cut short ourselves says nothing of anybody.
    if (ports.signal.aborted) return
    desk.last = found
    desk.count += 1
    const results = Object.fromEntries([...found].map(([id, answer]) => [id, resultOf(answer)]))
    if (found.size > 0) await journal.append([{ minute, place: 'here', results }])
    yield* tell(minute, desk, ports)
  },
}

export const resultOf = (answer: Answer): Result =>
  answer.kind === 'answered' ? '' : answer.kind === 'failed' ? answer.why : `?${answer.why}`

/** What is due of the journal, and what was meant to be told before a crash. */
async function* tell(
  minute: Minute,
  desk: Desk,
  ports: Pick<Ports, 'clock' | 'folder'>,
): AsyncGenerator<readonly Observation[]> {
  const journal = openJournal(ports.folder())
  const hasOthers = desk.settings.vantages.length > 0
  // Where others send too, a minute is told when the next one is asked.
  const end = hasOthers ? minute : minute + 1
  const before = await journal.read()
  const stands = standsOf(before)
  const isSettling = hasOthers && desk.count <= settlingRounds
  const due = isSettling
    ? []
    : [...stands].flatMap(([service, stand]) => sealsOf(service, stand, end))
  if (due.length > 0) await journal.append(due)
  const meant = [...before, ...due].filter((entry: Entry) => isSeal(entry))
  const seals = meant.filter(seal => !desk.told.has(identityOf(seal)))
  const now = toInstant(ports.clock.nowMs())
  for (let from = 0; from < seals.length; from += togetherMax) {
    const together = seals.slice(from, from + togetherMax)
    yield together.map(
      (seal): Observation => ({
        type: serviceProbed,
        source: 'service-prober',
        occurred: earlier(toInstant((seal.from + seal.minutes) * minuteMs), now),
        observed: now,
        trust: 'instrument',
        // Only what is there now: a stretch that was written down before has all its minutes there.
        body: bodyOf(seal, stands.get(seal.service) ?? { minutes: new Map(), told: null }),
        identity: identityOf(seal),
      }),
    )
    for (const seal of together) desk.told.add(identityOf(seal))
  }
  // The hour before stays: by it is known how far all is told, and how the services stood.
  if (!isSettling) await journal.drop(hourOf(end) - 1)
  if (desk.told.size > toldMax) desk.told = new Set(meant.map(identityOf))
}

/** Of two hours of 500 services that turn every minute. */
const toldMax = 60_000

const identityOf = ({ service, from }: Readonly<{ service: string; from: Minute }>): string =>
  `probed ${service} ${from}`

const earlier = (a: string, b: string): string => (a < b ? a : b)
