import { createHash } from 'node:crypto'
import type { Entropy } from '../ledger/random.ts'

/** Chance that a seed decides, so that a list made with it can be made again, byte by byte. */
export type Random = Readonly<{
  /** A whole number from 0 to below `below`. */
  below(below: number): number
  /** True in so many of a hundred cases. */
  chance(percent: number): boolean
  pick<T>(from: readonly T[]): T
}>

/**
 * A stream of its own for each name: whoever draws more from his moves nobody else's. The generator is
 * sfc32 (public domain; PractRand finds nothing in it); its state is a hash of seed and name.
 */
export function createRandom(seed: number, name: string): Random {
  const hash = createHash('sha256').update(`okite/sample ${seed} ${name}`).digest()
  let [a, b, c, counter] = [0, 4, 8, 12].map(at => hash.readInt32LE(at)) as number[] as Four
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit)
  return {
    below,
    chance: percent => below(100) < percent,
    pick: from => from[below(from.length)] as (typeof from)[number],
  }
}

type Four = [number, number, number, number]

/** Salts and names of persons that follow from the seed: whoever knows it can open every commitment. */
export function createEntropy(seed: number): Entropy {
  let drawn = 0
  const draw = (sizeBytes: number): Buffer => {
    drawn += 1
    return secretOf(seed, `entropy ${drawn}`).subarray(0, sizeBytes)
  }
  return {
    salt: draw,
    uuid() {
      const hex = draw(16).toString('hex')
      // Version 4, variant 1 (RFC 9562 section 5.4).
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
    },
  }
}

/** 32 bytes for a purpose. They are secret to nobody who knows the seed. */
export const secretOf = (seed: number, purpose: string): Buffer =>
  createHash('sha256').update(`okite/sample/secret ${seed} ${purpose}`).digest()
