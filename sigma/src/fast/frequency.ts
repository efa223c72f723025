import { bytesOf } from './bytes.ts'
import type { Predicate } from './predicate.ts'

/** How much the guess weighs against what was seen, in events. */
const guessEvents = 200

/** Places of the tables of runs of two, three and four bytes. */
const gramPlaces = 65_536

/** To look at three bytes closely is so much more work than to see two. */
const lookCost = 20

/**
 * What the stream has taught: how often predicates held, and how often runs of a few bytes occur.
 * Only the choice of what is looked for first depends on it, never an answer.
 */
export class Frequencies {
  readonly #seen = new Map<string, { hits: number; events: number }>()
  // An engine that has seen nothing, as most in tests, has no tables.
  #grams: Uint32Array | null = null
  #gramCount = 0
  #runs: { pairs: Uint32Array; threes: Uint32Array } | null = null
  #lineBytes = 0

  /** In how many of so many events the predicate held. */
  learn(predicate: Predicate, hits: number, events: number): void {
    const known = this.#seen.get(predicate.key) ?? { hits: 0, events: 0 }
    known.hits += hits
    known.events += events
    this.#seen.set(predicate.key, known)
  }

  /** The runs of a folded text. */
  learnText(bytes: Uint8Array): void {
    this.#grams ??= new Uint32Array(gramPlaces)
    for (let at = 0; at + 4 <= bytes.length; at++) {
      const place = gramHash(gramAt(bytes, at)) >>> 16
      this.#grams[place] = (this.#grams[place] as number) + 1
    }
    this.#gramCount += Math.max(0, bytes.length - 3)
  }

  /** The runs of a line as it stands, whatever the case of its letters. */
  learnLine(bytes: Uint8Array): void {
    this.#runs ??= { pairs: new Uint32Array(gramPlaces), threes: new Uint32Array(gramPlaces) }
    const { pairs, threes } = this.#runs
    let run = 0
    for (const byte of bytes) {
      run = ((run << 8) | (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)) & 0xff_ffff
      const [pair, three] = [(run >> 8) & 0xffff, gramHash(run) >>> 16]
      pairs[pair] = (pairs[pair] as number) + 1
      threes[three] = (threes[three] as number) + 1
    }
    this.#lineBytes += bytes.length
  }

  /** The chance that it holds for an event. */
  chanceOf(predicate: Predicate): number {
    const guess = guessOf(predicate)
    const seen = this.#seen.get(predicate.key)
    if (!seen) return guess
    return (seen.hits + guess * guessEvents) / (seen.events + guessEvents)
  }

  /** Where the rarest four bytes of a literal of at least four begin. */
  rarestGram(bytes: Uint8Array): number {
    let best = 0
    let least = Number.POSITIVE_INFINITY
    for (let at = 0; at + 4 <= bytes.length; at++) {
      const seen = this.#grams?.[gramHash(gramAt(bytes, at)) >>> 16] ?? 0
      const chance = (seen + guessOfGram(bytes, at) * 1e4) / (this.#gramCount + 1e4)
      if (chance < least) {
        least = chance
        best = at
      }
    }
    return best
  }

  /**
   * Where three bytes begin that are cheap to look for in lines by the first two of them; 0 if there are not
   * that many.
   */
  cheapestThree(bytes: Uint8Array): number {
    let best = 0
    let least = Number.POSITIVE_INFINITY
    const chanceOf = (seen: number, guess: number): number =>
      (seen + guess * 1e4) / (this.#lineBytes + 1e4)
    for (let at = 0; at + 3 <= bytes.length; at++) {
      const pair = ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
      const three = gramHash((pair << 8) | (bytes[at + 2] as number)) >>> 16
      const cost =
        chanceOf(this.#runs?.pairs[pair] ?? 0, guessOfRun(bytes, at, at + 2)) +
        lookCost * chanceOf(this.#runs?.threes[three] ?? 0, guessOfRun(bytes, at, at + 3))
      if (cost < least) {
        least = cost
        best = at
      }
    }
    return best
  }
}

export const gramAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)) >>>
  0

/** As the kernel hashes them. */
export const gramHash = (gram: number): number => Math.imul(gram, 0x9e3779b1) >>> 0

/** Letters from the most frequent on, in paths, commands and English alike. */
const letters = 'etaoinsrcmdlpuwfhgybvkxqjz'

const guessOfGram = (bytes: Uint8Array, at: number): number => guessOfRun(bytes, at, at + 4)

function guessOfRun(bytes: Uint8Array, from: number, to: number): number {
  let chance = 1
  for (let at = from; at < to; at++) chance *= guessOfByte(bytes[at] as number)
  return chance
}

/** Places in a value where a text may stand, and how much less rare words are than their letters. */
const valuePlaces = 300
const linePlaces = 600
const likeness = 0.7

function guessOfText(text: string, places: number): number {
  const bytes = bytesOf(text)
  return Math.min(0.5, places * guessOfRun(bytes, 0, bytes.length) ** likeness)
}

function guessOfByte(byte: number): number {
  const rank = letters.indexOf(String.fromCharCode(byte))
  if (rank >= 0) return 0.1 / (1 + rank / 4)
  if (byte === 0x5c || byte === 0x20 || byte === 0x2e) return 0.06
  return byte >= 0x30 && byte <= 0x39 ? 0.02 : 0.01
}

/** What stands at an end, or alone, is more often something usual than what stands anywhere. */
function guessOf(predicate: Predicate): number {
  if (predicate.kind === 'fingerprint')
    return predicate.text === '' ? 0.3 : guessOfText(predicate.text, linePlaces)
  if (predicate.kind !== 'literal') return 1
  const { how, text } = predicate
  switch (how) {
    case 'any':
      return 0.9
    case 'number':
    case 'length':
    case 'network':
      return 0.3
    case 'contains':
      return guessOfText(text, valuePlaces)
    case 'exact':
      return 0.005 + 1.5 * 2 ** (-text.length / 2)
    case 'suffix':
    case 'prefix':
      return 0.002 + 0.8 * 2 ** (-text.length / 2)
  }
}
