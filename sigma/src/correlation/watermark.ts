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
  readonly #latest = new Map<string, number>()
  #atMs: number | null = null

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
    const { latenessMs, sources, sourcesMax } = this.#options
    const isFirst = this.#latest.size === 0
    if (isFirst) for (const name of sources) this.#latest.set(name, timeMs)
    const isKnown = this.#latest.has(source) || this.#latest.size < sourcesMax
    const name = isKnown ? source : ''
    const before = this.#latest.get(name)
    if (before === undefined || before < timeMs) this.#latest.set(name, timeMs)
    else if (!isFirst) return
    const slowestMs = this.#latest.size === 1 ? timeMs : this.#slowest()
    this.advance(slowestMs - latenessMs)
  }

  advance(toMs: number): void {
    if (this.#atMs === null || toMs > this.#atMs) this.#atMs = toMs
  }

  /** The latest event of the slowest source; those that are idle are forgotten. */
  #slowest(): number {
    let fastest = Number.NEGATIVE_INFINITY
    for (const ms of this.#latest.values()) if (ms > fastest) fastest = ms
    let slowest = fastest
    for (const [source, ms] of this.#latest) {
      if (ms < fastest - this.#options.idleMs) this.#latest.delete(source)
      else if (ms < slowest) slowest = ms
    }
    return slowest
  }

  save(): WatermarkState {
    return { atMs: this.#atMs, latest: [...this.#latest] }
  }

  restore({ atMs, latest }: WatermarkState): void {
    this.#atMs = atMs
    this.#latest.clear()
    for (const [source, ms] of latest) this.#latest.set(source, ms)
  }
}
