import { beginOf, endOf } from '../../../core/control/dates.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { soonestOf } from '../../../core/control/match.ts'
import { type Holds, state } from '../../../core/control/state.ts'
import type { Instant } from '../../../core/fact.ts'
import { deputyAppointed, officeMeasured, offices, roleAppointed } from '../facts.ts'

/**
 * Every office has a holder whose term has begun and is not over, and while he is on leave another person
 * who is not acts for him.
 */
export const officeFilled = state({
  id: 'identify.person.office-filled',
  version: 1,
  owner: 'ceo',
  params: { vacantDaysMax: 0, listFresh: 'P1Y', comparedFresh: 'P1Y' },
  population: offices(),
  slots: {
    office: {
      type: officeMeasured,
      byHand: [roleAppointed, deputyAppointed],
      key: f => f.body.role,
    },
  },
  holds: ({ office }, now, params) => {
    const { role, holders, deputies } = office.body
    const zone = organisationZone(params)
    const holder = servingAt(holders, now, zone)
    if (holder === null) return broken('person.office.vacant', { role })
    if (isOver(holder, now, zone)) {
      return broken('person.office.over', { role, until: String(holder.until) })
    }
    if (!holder.isAway) return true
    const deputy = servingAt(deputies, now, zone)
    const isActing =
      deputy !== null &&
      deputy.person !== holder.person &&
      !deputy.isAway &&
      !isOver(deputy, now, zone)
    return isActing || broken('person.office.unattended', { role })
  },
  until: ({ office: { body } }, params, now) => {
    const zone = organisationZone(params)
    const turns = [...body.holders, ...body.deputies].flatMap(({ from, until }) => [
      beginOf(from, zone),
      until === null ? null : endOf(until, zone),
    ])
    return soonestOf(now, turns)
  },
  repair: params => `P${Math.max(0, Number(params['vacantDaysMax']))}D`,
})

type Term = Readonly<{ person: string; from: string; until: string | null; isAway: boolean }>

/** Whose term began last. */
const servingAt = (terms: readonly Term[], now: Instant, zone: string): Term | null =>
  terms.findLast(({ from }) => beginOf(from, zone) <= now) ?? null

const isOver = ({ until }: Term, now: Instant, zone: string): boolean =>
  until !== null && endOf(until, zone) <= now

const broken = (code: string, args = {}): Holds => ({ status: 'broken', reason: { code, args } })
