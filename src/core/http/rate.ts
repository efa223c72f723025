import { OkiteError } from '../error.ts'
import type { Clock } from '../time.ts'

export type Rate = Readonly<{ burst: number; perSecond: number }>

/** Takes one or throws. */
export type Bucket = Readonly<{ take(): void }>

/**
 * A token bucket. It lives in memory and is trusted for nothing but fairness: after a restart it is
 * full again.
 *
 * @throws OkiteError `HTTP_RATE` with the whole seconds until one more is there
 */
export function createBucket(rate: Rate, clock: Clock): Bucket {
  let level = rate.burst
  let atMs = clock.nowMs()
  return {
    take() {
      const nowMs = clock.nowMs()
      // A clock that went back gives nothing and takes nothing.
      level = Math.min(rate.burst, level + (Math.max(0, nowMs - atMs) / 1000) * rate.perSecond)
      atMs = nowMs
      if (level < 1) {
        const retryAfterSeconds = Math.max(1, Math.ceil((1 - level) / rate.perSecond))
        throw new OkiteError('HTTP_RATE', { retryAfterSeconds })
      }
      level -= 1
    },
  }
}
