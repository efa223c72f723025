import { beginOf, endOf } from '../../core/control/dates.ts'
import { soonestOf } from '../../core/control/match.ts'
import type { Instant, Key, Pos } from '../../core/fact.ts'

/** A term as facts tell it: dates have no zone, so only a control knows when it begins. */
export type Told = Readonly<{
  person: string
  from: string
  until: string | null
  endedAt: Instant | null
}>

/** A term and the fact that told it. */
export type Term = Told & Readonly<{ pos: Pos }>

/** 16 terms of one post: later than any evidence that is still asked for. */
const termsMax = 16

/** A later appointment takes the place of what it overlaps. */
export function appoint(terms: readonly Term[], term: Omit<Term, 'endedAt'>): readonly Term[] {
  const lastDay = Temporal.PlainDate.from(term.from).subtract({ days: 1 }).toString()
  const before = terms
    .filter(other => other.from < term.from)
    .map(other =>
      other.until === null || other.until > lastDay ? { ...other, until: lastDay } : other,
    )
  return [...before, { ...term, endedAt: null }].slice(-termsMax)
}

/** The post is given up: whoever has begun by then holds it no more. */
export const vacate = (terms: readonly Term[], at: Instant): readonly Term[] =>
  terms.map(term => (term.endedAt === null ? { ...term, endedAt: at } : term))

/** Who left us holds nothing any more, and will not begin either. */
export const withoutPerson = (terms: readonly Term[], person: Key): readonly Term[] =>
  terms.some(term => term.person === person) ? terms.filter(term => term.person !== person) : terms

export const toldOf = (terms: readonly Term[]): Told[] =>
  terms.map(({ person, from, until, endedAt }) => ({ person, from, until, endedAt }))

/** Whose term has this date in it; what was given up, to the day by UTC. */
export const holdersOn = (terms: readonly Told[], date: string): string[] => [
  ...new Set(
    terms
      .filter(({ from, until, endedAt }) => {
        const lastDay = endedAt?.slice(0, 10)
        if (lastDay !== undefined && lastDay >= from && lastDay < date) return false
        return from <= date && (until === null || date <= until)
      })
      .map(term => term.person),
  ),
]

/** A term in a zone: [from, to); null: no end is known. `until`: the last day, if it ran to it. */
export type Span = Readonly<{
  person: string
  from: Instant
  to: Instant | null
  until: string | null
}>

export const spansOf = (terms: readonly Told[], zone: string): readonly Span[] =>
  terms.map(({ person, from, until, endedAt }) => {
    const begin = beginOf(from, zone)
    const end = until === null ? null : endOf(until, zone)
    const isCut = endedAt !== null && endedAt >= begin && (end === null || endedAt < end)
    return { person, from: begin, to: isCut ? endedAt : end, until: isCut ? null : until }
  })

export const holderAt = (spans: readonly Span[], at: Instant): Span | null =>
  spans.findLast(span => span.from <= at && (span.to === null || at < span.to)) ?? null

/** When the holder of a span began to serve without a break. */
export function servesSince(spans: readonly Span[], span: Span): Instant {
  const before = spans.find(other => other.person === span.person && other.to === span.from)
  return before === undefined ? span.from : servesSince(spans, before)
}

/** The next instant at which a term begins or ends: what depends on terms alone is the same until then. */
export const nextEdge = (spans: readonly Span[], now: Instant): Instant | null =>
  soonestOf(
    now,
    spans.flatMap(({ from, to }) => [from, to]),
  )
