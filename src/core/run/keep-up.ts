import { codeOf } from '../error.ts'
import type { Log } from '../log.ts'

/**
 * Keeps one part of the program at the head of the list. Whatever stops it – the database may be away
 * for a while – is said and tried again, later each time and for ever, also when nothing is appended.
 */
export class KeepUp {
  private readonly options: Readonly<{ event: string; work(): Promise<void>; log: Log }>
  private running: Promise<void> | null = null
  private again = false
  private failures = 0
  private timer: NodeJS.Timeout | null = null
  private closed = false
  private holds = 0

  constructor(options: KeepUp['options']) {
    this.options = options
  }

  /** Begins nothing more until it is released. */
  hold(): void {
    this.holds += 1
  }

  release(): void {
    this.holds -= 1
    this.poke()
  }

  /** The list has grown. */
  poke(): void {
    if (this.closed || this.holds > 0) return
    if (this.running !== null) {
      this.again = true
      return
    }
    if (this.timer !== null) clearTimeout(this.timer)
    this.running = this.options
      .work()
      .then(() => {
        this.failures = 0
      })
      .catch((error: unknown) => {
        this.failures += 1
        this.options.log.error(this.options.event, {
          code: codeOf(error),
          failures: this.failures,
        })
        this.timer = setTimeout(
          () => this.poke(),
          Math.min(waitMsMax, waitMs * 2 ** (this.failures - 1)),
        )
        this.timer.unref()
      })
      .finally(() => {
        this.running = null
        if (!this.again) return
        this.again = false
        this.poke()
      })
  }

  /** Resolves when what is under way has ended; nothing is tried any more. */
  async close(): Promise<void> {
    this.closed = true
    if (this.timer !== null) clearTimeout(this.timer)
    await this.running
  }
}

/** An embedded database is back within a second; one of somebody else's is asked twice a minute. */
const waitMs = 250
const waitMsMax = 30_000
