import type { Match } from '../../core/control/kind.ts'
import { watermarkAdvanced } from '../../core/facts.ts'

/** A source has delivered up to some instant: itself, or one of its instances (`perimeter@edge-1`). */
export const delivered = (source: string): Match => ({
  type: watermarkAdvanced,
  if: ({ body }) => body.source === source || body.source.startsWith(`${source}@`),
})
