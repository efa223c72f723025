import { capability } from '../../../core/control/capability.ts'
import { type Exercise, feeds, indicatorExercised } from '../facts.ts'

/**
 * What comes in by each feed is used for the watch: a made-up indicator that is put into its intake
 * stands in detection and fires within the limit, and of the real ones that are in force enough were
 * read back from detection.
 */
export const usedInDetection = capability({
  id: 'identify.intelligence.used-in-detection',
  version: 1,
  owner: 'monitoring',
  params: {
    every: 'P7D',
    within: 'PT4H',
    indicatorsLoadedAtLeast: 950_000,
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: feeds(),
  canary: {
    type: indicatorExercised,
    key: f => f.body.feed,
    amount: ({ body }) => Date.parse(body.fired ?? body.inserted) - Date.parse(body.inserted),
  },
  passed: (fact, params) => {
    const { inserted, deployed, fired, held, loaded } = fact.body as Exercise
    if (deployed === null || fired === null || deployed < inserted || fired < deployed) return false
    return loaded * 1_000_000 >= Number(params['indicatorsLoadedAtLeast']) * held
  },
  every: params => String(params['every']),
  within: params => String(params['within']),
})
