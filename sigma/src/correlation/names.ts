/** Texts that nobody uses and that keep their numbers: so many, and for each in use so many. */
const idleMin = 1_000
const idlePerUsed = 2

/**
 * Gives texts small numbers, by which tables speak of them. A text that nobody uses keeps its number
 * for a while, since most come again, and a `Map` that is filled and emptied all the time makes its
 * table anew again and again.
 */
export class Names {
  readonly #isUsed: (number: number) => boolean
  readonly #numbers = new Map<string, number>()
  /** By number; null where a number is free. */
  readonly #texts: (string | null)[] = []
  readonly #free: number[] = []
  /** Where the next idle text is looked for. Most are idle when one is, so it is not far. */
  #hand = 0

  /** `isUsed` says whether a number is in use. */
  constructor(isUsed: (number: number) => boolean) {
    this.#isUsed = isUsed
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

  /** A number for a text that has none, while so many are in use. */
  add(text: string, usedCount: number): number {
    // Two for one, so that they become fewer when fewer are in use.
    const idleMax = idleMin + idlePerUsed * usedCount
    for (let left = 2; left > 0 && this.#numbers.size - usedCount >= idleMax; left--) this.#forget()
    const number = this.#free.pop() ?? this.#texts.length
    this.#numbers.set(text, number)
    this.#texts[number] = text
    return number
  }

  /** Takes its number from a text that nobody uses; there must be one. */
  #forget(): void {
    for (;;) {
      const number = this.#hand
      this.#hand = number + 1 < this.#texts.length ? number + 1 : 0
      const text = this.#texts[number] as string | null
      if (text === null || this.#isUsed(number)) continue
      this.#numbers.delete(text)
      this.#texts[number] = null
      this.#free.push(number)
      return
    }
  }
}
