import { state } from '../../../core/control/state.ts'
import { partnerAgreed, partnerContacted, partners } from '../facts.ts'

/**
 * With every partner an agreement is in force in which each side gives the other something, people and
 * information among it; and the contact that the partner named answered when it was last tried.
 */
export const partnersHelp = state({
  id: 'respond.incident.partners-help',
  version: 1,
  owner: 'incident-response',
  params: {
    period: 'P1Y',
    partnerAnswerMinutes: 60,
    mutualHelp: 'people,information',
    listFresh: 'P1Y',
    comparedFresh: 'P90D',
  },
  population: partners(),
  slots: {
    agreement: {
      type: partnerAgreed,
      byHand: [partnerAgreed],
      key: f => f.body.partner,
      fresh: p => String(p['period']),
    },
    contact: {
      type: partnerContacted,
      byHand: [partnerContacted],
      key: f => f.body.partner,
      fresh: p => String(p['period']),
    },
  },
  holds: ({ agreement, contact }, now, params) => {
    const broken = (code: string, args: Record<string, string | number>) =>
      ({ status: 'broken', reason: { code, args } }) as const
    const { gives, receives, until } = agreement.body
    if (until <= now) return broken('incident.partner.expired', { until })
    for (const help of String(params['mutualHelp']).split(',')) {
      if (!gives.includes(help) || !receives.includes(help)) {
        return broken('incident.partner.onesided', { help })
      }
    }
    const { minutes } = contact.body
    if (minutes === null) return broken('incident.partner.silent', {})
    const most = Number(params['partnerAnswerMinutes'])
    return minutes <= most || broken('incident.partner.slow', { minutes, most })
  },
  until: ({ agreement }) => agreement.body.until,
})
