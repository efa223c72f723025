import { widened } from './columns.ts'
import { admitsCount } from './decide.ts'
import type { Gauge } from './gauge.ts'
import { Plain } from './gauge-plain.ts'
import { Names } from './names.ts'
import { Pairs } from './pairs.ts'

/** How many values differ. */
export class ValueCount extends Plain implements Gauge {
  /** How many occurrences have a value, by its number; how many values there are. */
  #uses = new Int32Array(0)
  #usedCount = 0
  readonly #names = new Names(number => (this.#uses[number] as number) > 0)
  /** How often a group has a value. */
  readonly #pairs = new Pairs()
  #distinct = new Int32Array(0)

  reserve(groups: number): void {
    this.#distinct = widened(this.#distinct, groups)
  }

  enter(group: number, at: number): void {
    const value = this.#use(this.windows.values[at] as string)
    this.windows.numbers[at] = value
    if (this.#pairs.add(group, value) === 1) (this.#distinct[group] as number)++
  }

  leave(group: number, at: number): void {
    const value = this.windows.numbers[at] as number
    if (--(this.#uses[value] as number) === 0) this.#usedCount--
    if (this.#pairs.remove(group, value) === 0) (this.#distinct[group] as number)--
  }

  #use(text: string): number {
    const known = this.#names.find(text)
    const number = known < 0 ? this.#names.add(text, this.#usedCount) : known
    this.#uses = widened(this.#uses, this.#names.end)
    if ((this.#uses[number] as number)++ === 0) this.#usedCount++
    return number
  }

  holds(group: number): boolean {
    return admitsCount(this.plan.limits, this.#distinct[group] as number)
  }

  value(group: number): number {
    return this.#distinct[group] as number
  }
}
