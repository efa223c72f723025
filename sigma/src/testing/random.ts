/** Numbers that look random and come again with the same seed. */
export type Random = Readonly<{
  /** A whole number from 0 up to, and without, `below`. */
  below: (below: number) => number
  /** True once in so many times. */
  once: (times: number) => boolean
  /** True with a probability from 0 to 1. */
  chance: (probability: number) => boolean
  pick: <T>(choices: readonly T[]) => T
  /** Up to `max` of what `make` makes, none included. */
  some: <T>(max: number, make: () => T) => T[]
  /** From `least` to `most` of what `make` makes. */
  many: <T>(least: number, most: number, make: () => T) => T[]
}>

/** The generator mulberry32: one 32-bit state, quick, and good enough to choose by. */
export function randomOf(seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  // Seeds that follow each other would begin alike.
  for (let round = 0; round < 3; round++) next()
  const below = (limit: number): number => next() % limit
  const pick = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T
  return {
    below,
    once: times => below(times) === 0,
    chance: probability => next() < probability * 2 ** 32,
    pick,
    some: (max, make) => Array.from({ length: below(max + 1) }, make),
    many: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make),
  }
}
