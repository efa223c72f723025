import { z } from 'zod'
import { defineModule } from '../../core/module.ts'
import { dutyCommand } from './command.ts'
import { dutyDone } from './facts.ts'

/** 1 GiB: what a machine reads and encrypts while somebody waits. */
const evidenceBytesLimit = 1_073_741_824

export default defineModule({
  id: 'govern.duty',
  facts: [dutyDone],
  commands: [dutyCommand],
  settings: z.object({
    /** 25 MiB: minutes with their slides, and what mail servers usually carry. */
    evidenceBytesMax: z.int().positive().max(evidenceBytesLimit).default(26_214_400),
  }),
})
