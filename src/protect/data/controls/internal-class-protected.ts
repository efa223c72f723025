import { state } from '../../../core/control/state.ts'
import { broken } from '../answer.ts'
import { dataSets, setInspected, setListed } from '../facts.ts'

/** Internal data are open to no others than the groups their owner named, and no copy lies in plain. */
export const internalClassProtected = state({
  id: 'protect.data.internal-class-protected',
  version: 1,
  owner: 'data-protection',
  params: {
    listFresh: 'P90D',
    discoveryFresh: 'P7D',
    dataEntryFresh: 'P1Y',
    fresh: 'P7D',
    openGrantsAtMost: 0,
    plainCopiesAtMost: 0,
  },
  population: dataSets(body => body.class === 'internal'),
  slots: {
    entry: {
      type: setListed,
      byHand: [setListed],
      key: f => f.body.set,
      fresh: p => String(p['dataEntryFresh']),
    },
    kept: { type: setInspected, key: f => f.body.set, fresh: p => String(p['fresh']) },
  },
  holds: ({ entry, kept }, _now, params) => {
    const { openGrants, granted, copiesPlain } = kept.body
    if (openGrants > Number(params['openGrantsAtMost'])) {
      return broken('access.open', { grants: openGrants })
    }
    const others = granted.filter(group => !entry.body.readers.includes(group))
    if (others.length > 0) return broken('access.wide', { group: others[0] ?? '' })
    const isEncrypted = copiesPlain <= Number(params['plainCopiesAtMost'])
    return isEncrypted || broken('copies.plain', { copies: copiesPlain })
  },
})
