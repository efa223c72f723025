import { type Slot, state } from '../../../core/control/state.ts'
import type { Params } from '../../../core/judge.ts'
import { telephoneCalled } from '../facts.ts'

const part = (hour: number) => ({
  type: telephoneCalled,
  byHand: [telephoneCalled],
  if: (f: { body: { hour: number } }) => hour <= f.body.hour && f.body.hour < hour + 8,
  fresh: (params: Params) => String(params['telephonePartFresh']),
})

/**
 * The emergency telephone was called lately, and in each third of the day not long ago, at an hour that
 * nobody there knew, and each time a person took it soon enough. After a call that no person took it is
 * kept again when one in that third was answered, and all were for a period.
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
    /** Of daily calls at any hour, a fortnight has none at night once in three hundred times. */
    telephonePartFresh: 'P14D',
  },
  slots: {
    call: { type: telephoneCalled, byHand: [telephoneCalled], fresh: p => String(p['fresh']) },
    night: part(0),
    day: part(8),
    evening: part(16),
  },
  holds: ({ call, night, day, evening }, _now, params) => {
    for (const slot of [call, night, day, evening] as readonly Slot<Called>[]) {
      const { number, by, ringSeconds: seconds } = slot.body
      if (number !== params['telephone']) {
        return { status: 'unknown', reason: { code: 'notify.telephone.other', args: { number } } }
      }
      if (by !== 'person') return broken(by)
      const most = Number(params['telephoneRingSeconds'])
      if (seconds > most) return broken('slow', { seconds, most })
    }
    return true
  },
  steady: params => String(params['period']),
})

type Called = ReturnType<typeof telephoneCalled.schema.parse>

const broken = (why: string, args: Record<string, number> = {}) =>
  ({ status: 'broken', reason: { code: `notify.telephone.${why}`, args } }) as const
