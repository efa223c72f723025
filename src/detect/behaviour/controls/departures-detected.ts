import { state } from '../../../core/control/state.ts'
import { people } from '../../../identify/person/facts.ts'
import { baselineMeasured, departuresTested } from '../facts.ts'

/**
 * Of every person it is known how he normally works, from enough days, and enough of the departures that
 * were made up against that were found. Who has not been here that long is unknown, not broken.
 */
export const departuresDetected = state({
  id: 'detect.behaviour.departures-detected',
  version: 1,
  owner: 'monitoring',
  params: {
    baselineFresh: 'P7D',
    departureTestFresh: 'P31D',
    baselineDays: 14,
    departuresFoundShare: 900_000,
    registerFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: people(),
  slots: {
    baseline: {
      type: baselineMeasured,
      key: f => f.body.person,
      fresh: p => String(p['baselineFresh']),
    },
    test: {
      type: departuresTested,
      key: departuresTested.keys,
      fresh: p => String(p['departureTestFresh']),
    },
  },
  holds: ({ baseline, test }, _now, params) => {
    const { person, accounts, days } = baseline.body
    // Without an account there is nothing that he could do otherwise than he normally does.
    if (accounts === 0) return true
    const least = Number(params['baselineDays'])
    if (days < least) {
      return {
        status: 'unknown',
        reason: { code: 'behaviour.baseline.short', args: { days, least } },
      }
    }
    const { cases, found } = test.body.people.find(one => one.person === person) ?? nothing
    if (cases === 0) {
      return { status: 'unknown', reason: { code: 'behaviour.departure.untested', args: {} } }
    }
    if (found * 1_000_000 >= Number(params['departuresFoundShare']) * cases) return true
    return { status: 'broken', reason: { code: 'behaviour.cases.missed', args: { found, cases } } }
  },
})

const nothing = { cases: 0, found: 0 } as const
