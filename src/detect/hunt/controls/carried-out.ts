import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { huntCompleted } from '../facts.ts'

/**
 * So many hunts in every period: each with a supposition, data that were searched, and a written result,
 * by a named person.
 */
export const carriedOut = cadence({
  id: 'detect.hunt.carried-out',
  version: 1,
  owner: 'monitoring',
  params: { period: 'P3M', times: 1 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'now',
  names: fact => (fact.body as Hunt).period,
  done: [
    {
      type: huntCompleted,
      if: ({ body, refs }) =>
        body.techniques.length > 0 &&
        body.sources.length > 0 &&
        body.from < body.until &&
        body.report !== null &&
        refs['by'] !== undefined,
    },
  ],
})

type Hunt = ReturnType<typeof huntCompleted.schema.parse>
