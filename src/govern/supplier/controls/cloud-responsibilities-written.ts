import { state } from '../../../core/control/state.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { responsibilitiesSigned } from '../facts.ts'

/**
 * For every cloud service of the register there is a list, signed by the provider and by us and not
 * old, in which each duty that is asked for has somebody who bears it.
 */
export const cloudResponsibilitiesWritten = state({
  id: 'govern.supplier.cloud-responsibilities-written',
  version: 1,
  owner: 'procurement',
  params: {
    /** Duties that the list must name, with spaces between. */
    cloudDuties: 'access data network patching logging backup incident',
    fresh: 'P1Y',
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: assets('cloud-service'),
  slots: {
    list: {
      type: responsibilitiesSigned,
      byHand: [responsibilitiesSigned],
      key: f => f.body.asset,
      fresh: params => String(params['fresh']),
    },
  },
  holds: ({ list }, _now, params) => {
    const { provider, organisation } = list.refs
    if (provider === undefined || organisation === undefined || provider === organisation)
      return { status: 'broken', reason: { code: 'supplier.duties.unsigned', args: {} } }
    const isBorne = (topic: string) =>
      list.body.duties.some(duty => duty.topic === topic && duty.bearer !== null)
    const open = String(params['cloudDuties'])
      .split(' ')
      .filter(topic => !isBorne(topic))
    if (open.length === 0) return true
    const args = { topic: open.join(' '), count: open.length }
    return { status: 'broken', reason: { code: 'supplier.duties.open', args } }
  },
})
