import type pg from 'pg'
import type { Log } from '../log.ts'
import type { Clock } from '../time.ts'
import type { Types } from './intake.ts'
import type { Entropy } from './random.ts'
import type { Secrets } from './secrets.ts'
import type { Signer } from './signer.ts'

/** What the parts of an open ledger share. */
export type Core = Readonly<{
  pool: pg.Pool
  signer: Signer
  secrets: Secrets
  entropy: Entropy
  types: Types
  clock: Clock
  log: Log
  limits: LedgerLimits
}>

export type LedgerLimits = Readonly<{
  /** Entries in one transaction of the batcher: more gains nothing, the disk is flushed once. */
  batchCountMax: number
  /** How long an entry waits for company. */
  batchWaitMs: number
  /** Entries that wait or are being written; beyond it callers are refused and spool themselves. */
  queueCountMax: number
  /** Facts of one read. */
  readCountMax: number
}>

export const ledgerLimits: LedgerLimits = {
  batchCountMax: 256,
  batchWaitMs: 5,
  queueCountMax: 4096,
  readCountMax: 10_000,
}
