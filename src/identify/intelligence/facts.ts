import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'

/**
 * The fact types of `identify.intelligence`: the feeds we take threat information from, what became of
 * it, and what we exchange with others. Machinery that writes them comes later, so they are drafts.
 */

const module = 'identify.intelligence'

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const instant = z.iso.datetime({ precision: 3 })
const count = z.int().nonnegative()

/** Something that we take threat information from: a MISP or TAXII feed, a mailing list of a CERT. */
export const feedListed = defineFact('intelligence.feed.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.feed],
  schema: z.strictObject({ feed: slug }),
})

export const feedRemoved = defineFact('intelligence.feed.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.feed],
  schema: z.strictObject({ feed: slug }),
})

/** A named person declares the list of feeds complete as it stands. */
export const feedsDeclared = defineFact('intelligence.feed.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ feeds: count, hash: sha256 }),
})

/**
 * A second source (configuration of the platform, what leaves the network, subscriptions that are
 * paid) was laid beside the list, in parts. `unlisted`: what no feed of the list explains.
 */
export const feedsCompared = defineFact('intelligence.feed.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(slug).max(64),
    unlisted: count,
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/**
 * A feed was asked. `status`: the reply (RFC 9110), 0 where there was none; `items`: those it holds;
 * `newest`: when the newest of them was made, null where there is none.
 */
export const feedFetched = defineFact('intelligence.feed.fetched', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.feed],
  schema: z.strictObject({
    feed: slug,
    status: z.int().min(0).max(599),
    items: count,
    newest: instant.nullable(),
    hash: sha256,
  }),
})

/**
 * An analyst wrote down what the news of these feeds means for us. `until`: all that had come by then
 * was looked at; `relevant`: of those items so many concern us. `hash` is of the note.
 */
export const feedAssessed = defineFact('intelligence.feed.assessed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => f.body.feeds,
  schema: z.strictObject({
    feeds: z.array(slug).min(1).max(64),
    until: instant,
    items: count,
    relevant: count,
    hash: sha256,
  }),
})

/**
 * A made-up indicator was put into a feed's intake and a made-up event for it was sent. When it stood
 * in detection and when detection fired, null where that did not happen before the exercise gave up.
 * `held`: indicators of the feed that are in force at that moment; `loaded`: those of them that were
 * read back from detection. It occurred when the indicator was put in.
 */
export const indicatorExercised = defineFact('intelligence.indicator.exercised', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.feed],
  schema: z.strictObject({
    feed: slug,
    inserted: instant,
    deployed: instant.nullable(),
    fired: instant.nullable(),
    held: count,
    loaded: count,
    drill: z.literal(true),
  }),
})

/** We are a member of a community that shares such information. `hash` is of its confirmation. */
export const membershipConfirmed = defineFact('intelligence.membership.confirmed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  schema: z.strictObject({ community: slug, hash: sha256 }),
})

const items = z.strictObject({ incidents: count, threats: count, lessons: count })

/**
 * What was exchanged in a span of time, counted where the items lie: what we gave and what we
 * received, by what they are about (a lesson is also a practice that worked); of what we gave,
 * `acknowledged` was taken by the other side. `memberUntil`: the last day of a membership as the
 * platform shows it, null where it has none.
 */
export const exchangeCounted = defineFact('intelligence.exchange.counted', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  schema: z.strictObject({
    circle: z.enum(['industry', 'partner']),
    with: z.array(slug).min(1).max(64),
    from: instant,
    until: instant,
    memberUntil: z.iso.date().nullable(),
    given: items,
    acknowledged: count,
    received: items,
  }),
})

export type Exchange = z.infer<typeof exchangeCounted.schema>
export type Exercise = z.infer<typeof indicatorExercised.schema>

/** The feeds as a population. Freshness is said by two parameters of the control. */
export function feeds(): Population {
  const key = (f: Fact<{ feed: string }>) => f.body.feed
  return {
    id: 'identify.intelligence.feeds',
    enter: { type: feedListed, key },
    leave: { type: feedRemoved, key },
    complete: { type: feedsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: feedsCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => {
        if (body.unlisted > 0 || !body.isDeclared) return false
        return body.part === body.parts ? true : null
      },
      each: true,
    },
  }
}
