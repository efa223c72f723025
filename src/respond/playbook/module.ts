import { defineModule } from '../../core/module.ts'
import { firesInTests } from './controls/fires-in-tests.ts'
import { procedurePerStage } from './controls/procedure-per-stage.ts'
import * as facts from './facts.ts'

export default defineModule({
  id: 'respond.playbook',
  facts: [
    facts.procedureApproved,
    facts.procedureExercised,
    facts.playbookListed,
    facts.playbookRemoved,
    facts.playbooksDeclared,
    facts.playbooksCompared,
    facts.playbookReleased,
    facts.playbookRun,
  ],
  controls: [procedurePerStage, firesInTests],
})
