const capacityMin = 8

/** From so many on it is quicker to have a block moved than to move one after the other. */
const blockMin = 64

/** Whole numbers in order, with room to grow. */
export class Sorted {
  #numbers = new Float64Array(capacityMin)
  #size = 0

  get size(): number {
    return this.#size
  }

  at(place: number): number {
    return this.#numbers[place] as number
  }

  add(number: number): void {
    const size = this.#size
    if (size === this.#numbers.length) this.#resize(size * 2)
    const numbers = this.#numbers
    const place = placeIn(numbers, number, size)
    if (size - place >= blockMin) numbers.copyWithin(place + 1, place, size)
    else for (let at = size; at > place; at--) numbers[at] = numbers[at - 1] as number
    numbers[place] = number
    this.#size = size + 1
  }

  /** Takes one out that is there. */
  remove(number: number): void {
    const numbers = this.#numbers
    const left = this.#size - 1
    const place = placeIn(numbers, number, left)
    if (left - place >= blockMin) numbers.copyWithin(place, place + 1, left + 1)
    else for (let at = place; at < left; at++) numbers[at] = numbers[at + 1] as number
    this.#size = left
    if (left * 4 < numbers.length && numbers.length > capacityMin) this.#resize(numbers.length / 2)
  }

  clear(): void {
    this.#numbers = new Float64Array(capacityMin)
    this.#size = 0
  }

  toArray(): number[] {
    return Array.from(this.#numbers.subarray(0, this.#size))
  }

  #resize(capacity: number): void {
    const numbers = new Float64Array(capacity)
    numbers.set(this.#numbers.subarray(0, this.#size))
    this.#numbers = numbers
  }
}

/** The first place whose number is not less, among the first so many, which are sorted. */
export function placeIn<T extends number | bigint>(
  numbers: ArrayLike<T>,
  number: T,
  size: number,
): number {
  let low = 0
  let high = size
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] as T) < number) low = middle + 1
    else high = middle
  }
  return low
}
