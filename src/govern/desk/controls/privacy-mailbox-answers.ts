import { mailbox } from '../parts.ts'

/** The mailbox for questions about personal data stands on our pages, takes mail and answers it. */
export const privacyMailboxAnswers = mailbox({
  id: 'govern.desk.privacy-mailbox-answers',
  owner: 'data-protection',
  which: 'privacy',
})
