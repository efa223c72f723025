import { state } from '../../../core/control/state.ts'
import { modelReviewed, modelRun, models, modelTested } from '../facts.ts'

/**
 * Every model runs on live data, finds enough of known bad cases and is alarmed by few quiet ones, in
 * the version that runs; and people look at its alerts before they are old.
 */
export const modelFindsKnownCases = state({
  id: 'detect.behaviour.model-finds-known-cases',
  version: 1,
  owner: 'monitoring',
  params: {
    modelRunFresh: 'P1D',
    modelTestFresh: 'P90D',
    modelReviewFresh: 'P7D',
    knownCasesAtLeast: 20,
    knownCasesFoundShare: 900_000,
    falseAlarmShare: 50_000,
    openAlertHours: 72,
    listFresh: 'P90D',
    comparedFresh: 'P1D',
  },
  population: models(),
  slots: {
    run: { type: modelRun, key: f => f.body.model, fresh: p => String(p['modelRunFresh']) },
    test: { type: modelTested, key: f => f.body.model, fresh: p => String(p['modelTestFresh']) },
    review: {
      type: modelReviewed,
      byHand: [modelReviewed],
      key: f => f.body.model,
      fresh: p => String(p['modelReviewFresh']),
    },
  },
  holds: ({ run, test, review }, _now, params) => {
    const answer = (status: 'broken' | 'unknown', code: string, args: Record<string, number>) => ({
      status,
      reason: { code: `behaviour.${code}`, args },
    })
    const figure = (name: string) => Number(params[name])
    const { badCases, found, quietCases, falseAlarms } = test.body
    if (run.body.events === 0) return answer('broken', 'model.idle', {})
    if (test.body.version !== run.body.version) return answer('unknown', 'version.untested', {})
    const least = figure('knownCasesAtLeast')
    if (badCases < least) return answer('unknown', 'cases.few', { cases: badCases, least })
    if (found * 1_000_000 < figure('knownCasesFoundShare') * badCases) {
      return answer('broken', 'cases.missed', { found, cases: badCases })
    }
    if (falseAlarms * 1_000_000 > figure('falseAlarmShare') * quietCases) {
      return answer('broken', 'alarms.false', { alarms: falseAlarms, cases: quietCases })
    }
    const { open, oldestOpenHours: hours } = review.body
    const most = figure('openAlertHours')
    if (open > 0 && hours > most) return answer('broken', 'alerts.unseen', { open, hours, most })
    return true
  },
})
