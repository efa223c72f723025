import { z } from 'zod'
import { defineModule } from '../../core/module.ts'
import { dutyCommand } from './command.ts'
import { dutyDone } from './facts.ts'

/** 256 MiB: a slow disk reads and encrypts it well within the minute that a command waits. */
const evidenceBytesLimit = 268_435_456

export default defineModule({
  id: 'govern.duty',
  facts: [dutyDone],
  commands: [dutyCommand],
  settings: z.object({
    /** 25 MiB: minutes with their slides, and what mail servers usually carry. */
    evidenceBytesMax: z.int().positive().max(evidenceBytesLimit).default(26_214_400),
  }),
})
