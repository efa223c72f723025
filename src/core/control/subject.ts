import { strict as assert } from 'node:assert'
import type { Instant, Key, Pos } from '../fact.ts'
import { type Context, type Input, isFact, isWake, type Plain, type Step } from '../judge.ts'
import { type Finding, follow, noFinding } from './finding.ts'
import type { Base, Judged, Kind, Reason, Status, Stepped, Subject } from './kind.ts'
import { rememberDefault } from './kind.ts'
import { isForAnother, later, leastOf, organisation, soonestOf } from './match.ts'
import {
  after,
  covers,
  exceptionKey,
  longer,
  type Membership,
  noMember,
  type Span,
  seenUntil,
  stepException,
  stepMembership,
} from './population.ts'
import { type Closed, forgetClosed, sayFinding, sayOccurrences, type Work } from './say.ts'
import type { Whole } from './whole.ts'

/** What one subject adds to its control. `status` null: it is counted nowhere. */
export type Share = Readonly<{
  status: Status | 'excepted' | null
  code: string
  since: Instant
  /** How far the watermark must come for this row to be stepped; `''`: any move will do. */
  waits: Instant | null
  /** Only where the control has one subject, whose reason is then its own. */
  args: Reason['args'] | null
}>

/** The row of one subject, the same for all kinds. */
export type SubjectRow = Readonly<{
  key: Key
  /** The state of the kind. */
  kind: Plain
  /** A fact of the kind has touched it: that makes a case a subject. */
  opened: boolean
  member: Membership
  excepted: Span | null
  share: Share | null
  finding: Finding
  /** A wake found the watermark behind this instant (V6). */
  behind: Instant | null
  /** Closed occurrences that a late fact may still restate, oldest first (V38). */
  closed: readonly Closed[]
  /** When it was last touched while being no subject; forgotten in time. */
  outside: Instant | null
  /** The last fact folded, and for what cause: none is folded twice in one step. */
  folded: readonly [Pos, Pos] | null
}>

export const newSubject = (kind: Kind, key: Key): SubjectRow => ({
  key,
  kind: kind.init(key),
  opened: false,
  member: noMember,
  excepted: null,
  share: null,
  finding: noFinding,
  behind: null,
  closed: [],
  outside: null,
  folded: null,
})

/** A control with neither a population nor cases has one subject, `org` (V9). */
export const isSolo = (base: Base, kind: Kind): boolean =>
  base.population === undefined && !kind.opensSubjects

/**
 * Steps one subject: who it is, what it did, how that is judged, and what the whole must know of it.
 * Nothing but this row is read or written, and the row `''` is read (V44).
 *
 * @param passing types that say who is a subject and move nothing of the whole
 */
export function stepSubject(
  base: Base,
  kind: Kind,
  before: SubjectRow,
  input: Input,
  ctx: Context,
  passing: ReadonlySet<string>,
): Step<SubjectRow> {
  if (isForAnother(base, input)) return { state: before }
  const work: Work = { base, key: before.key, ctx, facts: [], forget: [] }
  const met = meet(base, kind, before, input)
  if (isFact(input) && passing.has(input.type) && passesBy(kind, before, met, input))
    return { state: met }
  const seen = look(base, kind, met, ctx)
  const folded = fold(kind, met, seen, input, work)
  if (folded === null) return forgetSubject(met, work)
  const judged = seen.isSubject && ctx.adopted !== null ? judge(kind, met, folded, seen, ctx) : null
  const isTouched = met.member !== before.member || folded.kind !== met.kind
  return conclude(met, folded, isTouched ? null : met.outside, judged, seen, input, work)
}

/**
 * A fact that is only of the population says nothing of a member who is named again, or of one who was
 * none before and is none now: time alone, for which there are wakes, would have changed him. Registers
 * tell of everybody every day, so most steps are such.
 */
function passesBy(kind: Kind, before: SubjectRow, met: SubjectRow, fact: Stepped): boolean {
  const isConcluded = before.share !== null || before.outside !== null
  if (!isConcluded || touches(kind, before.key, fact)) return false
  if (met === before) return true
  const { joined } = met.member
  // When a member was last seen by the second source concerns nobody while he is one.
  return joined !== null && joined === before.member.joined
}

/** What folding changes of a row. */
type Folded = Pick<SubjectRow, 'kind' | 'closed' | 'folded'>

/** Membership and exceptions. */
function meet(base: Base, kind: Kind, before: SubjectRow, input: Input): SubjectRow {
  if (!isFact(input)) return before
  let row = before
  if (base.population !== undefined) {
    const member = stepMembership(row.member, base.population, row.key, input)
    if (member !== row.member) row = { ...row, member }
  }
  if (exceptionKey(base, input) === row.key) {
    row = { ...row, excepted: stepException(row.excepted, input) }
  }
  if (kind.opensSubjects && !row.opened && touches(kind, row.key, input)) {
    row = { ...row, opened: true }
  }
  return row
}

const touches = (kind: Kind, key: Key, input: Input): input is Stepped =>
  isFact(input) &&
  kind.from.some(type => type.name === input.type) &&
  kind.subjects(input).includes(key)

/** Who the subject is at this instant. */
type Seen = Readonly<{
  subject: Subject
  isSubject: boolean
  /** Only the second source knows it, and has seen it lately. */
  isUnregistered: boolean
  seenUntil: Instant | null
}>

function look(base: Base, kind: Kind, row: SubjectRow, ctx: Context): Seen {
  const whole = ctx.root as Whole | null
  const isMember = row.member.joined !== null
  const isSubject =
    base.population === undefined || kind.opensSubjects
      ? isMember || row.opened || (isSolo(base, kind) && row.key === organisation)
      : isMember
  const until = base.population === undefined ? null : seenUntil(row.member, base.population, ctx)
  return {
    subject: {
      key: row.key,
      joined: row.member.joined,
      watermark:
        base.alive === undefined || base.alive.length === 0
          ? undefined
          : leastOf(whole?.watermarks ?? [null]),
      excepted: longer(row.excepted, whole?.excepted ?? null),
    },
    isSubject,
    isUnregistered: !isSubject && until !== null && until > ctx.now,
    seenUntil: isSubject ? null : until,
  }
}

/**
 * Lets the kind fold its input. What is no subject yet has its evidence kept, but nothing of it is
 * closed: to the kind it looks as before adoption. Answers null when the kind forgets the subject.
 */
function fold(kind: Kind, before: SubjectRow, seen: Seen, input: Input, work: Work): Folded | null {
  const { ctx } = work
  const again = isFact(input) && before.folded?.[0] === ctx.cause && before.folded[1] === input.pos
  const fact = !again && touches(kind, before.key, input) ? input : null
  if (!seen.isSubject && fact === null) return before
  const stepped = kind.step(
    before.kind,
    fact ?? (isWake(input) ? input : null),
    seen.subject,
    seen.isSubject ? ctx : unadopted(ctx),
  )
  const closed = sayOccurrences(forgetClosed(before.closed, work), stepped, work)
  if (stepped.state === null) return null
  const folded = fact === null ? before.folded : ([ctx.cause, fact.pos] as const)
  return { kind: stepped.state, closed, folded }
}

const unadopted = (ctx: Context): Context => ({
  now: ctx.now,
  cause: ctx.cause,
  adopted: null,
  params: ctx.params,
  assumed: ctx.assumed,
  paramsPos: ctx.paramsPos,
  calendars: ctx.calendars,
  root: ctx.root,
  soonest: () => ctx.soonest(),
  made: name => ctx.made(name),
  ranked: count => ctx.ranked(count),
})

function judge(kind: Kind, row: SubjectRow, folded: Folded, seen: Seen, ctx: Context): Judged {
  const judged = kind.judge(folded.kind, seen.subject, ctx)
  // A kind that asks to be woken now would be woken for ever.
  assert(judged.next === null || judged.next > ctx.now, `next of ${row.key} is not ahead`)
  return judged
}

type Standing = Readonly<{
  status: Status | 'excepted' | null
  reason: Reason
  since: Instant
  because: readonly Pos[]
}>

const nowhere = (code: string, now: Instant): Standing => ({
  status: null,
  reason: { code, args: {} },
  since: now,
  because: [],
})

/** What counts of a judgement, after membership and exceptions (V10, V12, V13). */
function stand(row: SubjectRow, judged: Judged | null, seen: Seen, ctx: Context): Standing {
  if (ctx.adopted === null) return nowhere('not.adopted', ctx.now)
  if (!seen.isSubject && !seen.isUnregistered) return nowhere('left', ctx.now)
  const isExcepted = covers(seen.subject.excepted ?? null, ctx.now)
  if (judged?.aside === 'outside') return nowhere('outside', ctx.now)
  if (isExcepted || judged?.aside === 'excepted') {
    const reason = isExcepted || judged === null ? { code: 'excepted', args: {} } : judged.reason
    return { status: 'excepted', reason, since: ctx.now, because: judged?.because ?? [] }
  }
  if (judged !== null) return judged
  const because = row.member.seenBy === null ? [] : [row.member.seenBy]
  const reason = { code: 'not.registered', args: {} }
  return { status: 'unknown', reason, since: ctx.now, because }
}

function conclude(
  row: SubjectRow,
  folded: Folded,
  outsideSince: Instant | null,
  judged: Judged | null,
  seen: Seen,
  input: Input,
  work: Work,
): Step<SubjectRow> {
  const { base, ctx } = work
  const standing = stand(row, judged, seen, ctx)
  const counts = standing.status !== null && standing.status !== 'excepted'
  const followed = counts
    ? follow(row.finding, standing.status === 'broken', standing.since, ctx.now)
    : { finding: noFinding, until: null }
  const { finding } = followed
  // While it flaps it is held for failing: nobody can say that it is kept (V28).
  const held: Standing =
    finding.open && !finding.failing
      ? {
          ...standing,
          status: 'broken',
          reason: { code: 'unstable', args: { was: standing.reason.code } },
        }
      : standing
  const since = sinceOf(row.share, held, ctx)
  sayFinding(row.finding.open, finding.open, { ...held, since }, work)
  const waits = waitsOf(row, judged, seen, input, ctx)
  const fresh = shareOf(held, since, waits.waits, row.key === organisation)
  // The same share stays the same value: the whole has nothing to learn, and the row nothing to hold twice.
  const share = sameShare(row.share, fresh) ? row.share : fresh
  const isGone = !seen.isSubject && !seen.isUnregistered
  const outside = isGone ? (outsideSince ?? ctx.now) : null
  const forgetAt = outside === null ? null : after(outside, base.remember ?? rememberDefault, ctx)
  if (forgetAt !== null && forgetAt <= ctx.now) return forgetSubject(row, work)
  return {
    // Field by field: most steps change most of them.
    state: {
      key: row.key,
      kind: folded.kind,
      opened: row.opened,
      member: row.member,
      excepted: row.excepted,
      share,
      finding,
      behind: waits.behind,
      closed: folded.closed,
      outside,
      folded: folded.folded,
    },
    facts: work.facts,
    forget: work.forget,
    wakeAt: soonestOf(ctx.now, [
      judged?.next ?? null,
      row.excepted?.until ?? null,
      followed.until,
      seen.seenUntil,
      forgetAt,
    ]),
    rank: finding.open ? `${since}|${row.key}` : null,
    share,
  }
}

/**
 * When the present status began; a change of reason keeps it (V29). Where time alone decided, that
 * is the deadline and not when it was noticed (V7). Nothing began before it was judged (V32) or
 * while an exception covered it.
 */
function sinceOf(before: Share | null, standing: Standing, ctx: Context): Instant {
  if (before !== null && before.status === standing.status) return before.since
  if (before !== null && before.status === 'excepted') return ctx.now
  const since = standing.since <= ctx.now ? standing.since : ctx.now
  const isFirst = before === null || before.status === null
  return isFirst && ctx.adopted !== null ? later(since, ctx.adopted.from) : since
}

/**
 * What the row waits for (V6). A kind says it; of one that does not, every wake that found the
 * watermark behind it is remembered until the watermark has passed it.
 */
function waitsOf(
  row: SubjectRow,
  judged: Judged | null,
  seen: Seen,
  input: Input,
  ctx: Context,
): Readonly<{ waits: Instant | null; behind: Instant | null }> {
  const { watermark } = seen.subject
  if (judged === null || watermark === undefined) return { waits: null, behind: null }
  if (judged.awaits !== undefined) return { waits: judged.awaits, behind: null }
  const behind = isWake(input) ? ctx.now : row.behind
  const isPassed = behind === null || (watermark !== null && watermark >= behind)
  return isPassed ? { waits: null, behind: null } : { waits: '', behind }
}

function shareOf(
  held: Standing,
  since: Instant,
  waits: Instant | null,
  withArgs: boolean,
): Share | null {
  if (held.status === null && waits === null) return null
  return {
    status: held.status,
    code: held.reason.code,
    since,
    waits,
    args: withArgs ? held.reason.args : null,
  }
}

const sameShare = (a: Share | null, b: Share | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.status === b.status &&
    a.code === b.code &&
    a.since === b.since &&
    a.waits === b.waits &&
    (a.args === b.args || JSON.stringify(a.args) === JSON.stringify(b.args)))

function forgetSubject(row: SubjectRow, work: Work): Step<SubjectRow> {
  const standing = nowhere('forgotten', work.ctx.now)
  sayFinding(row.finding.open, false, standing, work)
  return { state: null, facts: work.facts, wakeAt: null, rank: null, share: null }
}
