import { admitsRatio, admitsWhole, exactUnderMax, wholeLimitsOf } from './decide.ts'
import type { Entry } from './entry.ts'
import type { Gauge } from './gauge.ts'
import { Plain } from './gauge-plain.ts'
import { type Amount, one, type Ratio, shown } from './number.ts'
import type { Limit, Plan } from './plan.ts'

/** Beyond it the sum of whole numbers is carried over: one more of them keeps it below 2^53. */
const wholeMax = 2 ** 52

/**
 * Sums and averages, exactly. Whole numbers are added as such and apart from all others, since most
 * are whole and adding large integers costs many times as much.
 */
export class Sum extends Plain implements Gauge {
  readonly #limits: readonly Limit[] | null
  readonly #isMean: boolean
  #whole = 0
  #scaled = 0n
  #count = 0

  constructor(plan: Plan) {
    super(plan)
    this.#limits = wholeLimitsOf(plan.limits)
    this.#isMean = plan.type === 'value_avg'
  }

  enter({ amount }: Entry): void {
    this.#count++
    this.#add(amount)
  }

  leave({ amount }: Entry): void {
    this.#count--
    this.#add(-amount)
  }

  holds(): boolean {
    const under = this.#isMean ? this.#count : 1
    const isWhole = this.#limits !== null && this.#scaled === 0n && under <= exactUnderMax
    if (isWhole) return admitsWhole(this.#limits as readonly Limit[], this.#whole, under)
    return admitsRatio(this.plan.limits, this.#ratio())
  }

  value(): number {
    return shown(this.#ratio())
  }

  #add(amount: Amount): void {
    if (typeof amount === 'bigint') this.#scaled += amount
    else this.#whole += amount
    if (Math.abs(this.#whole) < wholeMax) return
    this.#scaled += BigInt(this.#whole) * one
    this.#whole = 0
  }

  #ratio(): Ratio {
    const over = this.#scaled + BigInt(this.#whole) * one
    return { over, under: this.#isMean ? BigInt(this.#count) : 1n }
  }
}
