import { findingsSent } from '../facts.ts'
import { answerClock } from '../parts.ts'

/** He hears within so many business days what was found so far. Whose business days, the owner chooses. */
export const firstFindingsInThreeBusinessDays = answerClock({
  id: 'govern.desk.first-findings-in-three-business-days',
  stop: findingsSent,
  limit: 'P3BD',
  calendar: 'tw',
})
