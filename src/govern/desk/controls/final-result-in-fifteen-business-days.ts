import { resultSent } from '../facts.ts'
import { answerClock } from '../parts.ts'

/**
 * He hears the outcome within so many business days. Requests about personal data have shorter clocks
 * of the law, which run besides this one.
 */
export const finalResultInFifteenBusinessDays = answerClock({
  id: 'govern.desk.final-result-in-fifteen-business-days',
  stop: resultSent,
  limit: 'P15BD',
  calendar: 'tw',
})
