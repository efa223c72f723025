/** Random choices that a seed makes again. */
export type Random = Readonly<{
  /** From 0 up to and without `below`. */
  below(below: number): number
  chance(probability: number): boolean
  one<T>(choices: readonly T[]): T
  many<T>(from: number, to: number, make: () => T): T[]
}>

/** A generator of 32 bits (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    chance: probability => next() < probability,
    one: choices => choices[below(choices.length)] as (typeof choices)[number],
    many: (from, to, make) => Array.from({ length: from + below(to - from + 1) }, make),
  }
}
