import { defineModule } from '../../core/module.ts'
import { adviserEngaged } from './controls/adviser-engaged.ts'
import { externalYearly } from './controls/external-yearly.ts'
import { findingsCorrected } from './controls/findings-corrected.ts'
import { independentFirmYearly } from './controls/independent-firm-yearly.ts'
import { internalQuarterly } from './controls/internal-quarterly.ts'
import { isoCertificateValid } from './controls/iso-certificate-valid.ts'
import { penetrationTestedHalfYearly } from './controls/penetration-tested-half-yearly.ts'
import { soc2PeriodsJoin } from './controls/soc2-periods-join.ts'
import { soc2ReportHeld } from './controls/soc2-report-held.ts'
import * as facts from './facts.ts'
import { soc2Measure } from './judge.ts'

export default defineModule({
  id: 'govern.audit',
  facts: [
    facts.engagementsDeclared,
    facts.adviceGiven,
    facts.auditReported,
    facts.penetrationTested,
    facts.penetrationRetested,
    facts.findingRaised,
    facts.planApproved,
    facts.findingCorrected,
    facts.findingWithdrawn,
    facts.certificateSeen,
    facts.applicabilityDeclared,
    facts.soc2Reported,
    facts.soc2Measured,
  ],
  judges: [soc2Measure],
  controls: [
    adviserEngaged,
    externalYearly,
    isoCertificateValid,
    soc2ReportHeld,
    soc2PeriodsJoin,
    independentFirmYearly,
    internalQuarterly,
    penetrationTestedHalfYearly,
    findingsCorrected,
  ],
})
