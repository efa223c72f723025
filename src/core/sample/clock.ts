import type { Clock } from '../time.ts'

/**
 * The time of a sample goes on from where its list ends, as long as the program runs: what is fresh on
 * the last day of the year is so whenever somebody looks. Before that it is the system's.
 */
export type SampleClock = Clock & Readonly<{ resume(fromMs: number): void }>

/** @param elapsedMs a clock that nobody sets */
export function createSampleClock(elapsedMs: () => number = () => performance.now()): SampleClock {
  let resumed: Readonly<{ fromMs: number; atMs: number }> | null = null
  return {
    nowMs() {
      if (resumed === null) return Date.now()
      return resumed.fromMs + Math.floor(elapsedMs() - resumed.atMs)
    },
    resume(fromMs) {
      resumed = { fromMs, atMs: elapsedMs() }
    },
  }
}
