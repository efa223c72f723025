import type { Pool } from 'pg'
import { codeOf } from '../error.ts'
import type { TrustedLog } from '../ledger/checkpoint.ts'
import { publish, remember } from '../ledger/publish.ts'
import type { Log } from '../log.ts'

/** So long after an append the files follow: many batches make one writing. */
const waitMs = 2_000

/**
 * Keeps the published files (tiles and checkpoint) near the head of the list. They can be lost and
 * derived again; their checkpoint is what a database restored from an old backup is compared with.
 */
export class Publisher {
  private readonly options: Readonly<{
    pool: Pool
    folder: string
    /** Where the newest checkpoint is written once more; null: nowhere. */
    memory: string | null
    trusted: TrustedLog
    log: Log
  }>
  private timer: NodeJS.Timeout | null = null
  private running: Promise<void> = Promise.resolve()
  private closed = false

  constructor(options: Publisher['options']) {
    this.options = options
  }

  poke(): void {
    if (this.closed || this.timer !== null) return
    this.timer = setTimeout(() => {
      this.timer = null
      this.write()
    }, waitMs)
    this.timer.unref()
  }

  /** Writes what is still missing, then no more. */
  async close(): Promise<void> {
    this.closed = true
    if (this.timer !== null) clearTimeout(this.timer)
    this.write()
    await this.running
  }

  private write(): void {
    const { pool, folder, memory, trusted, log } = this.options
    this.running = this.running
      .then(() => publish(pool, folder, trusted))
      .then(() => (memory === null ? undefined : remember(folder, memory)))
      .catch((error: unknown) => {
        log.warn('publish.failed', {
          code: codeOf(error),
        })
      })
  }
}
