import { organisationZone } from '../../../core/control/kind.ts'
import { type Holds, state } from '../../../core/control/state.ts'
import type { Instant } from '../../../core/fact.ts'
import type { Params } from '../../../core/judge.ts'
import { deputyAppointed, registerDeclared, roleAppointed } from '../../../identify/person/facts.ts'
import { postMeasured } from '../facts.ts'
import { broken } from '../parts.ts'
import { holderAt, nextEdge, spansOf, type Told } from '../terms.ts'

/**
 * The post of CISO has a holder whose term has begun and is not over, and another person acts for him
 * while he is away. A deputy fills no vacancy.
 */
export const cisoAppointed = state({
  id: 'govern.policy.ciso-appointed',
  version: 1,
  owner: 'ceo',
  params: { vacantDaysMax: 0, deputiesAtLeast: 1, registerFresh: 'P90D' },
  slots: {
    post: {
      type: postMeasured,
      byHand: [roleAppointed, deputyAppointed],
      if: f => f.body.role === 'ciso',
    },
    // The term grows old with the register that says who is who.
    register: {
      type: registerDeclared,
      byHand: [],
      fresh: params => String(params['registerFresh']),
    },
  },
  holds: ({ post }, now, params) => filledAt(post.body, now, params),
  until: ({ post: { body } }, params, now) =>
    nextEdge(spansOf([...body.holders, ...body.deputies], organisationZone(params)), now),
  repair: params => `P${Math.max(0, Number(params['vacantDaysMax']))}D`,
})

type Post = Readonly<{ role: string; holders: readonly Told[]; deputies: readonly Told[] }>

function filledAt({ role, holders, deputies }: Post, at: Instant, params: Params): Holds {
  const zone = organisationZone(params)
  const spans = spansOf(holders, zone)
  const holder = holderAt(spans, at)
  if (holder === null) {
    const last = spans.findLast(span => span.to !== null && span.to <= at)
    return last?.until == null
      ? broken('policy.post.vacant', { role })
      : broken('policy.post.over', { role, until: last.until })
  }
  const deputy = holderAt(spansOf(deputies, zone), at)
  const count = deputy === null || deputy.person === holder.person ? 0 : 1
  const least = Number(params['deputiesAtLeast'])
  return count >= least || broken('policy.post.no-deputy', { role, count, least })
}
