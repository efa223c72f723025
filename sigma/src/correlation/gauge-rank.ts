import { admitsBetween, admitsRatio, admitsWhole, wholeLimitsOf } from './decide.ts'
import type { Gauge } from './gauge.ts'
import { Plain } from './gauge-plain.ts'
import {
  between,
  percentileOf,
  type Ratio,
  rankOf,
  scaledAmount,
  scaledOf,
  shown,
} from './number.ts'
import type { Limit, Plan } from './plan.ts'
import { placeIn, Sorted } from './sorted.ts'
import type { Windows } from './windows.ts'

/** Percentiles, exactly. The numbers of a window are whole until another comes, then scaled until it is empty. */
export class Rank extends Plain implements Gauge {
  readonly #limits: readonly Limit[] | null
  /** By group. */
  readonly #whole: Sorted[] = []
  /** Of groups whose windows are not whole, in place of the others. */
  readonly #scaled = new Map<number, bigint[]>()

  constructor(plan: Plan, windows: Windows) {
    super(plan, windows)
    this.#limits = wholeLimitsOf(plan.limits)
  }

  reserve(groups: number): void {
    while (this.#whole.length < groups) this.#whole.push(new Sorted())
  }

  enter(group: number, at: number): void {
    const number = this.windows.numbers[at] as number
    const isWhole = !Number.isNaN(number) && !this.#isScaled(group)
    if (isWhole) this.#wholeOf(group).add(number)
    else {
      const sorted = this.#scaledOf(group)
      const scaled = this.#scaledAt(at)
      sorted.splice(placeIn(sorted, scaled, sorted.length), 0, scaled)
    }
  }

  leave(group: number, at: number): void {
    if (!this.#isScaled(group)) {
      this.#wholeOf(group).remove(this.windows.numbers[at] as number)
      return
    }
    const sorted = this.#scaledOf(group)
    sorted.splice(placeIn(sorted, this.#scaledAt(at), sorted.length), 1)
    if (sorted.length === 0) this.#scaled.delete(group)
  }

  holds(group: number): boolean {
    const decided =
      this.#limits !== null && !this.#isScaled(group) ? this.#decide(group, this.#limits) : null
    return decided ?? admitsRatio(this.plan.limits, this.#ratio(group))
  }

  value(group: number): number {
    return shown(this.#ratio(group))
  }

  /** Whether whole numbers are within limits, null if that takes a fraction. */
  #decide(group: number, limits: readonly Limit[]): boolean | null {
    const sorted = this.#wholeOf(group)
    const { at, rest } = rankOf(sorted.size, this.plan.percentile)
    const low = sorted.at(at)
    if (rest === 0 || sorted.at(at + 1) === low) return admitsWhole(limits, low, 1)
    return admitsBetween(limits, low, sorted.at(at + 1))
  }

  #ratio(group: number): Ratio {
    const { percentile } = this.plan
    const scaled = this.#scaled.get(group)
    if (scaled !== undefined) return percentileOf(scaled, percentile)
    const sorted = this.#wholeOf(group)
    const { at, rest } = rankOf(sorted.size, percentile)
    return between(sorted.at(at), sorted.at(rest === 0 ? at : at + 1), rest)
  }

  #isScaled(group: number): boolean {
    return this.#scaled.size > 0 && this.#scaled.has(group)
  }

  #wholeOf(group: number): Sorted {
    return this.#whole[group] as Sorted
  }

  /** The scaled numbers of a window, which are made of the whole ones when they are first needed. */
  #scaledOf(group: number): bigint[] {
    const known = this.#scaled.get(group)
    if (known !== undefined) return known
    const whole = this.#wholeOf(group)
    const scaled = whole.toArray().map(scaledAmount)
    whole.clear()
    this.#scaled.set(group, scaled)
    return scaled
  }

  #scaledAt(at: number): bigint {
    const number = this.windows.numbers[at] as number
    if (!Number.isNaN(number)) return scaledAmount(number)
    return scaledOf(this.windows.values[at] as string) as bigint
  }
}
