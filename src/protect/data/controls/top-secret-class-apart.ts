import { state } from '../../../core/control/state.ts'
import { broken, unknown } from '../answer.ts'
import { dataSets, setInspected, vaultInspected } from '../facts.ts'
import { guarded } from '../guarded.ts'

/**
 * Top-secret data lie on machines that carry nothing else, behind a door that names everybody who
 * comes in; they have all that confidential data have, and their keys never leave hardware.
 */
export const topSecretClassApart = state({
  id: 'protect.data.top-secret-class-apart',
  version: 1,
  owner: 'data-protection',
  params: {
    listFresh: 'P90D',
    discoveryFresh: 'P7D',
    fresh: 'P7D',
    sharedWorkloadsAtMost: 0,
    unnamedEntriesAtMost: 0,
    softwareKeysAtMost: 0,
    pathFactorsAtLeast: 2,
    classKeyBitsAtLeast: 256,
    plainCopiesAtMost: 0,
  },
  population: dataSets(body => body.class === 'top-secret'),
  slots: {
    kept: { type: setInspected, key: f => f.body.set, fresh: p => String(p['fresh']) },
    vault: { type: vaultInspected, key: f => f.body.set, fresh: p => String(p['fresh']) },
  },
  holds: ({ kept, vault }, _now, params) => {
    const { machines, otherWorkloads, entries, entriesNamed } = vault.body
    if (otherWorkloads > Number(params['sharedWorkloadsAtMost'])) {
      return broken('place.shared', { workloads: otherWorkloads })
    }
    const unnamed = entries - entriesNamed
    if (unnamed > Number(params['unnamedEntriesAtMost'])) {
      return broken('entries.unnamed', { entries: unnamed })
    }
    const inSoftware = kept.body.copies - kept.body.copiesKeyInHardware
    if (inSoftware > Number(params['softwareKeysAtMost'])) {
      return broken('key.software', { copies: inSoftware })
    }
    return machines.length === 0 ? unknown('place.unseen') : guarded(kept.body, params)
  },
})
