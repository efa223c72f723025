import { admitsCount, admitsInputs, admitsRatio } from './decide.ts'
import { percentileOf, type Ratio, scaledOf, shown } from './number.ts'
import type { Occurrence } from './occurrence.ts'
import type { Plan } from './plan.ts'

/**
 * What a group's window amounts to, kept up to date while occurrences enter and the oldest leave.
 * `fromMs` is where the window begins.
 */
export type Gauge = {
  enter(occurrence: Occurrence): void
  leave(occurrence: Occurrence): void
  holds(fromMs: number): boolean
  value(fromMs: number): number
  /** What cannot be learnt again from the occurrences in the window; plain JSON. */
  save(): readonly (number | null)[]
  restore(saved: readonly (number | null)[]): void
}

export function gaugeOf(plan: Plan): Gauge {
  switch (plan.type) {
    case 'event_count':
      return new EventCount(plan)
    case 'value_count':
      return new ValueCount(plan)
    case 'temporal':
      return new Presence(plan)
    case 'temporal_ordered':
      return new Order(plan)
    case 'value_sum':
    case 'value_avg':
      return new Sum(plan)
    case 'value_percentile':
    case 'value_median':
      return new Rank(plan)
  }
}

/** A gauge whose state all comes from the occurrences in the window. */
class Plain {
  protected readonly plan: Plan

  constructor(plan: Plan) {
    this.plan = plan
  }

  save(): readonly number[] {
    return []
  }

  restore(): void {}
}

class EventCount extends Plain implements Gauge {
  #count = 0

  enter(): void {
    this.#count++
  }

  leave(): void {
    this.#count--
  }

  holds(): boolean {
    return admitsCount(this.plan.limits, this.#count)
  }

  value(): number {
    return this.#count
  }
}

class ValueCount extends Plain implements Gauge {
  readonly #counts = new Map<string, number>()

  enter({ value }: Occurrence): void {
    const key = value as string
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  leave({ value }: Occurrence): void {
    const key = value as string
    const left = (this.#counts.get(key) as number) - 1
    if (left === 0) this.#counts.delete(key)
    else this.#counts.set(key, left)
  }

  holds(): boolean {
    return admitsCount(this.plan.limits, this.#counts.size)
  }

  value(): number {
    return this.#counts.size
  }
}

/** Which inputs came, for temporal rules. */
class Presence extends Plain implements Gauge {
  readonly #counts: number[]

  constructor(plan: Plan) {
    super(plan)
    this.#counts = plan.inputs.map(() => 0)
  }

  enter({ rules }: Occurrence): void {
    for (const input of rules) (this.#counts[input] as number)++
  }

  leave({ rules }: Occurrence): void {
    for (const input of rules) (this.#counts[input] as number)--
  }

  holds(): boolean {
    return admitsInputs(this.plan, input => this.hasCome(input))
  }

  value(_fromMs: number): number {
    return this.#counts.filter(count => count > 0).length
  }

  protected hasCome(input: number): boolean {
    return (this.#counts[input] as number) > 0
  }
}

/**
 * How far the steps came in their order. For each step it knows the latest possible beginning of a
 * chain that has reached it, since that chain stays longest in a window that slides.
 */
class Order extends Presence {
  #begins: (number | null)[]

  constructor(plan: Plan) {
    super(plan)
    this.#begins = plan.steps.map(() => null)
  }

  override enter(occurrence: Occurrence): void {
    super.enter(occurrence)
    // From the last step down, so that one event never takes two steps of one chain.
    for (let step = this.#begins.length - 1; step >= 0; step--) {
      if (!occurrence.rules.includes(this.plan.steps[step] as number)) continue
      const begin = step === 0 ? occurrence.timeMs : (this.#begins[step - 1] as number | null)
      this.#begins[step] = begin ?? (this.#begins[step] as number | null)
    }
  }

  override holds(fromMs?: number): boolean {
    if (this.plan.absent.some(input => this.hasCome(input))) return false
    return admitsCount(this.plan.limits, this.value(fromMs as number))
  }

  override value(fromMs: number): number {
    const begins = this.#begins
    return begins.findLastIndex(begin => begin !== null && begin >= fromMs) + 1
  }

  override save(): readonly number[] {
    return this.#begins as number[]
  }

  override restore(saved?: readonly (number | null)[]): void {
    this.#begins = [...(saved ?? [])]
  }
}

class Sum extends Plain implements Gauge {
  #sum = 0n
  #count = 0n

  enter({ value }: Occurrence): void {
    this.#sum += scaledOf(value as string) as bigint
    this.#count++
  }

  leave({ value }: Occurrence): void {
    this.#sum -= scaledOf(value as string) as bigint
    this.#count--
  }

  holds(): boolean {
    return admitsRatio(this.plan.limits, this.#ratio())
  }

  value(): number {
    return shown(this.#ratio())
  }

  #ratio(): Ratio {
    return { over: this.#sum, under: this.plan.type === 'value_avg' ? this.#count : 1n }
  }
}

class Rank extends Plain implements Gauge {
  readonly #sorted: bigint[] = []

  enter({ value }: Occurrence): void {
    const number = scaledOf(value as string) as bigint
    this.#sorted.splice(this.#placeOf(number), 0, number)
  }

  leave({ value }: Occurrence): void {
    this.#sorted.splice(this.#placeOf(scaledOf(value as string) as bigint), 1)
  }

  holds(): boolean {
    return admitsRatio(this.plan.limits, percentileOf(this.#sorted, this.plan.percentile))
  }

  value(): number {
    return shown(percentileOf(this.#sorted, this.plan.percentile))
  }

  /** The first place whose number is not less. */
  #placeOf(number: bigint): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] as bigint) < number) low = middle + 1
      else high = middle
    }
    return low
  }
}
