import { defineModule } from '../../core/module.ts'
import { communicationPlanCurrent } from './controls/communication-plan-current.ts'
import { emergencyCallOut } from './controls/emergency-call-out.ts'
import { onCallWithoutGaps } from './controls/on-call-without-gaps.ts'
import { telephoneAnswered } from './controls/telephone-answered.ts'
import * as facts from './facts.ts'

export default defineModule({
  id: 'respond.notify',
  facts: [
    facts.rosterRead,
    facts.calledOut,
    facts.stakeholderListed,
    facts.stakeholderRemoved,
    facts.stakeholdersDeclared,
    facts.stakeholdersCompared,
    facts.planApproved,
    facts.stakeholderContacted,
    facts.telephoneCalled,
  ],
  controls: [emergencyCallOut, onCallWithoutGaps, communicationPlanCurrent, telephoneAnswered],
})
