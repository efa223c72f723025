import { widened } from './columns.ts'
import { admitsCount } from './decide.ts'
import type { Gauge } from './gauge.ts'
import { Plain } from './gauge-plain.ts'
import { Names } from './names.ts'
import { Pairs } from './pairs.ts'

/** How many values differ. */
export class ValueCount extends Plain implements Gauge {
  readonly #names = new Names()
  /** How often a group has a value. */
  readonly #pairs = new Pairs()
  #distinct = new Int32Array(0)

  reserve(groups: number): void {
    this.#distinct = widened(this.#distinct, groups)
  }

  enter(group: number, at: number): void {
    const value = this.#names.use(this.windows.values[at] as string)
    this.windows.numbers[at] = value
    if (this.#pairs.add(group, value) === 1) (this.#distinct[group] as number)++
  }

  leave(group: number, at: number): void {
    const value = this.windows.numbers[at] as number
    this.#names.letGo(value)
    if (this.#pairs.remove(group, value) === 0) (this.#distinct[group] as number)--
  }

  holds(group: number): boolean {
    return admitsCount(this.plan.limits, this.#distinct[group] as number)
  }

  value(group: number): number {
    return this.#distinct[group] as number
  }
}
