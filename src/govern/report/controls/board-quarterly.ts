import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { boardDelivered, boardMinuted } from '../facts.ts'

/**
 * In every period a report on risk went to the board, and the minutes of the board say that it was
 * taken note of. They may be written down before the report is filed here.
 */
export const boardQuarterly = cadence({
  id: 'govern.report.board-quarterly',
  version: 1,
  owner: 'ciso',
  params: { period: 'P3M', times: 1 },
  period: params => String(params['period']),
  zone: organisationZone,
  times: params => Number(params['times']),
  joins: 'now',
  order: 'all',
  done: [{ type: boardDelivered }, { type: boardMinuted }],
  names: f => (f.body as { period: string | null }).period,
})
