import { defineSample, hashOf, nothingElse } from '../../core/sample/story.ts'
import {
  modelListed,
  modelReviewed,
  modelRun,
  modelsCompared,
  modelsDeclared,
  modelTested,
} from './facts.ts'

const model = 'logon-rarity'

/** One model of behaviour, run each day and tested each month. Nobody has measured people one by one yet. */
export default defineSample(({ year, tell, decide }) => {
  tell(modelListed, year.at(year.before(50), '09:00'), { model })
  for (const [nth, day] of year.last(50).entries()) {
    const atMs = year.at(day, '09:30')
    if (nth % 25 === 0) tell(modelsDeclared, atMs, { models: 1, hash: hashOf('models') })
    tell(modelsCompared, atMs + 60_000, { seen: [model], ...nothingElse('models') })
    const run = { model, version: '7', events: 90_000, until: year.instant(atMs), alerts: 4 }
    tell(modelRun, atMs + 60_000, run)
    if (nth % 25 === 0)
      tell(modelTested, atMs + 120_000, {
        ...{ model, version: '7', badCases: 20, found: 19, quietCases: 100, falseAlarms: 3 },
        set: hashOf('known cases'),
      })
    if (nth % 3 === 0) {
      const body = { model, reviewed: 3, open: 1, oldestOpenHours: 20 }
      tell(modelReviewed, atMs + 180_000, body, { trust: 'instrument' })
    }
  }
  const name = 'detect.behaviour.model-finds-known-cases'
  for (const parameter of ['comparedFresh', 'modelRunFresh']) decide(name, parameter, 'P2D')
})
