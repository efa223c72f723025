import { defineModule } from '../../core/module.ts'
import { contactInternationalVerified } from './controls/contact-international-verified.ts'
import { contactJapanVerified } from './controls/contact-japan-verified.ts'
import { contactTaiwanVerified } from './controls/contact-taiwan-verified.ts'
import { finalResultInFifteenBusinessDays } from './controls/final-result-in-fifteen-business-days.ts'
import { firstFindingsInThreeBusinessDays } from './controls/first-findings-in-three-business-days.ts'
import { ladderStepFilled } from './controls/ladder-step-filled.ts'
import { privacyMailboxAnswers } from './controls/privacy-mailbox-answers.ts'
import { receiptConfirmedInADay } from './controls/receipt-confirmed-in-a-day.ts'
import { rightsCalifornia } from './controls/rights-california-answered.ts'
import { rightsEuropeanUnion } from './controls/rights-european-union-answered.ts'
import { rightsTaiwan } from './controls/rights-taiwan-decided.ts'
import { satisfactionAskedAfterThirtyDays } from './controls/satisfaction-asked-after-thirty-days.ts'
import { securityMailboxAnswers } from './controls/security-mailbox-answers.ts'
import * as facts from './facts.ts'
import { stepMeasure } from './judge.ts'
import { registers } from './registers.ts'

export default defineModule({
  id: 'govern.desk',
  facts: [
    facts.mailboxProbed,
    facts.caseReceived,
    facts.receiptConfirmed,
    facts.findingsSent,
    facts.resultSent,
    facts.satisfactionAsked,
    facts.caseResolved,
    facts.caseDismissed,
    facts.rightClaimed,
    facts.rightAnswered,
    facts.rightExtended,
    facts.rightRefused,
    facts.rightWithdrawn,
    facts.stepListed,
    facts.stepRemoved,
    facts.ladderDeclared,
    facts.ladderCompared,
    facts.stepMeasured,
    facts.stepTested,
    facts.contactVerified,
    facts.stepImportBegun,
    facts.stepImportEnded,
    facts.contactListed,
    facts.contactRemoved,
    facts.contactImportBegun,
    facts.contactImportEnded,
  ],
  judges: [stepMeasure],
  controls: [
    securityMailboxAnswers,
    privacyMailboxAnswers,
    receiptConfirmedInADay,
    firstFindingsInThreeBusinessDays,
    finalResultInFifteenBusinessDays,
    rightsEuropeanUnion,
    rightsTaiwan,
    rightsCalifornia,
    satisfactionAskedAfterThirtyDays,
    ladderStepFilled,
    contactTaiwanVerified,
    contactJapanVerified,
    contactInternationalVerified,
  ],
  tables: registers.flatMap(one => one.tables),
  routes: registers.flatMap(one => Object.values(one.routes)),
  permissions: Object.assign({}, ...registers.map(one => one.permissions)),
  commands: registers.map(one => one.command),
})
