import type { Duration, Fact, Instant, Pos } from '../fact.ts'
import type { Context, Owed, Params, Plain } from '../judge.ts'
import { lastFifth } from './dates.ts'
import {
  type Base,
  type Control,
  type Judged,
  type Kind,
  type Match,
  type Of,
  of,
  type Reason,
  type Status,
  type Stepped,
  type Subject,
} from './kind.ts'
import { compile } from './machine.ts'
import { compareText, concerns, effective, keysOfAny, soonestOf, typesOf } from './match.ts'
import { after } from './population.ts'
import { combineSubjects } from './verdict.ts'

type Definition = Base &
  Readonly<{
    /** A synthetic exercise from end to end. Its `amount`, if `within` is asked, is in milliseconds. */
    canary: Match
    passed(fact: Fact, params: Params): boolean
    /** How often it must be exercised. */
    every: Of<Duration>
    /** So many exercises must fail in a row before it is broken; at most 8. */
    confirm?: Of<number>
    /** An exercise that took longer has not passed. */
    within?: Of<Duration>
    /** Evidence that it exists: each must have been seen once. */
    exists?: readonly Match[]
  }>

/** Exercises of one subject that are remembered: so many may be asked to fail in a row. */
const exercisesMax = 8

type Exercise = Readonly<{ pos: Pos; when: Instant; passed: boolean }>

type State = Readonly<{
  /** The newest exercises by (`when`, position), oldest first. */
  exercises: readonly Exercise[]
  /** The newest that passed; it may be older than all of those. */
  passed: Exercise | null
  /** For each of `exists`, the position of the fact that shows it. */
  exists: readonly (Pos | null)[]
}>

/** A control of kind *capability*: does it exist, and does it work? (V24) */
export function capability(o: Definition): Control {
  const matches = [o.canary, ...(o.exists ?? [])]
  const kind: Kind<Plain> = {
    name: 'capability',
    from: typesOf(matches),
    subjects: fact => keysOfAny(matches, fact),
    matches,
    opensSubjects: false,
    init: () =>
      ({ exercises: [], passed: null, exists: (o.exists ?? []).map(() => null) }) satisfies State,
    step: (before, input, subject, ctx) => {
      const isFact = input !== null && 'pos' in input
      const state = isFact ? take(o, before as State, input, subject, ctx) : (before as State)
      return { state }
    },
    judge: (state, _subject, ctx) => judge(o, state as State, ctx),
    combine: combineSubjects(o.atLeast),
    combinesCounts: true,
    closes: [o.canary],
    owes: (state, _, ctx) => [owed(o, state as State, ctx)],
  }
  return compile(o, kind)
}

function take(o: Definition, before: State, fact: Stepped, subject: Subject, ctx: Context): State {
  const exists = before.exists.map((known, index) => {
    const match = o.exists?.[index]
    if (known !== null || match === undefined) return known
    return concerns(match, fact, subject.key) ? fact.pos : null
  })
  if (!concerns(o.canary, fact, subject.key)) return { ...before, exists }
  const exercise = { pos: fact.pos, when: effective(fact), passed: hasPassed(o, fact, ctx) }
  const exercises = [...before.exercises.filter(e => e.pos !== fact.pos), exercise]
    .sort((a, b) => compareText(a.when, b.when) || a.pos - b.pos)
    .slice(-exercisesMax)
  const passed = [...exercises, ...(before.passed === null ? [] : [before.passed])]
    .filter(e => e.passed && (e === exercise || e.pos !== fact.pos))
    .sort((a, b) => compareText(a.when, b.when) || a.pos - b.pos)
  return { ...before, exercises, passed: passed.at(-1) ?? null, exists }
}

/**
 * There is always a next exercise. After one that passed it is asked for in the last fifth of `every`
 * (V24); when the newest failed, or there never was one, at once. It is named by the one before it.
 */
function owed(o: Definition, state: State, ctx: Context): Owed {
  const newest = state.exercises.at(-1)
  const toDo = { what: 'do' as const, state: 'open' as const }
  if (newest === undefined) {
    const { from } = ctx.adopted!
    return { ...toDo, name: 'exercise-1', from, due: after(from, of(o.every, ctx.params), ctx) }
  }
  const name = `exercise-after-${newest.pos}`
  if (!newest.passed) return { ...toDo, name, from: newest.when, due: newest.when }
  const due = after(newest.when, of(o.every, ctx.params), ctx)
  return { ...toDo, name, from: lastFifth(newest.when, due), due }
}

/** It has not passed when it took too long, or when nobody measured how long it took. */
function hasPassed(o: Definition, fact: Fact, ctx: Context): boolean {
  if (!o.passed(fact, ctx.params)) return false
  if (o.within === undefined) return true
  const amountMs = o.canary.amount?.(fact)
  if (amountMs === undefined) return false
  const start = Date.parse(fact.occurred)
  const limit = Date.parse(after(fact.occurred, of(o.within, ctx.params), ctx))
  return start + amountMs <= limit
}

function judge(o: Definition, state: State, ctx: Context): Judged {
  const { exercises, passed, exists } = state
  const because = [
    ...exercises.map(e => e.pos),
    ...(passed === null ? [] : [passed.pos]),
    ...exists.flatMap(pos => (pos === null ? [] : [pos])),
  ]
  const answer = (status: Status, reason: Reason, next: readonly (Instant | null)[] = []) =>
    ({
      status,
      reason,
      since: ctx.now,
      next: soonestOf(ctx.now, next),
      awaits: null,
      because: [...new Set(because)],
    }) satisfies Judged
  const lastPass = exercises.findLastIndex(e => e.passed)
  const failed = exercises.length - 1 - lastPass
  if (exercises.length > 0 && failed >= of(o.confirm ?? 1, ctx.params)) {
    return answer('broken', { code: 'canary.failed', args: { failed } })
  }
  const missing = exists.filter(pos => pos === null).length
  if (missing > 0) {
    return answer('unknown', { code: 'exists.incomplete', args: { missing, of: exists.length } })
  }
  if (passed === null) {
    const code = exercises.length === 0 ? 'canary.never' : 'canary.unconfirmed'
    return answer('unknown', { code, args: {} })
  }
  const staleAt = after(passed.when, of(o.every, ctx.params), ctx)
  if (staleAt <= ctx.now) return answer('unknown', { code: 'canary.stale', args: {} })
  const dutyAt = lastFifth(passed.when, staleAt)
  const code = ctx.now < dutyAt ? 'passed' : 'exercise.next'
  return answer('kept', { code, args: { until: staleAt } }, [dutyAt, staleAt])
}
