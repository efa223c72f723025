import { defineModule } from '../../core/module.ts'
import { exactlyOneCategory } from './controls/exactly-one-category.ts'
import { improvementPlanAfterIncident } from './controls/improvement-plan-after-incident.ts'
import { partnersHelp } from './controls/partners-help.ts'
import * as facts from './facts.ts'

export default defineModule({
  id: 'respond.incident',
  facts: [
    facts.incidentDetected,
    facts.categoryRecorded,
    facts.incidentAcknowledged,
    facts.actionBegun,
    facts.teamEngaged,
    facts.impactRecorded,
    facts.containmentDeclared,
    facts.causeDetermined,
    facts.causeRemoved,
    facts.serviceRestored,
    facts.dutyRecognised,
    facts.reportAccepted,
    facts.lawRecognised,
    facts.lawSatisfied,
    facts.lawWithdrawn,
    facts.noticeDelivered,
    facts.incidentClosed,
    facts.incidentReopened,
    facts.incidentCancelled,
    facts.incidentArchived,
    facts.reviewHeld,
    facts.improvementApproved,
    facts.improvementCompleted,
    facts.incidentsDeclared,
    facts.incidentsCompared,
    facts.partnerListed,
    facts.partnerRemoved,
    facts.partnersDeclared,
    facts.partnersCompared,
    facts.partnerAgreed,
    facts.partnerContacted,
  ],
  controls: [exactlyOneCategory, improvementPlanAfterIncident, partnersHelp],
})
