import { widened } from './columns.ts'
import { admitsRatio, admitsWhole, exactUnderMax, wholeLimitsOf } from './decide.ts'
import type { Gauge } from './gauge.ts'
import { Plain } from './gauge-plain.ts'
import { one, type Ratio, scaledOf, shown } from './number.ts'
import type { Limit, Plan } from './plan.ts'
import type { Windows } from './windows.ts'

/** Beyond it the sum of whole numbers is carried over: one more of them keeps it below 2^53. */
const wholeMax = 2 ** 52

/**
 * Sums and averages, exactly. Whole numbers are added as such and apart from all others, since most
 * are whole and adding large integers costs many times as much.
 */
export class Sum extends Plain implements Gauge {
  readonly #limits: readonly Limit[] | null
  readonly #isMean: boolean
  #whole = new Float64Array(0)
  /** What is not whole, by group; those without stand not here. */
  readonly #scaled = new Map<number, bigint>()

  constructor(plan: Plan, windows: Windows) {
    super(plan, windows)
    this.#limits = wholeLimitsOf(plan.limits)
    this.#isMean = plan.type === 'value_avg'
  }

  reserve(groups: number): void {
    this.#whole = widened(this.#whole, groups)
  }

  enter(group: number, at: number): void {
    this.#add(group, at, 1)
  }

  leave(group: number, at: number): void {
    this.#add(group, at, -1)
  }

  holds(group: number): boolean {
    const under = this.#isMean ? this.windows.size(group) : 1
    const isWhole = this.#limits !== null && under <= exactUnderMax && !this.#scaled.has(group)
    if (!isWhole) return admitsRatio(this.plan.limits, this.#ratio(group))
    return admitsWhole(this.#limits as readonly Limit[], this.#whole[group] as number, under)
  }

  value(group: number): number {
    return shown(this.#ratio(group))
  }

  #add(group: number, at: number, sign: 1 | -1): void {
    const amount = this.windows.numbers[at] as number
    if (Number.isNaN(amount)) {
      const scaled = scaledOf(this.windows.values[at] as string) as bigint
      this.#addScaled(group, BigInt(sign) * scaled)
      return
    }
    const whole = (this.#whole[group] as number) + sign * amount
    const isCarried = Math.abs(whole) >= wholeMax
    this.#whole[group] = isCarried ? 0 : whole
    if (isCarried) this.#addScaled(group, BigInt(whole) * one)
  }

  #addScaled(group: number, amount: bigint): void {
    const sum = (this.#scaled.get(group) ?? 0n) + amount
    if (sum === 0n) this.#scaled.delete(group)
    else this.#scaled.set(group, sum)
  }

  #ratio(group: number): Ratio {
    const over = (this.#scaled.get(group) ?? 0n) + BigInt(this.#whole[group] as number) * one
    return { over, under: this.#isMean ? BigInt(this.windows.size(group)) : 1n }
  }
}
