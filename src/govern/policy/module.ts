import { defineModule } from '../../core/module.ts'
import { check } from './check.ts'
import { adoptedStandardsMet } from './controls/adopted-standards-met.ts'
import { cisoAppointed } from './controls/ciso-appointed.ts'
import { committeeMeetsMonthly } from './controls/committee-meets-monthly.ts'
import { csfProfileCurrent } from './controls/csf-profile-current.ts'
import { departmentOfficerAppointed } from './controls/department-officer-appointed.ts'
import { departmentOfficerDailyWork } from './controls/department-officer-daily-work.ts'
import { gdprSecurityMeasures } from './controls/gdpr-security-measures.ts'
import { keepsImproving } from './controls/keeps-improving.ts'
import { lawCaliforniaRegistered } from './controls/law-california-registered.ts'
import { lawEuropeanUnionRegistered } from './controls/law-european-union-registered.ts'
import { lawJapanRegistered } from './controls/law-japan-registered.ts'
import { lawTaiwanRegistered } from './controls/law-taiwan-registered.ts'
import { newThreatsAnswered } from './controls/new-threats-answered.ts'
import { partOfTheCulture } from './controls/part-of-the-culture.ts'
import { signedByChiefExecutive } from './controls/signed-by-chief-executive.ts'
import { strategyAndBudgetYearly } from './controls/strategy-and-budget-yearly.ts'
import * as facts from './facts.ts'
import * as judges from './judge.ts'
import { registers } from './registers.ts'
import { routes } from './routes.ts'
import { tables } from './show.ts'

export default defineModule({
  id: 'govern.policy',
  facts: [
    facts.policySigned,
    facts.signaturesMeasured,
    facts.postMeasured,
    facts.officerAppointed,
    facts.officerVacated,
    facts.officerMeasured,
    facts.departmentsCompared,
    facts.dayLogged,
    facts.dayClosed,
    facts.dayMeasured,
    facts.committeeMet,
    facts.strategyApproved,
    facts.budgetApproved,
    facts.strategyMeasured,
    facts.itemOpened,
    facts.postponementAsked,
    facts.itemRemovalAsked,
    facts.itemPostponed,
    facts.itemDone,
    facts.itemRemoved,
    facts.itemMeasured,
    facts.itemsDeclared,
    facts.itemsCompared,
    facts.defenceChanged,
    facts.obligationListed,
    facts.removalAsked,
    facts.obligationRemoved,
    facts.obligationsDeclared,
    facts.obligationsCompared,
    facts.versionChecked,
    facts.profileSet,
    facts.obligationImportBegun,
    facts.obligationImportEnded,
    facts.itemImportBegun,
    facts.itemImportEnded,
  ],
  judges: [
    judges.postMeasure,
    judges.signatureMeasure,
    judges.officerMeasure,
    judges.itemMeasure,
    judges.strategyMeasure,
  ],
  controls: [
    signedByChiefExecutive,
    partOfTheCulture,
    keepsImproving,
    newThreatsAnswered,
    adoptedStandardsMet,
    cisoAppointed,
    committeeMeetsMonthly,
    departmentOfficerAppointed,
    departmentOfficerDailyWork,
    strategyAndBudgetYearly,
    lawTaiwanRegistered,
    lawJapanRegistered,
    lawEuropeanUnionRegistered,
    lawCaliforniaRegistered,
    csfProfileCurrent,
    gdprSecurityMeasures,
  ],
  tables: [...tables, ...registers.flatMap(one => one.tables)],
  routes: [...routes, ...registers.flatMap(one => Object.values(one.routes))],
  // Who manages accounts does not thereby read what happened: he has neither.
  permissions: {
    'policy.read': ['ciso', 'officer', 'member', 'auditor'],
    'fact.read': ['ciso', 'officer', 'auditor'],
    'policy.decide': ['ciso', 'officer'],
    ...Object.assign({}, ...registers.map(one => one.permissions)),
  },
  commands: [check, ...registers.map(one => one.command)],
})
