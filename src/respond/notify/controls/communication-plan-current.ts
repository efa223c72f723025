import { state } from '../../../core/control/state.ts'
import { planApproved, stakeholderContacted, stakeholders } from '../facts.ts'

/**
 * For every stakeholder the plan has a text, it was written by one person and approved by another
 * within the period, and within the period its contact was tried and a person answered.
 */
export const communicationPlanCurrent = state({
  id: 'respond.notify.communication-plan-current',
  version: 1,
  owner: 'incident-response',
  params: { period: 'P1Y', contactAnswerHours: 24, listFresh: 'P1Y', comparedFresh: 'P90D' },
  population: stakeholders(),
  slots: {
    plan: {
      type: planApproved,
      byHand: [planApproved],
      key: planApproved.keys,
      fresh: p => String(p['period']),
    },
    contact: {
      type: stakeholderContacted,
      byHand: [stakeholderContacted],
      key: f => f.body.stakeholder,
      fresh: p => String(p['period']),
    },
  },
  holds: ({ plan, contact }, _now, params) => {
    const broken = (code: string, args: Record<string, number>) =>
      ({ status: 'broken', reason: { code, args } }) as const
    const { by, approver } = plan.refs
    if (by === undefined || approver === undefined || by === approver) {
      return broken('notify.plan.unapproved', {})
    }
    const { stakeholder, tried, answered } = contact.body
    const told = plan.body.tells.find(one => one.stakeholder === stakeholder)
    if (told === undefined || told.template === null) return broken('notify.plan.textless', {})
    if (answered === null) return broken('notify.contact.silent', {})
    const minutes = Math.ceil((Date.parse(answered) - Date.parse(tried)) / 60_000)
    const hours = Number(params['contactAnswerHours'])
    return minutes <= hours * 60 || broken('notify.contact.slow', { minutes, hours })
  },
})
