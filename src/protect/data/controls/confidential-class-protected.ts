import { state } from '../../../core/control/state.ts'
import { dataSets, setInspected } from '../facts.ts'
import { guarded } from '../guarded.ts'

/** Every way to confidential data asks for a second factor, and every copy is strongly encrypted. */
export const confidentialClassProtected = state({
  id: 'protect.data.confidential-class-protected',
  version: 1,
  owner: 'data-protection',
  params: {
    listFresh: 'P90D',
    discoveryFresh: 'P7D',
    fresh: 'P7D',
    pathFactorsAtLeast: 2,
    classKeyBitsAtLeast: 256,
    plainCopiesAtMost: 0,
  },
  population: dataSets(body => body.class === 'confidential'),
  slots: {
    kept: { type: setInspected, key: f => f.body.set, fresh: p => String(p['fresh']) },
  },
  holds: ({ kept }, _now, params) => guarded(kept.body, params),
})
