import { endOf } from '../../../core/control/dates.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { state } from '../../../core/control/state.ts'
import { soc2Measured, soc2Reported } from '../facts.ts'

/**
 * Between the period of the newest SOC 2 Type II report and that of the one before lie no more days
 * than allowed. Of a first report nothing can be said; and once so much time has passed that the next
 * period should long have been reported, nothing can be said of now.
 */
export const soc2PeriodsJoin = state({
  id: 'govern.audit.soc2-periods-join',
  version: 1,
  owner: 'ciso',
  params: { gapDaysMax: 0, reportFresh: 'P15M' },
  slots: { report: { type: soc2Measured, byHand: [soc2Reported] } },
  holds: ({ report }, now, params) => {
    const { gapDays, until } = report.body
    if (gapDays === null)
      return { status: 'unknown', reason: { code: 'audit.soc2.first', args: {} } }
    const most = Number(params['gapDaysMax'])
    if (gapDays > most)
      return { status: 'broken', reason: { code: 'audit.soc2.gap', args: { days: gapDays, most } } }
    if (now < endOf(until, organisationZone(params), String(params['reportFresh']))) return true
    return { status: 'unknown', reason: { code: 'audit.soc2.next', args: { until } } }
  },
  until: ({ report }, params) =>
    endOf(report.body.until, organisationZone(params), String(params['reportFresh'])),
})
