import { z } from 'zod'
import { locales } from '../../core/i18n/locale.ts'
import { defineModule } from '../../core/module.ts'
import { calendarRoutes } from './calendar-routes.ts'
import { claimRoutes } from './claims.ts'
import { dutyCommand } from './command.ts'
import { escalation } from './escalate.ts'
import * as facts from './facts.ts'
import { feedTable } from './feed.ts'
import { languageTable } from './language.ts'
import { mailNotice } from './mail.ts'
import { notices } from './notice.ts'
import { overviewRoutes } from './overview.ts'
import { routes } from './routes.ts'
import { noticeTable, officeTable, personTable, saidTable, toldTable } from './show.ts'

/** 256 MiB: a slow disk reads and encrypts it well within the minute that a command waits. */
const evidenceBytesLimit = 268_435_456

const people = ['member', 'officer', 'ciso'] as const
const officers = ['officer', 'ciso'] as const

export default defineModule({
  id: 'govern.duty',
  facts: [
    facts.dutyDone,
    facts.dutyDelegated,
    facts.dutyCommented,
    facts.dutyAccepted,
    facts.dutyRefused,
    facts.dutyEscalated,
    facts.noticeIssued,
    facts.noticeSent,
    facts.noticeFailed,
    facts.calendarShared,
    facts.calendarRevoked,
  ],
  tables: [saidTable, personTable, officeTable, noticeTable, toldTable, feedTable, languageTable],
  collectors: [escalation, notices],
  acts: [mailNotice],
  routes: [...routes, ...claimRoutes, ...overviewRoutes, ...calendarRoutes],
  commands: [dutyCommand],
  settings: z.object({
    /** 25 MiB: minutes with their slides, and what mail servers usually carry. */
    evidenceBytesMax: z.int().positive().max(evidenceBytesLimit).default(26_214_400),
    /** Business days after its time at which a late duty is told to its office, and to the last one. */
    escalateAfterDays: z.int().min(0).max(90).default(1),
    escalateToLastAfterDays: z.int().min(0).max(365).default(5),
    /** Whose business days: one of `policy/calendars`; without it those of the organisation's zone. */
    calendar: z.string().max(40).optional(),
    /** From which hour on, where the organisation is, people are told what they owe. */
    digestHour: z.int().min(0).max(23).default(8),
    /** In which language mails are written to who has chosen none; without it in the first that the organisation uses. */
    mailLanguage: z.enum(locales).optional(),
  }),
  permissions: {
    'duty.read': [...people, 'auditor'],
    'duty.read.all': [...officers, 'auditor'],
    'duty.do': people,
    /** Whosever duty it is, and also what its control would not count. */
    'duty.do.any': officers,
    'duty.comment': people,
    'duty.delegate': people,
    /** A secret address for his own calendar. */
    'duty.calendar': people,
    'duty.accept': officers,
    /** What others are told, with the text to pass on where no mail is sent. */
    'duty.notices': officers,
  },
})
