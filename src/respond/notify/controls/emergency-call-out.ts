import { capability } from '../../../core/control/capability.ts'
import { calledOut, rosterRead } from '../facts.ts'

/**
 * The emergency organisation is called out so often, unannounced, and enough of those who were called
 * answer, the last of them within `within`. A real call-out counts like an exercise.
 */
export const emergencyCallOut = capability({
  id: 'respond.notify.emergency-call-out',
  version: 1,
  owner: 'incident-response',
  params: {
    every: 'P90D',
    within: 'PT15M',
    calloutAnswerShare: 1_000_000,
    calloutUnannounced: true,
  },
  canary: {
    type: calledOut,
    amount: ({ body }) => lastAnswerMs(body.calls),
  },
  passed: ({ body }, params) => {
    const { calls, announced, drill } = body as Called
    if (params['calloutUnannounced'] === true && announced && drill) return false
    const answered = calls.filter(one => one.answered !== null && one.answered >= one.called)
    return answered.length * 1_000_000 >= Number(params['calloutAnswerShare']) * calls.length
  },
  every: params => String(params['every']),
  within: params => String(params['within']),
  exists: [{ type: rosterRead, if: f => f.body.shifts.length > 0 }],
})

type Called = ReturnType<typeof calledOut.schema.parse>

/** From the first call to the last answer. */
function lastAnswerMs(calls: Called['calls']): number {
  const first = Math.min(...calls.map(one => Date.parse(one.called)))
  const answers = calls.flatMap(one => (one.answered === null ? [] : [Date.parse(one.answered)]))
  return Math.max(0, ...answers.map(at => at - first))
}
