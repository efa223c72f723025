import { z } from 'zod'
import { defineModule } from '../../core/module.ts'
import * as facts from './facts.ts'
import { routes } from './routes.ts'
import { aboutTable, changeTable, holdTable } from './show.ts'

const officers = ['officer', 'ciso'] as const

export default defineModule({
  id: 'govern.evidence',
  facts: [
    facts.evidenceAttached,
    facts.claimRefused,
    facts.changeProposed,
    facts.changeConfirmed,
    facts.changeDeclined,
    facts.holdPlaced,
    facts.holdLifted,
  ],
  tables: [aboutTable, changeTable, holdTable],
  routes,
  settings: z.object({
    /** 25 MiB, as of the evidence of a duty. */
    fileBytesMax: z.int().positive().max(268_435_456).default(26_214_400),
    /** After so many days no backup holds an erased person's key any more. */
    backupDays: z.int().min(0).max(3_650).default(35),
  }),
  permissions: {
    /** Facts as they stand on the list, where no person has a name. */
    'evidence.read': [...officers, 'auditor'],
    /** Values of private slots, and whom they name. */
    'evidence.private': officers,
    'evidence.attach': officers,
    'evidence.accept': officers,
    'evidence.change': officers,
    /** What is about a person: two of these together erase, hold and release. */
    'evidence.erase': officers,
  },
})
