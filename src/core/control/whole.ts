import type { Draft, Fact, Instant, Key, Pos } from '../fact.ts'
import { daySealed, findingClosed, findingOpened, verdictChanged } from '../facts.ts'
import {
  type Change,
  type Context,
  everyRow,
  type Input,
  isFact,
  type Lapse,
  type Step,
} from '../judge.ts'
import { type Finding, follow, noFinding } from './finding.ts'
import { type Base, type Counts, type Kind, of, type Reason, type Status } from './kind.ts'
import {
  deliveredTo,
  isForAnother,
  later,
  leastOf,
  matches,
  organisation,
  plusMs,
  soonestOf,
} from './match.ts'
import {
  type Completeness,
  doubt,
  exceptionKey,
  isDoubt,
  nothingKnown,
  type Span,
  stepCompleteness,
  stepException,
  sure,
  zoneOf,
} from './population.ts'
import { becauseOf } from './say.ts'
import { isSolo, type Share } from './subject.ts'
import {
  assumedText,
  atLeastDefault,
  codesOf,
  countsOf,
  noTally,
  noWaiting,
  paramsText,
  released,
  retally,
  rewait,
  type Tally,
  type Waiting,
  withAssumed,
} from './verdict.ts'

/** The row `''` of a control: what is known of all subjects together. */
export type Whole = Readonly<{
  key: ''
  known: Completeness
  /** How far each `alive` source has delivered; subjects read it here (V6). */
  watermarks: readonly (Instant | null)[]
  /** The exception for the whole control (V13). */
  excepted: Span | null
  tally: Tally
  waiting: Waiting
  /** The reason of the one subject, where there is but one. */
  soloArgs: Reason['args'] | null
  /** As last appended. What differs from it in these fields is appended again, and nothing else (V27). */
  said: Readonly<{
    status: Status
    code: string
    since: Instant
    version: number
    policy: Pos
    params: string
  }> | null
  /** The live value; the fact is as of its emission (V29). */
  live: Readonly<{ status: Status; reason: Reason; population: Shown }> | null
  /** One finding stands for all subjects that are `unknown`. */
  unknowns: Finding
  /** The next local midnight. */
  sealAt: Instant | null
}>

/** n of N, as a verdict shows it. `size` null: nobody declared it, so nobody knows. */
export type Shown = Readonly<{
  size: number | null
  checked: number
  kept: number
  due: number
  broken: number
  unknown: number
  excepted: number
}>

/** As subject of a finding: all that are unknown, together. No subject has this key. */
export const everySubject = everyRow

export const newWhole = (base: Base): Whole => ({
  key: '',
  known: nothingKnown,
  watermarks: (base.alive ?? []).map(() => null),
  excepted: null,
  tally: noTally,
  waiting: noWaiting,
  soloArgs: null,
  said: null,
  live: null,
  unknowns: noFinding,
  sealAt: null,
})

/**
 * Steps what concerns all subjects. It never says a verdict: every change is judged once, when the
 * judge settles (V27).
 */
export function stepWhole(
  base: Base,
  kind: Kind,
  before: Whole,
  input: Input,
  ctx: Context,
): Step<Whole> {
  if (isForAnother(base, input)) return { state: before }
  const facts: Draft[] = []
  const also: Key[] = []
  let row = before
  if (isFact(input)) {
    if (base.population !== undefined) {
      row = { ...row, known: stepCompleteness(row.known, base.population, input) }
    }
    if (exceptionKey(base, input) === '') {
      row = { ...row, excepted: stepException(row.excepted, input) }
      also.push(everyRow)
    }
    row = hear(base, row, input, also)
  } else {
    if (row.sealAt === ctx.now) facts.push(...seal(base, row, ctx))
    // Its end is a wake; every subject is judged again (V13).
    if (row.excepted?.until === ctx.now) also.push(everyRow)
  }
  // The one subject is there from the first policy on, whether or not a fact ever speaks of it.
  if (isSolo(base, kind) && row.said === null && ctx.adopted !== null) also.push(organisation)
  return { state: row, facts, also: also.includes(everyRow) ? [...new Set(also)] : also }
}

/** Notes how far the sources have delivered, and steps who waited for that (V6). */
function hear(base: Base, before: Whole, fact: Fact, also: Key[]): Whole {
  if (!base.alive?.some(match => matches(match, fact))) return before
  const watermarks = before.watermarks.map((watermark, index) => {
    const match = base.alive?.[index]
    if (match === undefined || !matches(match, fact)) return watermark
    const to = deliveredTo(fact)
    return watermark === null ? to : later(watermark, to)
  })
  const was = leastOf(before.watermarks)
  const now = leastOf(watermarks)
  if (now !== null && now !== was) also.push(...(released(before.waiting, now) ?? [everyRow]))
  return { ...before, watermarks }
}

/** The counts at local midnight, before anything of the new day is judged (V27). */
function seal(base: Base, row: Whole, ctx: Context): readonly Draft[] {
  if (row.said === null || row.live === null) return []
  const day = ctx.calendars.period('P1D', zoneOf(ctx), plusMs(ctx.now, -1)).name
  return [
    {
      type: daySealed,
      occurred: ctx.now,
      because: becauseOf(ctx, [ctx.made('verdict')], []),
      body: {
        control: base.id,
        day,
        status: row.said.status,
        population: row.live.population,
      },
    },
  ]
}

/** Judges the control from what its subjects have become, once per cause (V27, V44). */
export function settleWhole(
  base: Base,
  kind: Kind,
  before: Whole,
  changes: readonly Change[],
  ctx: Context,
): Step<Whole> {
  if (changes.length === 0) {
    const still = stillWhole(base, kind, before, ctx)
    if (still !== null) return still
  }
  const solo = changes.find(change => change.key === organisation)?.now as Share | undefined
  const row: Whole = {
    ...before,
    tally: retally(before.tally, changes),
    waiting: rewait(before.waiting, changes),
    soloArgs: solo === undefined ? before.soloArgs : solo.args,
  }
  if (ctx.adopted === null) return { state: row, wakeAt: ownWake(row, [], ctx) }
  const counts = countsOf(row.tally)
  const answer = answerOf(base, kind, row, counts, ctx)
  const facts: Draft[] = []
  const summary = summarise(base, row, counts, facts, ctx)
  const shown = shownOf(base, row, counts)
  const since = sinceOf(row, answer.status, answer.isDoubted ? [] : changes, ctx)
  const live = {
    status: answer.status,
    reason: withAssumed(answer.reason, ctx),
    population: shown,
  }
  const params = paramsText(ctx)
  const said = {
    status: answer.status,
    code: answer.reason.code,
    since,
    version: base.version,
    policy: ctx.adopted.pos,
    params,
  }
  const isChanged = !isSame(said, row.said)
  if (isChanged) {
    const next = ownWake(row, [...answer.next, ctx.soonest()], ctx)
    facts.push(verdictDraft(base, { ...live, since, next }, ctx))
  }
  const sealAt = ctx.calendars.period('P1D', zoneOf(ctx), ctx.now).to
  const state: Whole = {
    ...row,
    live,
    said: isChanged ? said : row.said,
    unknowns: summary.finding,
    sealAt,
  }
  return {
    state,
    facts,
    forget: row.unknowns.open && !summary.finding.open ? ['unknowns'] : [],
    wakeAt: ownWake(state, [...answer.next, summary.until, sealAt], ctx),
  }
}

/**
 * The same answer, where nobody but a source spoke: the list is confirmed anew, or has come further. That
 * is what most settlings are of. null: it is to be worked out.
 */
function stillWhole(base: Base, kind: Kind, row: Whole, ctx: Context): Step<Whole> | null {
  const { said, live, sealAt, unknowns } = row
  if (kind.combinesCounts !== true || said === null || live === null || ctx.adopted === null)
    return null
  // A new day, a policy, a decision.
  if (sealAt === null || sealAt <= ctx.now || said.policy !== ctx.adopted.pos) return null
  if (said.params !== paramsText(ctx) || live.reason.args['assumed'] !== assumedText(ctx))
    return null
  // What was proven of a list that nobody had declared is shown with its size once somebody has.
  if (unknowns.unstable || isDoubt(said.code) || live.population.size === null) return null
  const known = base.population === undefined ? sure : doubt(row.known, base.population, ctx)
  if (known.code !== null) return null
  return { state: row, wakeAt: ownWake(row, [known.until, sealAt], ctx) }
}

type Said = NonNullable<Whole['said']>

const isSame = (a: Said, b: Said | null): boolean =>
  b !== null &&
  a.status === b.status &&
  a.code === b.code &&
  a.since === b.since &&
  a.version === b.version &&
  a.policy === b.policy &&
  a.params === b.params

const ownWake = (row: Whole, instants: readonly (Instant | null)[], ctx: Context): Instant | null =>
  soonestOf(ctx.now, [...instants, row.excepted?.until ?? null])

type Answer = Readonly<{
  status: Status
  reason: Reason
  /** When time alone changes it though no subject changes. */
  next: readonly (Instant | null)[]
  /** It says something of the population and nothing of its members. */
  isDoubted: boolean
}>

/** First whether anything can be said at all (V10, V11, V13), then what the subjects say (V25). */
function answerOf(base: Base, kind: Kind, row: Whole, counts: Counts, ctx: Context): Answer {
  const size = counts.kept + counts.due + counts.broken + counts.unknown
  const watermark = row.watermarks.length === 0 ? undefined : leastOf(row.watermarks)
  const combined = kind.combine(counts, size, ctx, watermark)
  const known = base.population === undefined ? sure : doubt(row.known, base.population, ctx)
  const next = [combined.next ?? null, known.until]
  const doubted = (status: Status, code: string): Answer => ({
    status,
    reason: { code, args: {} },
    next,
    isDoubted: true,
  })
  if (known.code !== null && !isProven(base, combined.status, known.code, ctx)) {
    return doubted('unknown', known.code)
  }
  if (size === 0 && counts.excepted > 0) return doubted('unknown', 'excepted')
  if (size === 0 && base.population !== undefined && known.code === null) {
    return doubted(base.emptyMeans ?? 'unknown', 'population.empty')
  }
  const { status } = combined
  const own = codesOf(row.tally, status)
  const code = own.length === 0 || own.includes(combined.reason.code) ? null : own[0]
  const reason = code == null ? combined.reason : { ...combined.reason, code }
  const isSoloReason = isSolo(base, kind) && own.length > 0 && row.soloArgs !== null
  const args = isSoloReason && row.soloArgs !== null ? row.soloArgs : reason.args
  return { status, reason: { ...reason, args }, next, isDoubted: false }
}

/**
 * A proven `broken` stays broken however little is known of the others (V10). Where some may fail,
 * a share of an unknown number proves nothing.
 */
function isProven(base: Base, status: Status, doubtCode: string, ctx: Context): boolean {
  if (status !== 'broken') return false
  const least = of(base.atLeast ?? atLeastDefault, ctx.params)
  return doubtCode !== 'population.undeclared' || least === atLeastDefault
}

/**
 * When the present status began (V29). Where a subject brought it about it began with that subject's:
 * the first for what one subject causes, the last for what needs them all.
 */
function sinceOf(row: Whole, status: Status, changes: readonly Change[], ctx: Context): Instant {
  if (row.said?.status === status) return row.said.since
  const sinces = changes.flatMap(({ now }) => {
    const share = now as Share | undefined
    return share?.status === status ? [share.since] : []
  })
  const since = sinces.reduce<Instant | null>((a, b) => {
    if (a === null) return b
    return status === 'kept' ? later(a, b) : a <= b ? a : b
  }, null)
  if (since === null || since > ctx.now) return ctx.now
  return later(since, row.said?.since ?? ctx.adopted?.from ?? ctx.now)
}

function shownOf(base: Base, row: Whole, counts: Counts): Shown {
  const { kept, due, broken, unknown, excepted } = counts
  const isDeclared = base.population === undefined || row.known.complete !== null
  const size = isDeclared ? kept + due + broken + unknown + excepted : null
  return { size, checked: kept + due + broken, kept, due, broken, unknown, excepted }
}

/** At most so many open findings stand under a verdict, the oldest; the chain leads to the rest (V30). */
const findingsMax = 16

function verdictDraft(
  base: Base,
  verdict: Readonly<{
    status: Status
    reason: Reason
    population: Shown
    since: Instant
    next: Instant | null
  }>,
  ctx: Context,
): Draft {
  const { status, reason, since, next, population } = verdict
  const previous = ctx.made('verdict')
  const policy = ctx.adopted?.pos ?? ctx.paramsPos
  const findings = ctx.ranked(findingsMax).flatMap(row => row.made['finding'] ?? [])
  return {
    as: 'verdict',
    type: verdictChanged,
    occurred: ctx.now,
    because: becauseOf(ctx, [previous, policy, ctx.paramsPos, ...findings], []),
    body: {
      control: base.id,
      version: base.version,
      policy,
      params: ctx.paramsPos,
      status,
      reason,
      since,
      next,
      previous: previous ?? null,
      population,
    },
  }
}

/** Findings for `unknown` are not opened one by one: a dead source would open one for everybody. */
function summarise(base: Base, row: Whole, counts: Counts, facts: Draft[], ctx: Context) {
  const isAsked = base.population !== undefined
  const followed = follow(row.unknowns, isAsked && counts.unknown > 0, ctx.now, ctx.now)
  const body = { control: base.id, subject: everySubject }
  const args = { count: counts.unknown }
  if (!row.unknowns.open && followed.finding.open) {
    facts.push({
      as: 'unknowns',
      type: findingOpened,
      occurred: ctx.now,
      because: becauseOf(ctx, [], []),
      body: {
        ...body,
        status: 'unknown',
        reason: { code: 'subjects.unknown', args },
        since: ctx.now,
      },
    })
  } else if (row.unknowns.open && !followed.finding.open) {
    facts.push({
      type: findingClosed,
      occurred: ctx.now,
      because: becauseOf(ctx, [ctx.made('unknowns')], []),
      body: { ...body, reason: { code: 'subjects.known', args } },
    })
  }
  return followed
}

/** The verdict of a control that can judge no more. */
export function lapsed(base: Base, reason: Lapse, ctx: Context): object | null {
  if (ctx.adopted === null) return null
  return {
    control: base.id,
    version: base.version,
    policy: ctx.adopted.pos,
    params: ctx.paramsPos,
    status: 'unknown',
    reason,
    since: ctx.now,
    next: null,
    previous: ctx.made('verdict') ?? null,
    population: { size: null, checked: 0, kept: 0, due: 0, broken: 0, unknown: 0, excepted: 0 },
  }
}
