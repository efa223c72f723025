import { mailbox } from '../parts.ts'

/** The mailbox for security matters stands on our pages, takes mail from outside and answers it. */
export const securityMailboxAnswers = mailbox({
  id: 'govern.desk.security-mailbox-answers',
  owner: 'desk',
  which: 'security',
})
