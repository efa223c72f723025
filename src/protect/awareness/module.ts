import { defineModule } from '../../core/module.ts'
import { awarenessNotFalling } from './controls/awareness-not-falling.ts'
import { comprehensionTested } from './controls/comprehension-tested.ts'
import { incidentRateWithinLimit } from './controls/incident-rate-within-limit.ts'
import { inductionOnJoining } from './controls/induction-on-joining.ts'
import { newsletterMonthly } from './controls/newsletter-monthly.ts'
import { phishingExercisedMonthly } from './controls/phishing-exercised-monthly.ts'
import { postersCurrent } from './controls/posters-current.ts'
import { programmeImproved } from './controls/programme-improved.ts'
import { refresherYearly } from './controls/refresher-yearly.ts'
import { roleTrainingCurrent } from './controls/role-training-current.ts'
import { roleTrainingYearly } from './controls/role-training-yearly.ts'
import { securityWeekYearly } from './controls/security-week-yearly.ts'
import { suggestionsRewarded } from './controls/suggestions-rewarded.ts'
import { surveyedYearly } from './controls/surveyed-yearly.ts'
import { trainedMonthly } from './controls/trained-monthly.ts'
import * as facts from './facts.ts'
import {
  incidentMeasure,
  inductionMeasure,
  jobMeasure,
  posterMeasure,
  scoreMeasure,
} from './judge.ts'

export default defineModule({
  id: 'protect.awareness',
  facts: [
    facts.trainingCompleted,
    facts.inductionMeasured,
    facts.courseRequired,
    facts.courseDropped,
    facts.jobTrainingMeasured,
    facts.jobTrained,
    facts.phishingCounted,
    facts.surveyClosed,
    facts.measuresNamed,
    facts.scoreMeasured,
    facts.incidentAttributed,
    facts.incidentMeasured,
    facts.newsletterSent,
    facts.posterIssued,
    facts.posterChecked,
    facts.posterMeasured,
    facts.weekHeld,
    facts.schemePublished,
    facts.roundClosed,
    facts.programmeChanged,
  ],
  judges: [inductionMeasure, jobMeasure, posterMeasure, scoreMeasure, incidentMeasure],
  controls: [
    awarenessNotFalling,
    trainedMonthly,
    inductionOnJoining,
    refresherYearly,
    roleTrainingCurrent,
    roleTrainingYearly,
    phishingExercisedMonthly,
    newsletterMonthly,
    postersCurrent,
    securityWeekYearly,
    suggestionsRewarded,
    comprehensionTested,
    incidentRateWithinLimit,
    surveyedYearly,
    programmeImproved,
  ],
})
