import { state } from '../../../core/control/state.ts'
import { broken } from '../answer.ts'
import { dataSets, releaseDecided, setListed } from '../facts.ts'

/**
 * Every data set of the public class was released, and by the role that owns it. Where none is public
 * nothing carries the class without a release, so an empty list that was declared and confirmed keeps it.
 */
export const publicOnlyByRelease = state({
  id: 'protect.data.public-only-by-release',
  version: 1,
  owner: 'data-protection',
  params: { listFresh: 'P90D', discoveryFresh: 'P7D', dataEntryFresh: 'P1Y', releaseFresh: 'P1Y' },
  population: dataSets(body => body.class === 'public'),
  emptyMeans: 'kept',
  slots: {
    entry: {
      type: setListed,
      byHand: [setListed],
      key: f => f.body.set,
      fresh: p => String(p['dataEntryFresh']),
    },
    release: {
      type: releaseDecided,
      byHand: [releaseDecided],
      key: f => f.body.set,
      fresh: p => String(p['releaseFresh']),
    },
  },
  holds: ({ entry, release }) => {
    const { decision, as } = release.body
    if (decision !== 'released') return broken('release.withdrawn')
    return as === entry.body.owner || broken('release.foreign', { as })
  },
})
