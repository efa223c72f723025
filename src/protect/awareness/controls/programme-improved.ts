import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { type Changed, type Dated, programmeChanged } from '../facts.ts'

/**
 * In each year the programme was changed, by one person and with the word of another, and the record
 * of the change refers to results of a test and of a survey that lay before it.
 */
export const programmeImproved = cadence({
  id: 'protect.awareness.programme-improved',
  version: 1,
  owner: 'education',
  params: { period: 'P1Y', times: 1 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  done: [
    {
      type: programmeChanged,
      if: ({ body, refs: { by, approver }, recorded }) => {
        const { was, now, changes, results } = body as Changed
        if (by === undefined || approver === undefined || by === approver) return false
        const isFrom = (measure: string) =>
          results.some(one => one.measure === measure && one.at <= recorded)
        const isTested = isFrom('quiz') || isFrom('phishing')
        return was !== now && changes > 0 && isTested && isFrom('survey')
      },
    },
  ],
  names: f => (f.body as Dated).period,
})
