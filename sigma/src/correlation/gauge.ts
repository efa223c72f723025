import { admitsCount, admitsInputs } from './decide.ts'
import type { Entry } from './entry.ts'
import { Plain } from './gauge-plain.ts'
import { Rank } from './gauge-rank.ts'
import { Sum } from './gauge-sum.ts'
import type { Plan } from './plan.ts'

/**
 * What a group's window amounts to, kept up to date while occurrences enter and the oldest leave.
 * `fromMs` is where the window begins, `size` how many are in it.
 */
export type Gauge = {
  enter(entry: Entry): void
  leave(entry: Entry): void
  holds(fromMs: number, size: number): boolean
  value(fromMs: number, size: number): number
  /** What cannot be learnt again from the occurrences in the window; plain JSON. */
  save(): readonly (number | null)[]
  /** Nothing in place of what was saved is the beginning. */
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

/** The size of the window says it all, so one of it can serve all groups. */
class EventCount extends Plain implements Gauge {
  enter(): void {}

  leave(): void {}

  holds(_fromMs: number, size: number): boolean {
    return admitsCount(this.plan.limits, size)
  }

  value(_fromMs: number, size: number): number {
    return size
  }
}

class ValueCount extends Plain implements Gauge {
  readonly #counts = new Map<string, number>()

  enter({ value }: Entry): void {
    const key = value as string
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  leave({ value }: Entry): void {
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
  /** How many of the counts are not 0. */
  #come = 0

  constructor(plan: Plan) {
    super(plan)
    this.#counts = plan.inputs.map(() => 0)
  }

  enter({ rules }: Entry): void {
    for (const input of rules) if ((this.#counts[input] as number)++ === 0) this.#come++
  }

  leave({ rules }: Entry): void {
    for (const input of rules) if (--(this.#counts[input] as number) === 0) this.#come--
  }

  holds(): boolean {
    const { condition, limits } = this.plan
    if (condition === null) return admitsCount(limits, this.#come)
    return admitsInputs(this.plan, input => this.hasCome(input))
  }

  value(_fromMs: number): number {
    return this.#come
  }

  protected hasCome(input: number): boolean {
    return (this.#counts[input] as number) > 0
  }
}

/** In place of a time: no chain has reached the step. Numbers alone make the list a plain one. */
const none = Number.NaN

/**
 * How far the steps came in their order. For each step it knows the latest possible beginning of a
 * chain that has reached it, since that chain stays longest in a window that slides.
 */
class Order extends Presence {
  readonly #begins: number[]

  constructor(plan: Plan) {
    super(plan)
    this.#begins = plan.steps.map(() => none)
  }

  override enter(entry: Entry): void {
    super.enter(entry)
    const { steps } = this.plan
    const begins = this.#begins
    // From the last step down, so that one event never takes two steps of one chain.
    for (let step = steps.length - 1; step >= 0; step--) {
      if (!entry.rules.includes(steps[step] as number)) continue
      const begin = step === 0 ? entry.timeMs : (begins[step - 1] as number)
      if (!Number.isNaN(begin)) begins[step] = begin
    }
  }

  override holds(fromMs?: number): boolean {
    for (const input of this.plan.absent) if (this.hasCome(input)) return false
    return admitsCount(this.plan.limits, this.value(fromMs as number))
  }

  override value(fromMs: number): number {
    // What no chain has reached is not later than anything.
    for (let step = this.#begins.length - 1; step >= 0; step--)
      if ((this.#begins[step] as number) >= fromMs) return step + 1
    return 0
  }

  override save(): readonly (number | null)[] {
    return this.#begins.map(begin => (Number.isNaN(begin) ? null : begin))
  }

  override restore(saved?: readonly (number | null)[]): void {
    for (let step = 0; step < this.#begins.length; step++)
      this.#begins[step] = saved?.[step] ?? none
  }
}
