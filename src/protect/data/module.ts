import { defineModule } from '../../core/module.ts'
import { ownStore } from './collect.ts'
import { classified } from './controls/classified.ts'
import { confidentialClassProtected } from './controls/confidential-class-protected.ts'
import { databasesEncrypted } from './controls/databases-encrypted.ts'
import { inApprovedPlaces } from './controls/in-approved-places.ts'
import { internalClassProtected } from './controls/internal-class-protected.ts'
import { noConfirmedLeak } from './controls/no-confirmed-leak.ts'
import { noUnauthorisedAlteration } from './controls/no-unauthorised-alteration.ts'
import { publicOnlyByRelease } from './controls/public-only-by-release.ts'
import { scopeRegistered } from './controls/scope-registered.ts'
import { sensitiveFlowsEndToEnd } from './controls/sensitive-flows-end-to-end.ts'
import { storesEncrypted } from './controls/stores-encrypted-with-separate-keys.ts'
import { topSecretClassApart } from './controls/top-secret-class-apart.ts'
import * as facts from './facts.ts'
import { ownIntegrity, reach } from './judge.ts'
import { registers } from './registers.ts'
import { dataSettings } from './settings.ts'

export default defineModule({
  id: 'protect.data',
  facts: [
    facts.setListed,
    facts.setRemoved,
    facts.setsDeclared,
    facts.setsDiscovered,
    facts.setInspected,
    facts.vaultInspected,
    facts.releaseDecided,
    facts.storeInspected,
    facts.databaseInspected,
    facts.placesDeclared,
    facts.reachMeasured,
    facts.flowListed,
    facts.flowRemoved,
    facts.flowsDeclared,
    facts.flowsCompared,
    facts.flowInspected,
    facts.disclosureConfirmed,
    facts.integrityChecked,
    facts.alterationFound,
    facts.detectionGapMeasured,
    facts.setImportBegun,
    facts.setImportEnded,
  ],
  judges: [reach, ownIntegrity],
  collectors: [ownStore()],
  settings: dataSettings,
  // It looks at where Okite's own data lie, and takes nothing of them away.
  archives: () => false,
  controls: [
    scopeRegistered,
    noConfirmedLeak,
    noUnauthorisedAlteration,
    classified,
    storesEncrypted,
    databasesEncrypted,
    sensitiveFlowsEndToEnd,
    publicOnlyByRelease,
    internalClassProtected,
    confidentialClassProtected,
    topSecretClassApart,
    inApprovedPlaces,
  ],
  tables: registers.flatMap(one => one.tables),
  routes: registers.flatMap(one => Object.values(one.routes)),
  permissions: Object.assign({}, ...registers.map(one => one.permissions)),
  commands: registers.map(one => one.command),
})
