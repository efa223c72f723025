import { clock } from '../../../core/control/clock.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { sheetConfirmed, sheetPrinted } from '../facts.ts'

/**
 * The recovery sheet of each key of backups is on paper and put away soon after it was made: until then the
 * machine that may be lost is the only place from which its backups can be opened.
 */
export const sheetPutAway = clock({
  id: 'recover.restore.sheet-put-away',
  version: 1,
  owner: 'ciso',
  params: { limit: 'P7D', window: 'P30D' },
  zone: organisationZone,
  start: [{ type: sheetPrinted, key: f => f.body.key }],
  stop: [{ type: sheetConfirmed, key: f => f.body.key }],
  limit: (_facts, params) => String(params['limit']),
  window: params => String(params['window']),
})
