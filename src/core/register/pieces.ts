import { setImmediate as turn } from 'node:timers/promises'

/**
 * Work on a whole register in pieces of some ten milliseconds, between which everybody else has his turn:
 * a register of 10⁵ entries takes a third of a second to be put in order.
 */

/** Each is compared a dozen times, and where keys are equal twice as often. */
const sortCount = 1_000
/** Compared once, or made into a key. */
const mergeCount = 5_000
/** Only looked into: a third of a microsecond each, and more. */
const lookCount = 25_000

/** All in order, as by `sort`; what is given stays as it is. */
export async function sortedInPieces<T>(
  all: readonly T[],
  compare: (a: T, b: T) => number,
): Promise<T[]> {
  let runs: T[][] = []
  for (let from = 0; from < all.length; from += sortCount) {
    runs.push(all.slice(from, from + sortCount).sort(compare))
    await turn()
  }
  while (runs.length > 1) {
    const merged: T[][] = []
    for (let nth = 0; nth < runs.length; nth += 2) {
      const [one = [], other] = runs.slice(nth, nth + 2)
      merged.push(other === undefined ? one : await mergedInPieces(one, other, compare))
    }
    runs = merged
  }
  return runs[0] ?? []
}

async function mergedInPieces<T>(
  one: readonly T[],
  other: readonly T[],
  compare: (a: T, b: T) => number,
): Promise<T[]> {
  const merged: T[] = []
  let [left, right] = [0, 0]
  while (left < one.length && right < other.length) {
    // Of equal ones the first stays the first.
    if (compare(one[left] as T, other[right] as T) <= 0) merged.push(one[left++] as T)
    else merged.push(other[right++] as T)
    if (merged.length % mergeCount === 0) await turn()
  }
  return merged.concat(one.slice(left), other.slice(right))
}

export async function mappedInPieces<T, U>(all: readonly T[], map: (one: T) => U): Promise<U[]> {
  const mapped: U[] = []
  for (const [nth, one] of all.entries()) {
    if (nth % mergeCount === mergeCount - 1) await turn()
    mapped.push(map(one))
  }
  return mapped
}

export async function filteredInPieces<T>(
  all: readonly T[],
  test: (one: T) => boolean,
): Promise<T[]> {
  const found: T[] = []
  for (let from = 0; from < all.length; from += lookCount) {
    if (from > 0) await turn()
    for (const one of all.slice(from, from + lookCount)) if (test(one)) found.push(one)
  }
  return found
}
