import { plusMs } from '../../../core/control/match.ts'
import { type Holds, state } from '../../../core/control/state.ts'
import type { Params } from '../../../core/judge.ts'
import { people, undertakingMeasured, undertakingSigned } from '../facts.ts'

/**
 * Everybody of the register, employed, hired or of a partner, has signed the version of the policy
 * that is in force. Who joins after it came into force has signed before he is here; who was here
 * already and signed an earlier version has some days for the new one.
 */
export const boundByUndertaking = state({
  id: 'identify.person.bound-by-undertaking',
  version: 1,
  owner: 'people',
  params: { undertakingDays: 30, registerFresh: 'P90D', comparedFresh: 'P7D' },
  population: people(),
  slots: {
    bond: { type: undertakingMeasured, byHand: [undertakingSigned], key: f => f.body.person },
  },
  holds: ({ bond }, now, params) => {
    const { signed, inForce, joined, since } = bond.body
    if (signed === null) return broken('person.undertaking.none', { inForce })
    if (signed === inForce) return true
    if (joined < since && now < graceEnd(since, params)) return true
    return broken('person.undertaking.other', { signed, inForce })
  },
  until: ({ bond: { body } }, params) =>
    body.signed === body.inForce ? null : graceEnd(body.since, params),
})

const graceEnd = (since: string, params: Params): string =>
  plusMs(since, Number(params['undertakingDays']) * 86_400_000)

const broken = (code: string, args = {}): Holds => ({ status: 'broken', reason: { code, args } })
