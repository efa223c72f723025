import type { Instant, Key } from '../fact.ts'
import type { Change, Context, Params } from '../judge.ts'
import type { Counts, Kind, Of, Ppm, Reason, Status } from './kind.ts'
import { of } from './kind.ts'
import { compareText } from './match.ts'
import type { Share } from './subject.ts'

/** Worst first (V26). */
export const worstFirst = ['broken', 'unknown', 'due', 'kept'] as const satisfies readonly Status[]

/** All of them: one failing subject breaks the control. */
export const atLeastDefault: Ppm = 1_000_000
const ppm = 1_000_000

/**
 * The verdict of cadences and states from their subjects (V14, V25). The threshold is tested on
 * kept / size. It is met when enough are kept, whatever the rest is; it is failed when so many are
 * broken that it cannot be met any more; in between the worst of what is open decides.
 */
export function combineSubjects(atLeast: Of<Ppm> | undefined): Kind['combine'] {
  return (counts, size, ctx) => {
    const least = of(atLeast ?? atLeastDefault, ctx.params)
    const status = combinedStatus(counts, size, least)
    return { status, reason: { code: status, args: { count: counts[status], size } } }
  }
}

function combinedStatus(counts: Counts, size: number, least: Ppm): Status {
  if (size > 0 && counts.kept * ppm >= least * size) return 'kept'
  if (counts.broken > 0 && (size - counts.broken) * ppm < least * size) return 'broken'
  if (counts.unknown > 0 || size === 0) return 'unknown'
  return 'due'
}

/** How many subjects stand how and why: by status, then by reason code. */
export type Tally = Readonly<Record<Status | 'excepted', Readonly<Record<string, number>>>>

export const noTally: Tally = { kept: {}, broken: {}, due: {}, unknown: {}, excepted: {} }

/** The tally after some subjects changed: by difference, whatever their number (V44). */
export function retally(before: Tally, changes: readonly Change[]): Tally {
  if (changes.length === 0) return before
  const after: Record<keyof Tally, Readonly<Record<string, number>>> = { ...before }
  const add = (share: Share | undefined, count: number) => {
    if (share === undefined || share.status === null) return
    let codes = after[share.status] as Record<string, number>
    if (codes === before[share.status]) {
      codes = { ...codes }
      after[share.status] = codes
    }
    const sum = (codes[share.code] ?? 0) + count
    if (sum === 0) delete codes[share.code]
    else codes[share.code] = sum
  }
  for (const change of changes) {
    add(change.was as Share | undefined, -1)
    add(change.now as Share | undefined, 1)
  }
  return after
}

function sum(codes: Readonly<Record<string, number>>): number {
  let count = 0
  for (const code in codes) count += codes[code]!
  return count
}

export const countsOf = (tally: Tally): Counts => ({
  kept: sum(tally.kept),
  broken: sum(tally.broken),
  due: sum(tally.due),
  unknown: sum(tally.unknown),
  excepted: sum(tally.excepted),
})

/** The reason codes of the subjects of one status, in order. */
export const codesOf = (tally: Tally, status: Status): readonly string[] =>
  Object.keys(tally[status]).sort(compareText)

/** Waiting rows that are told apart; with more, all rows are stepped when the watermark moves. */
const apartMax = 256

/** Which rows wait for the watermark, and how far it must come for each (V6). */
export type Waiting = Readonly<{
  count: number
  /** null: too many to be told apart, until none waits any more. */
  rows: Readonly<Record<Key, Instant>> | null
  /** Nobody waits for less than this, while they are not told apart. */
  least: Instant
}>

export const noWaiting: Waiting = { count: 0, rows: {}, least: '' }

const isWaiting = (share: Change['was']): boolean =>
  ((share as Share | undefined)?.waits ?? null) !== null

export function rewait(before: Waiting, changes: readonly Change[]): Waiting {
  if (!changes.some(({ was, now }) => isWaiting(was) || isWaiting(now))) return before
  let { count, least } = before
  let rows = before.rows === null ? null : { ...before.rows }
  for (const { key, was, now } of changes) {
    const waited = (was as Share | undefined)?.waits ?? null
    const waits = (now as Share | undefined)?.waits ?? null
    if (waited !== null) count -= 1
    if (waits !== null) count += 1
    if (rows === null) {
      if (waits !== null && waits < least) least = waits
      continue
    }
    if (waits === null) delete rows[key]
    else rows[key] = waits
    if (count > apartMax) {
      least = Object.values(rows).reduce((a, b) => (a <= b ? a : b))
      rows = null
    }
  }
  return count === 0 ? noWaiting : { count, rows, least }
}

/** The rows to step when the watermark has come to `to`; null: all of them. */
export function released(waiting: Waiting, to: Instant): readonly Key[] | null {
  if (waiting.rows === null) return waiting.least <= to ? null : []
  return Object.entries(waiting.rows)
    .filter(([, waits]) => waits <= to)
    .map(([key]) => key)
    .sort(compareText)
}

/** Parameters as one text, to see whether a decision changed a value (V35). */
export function paramsText(ctx: Context): string {
  let text = paramsTexts.get(ctx.params)
  if (text === undefined) {
    text = JSON.stringify(Object.entries(ctx.params).sort(([a], [b]) => compareText(a, b)))
    // The parameters in force are one frozen object until they change (V34).
    if (Object.isFrozen(ctx.params)) paramsTexts.set(ctx.params, text)
  }
  return text
}

/** A pure function of what never changes; entries go with their parameters. */
const paramsTexts = new WeakMap<Params, string>()

/** The reason as it is shown: what nobody has decided is said with it (V35). */
export function withAssumed(reason: Reason, ctx: Context): Reason {
  const text = assumedText(ctx)
  return text === undefined ? reason : { ...reason, args: { ...reason.args, assumed: text } }
}

/** The names of what nobody has decided; undefined: all is decided. */
export function assumedText({ assumed }: Context): string | undefined {
  if (assumed.length === 0) return undefined
  let text = assumedTexts.get(assumed)
  if (text === undefined) {
    text = assumed.join(',')
    // As with parameters: one frozen list until it changes.
    if (Object.isFrozen(assumed)) assumedTexts.set(assumed, text)
  }
  return text
}

const assumedTexts = new WeakMap<readonly string[], string>()
