import { defineModule } from '../../core/module.ts'
import { runbookTried } from './controls/runbook-exercised.ts'
import { sheetPutAway } from './controls/sheet-put-away.ts'
import { testedMonthly } from './controls/tested-monthly.ts'
import * as facts from './facts.ts'

export default defineModule({
  id: 'recover.restore',
  facts: [
    facts.runbookListed,
    facts.runbookRemoved,
    facts.runbooksDeclared,
    facts.runbooksCompared,
    facts.runbookWritten,
    facts.runbookExercised,
    facts.restoreCompared,
    facts.restoreRehearsed,
    facts.sheetPrinted,
    facts.sheetConfirmed,
  ],
  controls: [runbookTried, testedMonthly, sheetPutAway],
})
