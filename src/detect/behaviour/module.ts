import { defineModule } from '../../core/module.ts'
import { departuresDetected } from './controls/departures-detected.ts'
import { modelFindsKnownCases } from './controls/model-finds-known-cases.ts'
import * as facts from './facts.ts'

export default defineModule({
  id: 'detect.behaviour',
  facts: [
    facts.modelListed,
    facts.modelRemoved,
    facts.modelsDeclared,
    facts.modelsCompared,
    facts.modelRun,
    facts.modelTested,
    facts.modelReviewed,
    facts.baselineMeasured,
    facts.departuresTested,
  ],
  controls: [modelFindsKnownCases, departuresDetected],
})
