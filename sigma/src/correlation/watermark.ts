import type { CorrelateOptions } from './options.ts'

export type WatermarkState = Readonly<{
  atMs: number | null
  latest: readonly (readonly [string, number])[]
}>

/**
 * The time before which nothing is waited for: the latest event of the slowest source, less the
 * lateness allowed. It never goes back; null until the first event.
 */
export class Watermark {
  readonly #options: CorrelateOptions
  readonly #latest = new Map<string, { ms: number }>()
  #atMs: number | null = null
  /** The latest events of the fastest and of the slowest source when all were last looked at. */
  #fastestMs = Number.NaN
  #slowestMs = Number.NaN

  constructor(options: CorrelateOptions) {
    this.#options = options
  }

  get atMs(): number | null {
    return this.#atMs
  }

  isLate(timeMs: number): boolean {
    return this.#atMs !== null && timeMs < this.#atMs
  }

  /** Takes note of an event of a source, late or not. */
  see(source: string, timeMs: number): void {
    const { latenessMs, idleMs } = this.#options
    const known = this.#latest.get(source)
    if (known === undefined) this.#seeNew(source, timeMs)
    else {
      const beforeMs = known.ms
      if (beforeMs >= timeMs) return
      known.ms = timeMs
      // Of many sources most are not the slowest, and change nothing while none is idle.
      if (timeMs > this.#fastestMs) this.#fastestMs = timeMs
      const isOther = this.#latest.size > 1 && this.#slowestMs < beforeMs
      if (isOther && this.#slowestMs >= this.#fastestMs - idleMs) return
    }
    this.advance((this.#latest.size === 1 ? timeMs : this.#slowest()) - latenessMs)
  }

  #seeNew(source: string, timeMs: number): void {
    const { sources, sourcesMax } = this.#options
    const isFirst = this.#latest.size === 0
    if (isFirst) for (const name of sources) this.#latest.set(name, { ms: timeMs })
    const isRoom = this.#latest.has(source) || this.#latest.size < sourcesMax
    const name = isRoom ? source : ''
    const known = this.#latest.get(name)
    if (known === undefined) this.#latest.set(name, { ms: timeMs })
    else if (known.ms < timeMs) known.ms = timeMs
  }

  advance(toMs: number): void {
    if (this.#atMs === null || toMs > this.#atMs) this.#atMs = toMs
  }

  /** The latest event of the slowest source; those that are idle are forgotten. */
  #slowest(): number {
    let fastest = Number.NEGATIVE_INFINITY
    for (const { ms } of this.#latest.values()) if (ms > fastest) fastest = ms
    let slowest = fastest
    for (const [source, { ms }] of this.#latest) {
      if (ms < fastest - this.#options.idleMs) this.#latest.delete(source)
      else if (ms < slowest) slowest = ms
    }
    this.#fastestMs = fastest
    this.#slowestMs = slowest
    return slowest
  }

  save(): WatermarkState {
    return { atMs: this.#atMs, latest: Array.from(this.#latest, ([name, { ms }]) => [name, ms]) }
  }

  restore({ atMs, latest }: WatermarkState): void {
    this.#atMs = atMs
    this.#fastestMs = Number.NaN
    this.#slowestMs = Number.NaN
    this.#latest.clear()
    for (const [source, ms] of latest) this.#latest.set(source, { ms })
  }
}
