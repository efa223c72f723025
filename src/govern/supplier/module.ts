import { defineModule } from '../../core/module.ts'
import { auditedAndPenetrationTestedYearly } from './controls/audited-and-penetration-tested-yearly.ts'
import { auditedBeforeContract } from './controls/audited-before-contract.ts'
import { cloudResponsibilitiesWritten } from './controls/cloud-responsibilities-written.ts'
import { contractStatesSecurity } from './controls/contract-states-security.ts'
import { eventsToldAtOnce } from './controls/events-told-at-once.ts'
import { partnersAgreedCommonSet } from './controls/partners-agreed-common-set.ts'
import * as facts from './facts.ts'
import { contractMeasure } from './judge.ts'
import { registers } from './registers.ts'

export default defineModule({
  id: 'govern.supplier',
  facts: [
    facts.supplierListed,
    facts.supplierRemoved,
    facts.suppliersDeclared,
    facts.suppliersCompared,
    facts.contractListed,
    facts.contractRemoved,
    facts.contractsDeclared,
    facts.contractsCompared,
    facts.assessmentApproved,
    facts.contractMeasured,
    facts.contractRead,
    facts.reportReceived,
    facts.eventNoticed,
    facts.eventTold,
    facts.eventDismissed,
    facts.responsibilitiesSigned,
    facts.requirementsAgreed,
    facts.supplierImportBegun,
    facts.supplierImportEnded,
  ],
  judges: [contractMeasure],
  controls: [
    auditedBeforeContract,
    contractStatesSecurity,
    auditedAndPenetrationTestedYearly,
    eventsToldAtOnce,
    cloudResponsibilitiesWritten,
    partnersAgreedCommonSet,
  ],
  tables: registers.flatMap(one => one.tables),
  routes: registers.flatMap(one => Object.values(one.routes)),
  permissions: Object.assign({}, ...registers.map(one => one.permissions)),
  commands: registers.map(one => one.command),
})
