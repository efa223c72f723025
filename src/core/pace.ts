import { setImmediate as turn } from 'node:timers/promises'
import { OkiteError } from './error.ts'

/** Asked between small pieces of long work: null, go on; else what is to be awaited first. */
export type Pace = () => Promise<void> | null

/** Whoever else is served by this thread waits no longer than this: nobody notices it on a page. */
const heldMsMax = 10

/**
 * Long work that does not hold the event loop, and ends when it is told to.
 *
 * @throws (the pace) OkiteError `STOPPING` once the signal is aborted
 */
export function createPace(signal?: AbortSignal): Pace {
  let sinceMs = performance.now()
  return () => {
    if (signal?.aborted) throw new OkiteError('STOPPING')
    if (performance.now() - sinceMs < heldMsMax) return null
    return turn().then(() => {
      sinceMs = performance.now()
    })
  }
}
