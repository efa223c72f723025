import { defineModule } from '../../core/module.ts'
import { exchangedWithPartners } from './controls/exchanged-with-partners.ts'
import { intakeFresh } from './controls/intake-fresh.ts'
import { sharedInIndustry } from './controls/shared-in-industry.ts'
import { usedInDetection } from './controls/used-in-detection.ts'
import * as facts from './facts.ts'

export default defineModule({
  id: 'identify.intelligence',
  facts: [
    facts.feedListed,
    facts.feedRemoved,
    facts.feedsDeclared,
    facts.feedsCompared,
    facts.feedFetched,
    facts.feedAssessed,
    facts.indicatorExercised,
    facts.membershipConfirmed,
    facts.exchangeCounted,
  ],
  controls: [intakeFresh, usedInDetection, sharedInIndustry, exchangedWithPartners],
})
