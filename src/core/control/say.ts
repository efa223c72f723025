import type { Draft, Instant, Key, Pos } from '../fact.ts'
import {
  findingClosed,
  findingOpened,
  occurrenceClosed,
  occurrenceRestated,
  restatementRefused,
} from '../facts.ts'
import type { Context } from '../judge.ts'
import { isSurelyWithin } from './dates.ts'
import { type Base, type Kind, type Occurrence, type Reason, rememberDefault } from './kind.ts'
import { after } from './population.ts'

/** What one step of one subject has to say. Owned by that step, and thrown away after it. */
export type Work = Readonly<{
  base: Base
  key: Key
  ctx: Context
  facts: Draft[]
  forget: string[]
}>

/** A closed occurrence as its row remembers it: name, from, to. */
export type Closed = readonly [string, Instant, Instant]

/** A derived fact names at most 64 positions (L6); the rest is reached through the chain (V30). */
const becauseMax = 48

/** The evidence, with what must not be missing; in order, once each. */
export function becauseOf(ctx: Context, must: readonly (Pos | undefined)[], may: readonly Pos[]) {
  const all = new Set<Pos>([ctx.cause])
  for (const pos of must) if (pos !== undefined) all.add(pos)
  for (const pos of may.toSorted((a, b) => b - a)) {
    if (all.size < becauseMax) all.add(pos)
  }
  return [...all].sort((a, b) => a - b)
}

/** Opens or closes the finding of a subject (V27). It is known as `finding` while it is open. */
export function sayFinding(
  wasOpen: boolean,
  isOpen: boolean,
  standing: Readonly<{
    status: string | null
    reason: Reason
    since: Instant
    because: readonly Pos[]
  }>,
  work: Work,
): void {
  const { base, key, ctx } = work
  if (wasOpen === isOpen) return
  const { status, reason, since } = standing
  if (isOpen) {
    work.facts.push({
      as: 'finding',
      type: findingOpened,
      occurred: ctx.now,
      because: becauseOf(ctx, [], standing.because),
      body: { control: base.id, subject: key, status, reason, since },
    })
    return
  }
  work.facts.push({
    type: findingClosed,
    occurred: ctx.now,
    because: becauseOf(ctx, [ctx.made('finding')], standing.because),
    body: { control: base.id, subject: key, reason },
  })
  work.forget.push('finding')
}

const made = (name: string): string => `occurrence:${name}`

/**
 * Says what the kind closed, restated and may not restate any more (V37, V38). Answers the closed
 * occurrences that the row remembers from now on.
 */
export function sayOccurrences(
  before: readonly Closed[],
  stepped: ReturnType<Kind['step']>,
  work: Work,
): readonly Closed[] {
  if (!isNews(stepped.closed) && !isNews(stepped.restated) && !isNews(stepped.refused))
    return before
  const closed = [...before]
  for (const occurrence of stepped.closed ?? []) {
    sayClosed(occurrence, work)
    closed.push([occurrence.name, occurrence.from, occurrence.to])
  }
  for (const { name, was, now, because } of stepped.restated ?? []) {
    const known = closed.find(entry => entry[0] === name)
    const of = work.ctx.made(made(name))
    if (known === undefined) sayRefused(name, because, work)
    else if (of === undefined) {
      // Nothing about it stands on the list, so there is nothing to restate: it is said for the
      // first time. So it is, too, for whoever folds a row again without saying anything (V41, V46).
      const [, from, to] = known
      sayClosed({ name, outcome: now as Occurrence['outcome'], from, to, because }, work)
    } else {
      work.facts.push({
        as: made(name),
        type: occurrenceRestated,
        occurred: work.ctx.now,
        because: becauseOf(work.ctx, [of], because),
        body: { control: work.base.id, subject: work.key, occurrence: name, of, was, now },
      })
    }
  }
  for (const { name, because } of stepped.refused ?? []) sayRefused(name, because, work)
  return closed
}

const isNews = (said: readonly unknown[] | undefined): boolean =>
  said !== undefined && said.length > 0

function sayClosed(occurrence: Occurrence, work: Work): void {
  const { name, outcome, from, to } = occurrence
  work.facts.push({
    as: made(name),
    type: occurrenceClosed,
    occurred: work.ctx.now,
    because: becauseOf(work.ctx, [], occurrence.because),
    body: { control: work.base.id, subject: work.key, occurrence: name, outcome, from, to },
  })
}

function sayRefused(name: string, because: readonly Pos[], work: Work): void {
  work.facts.push({
    type: restatementRefused,
    occurred: work.ctx.now,
    because: becauseOf(work.ctx, [], because),
    body: { control: work.base.id, subject: work.key, occurrence: name, why: 'too.old' },
  })
}

/** Lets go of occurrences that are older than may be restated, so that a row has a limit (V38). */
export function forgetClosed(closed: readonly Closed[], work: Work): readonly Closed[] {
  const oldest = closed[0]
  if (oldest === undefined) return closed
  const remember = work.base.remember ?? rememberDefault
  if (isSurelyWithin(remember, oldest[2], work.ctx.now)) return closed
  let count = 0
  for (const [name, , to] of closed) {
    if (after(to, remember, work.ctx) > work.ctx.now) break
    work.forget.push(made(name))
    count += 1
  }
  return count === 0 ? closed : closed.slice(count)
}
