import { admitsRatio, admitsWhole, wholeLimitsOf } from './decide.ts'
import type { Entry } from './entry.ts'
import type { Gauge } from './gauge.ts'
import { Plain } from './gauge-plain.ts'
import { type Amount, percentileOf, type Ratio, rankOf, scaledAmount, shown } from './number.ts'
import type { Limit, Plan } from './plan.ts'

/** Percentiles, exactly. The numbers are whole as long as all that came were, then scaled for good. */
export class Rank extends Plain implements Gauge {
  readonly #limits: readonly Limit[] | null
  #sorted: Amount[] = []
  #isWhole = true

  constructor(plan: Plan) {
    super(plan)
    this.#limits = wholeLimitsOf(plan.limits)
  }

  enter({ amount }: Entry): void {
    if (this.#isWhole && typeof amount === 'bigint') {
      this.#isWhole = false
      this.#sorted = this.#sorted.map(scaledAmount)
    }
    const number = this.#isWhole ? amount : scaledAmount(amount)
    const sorted = this.#sorted
    const place = this.#placeOf(number)
    // A window is short as a rule; `splice` makes a list each time of what it takes out.
    sorted.push(number)
    for (let at = sorted.length - 1; at > place; at--) sorted[at] = sorted[at - 1] as Amount
    sorted[place] = number
  }

  leave({ amount }: Entry): void {
    const sorted = this.#sorted
    const last = sorted.length - 1
    for (let at = this.#placeOf(this.#isWhole ? amount : scaledAmount(amount)); at < last; at++)
      sorted[at] = sorted[at + 1] as Amount
    sorted.pop()
  }

  holds(): boolean {
    if (this.#limits !== null && this.#isWhole) {
      const { at, isBetween } = rankOf(this.#sorted.length, this.plan.percentile)
      const low = this.#sorted[at] as number
      // Between two ranks only limits that lie there too need a fraction.
      if (!isBetween || this.#sorted[at + 1] === low) return admitsWhole(this.#limits, low, 1)
    }
    return admitsRatio(this.plan.limits, this.#ratio())
  }

  value(): number {
    return shown(this.#ratio())
  }

  #ratio(): Ratio {
    return percentileOf(this.#sorted, this.plan.percentile)
  }

  /** The first place whose number is not less. */
  #placeOf(number: Amount): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] as Amount) < number) low = middle + 1
      else high = middle
    }
    return low
  }
}
