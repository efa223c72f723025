import { OkiteError } from '../error.ts'

/**
 * Gathers what many callers submit one by one, because a flush to disk costs the same for one entry
 * as for hundreds. One batch is under way at a time: the head lock allows no more.
 */
export type Batcher<T, R> = Readonly<{
  /** @throws OkiteError `LEDGER_BUSY`, `LEDGER_CLOSED` */
  submit(item: T): Promise<R>
  /** Refuses new ones, and waits for those that are in. */
  close(): Promise<void>
}>

export function createBatcher<T, R>(options: {
  countMax: number
  waitMs: number
  queueCountMax: number
  /** One answer for each item, in order. */
  run(items: readonly T[]): Promise<readonly (R | Error)[]>
}): Batcher<T, R> {
  type Waiting = { item: T; resolve(answer: R): void; reject(error: unknown): void }
  let queue: Waiting[] = []
  let outstanding = 0
  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> | null = null
  let isClosed = false

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.slice(0, options.countMax)
      queue = queue.slice(options.countMax)
      try {
        const answers = await options.run(batch.map(waiting => waiting.item))
        for (const [i, waiting] of batch.entries()) {
          const answer = answers[i] as R | Error
          if (answer instanceof Error) waiting.reject(answer)
          else waiting.resolve(answer)
        }
      } catch (error) {
        for (const waiting of batch) waiting.reject(error)
      }
      outstanding -= batch.length
      // Let those who were answered submit again before a small rest is written on its own.
      if (queue.length < options.countMax) break
    }
    running = null
    arm()
  }

  const start = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    running ??= run()
  }

  const arm = () => {
    if (running !== null || queue.length === 0) return
    if (queue.length >= options.countMax || isClosed) start()
    else timer ??= setTimeout(start, options.waitMs)
  }

  return {
    submit(item) {
      if (isClosed) return Promise.reject(new OkiteError('LEDGER_CLOSED'))
      if (outstanding >= options.queueCountMax) {
        return Promise.reject(new OkiteError('LEDGER_BUSY', { waiting: outstanding }))
      }
      outstanding++
      return new Promise<R>((resolve, reject) => {
        queue.push({ item, resolve, reject })
        arm()
      })
    },
    async close() {
      isClosed = true
      arm()
      while (running !== null) await running
    },
  }
}
