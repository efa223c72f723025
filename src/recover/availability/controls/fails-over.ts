import { capability } from '../../../core/control/capability.ts'
import type { Fact } from '../../../core/fact.ts'
import { msOf } from '../../../core/time.ts'
import { failoverObserved } from '../facts.ts'
import { services } from '../services.ts'

/**
 * When a part fails, another one answers in its place without a step taken by hand, in the time that a
 * restoration may take. A failure in earnest shows it as well as a test.
 */
export const failsOver = capability({
  id: 'recover.availability.fails-over',
  version: 1,
  owner: 'infrastructure',
  params: {
    manualStepsAtMost: 0,
    every: 'P1Y',
    within: 'PT4H',
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: services(),
  canary: {
    type: failoverObserved,
    key: f => f.body.service,
    amount: ({ body }) => (body.served === null ? 0 : msOf(body.served) - msOf(body.failed)),
  },
  passed: ({ body }: Fact<any>, params) =>
    body.served !== null &&
    body.served >= body.failed &&
    body.after !== null &&
    body.after !== body.before &&
    body.manualSteps <= Number(params['manualStepsAtMost']),
  every: params => String(params['every']),
  within: params => String(params['within']),
})
