import type { Reason } from './damage.ts'
import type { Element } from './expand.ts'

/** One event of a log. */
export type EvtxRecord = Readonly<{
  kind: 'record'
  /** Numbers the records of a log upwards, also over the chunks that were overwritten. */
  recordId: bigint
  /** When the log took the event, to the 100 ns; null in some exported logs, which do not say it. */
  written: string | null
  /** Whether the checksums of its chunk hold: a record of which they do not may be altered. */
  isIntact: boolean
  /** Where in the file. */
  at: number
  /** The element `Event`. */
  event: Element
}>

/** Something in the file that is not as it should be, and what was left out for it. */
export type EvtxRemark = Readonly<{
  kind: 'remark'
  reason: Reason
  /** Where in the file the damage lies. */
  at: number
  /** The record that was left out, where it is known. */
  recordId: bigint | null
}>

export type EvtxItem = EvtxRecord | EvtxRemark
