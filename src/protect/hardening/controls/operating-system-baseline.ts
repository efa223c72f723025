import { state } from '../../../core/control/state.ts'
import { broken } from '../answer.ts'
import { baselineParams, baselineSlots, meetsBaseline } from '../baseline.ts'
import { servicesSeen } from '../facts.ts'
import { assetsOf } from '../families.ts'

/** Every machine meets the baseline approved for it and runs no service that it does not need. */
export const operatingSystemBaseline = state({
  id: 'protect.hardening.operating-system-baseline',
  version: 1,
  owner: 'infrastructure',
  params: {
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
    fresh: 'P7D',
    ...baselineParams,
    needlessServicesAtMost: 0,
  },
  population: assetsOf('machines'),
  slots: {
    ...baselineSlots,
    running: { type: servicesSeen, key: f => f.body.asset, fresh: p => String(p['fresh']) },
  },
  holds: ({ assigned, scan, running }, _now, params) => {
    const needed = assigned.body.services
    const needless = running.body.services.filter(service => !needed.includes(service))
    if (needless.length > Number(params['needlessServicesAtMost'])) {
      return broken('service.needless', { service: needless[0] ?? '', services: needless.length })
    }
    return meetsBaseline({ assigned, scan }, params)
  },
})
