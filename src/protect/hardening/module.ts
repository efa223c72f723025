import { defineModule } from '../../core/module.ts'
import { antiMalwareActive } from './controls/anti-malware-active.ts'
import { cloudPostureScanned } from './controls/cloud-posture-scanned.ts'
import { cloudProviderPractice } from './controls/cloud-provider-practice.ts'
import { cloudResourcesBaseline } from './controls/cloud-resources-baseline.ts'
import { containersBaseline } from './controls/containers-baseline.ts'
import { driftCorrected } from './controls/drift-corrected.ts'
import { edrOnEveryEndpoint } from './controls/edr-on-every-endpoint.ts'
import { functionsLeastPrivilege } from './controls/functions-least-privilege.ts'
import { operatingSystemBaseline } from './controls/operating-system-baseline.ts'
import { patchedMonthly } from './controls/patched-monthly.ts'
import { zeroDayPatched } from './controls/zero-day-patched.ts'
import * as facts from './facts.ts'
import { discovered } from './judge.ts'

export default defineModule({
  id: 'protect.hardening',
  facts: [
    facts.edrReported,
    facts.antiMalwareReported,
    facts.baselineAssigned,
    facts.baselineScanned,
    facts.servicesSeen,
    facts.patchRunCompleted,
    facts.zeroDayFound,
    facts.zeroDayClosed,
    facts.zeroDayWithdrawn,
    facts.driftScanned,
    facts.postureEnrolled,
    facts.postureScanned,
    facts.functionInspected,
    facts.familyMeasured,
  ],
  judges: [discovered],
  controls: [
    edrOnEveryEndpoint,
    operatingSystemBaseline,
    patchedMonthly,
    zeroDayPatched,
    antiMalwareActive,
    driftCorrected,
    cloudProviderPractice,
    cloudPostureScanned,
    containersBaseline,
    functionsLeastPrivilege,
    cloudResourcesBaseline,
  ],
})
