import { widened } from './columns.ts'
import { admitsCount, admitsInputs } from './decide.ts'
import type { Gauge } from './gauge.ts'
import { Plain } from './gauge-plain.ts'
import type { Plan } from './plan.ts'
import type { Windows } from './windows.ts'

/** Which inputs came, for temporal rules. */
export class Presence extends Plain implements Gauge {
  /** For each group first how many of its inputs came, then how often each did. */
  #counts = new Int32Array(0)
  readonly #width: number

  constructor(plan: Plan, windows: Windows) {
    super(plan, windows)
    this.#width = 1 + plan.inputs.length
  }

  reserve(groups: number): void {
    this.#counts = widened(this.#counts, groups * this.#width)
  }

  enter(group: number, at: number): void {
    const row = group * this.#width
    for (const input of this.windows.rulesAt(at)) {
      if ((this.#counts[row + 1 + input] as number)++ === 0) (this.#counts[row] as number)++
    }
  }

  leave(group: number, at: number): void {
    const row = group * this.#width
    for (const input of this.windows.rulesAt(at)) {
      if (--(this.#counts[row + 1 + input] as number) === 0) (this.#counts[row] as number)--
    }
  }

  holds(group: number, _fromMs: number): boolean {
    const { condition, limits } = this.plan
    if (condition === null) return admitsCount(limits, this.#counts[group * this.#width] as number)
    return admitsInputs(this.plan, input => this.hasCome(group, input))
  }

  value(group: number, _fromMs: number): number {
    return this.#counts[group * this.#width] as number
  }

  protected hasCome(group: number, input: number): boolean {
    return (this.#counts[group * this.#width + 1 + input] as number) > 0
  }
}

/** In place of a time: no chain has reached the step. */
const none = Number.NaN

/**
 * How far the steps came in their order. For each step it knows the latest possible beginning of a
 * chain that has reached it, since that chain stays longest in a window that slides.
 */
export class Order extends Presence {
  /** For each group the beginnings of its steps. */
  #begins = new Float64Array(0)

  override reserve(groups: number): void {
    super.reserve(groups)
    const { length } = this.#begins
    this.#begins = widened(this.#begins, groups * this.plan.steps.length)
    this.#begins.fill(none, length)
  }

  override enter(group: number, at: number): void {
    super.enter(group, at)
    const { steps } = this.plan
    const rules = this.windows.rulesAt(at)
    const begins = this.#begins
    const row = group * steps.length
    // From the last step down, so that one event never takes two steps of one chain.
    for (let step = steps.length - 1; step >= 0; step--) {
      if (!rules.includes(steps[step] as number)) continue
      const begin = step === 0 ? this.windows.timeMs[at] : begins[row + step - 1]
      if (!Number.isNaN(begin)) begins[row + step] = begin as number
    }
  }

  override holds(group: number, fromMs: number): boolean {
    for (const input of this.plan.absent) if (this.hasCome(group, input)) return false
    return admitsCount(this.plan.limits, this.value(group, fromMs))
  }

  override value(group: number, fromMs: number): number {
    const { length } = this.plan.steps
    // What no chain has reached is not later than anything.
    for (let step = length; step > 0; step--)
      if ((this.#begins[group * length + step - 1] as number) >= fromMs) return step
    return 0
  }

  override save(group: number): readonly (number | null)[] {
    const { length } = this.plan.steps
    return Array.from(this.#begins.subarray(group * length, (group + 1) * length), begin =>
      Number.isNaN(begin) ? null : begin,
    )
  }

  override restore(group: number, saved: readonly (number | null)[]): void {
    const { length } = this.plan.steps
    for (let step = 0; step < length; step++)
      this.#begins[group * length + step] = saved[step] ?? none
  }
}
