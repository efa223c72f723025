import { OkiteError } from '../error.ts'
import type { Clock } from '../time.ts'

export type Rate = Readonly<{ burst: number; perSecond: number }>

/** Takes one or throws. */
export type Bucket = Readonly<{ take(): void }>

/** A bucket for each client. */
export type Buckets = Readonly<{ take(client: string): void }>

/**
 * One client that asks too often keeps nobody else out. Whoever was not heard of for longest is
 * forgotten when there are too many, and begins again with a full bucket.
 *
 * @param clientsMax so many are remembered
 */
export function createBuckets(rate: Rate, clock: Clock, clientsMax: number): Buckets {
  const buckets = new Map<string, Bucket>()
  return {
    take(client) {
      const bucket = buckets.get(client) ?? createBucket(rate, clock)
      // A map keeps the order of insertion: the newest goes to the end.
      buckets.delete(client)
      buckets.set(client, bucket)
      const [oldest] = buckets.keys()
      if (buckets.size > clientsMax && oldest !== undefined) buckets.delete(oldest)
      bucket.take()
    },
  }
}

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
