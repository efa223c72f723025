import { is, sooner, whenOf } from '../../core/control/match.ts'
import type { Draft, Fact, Instant, Key, Pos } from '../../core/fact.ts'
import { type Context, everyRow, isFact, type Judge, type Step } from '../../core/judge.ts'
import { jobMeasured, standingMeasured } from '../../identify/person/facts.ts'
import {
  courseDropped,
  courseRequired,
  incidentAttributed,
  incidentMeasured,
  inductionMeasured,
  jobTrained,
  jobTrainingMeasured,
  measures,
  measuresNamed,
  phishingCounted,
  posterChecked,
  posterIssued,
  posterMeasured,
  scoreMeasured,
  surveyClosed,
  trainingCompleted,
} from './facts.ts'

/** 256 courses of one person: one a month for a generation. The oldest is forgotten for the next. */
const coursesMax = 256

/** As many premises as a fact may name, less those that are always there (L6). */
const premisesMax = 60

const without = <V>(all: Readonly<Record<string, V>>, name: string): Readonly<Record<string, V>> =>
  Object.fromEntries(Object.entries(all).filter(([one]) => one !== name))

/** Jobs and courses are names that people give, and one may be called as what every object has: `constructor`. */
const ownOf = <V>(all: Readonly<Record<string, V>>, name: string): V | undefined =>
  Object.hasOwn(all, name) ? all[name] : undefined

/** The entry goes to the end, and what is too much from the beginning. */
const withCourse = <V>(all: Readonly<Record<string, V>>, course: string, entry: V) =>
  Object.fromEntries(
    [...Object.entries(without(all, course)), [course, entry] as const].slice(-coursesMax),
  )

/** A claim that was accepted is stepped again; what was said of it when it was told is not said twice. */
const isAgain = (fact: Fact): boolean => 'accepted' in fact

const personKeys = (fact: Fact): readonly Key[] => [(fact.body as { person: Key }).person]

// Induction.

/** The row `''`: since when there is a policy at all. Who was here before it did not join under it. */
type First = Readonly<{ first: Instant | null }>

type Joiner = Readonly<{
  person: Key
  joined: Readonly<{ at: Instant; pos: Pos }> | null
  parts: Readonly<
    Record<string, Readonly<{ minutes: number; questions: number; correct: number; pos: Pos }>>
  >
  /** What was said last, so that nothing is said twice. */
  said: string | null
}>

/**
 * Adds up the induction of each one who was employed under the policy: from his first day, on which
 * it is nothing, whenever he completes a part of it. What he took before that day counts.
 */
export const inductionMeasure: Judge<First | Joiner> = {
  id: 'protect.awareness.induction-measure',
  version: 2,
  policy: true,
  from: [standingMeasured, trainingCompleted],
  makes: [inductionMeasured],
  whole: [],
  keys: personKeys,
  init: key => (key === '' ? { first: null } : newJoiner(key)),
  step: (state, input, ctx) => {
    if ('first' in state)
      return { state: state.first === null ? { first: ctx.adopted?.from ?? null } : state }
    return sayInduction(isFact(input) ? learn(state, input) : state, ctx)
  },
}

const newJoiner = (person: Key): Joiner => ({ person, joined: null, parts: {}, said: null })

function learn(before: Joiner, fact: Fact): Joiner {
  if (is(fact, standingMeasured)) {
    // Who comes back another time joins anew.
    if (fact.body.kind === null) return newJoiner(before.person)
    if (fact.body.kind !== 'employee') return { ...before, joined: null, said: null }
    if (before.joined !== null) return before
    return { ...before, joined: { at: whenOf(fact), pos: fact.pos } }
  }
  if (!is(fact, trainingCompleted)) return before
  const { program, course, minutes, test } = fact.body
  if (program !== 'induction' || test === null) return before
  return {
    ...before,
    parts: withCourse(before.parts, course, { minutes, ...test, pos: fact.pos }),
  }
}

function sayInduction(state: Joiner, ctx: Context): Step<Joiner> {
  const { person, joined, said } = state
  const first = (ctx.root as First | null)?.first ?? null
  if (joined === null || first === null || joined.at < first) return { state }
  const parts = Object.values(state.parts)
  const sum = (name: 'minutes' | 'questions' | 'correct') =>
    parts.reduce((total, part) => total + part[name], 0)
  const body = {
    person,
    minutes: sum('minutes'),
    questions: sum('questions'),
    correct: sum('correct'),
  }
  const now = JSON.stringify(body)
  if (now === said) return { state }
  const occurred = said === null ? sooner(joined.at, ctx.now) : ctx.now
  const because = [joined.pos, ...parts.map(part => part.pos).slice(-premisesMax)]
  const facts = [{ type: inductionMeasured, occurred, because, body }]
  return { state: { ...state, said: now }, facts }
}

// Courses for jobs.

/** The row `''`: what each job asks for. */
type Matrix = Readonly<{
  matrix: Readonly<Record<string, Readonly<{ course: string; version: string; pos: Pos }>>>
}>

type Holder = Readonly<{
  person: Key
  jobs: Readonly<Record<string, Pos>>
  taken: Readonly<Record<string, Readonly<{ version: string; pos: Pos }>>>
  /** By job, what was said last. */
  said: Readonly<Record<string, string>>
}>

/** Lays what each person took beside what his jobs ask for; a change of either is said for each job. */
export const jobMeasure: Judge<Matrix | Holder> = {
  id: 'protect.awareness.job-measure',
  version: 2,
  from: [courseRequired, courseDropped, jobMeasured, trainingCompleted],
  makes: [jobTrainingMeasured, jobTrained],
  whole: [courseRequired, courseDropped],
  keys: fact => (is(fact, courseRequired) || is(fact, courseDropped) ? [''] : personKeys(fact)),
  init: key => (key === '' ? { matrix: {} } : { person: key, jobs: {}, taken: {}, said: {} }),
  step: (state, input, ctx) => {
    if ('matrix' in state) return isFact(input) ? require(state, input) : { state }
    if (!isFact(input)) return { state }
    const after = takeUp(state, input)
    const step = sayJobs(after, ctx)
    return { ...step, facts: [...(step.facts ?? []), ...completed(after, input, ctx)] }
  },
}

function require(state: Matrix, fact: Fact): Step<Matrix> {
  const { matrix } = state
  if (is(fact, courseDropped))
    return { state: { matrix: without(matrix, fact.body.job) }, also: [everyRow] }
  const { by, approver } = fact.refs
  // A course that nobody but its author approved is asked of nobody.
  const isApproved = by !== undefined && approver !== undefined && by !== approver
  if (!is(fact, courseRequired) || !isApproved) return { state }
  const { job, course, version } = fact.body
  const entry = { course, version, pos: fact.pos }
  return { state: { matrix: { ...matrix, [job]: entry } }, also: [everyRow] }
}

function takeUp(before: Holder, fact: Fact): Holder {
  const { jobs, said, taken } = before
  if (is(fact, jobMeasured)) {
    const { job, isHeld } = fact.body
    if (isHeld) return { ...before, jobs: { ...jobs, [job]: fact.pos } }
    return { ...before, jobs: without(jobs, job), said: without(said, job) }
  }
  if (!is(fact, trainingCompleted) || fact.body.minutes === 0) return before
  const { course, version } = fact.body
  return { ...before, taken: withCourse(taken, course, { version, pos: fact.pos }) }
}

const matrixOf = (ctx: Context): Matrix['matrix'] => (ctx.root as Matrix | null)?.matrix ?? {}

function sayJobs(state: Holder, ctx: Context): Step<Holder> {
  const matrix = matrixOf(ctx)
  const said = { ...state.said }
  const facts: Draft[] = []
  for (const [job, assigned] of Object.entries(state.jobs)) {
    const asked = ownOf(matrix, job)
    const taken = asked === undefined ? undefined : ownOf(state.taken, asked.course)
    const required = asked === undefined ? null : { course: asked.course, version: asked.version }
    const body = { person: state.person, job, required, taken: taken?.version ?? null }
    const now = JSON.stringify(body)
    if (said[job] === now) continue
    said[job] = now
    const because = [assigned, asked?.pos, taken?.pos].filter(pos => pos !== undefined)
    facts.push({ type: jobTrainingMeasured, occurred: ctx.now, because, body })
  }
  return { state: { ...state, said }, facts }
}

/** The course of a job was taken: for each job that asks for it. */
function completed(state: Holder, fact: Fact, ctx: Context): readonly Draft[] {
  if (!is(fact, trainingCompleted) || fact.body.minutes === 0 || isAgain(fact)) return []
  const { course, version } = fact.body
  const matrix = matrixOf(ctx)
  const occurred = sooner(whenOf(fact), ctx.now)
  return Object.keys(state.jobs).flatMap(job => {
    const asked = ownOf(matrix, job)
    if (asked?.course !== course || asked.version !== version) return []
    const body = { person: state.person, job, course }
    return [{ type: jobTrained, occurred, because: [fact.pos, asked.pos], body }]
  })
}

// Posters.

/** The row `''`: what is to hang. */
type Current = Readonly<{ current: Readonly<{ version: string; pos: Pos }> | null }>

type Site = Readonly<{
  site: Key
  seen: Readonly<{ version: string; places: number; at: Instant; pos: Pos }> | null
  said: string
}>

/** Lays what hangs at each site beside what is to hang, whenever either changes. */
export const posterMeasure: Judge<Current | Site> = {
  id: 'protect.awareness.poster-measure',
  version: 1,
  from: [posterIssued, posterChecked],
  makes: [posterMeasured],
  whole: [posterIssued],
  keys: fact => (is(fact, posterChecked) ? [fact.body.site] : ['']),
  init: key => (key === '' ? { current: null } : { site: key, seen: null, said: '' }),
  step: (state, input, ctx) => {
    if (!isFact(input)) return { state }
    if ('current' in state) {
      if (!is(input, posterIssued)) return { state }
      const current = { version: input.body.version, pos: input.pos }
      return { state: { current }, also: [everyRow] }
    }
    return sayPoster(seePoster(state, input), ctx)
  },
}

function seePoster(before: Site, fact: Fact): Site {
  if (!is(fact, posterChecked) || fact.refs['by'] === undefined) return before
  const at = whenOf(fact)
  if (before.seen !== null && at < before.seen.at) return before
  const { version, places } = fact.body
  return { ...before, seen: { version, places, at, pos: fact.pos } }
}

function sayPoster(state: Site, ctx: Context): Step<Site> {
  const { site, seen, said } = state
  const current = (ctx.root as Current | null)?.current ?? null
  if (seen === null || current === null) return { state }
  const body = { site, hung: seen.version, current: current.version, places: seen.places }
  const now = JSON.stringify(body)
  if (now === said) return { state }
  const because = [seen.pos, current.pos]
  const facts = [{ type: posterMeasured, occurred: ctx.now, because, body }]
  return { state: { ...state, said: now }, facts }
}

// Scores.

type Named = Readonly<{ policy: Pos | null }>

/** Names the measures whenever a policy comes into force, and brings their results to one scale. */
export const scoreMeasure: Judge<Named> = {
  id: 'protect.awareness.score-measure',
  version: 1,
  policy: true,
  from: [trainingCompleted, phishingCounted, surveyClosed],
  makes: [measuresNamed, scoreMeasured],
  keys: () => [''],
  init: () => ({ policy: null }),
  step: (state, input, ctx) => {
    const policy = ctx.adopted?.pos ?? null
    const facts: Draft[] = []
    if (policy !== null && policy !== state.policy) {
      const body = { measures: [...measures] }
      facts.push({ type: measuresNamed, occurred: ctx.now, because: [policy], body })
    }
    const result = isFact(input) && !isAgain(input) ? resultOf(input) : null
    if (result !== null && isFact(input)) {
      const occurred = sooner(whenOf(input), ctx.now)
      facts.push({ type: scoreMeasured, occurred, because: [input.pos], body: result })
    }
    return { state: { policy: policy ?? state.policy }, facts }
  },
}

function resultOf(fact: Fact): { measure: (typeof measures)[number]; score: number } | null {
  if (is(fact, trainingCompleted)) {
    const { test } = fact.body
    if (test === null) return null
    return { measure: 'quiz', score: Math.floor((test.correct * 1_000_000) / test.questions) }
  }
  if (is(fact, phishingCounted)) {
    const { part, parts, delivered, reported } = fact.body
    if (part < parts || delivered === 0 || reported > delivered) return null
    return { measure: 'phishing', score: Math.floor((reported * 1_000_000) / delivered) }
  }
  if (!is(fact, surveyClosed)) return null
  const { part, parts, responses, score } = fact.body
  return part < parts || responses === 0 || score === null ? null : { measure: 'survey', score }
}

// Incidents by head.

/** The row `''` counts heads by the shares of the others. */
type Heads = Readonly<{ heads: number }>
type Head = Readonly<{ employed: boolean }>

/** Says of each incident that behaviour caused which part of a head it is, by who is employed then. */
export const incidentMeasure: Judge<Heads | Head> = {
  id: 'protect.awareness.incident-measure',
  version: 2,
  from: [standingMeasured, incidentAttributed],
  makes: [incidentMeasured],
  whole: [incidentAttributed],
  keys: fact => (is(fact, incidentAttributed) ? [''] : personKeys(fact)),
  init: key => (key === '' ? { heads: 0 } : { employed: false }),
  step: (state, input, ctx) => {
    if (!isFact(input)) return { state }
    if ('heads' in state) {
      if (!is(input, incidentAttributed) || isAgain(input)) return { state }
      const { heads } = state
      const share = Math.ceil(1_000_000 / Math.max(1, heads))
      const occurred = sooner(whenOf(input), ctx.now)
      const body = { heads, share, drill: input.body.drill }
      return { state, facts: [{ type: incidentMeasured, occurred, because: [input.pos], body }] }
    }
    const employed = is(input, standingMeasured) && input.body.kind === 'employee'
    return { state: { employed }, share: employed ? 1 : null }
  },
  settle: (state, changes) => {
    const count = (share: unknown): number => (share === 1 ? 1 : 0)
    const heads = 'heads' in state ? state.heads : 0
    const change = changes.reduce((sum, { was, now }) => sum + count(now) - count(was), 0)
    return { state: { heads: heads + change } }
  },
}
