import { z } from 'zod'
import { defineModule } from '../../core/module.ts'
import { dutyCommand } from './command.ts'
import * as facts from './facts.ts'
import { routes } from './routes.ts'
import { feedTable, officeTable, personTable, saidTable } from './show.ts'

/** 256 MiB: a slow disk reads and encrypts it well within the minute that a command waits. */
const evidenceBytesLimit = 268_435_456

const people = ['member', 'officer', 'ciso', 'administrator'] as const
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
    facts.feedIssued,
    facts.feedRevoked,
  ],
  tables: [saidTable, personTable, officeTable, feedTable],
  routes,
  commands: [dutyCommand],
  settings: z.object({
    /** 25 MiB: minutes with their slides, and what mail servers usually carry. */
    evidenceBytesMax: z.int().positive().max(evidenceBytesLimit).default(26_214_400),
  }),
  permissions: {
    'duty.read': [...people, 'auditor'],
    'duty.read.all': [...officers, 'auditor'],
    'duty.do': people,
    /** Whosever duty it is, and also what its control would not count. */
    'duty.do.any': officers,
    'duty.comment': people,
    'duty.delegate': people,
    'duty.accept': officers,
  },
})
