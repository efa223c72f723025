import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { broken, unknown } from '../answer.ts'
import { databaseInspected } from '../facts.ts'

/** Every database keeps all its tablespaces encrypted, so that its files are unreadable elsewhere. */
export const databasesEncrypted = state({
  id: 'protect.data.databases-encrypted',
  version: 1,
  owner: 'infrastructure',
  params: {
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
    fresh: 'P1D',
    plainTablespacesAtMost: 0,
  },
  population: assets('database'),
  slots: {
    seen: { type: databaseInspected, key: f => f.body.database, fresh: p => String(p['fresh']) },
  },
  holds: ({ seen }, _now, params) => {
    const { tablespaces, tablespacesEncrypted } = seen.body
    const plain = tablespaces - tablespacesEncrypted
    if (plain > Number(params['plainTablespacesAtMost'])) {
      return broken('tablespaces.plain', { plain, of: tablespaces })
    }
    return tablespaces > 0 || unknown('tablespaces.unseen')
  },
})
