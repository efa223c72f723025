import { capability } from '../../../core/control/capability.ts'
import { logSources } from '../../source/facts.ts'
import { detectionTested, eventsReceived } from '../facts.ts'

/**
 * From every log source events come in, and so often a mark planted there is found within `within` by a
 * rule that puts several sources together. A source that falls silent fails its next test.
 */
export const sourcesAnalysed = capability({
  id: 'detect.event.sources-analysed',
  version: 1,
  owner: 'monitoring',
  params: {
    every: 'P1D',
    within: 'PT5M',
    sourcesJoinedAtLeast: 2,
    listFresh: 'P90D',
    comparedFresh: 'P1D',
  },
  population: logSources(),
  canary: {
    type: detectionTested,
    key: f => f.body.source,
    amount: ({ body }) =>
      body.alerted === null ? 0 : Date.parse(body.alerted) - Date.parse(body.planted),
  },
  passed: (fact, params) => {
    const { planted, alerted, sourcesJoined } = fact.body as Tested
    const isFound = alerted !== null && alerted >= planted
    return isFound && sourcesJoined >= Number(params['sourcesJoinedAtLeast'])
  },
  every: params => String(params['every']),
  within: params => String(params['within']),
  exists: [{ type: eventsReceived, key: f => f.body.source, if: f => f.body.events > 0 }],
})

type Tested = ReturnType<typeof detectionTested.schema.parse>
