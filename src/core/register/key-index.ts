import { hash } from 'node:crypto'

/** Of SHA-256: two keys of a register that share 96 bits do not exist. */
const hashWords = 3

/**
 * A number for each of very many keys: 16 bytes a place, whatever the keys are, so that a million rows
 * are compared with each other in 64 MiB. Its fields belong to one import and end with it.
 */
export class KeyIndex {
  private places = 1 << 12
  private words = new Uint32Array(this.places * hashWords)
  private values = new Uint32Array(this.places)
  private count = 0

  get size(): number {
    return this.count
  }

  /** The number that stands there, or null; then `value`, which is above 0, stands there from now on. */
  put(key: string, value: number): number | null {
    if (this.count * 3 > this.places * 2) this.grow()
    const digest = hash('sha256', key, 'buffer')
    const [a, b, c] = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)]
    const place = this.find(a, b, c)
    const found = this.values[place] ?? 0
    if (found !== 0) return found
    this.set(place, a, b, c, value)
    this.count += 1
    return null
  }

  has(key: string): boolean {
    const digest = hash('sha256', key, 'buffer')
    const place = this.find(digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8))
    return this.values[place] !== 0
  }

  private find(a: number, b: number, c: number): number {
    for (let place = a % this.places; ; place = (place + 1) % this.places) {
      const at = place * hashWords
      if (this.values[place] === 0) return place
      const { words } = this
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c) return place
    }
  }

  private set(place: number, a: number, b: number, c: number, value: number): void {
    this.words.set([a, b, c], place * hashWords)
    this.values[place] = value
  }

  private grow(): void {
    const { words, values } = this
    this.places *= 2
    this.words = new Uint32Array(this.places * hashWords)
    this.values = new Uint32Array(this.places)
    for (const [at, value] of values.entries()) {
      if (value === 0) continue
      const [a = 0, b = 0, c = 0] = words.subarray(at * hashWords, (at + 1) * hashWords)
      this.set(this.find(a, b, c), a, b, c, value)
    }
  }
}
