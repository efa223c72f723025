import { receiptConfirmed } from '../facts.ts'
import { answerClock } from '../parts.ts'

/** Whoever brings a complaint or an enquiry hears within the limit that it has arrived. */
export const receiptConfirmedInADay = answerClock({
  id: 'govern.desk.receipt-confirmed-in-a-day',
  stop: receiptConfirmed,
  limit: 'PT24H',
})
