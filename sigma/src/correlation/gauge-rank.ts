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
    const place = this.#placeOf(number)
    if (place === this.#sorted.length) this.#sorted.push(number)
    else this.#sorted.splice(place, 0, number)
  }

  leave({ amount }: Entry): void {
    this.#sorted.splice(this.#placeOf(this.#isWhole ? amount : scaledAmount(amount)), 1)
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
