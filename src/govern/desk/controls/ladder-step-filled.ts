import { beginOf, endOf } from '../../../core/control/dates.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { soonestOf } from '../../../core/control/match.ts'
import { type Holds, state } from '../../../core/control/state.ts'
import { roleAppointed } from '../../../identify/person/facts.ts'
import { stepListed, stepMeasured, steps, stepTested } from '../facts.ts'
import { msOfSpan } from '../parts.ts'

/**
 * Every step of the ladder is the one that the policy names for its place, its role has a holder whose
 * term has begun and is not over, and this very person answered when he was called up to try. The entry
 * grows old with the list, and the holder with the register of people.
 */
export const ladderStepFilled = state({
  id: 'govern.desk.ladder-step-filled',
  version: 1,
  owner: 'desk',
  params: {
    /** The roles from the first step to the last, with spaces between. */
    ladderRoles: 'team-manager ciso cto ceo',
    within: 'PT4H',
    fresh: 'P90D',
    listFresh: 'P1Y',
    comparedFresh: 'P90D',
  },
  population: steps(),
  slots: {
    entry: { type: stepListed, byHand: [stepListed], key: f => f.body.role },
    holder: { type: stepMeasured, byHand: [roleAppointed], key: f => f.body.role },
    test: {
      type: stepTested,
      byHand: [stepTested],
      key: f => f.body.role,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ entry, holder, test }, now, params) => {
    const roles = String(params['ladderRoles']).split(' ')
    const { nth, of, role } = entry.body
    if (of !== roles.length || roles[nth - 1] !== role)
      return broken('desk.ladder.other', { nth, of, role, steps: roles.length })
    const person = holder.body.holder
    const zone = organisationZone(params)
    if (person === null || beginOf(person.from, zone) > now)
      return broken('desk.ladder.vacant', { role })
    if (person.until !== null && endOf(person.until, zone) <= now)
      return broken('desk.ladder.over', { role, until: person.until })
    if (test.body.person !== person.person)
      return { status: 'unknown', reason: { code: 'desk.ladder.untried', args: { role } } }
    const { reachedMs } = test.body
    return (
      (reachedMs !== null && reachedMs <= msOfSpan(String(params['within']))) ||
      broken('desk.ladder.unreached', { role })
    )
  },
  until: ({ holder: { body } }, params, now) => {
    const zone = organisationZone(params)
    const { from = null, until = null } = body.holder ?? {}
    return soonestOf(now, [from && beginOf(from, zone), until && endOf(until, zone)])
  },
})

const broken = (code: string, args = {}): Holds => ({ status: 'broken', reason: { code, args } })
