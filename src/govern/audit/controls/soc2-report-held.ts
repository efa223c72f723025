import { endOf } from '../../../core/control/dates.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { state } from '../../../core/control/state.ts'
import { soc2Measured, soc2Reported } from '../facts.ts'

/**
 * We hold a SOC 2 Type II report whose period ended no longer ago than one period and the time that
 * the next report takes to be written. The report itself does not grow old in any other way.
 */
export const soc2ReportHeld = state({
  id: 'govern.audit.soc2-report-held',
  version: 1,
  owner: 'ciso',
  params: { period: 'P1Y', reportWritten: 'P3M' },
  slots: { report: { type: soc2Measured, byHand: [soc2Reported] } },
  holds: ({ report }, now, params) => {
    const { until } = report.body
    if (now < overAt(until, params)) return true
    return { status: 'broken', reason: { code: 'audit.soc2.old', args: { until } } }
  },
  until: ({ report }, params) => overAt(report.body.until, params),
})

/** The end of the period, and both durations after it. */
function overAt(until: string, params: Readonly<Record<string, string | number | boolean>>) {
  const more = Temporal.PlainDate.from(until).add(String(params['period'])).toString()
  return endOf(more, organisationZone(params), String(params['reportWritten']))
}
