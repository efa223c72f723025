import { state } from '../../../core/control/state.ts'
import { telephoneCalled } from '../facts.ts'

/**
 * The emergency telephone was called lately, at an hour that nobody there knew, and a person took it soon
 * enough. After a call that no person took it is kept again when it has been answered for a period.
 */
export const telephoneAnswered = state({
  id: 'respond.notify.telephone-answered',
  version: 1,
  owner: 'incident-response',
  params: {
    /** The number that the policy names; without one no call is a call to it. */
    telephone: '',
    period: 'P1D',
    telephoneRingSeconds: 60,
    /** Daily calls at any hour leave up to two days between them. */
    fresh: 'P2D',
  },
  slots: { call: { type: telephoneCalled, fresh: p => String(p['fresh']) } },
  holds: ({ call }, _now, params) => {
    const { number, by, ringSeconds } = call.body
    if (number !== params['telephone']) {
      return { status: 'unknown', reason: { code: 'notify.telephone.other', args: { number } } }
    }
    const broken = (code: string, args: Record<string, string | number>) =>
      ({ status: 'broken', reason: { code, args } }) as const
    if (by !== 'person') return broken(`notify.telephone.${by}`, {})
    const most = Number(params['telephoneRingSeconds'])
    return ringSeconds <= most || broken('notify.telephone.slow', { seconds: ringSeconds, most })
  },
  steady: params => String(params['period']),
})
