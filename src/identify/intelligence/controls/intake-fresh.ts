import { type Holds, state } from '../../../core/control/state.ts'
import { feedAssessed, feedFetched, feeds } from '../facts.ts'
import { msOfSpan } from '../span.ts'

/**
 * Every feed of the list was asked lately and answered with news that are not old, and an analyst has
 * written down what the news mean for us: all but the newest of them.
 */
export const intakeFresh = state({
  id: 'identify.intelligence.intake-fresh',
  version: 1,
  owner: 'monitoring',
  params: {
    fresh: 'P1D',
    /** A feed without news for so long is taken for dead. */
    feedQuietAtMost: 'P7D',
    feedUnreadAtMost: 'P3D',
    repair: 'PT12H',
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: feeds(),
  slots: {
    fetch: { type: feedFetched, key: f => f.body.feed, fresh: p => String(p['fresh']) },
    note: { type: feedAssessed, byHand: [feedAssessed], key: f => f.body.feeds },
  },
  repair: params => String(params['repair']),
  holds: ({ fetch, note }, _now, params) => {
    const { status, items, newest } = fetch.body
    // RFC 9110: 304 says that what we hold is what there is.
    if (status !== 304 && (status < 200 || status > 299))
      return broken('intelligence.feed.refused', { status })
    if (items === 0 || newest === null) return broken('intelligence.feed.empty')
    const fetched = Date.parse(fetch.when)
    if (fetched - Date.parse(newest) > msOfSpan(String(params['feedQuietAtMost'])))
      return broken('intelligence.feed.quiet', { newest })
    const { until } = note.body
    const unread = fetched - Date.parse(until) > msOfSpan(String(params['feedUnreadAtMost']))
    return unread || note.refs['by'] === undefined
      ? broken('intelligence.feed.unread', { until })
      : true
  },
})

const broken = (code: string, args = {}): Holds => ({ status: 'broken', reason: { code, args } })
