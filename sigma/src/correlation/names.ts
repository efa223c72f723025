import { widened } from './columns.ts'
import { Queue } from './queue.ts'

/** Texts that are not in use and still have their numbers: so many, and as many as are in use. */
const idleMin = 1_000

/**
 * Gives texts small numbers, by which tables speak of them. A text that nobody uses keeps its number
 * for a while, since most come again, and a `Map` that is filled and emptied all the time makes its
 * table anew again and again.
 */
export class Names {
  readonly #numbers = new Map<string, number>()
  readonly #texts: string[] = []
  /** How many use each, by number. */
  #uses = new Int32Array(16)
  #usedCount = 0
  /** Numbers in the order in which they became idle, each once; some have come into use again. */
  readonly #idle = new Queue<number>()
  #isQueued = new Int32Array(16)
  /** Numbers without a text. */
  readonly #free: number[] = []

  /** How many texts are in use. */
  get usedCount(): number {
    return this.#usedCount
  }

  /** All numbers ever given are below it. */
  get end(): number {
    return this.#texts.length
  }

  textOf(number: number): string {
    return this.#texts[number] as string
  }

  /** The number of a text, in use or not; -1 if it has none. */
  find(text: string): number {
    return this.#numbers.get(text) ?? -1
  }

  /** One more uses a text; its number. */
  use(text: string): number {
    const number = this.#numbers.get(text) ?? this.#add(text)
    if ((this.#uses[number] as number)++ === 0) this.#usedCount++
    return number
  }

  /** One less uses it. */
  letGo(number: number): void {
    if (--(this.#uses[number] as number) > 0) return
    this.#usedCount--
    if (this.#isQueued[number] === 0) {
      this.#isQueued[number] = 1
      this.#idle.push(number)
    }
    while (this.#numbers.size > 3 * this.#usedCount + idleMin) this.#forget()
  }

  #add(text: string): number {
    const number = this.#free.pop() ?? this.#texts.length
    this.#numbers.set(text, number)
    this.#texts[number] = text
    this.#uses = widened(this.#uses, number + 1)
    this.#isQueued = widened(this.#isQueued, number + 1)
    return number
  }

  /** Takes its number from the text that has been idle for longest; one must be idle. */
  #forget(): void {
    for (;;) {
      const number = this.#idle.shift()
      this.#isQueued[number] = 0
      if ((this.#uses[number] as number) > 0) continue
      this.#numbers.delete(this.textOf(number))
      this.#texts[number] = ''
      this.#free.push(number)
      return
    }
  }
}
