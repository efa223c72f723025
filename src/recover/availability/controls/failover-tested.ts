import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { failoverObserved } from '../facts.ts'
import { services } from '../services.ts'

/** The failover of each service is tried in every period; how the test went is judged elsewhere. */
export const failoverTested = cadence({
  id: 'recover.availability.failover-tested',
  version: 1,
  owner: 'infrastructure',
  params: { period: 'P1Y', times: 1, registerFresh: 'P90D', discoveryFresh: 'P7D' },
  population: services(),
  period: params => String(params['period']),
  zone: organisationZone,
  times: params => Number(params['times']),
  /** A new service is tried within one period of its own. */
  joins: params => String(params['period']),
  done: [{ type: failoverObserved, key: f => f.body.service, if: f => f.body.drill }],
})
