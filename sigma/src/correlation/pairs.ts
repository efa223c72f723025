const capacityMin = 64

/** What a cell has: the pair, and how often it is there; 0 if the cell is empty. */
const [oneOf, otherOf, countOf, cellWidth] = [0, 1, 2, 3]

/**
 * How often each pair of two small numbers is there. One table with linear probing, at most half full;
 * when a cell becomes empty those behind it move up, so that it never needs to be made anew.
 */
export class Pairs {
  #cells = new Int32Array(capacityMin * cellWidth)
  #mask = capacityMin - 1
  #size = 0
  // Another one each time, so that nobody can choose numbers that all meet in one place.
  readonly #seed = Math.floor(Math.random() * 2 ** 32) | 1

  /** How often it is there now, with this time. */
  add(one: number, other: number): number {
    const at = this.#find(one, other)
    const count = ++(this.#cells[at + countOf] as number)
    if (count > 1) return count
    this.#cells[at + oneOf] = one
    this.#cells[at + otherOf] = other
    if (++this.#size * 2 > this.#mask) this.#resize((this.#mask + 1) * 2)
    return 1
  }

  /** How often it is left; it must be there. */
  remove(one: number, other: number): number {
    const at = this.#find(one, other)
    const left = --(this.#cells[at + countOf] as number)
    if (left > 0) return left
    this.#size--
    this.#moveUp(at / cellWidth)
    if (this.#size * 16 < this.#mask && this.#mask >= capacityMin)
      this.#resize((this.#mask + 1) / 2)
    return 0
  }

  /** Where the cell of a pair begins, or the empty one where it belongs. */
  #find(one: number, other: number): number {
    const cells = this.#cells
    for (let place = this.#homeOf(one, other); ; place = (place + 1) & this.#mask) {
      const at = place * cellWidth
      if (cells[at + countOf] === 0) return at
      if (cells[at + otherOf] === other && cells[at + oneOf] === one) return at
    }
  }

  #homeOf(one: number, other: number): number {
    let mixed = Math.imul(one, 0x85ebca6b) ^ Math.imul(other, this.#seed)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
    return (mixed ^ (mixed >>> 13)) & this.#mask
  }

  /** Fills an empty cell with the next behind it that may stand there, and so on. */
  #moveUp(emptied: number): void {
    const cells = this.#cells
    const mask = this.#mask
    let empty = emptied
    for (let place = (empty + 1) & mask; ; place = (place + 1) & mask) {
      const at = place * cellWidth
      if (cells[at + countOf] === 0) return
      const home = this.#homeOf(cells[at + oneOf] as number, cells[at + otherOf] as number)
      // Nothing may come to stand before its home.
      if (((place - home) & mask) < ((place - empty) & mask)) continue
      const to = empty * cellWidth
      cells[to + oneOf] = cells[at + oneOf] as number
      cells[to + otherOf] = cells[at + otherOf] as number
      cells[to + countOf] = cells[at + countOf] as number
      cells[at + countOf] = 0
      empty = place
    }
  }

  #resize(capacity: number): void {
    const old = this.#cells
    this.#cells = new Int32Array(capacity * cellWidth)
    this.#mask = capacity - 1
    for (let from = 0; from < old.length; from += cellWidth) {
      if (old[from + countOf] === 0) continue
      const at = this.#find(old[from + oneOf] as number, old[from + otherOf] as number)
      this.#cells.set(old.subarray(from, from + cellWidth), at)
    }
  }
}
