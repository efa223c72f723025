import { state } from '../../../core/control/state.ts'
import { type Account, accountCounted, accounts, methodsRead } from '../facts.ts'
import { factors } from './factors.ts'
import { tooShort } from './span.ts'

/** People of ours use these accounts, in their own name or for several. */
const staff: readonly string[] = ['employee', 'shared', 'emergency']

/** A program proves itself in other ways; who reaches an important system is asked like staff. */
const isAsked = ({ kind, reachesImportant }: Account): boolean =>
  staff.includes(kind) || (reachesImportant && kind !== 'service')

/**
 * Every account of staff, and every other that reaches an important system, has more than one factor
 * enrolled, and no sign-in with it made do with fewer. All its sign-ins are asked, since one session
 * of the sign-on service opens everything.
 */
export const multiFactor = state({
  id: 'protect.sign-on.multi-factor',
  version: 1,
  owner: 'identity',
  params: {
    factorsAtLeast: 2,
    signInsWithFewerAtMost: 0,
    signInsCountedOver: 'P7D',
    fresh: 'P2D',
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: accounts(isAsked),
  slots: {
    enrolled: {
      type: methodsRead,
      key: f => f.body.account,
      fresh: params => String(params['fresh']),
    },
    signIns: {
      type: accountCounted,
      key: f => f.body.account,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ enrolled, signIns }, _now, params) => {
    const least = Number(params['factorsAtLeast'])
    const have = factors(enrolled.body.methods)
    if (have < least)
      return { status: 'broken', reason: { code: 'sign-on.factor.few', args: { have, least } } }
    const fewer = signIns.body.groups
      .filter(group => factors(group.methods) < least)
      .reduce((sum, group) => sum + group.signIns, 0)
    if (fewer > Number(params['signInsWithFewerAtMost']))
      return { status: 'broken', reason: { code: 'sign-on.factor.skipped', args: { fewer } } }
    return tooShort(signIns.body, params) ?? true
  },
})
