import { state } from '../../../core/control/state.ts'
import { keys, protectionRead } from '../facts.ts'

/**
 * Every master key outside development lies in hardware and cannot be taken out. One that was made
 * elsewhere and brought in may have copies, so it is not held inside.
 */
export const masterKeysInHardware = state({
  id: 'protect.key.master-keys-in-hardware',
  version: 1,
  owner: 'infrastructure',
  params: {
    /** False: a key that was brought in is taken as well. */
    madeInside: true,
    fresh: 'P7D',
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: keys(key => key.class === 'master' && key.environment !== 'development'),
  slots: {
    protection: {
      type: protectionRead,
      key: f => f.body.key,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ protection }, _now, params) => {
    const { heldIn, made, isExportable } = protection.body
    const answer = (status: 'broken' | 'unknown', code: string) =>
      ({ status, reason: { code, args: { heldIn } } }) as const
    const asksMade = params['madeInside'] === true
    if (heldIn === 'software' || heldIn === 'external') return answer('broken', 'key.not.hardware')
    if (isExportable === true) return answer('broken', 'key.exportable')
    if (asksMade && made === 'brought-in') return answer('broken', 'key.brought.in')
    const isSaid =
      heldIn === 'hardware' && isExportable === false && (!asksMade || made === 'inside')
    return isSaid || answer('unknown', 'key.protection.unstated')
  },
})
