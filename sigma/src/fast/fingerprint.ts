import { fold } from '../fold.ts'
import type { Frequencies } from './frequency.ts'
import type { KernelMemory } from './memory.ts'
import type { KeywordPredicate } from './predicate.ts'
import { requiredTexts } from './regex/required.ts'
import { putGrams } from './tables.ts'

/** Characters that JSON writes as they are: no quotes, slashes and control characters. */
const plain = /[a-z0-9 _.:,;=+\-()[\]{}<>@#$%^&*!?'`~|]+/g

const lengthMin = 2
const lengthMax = 16

/** The two characters outside ASCII that fold into it, U+212A and U+017F, as they stand in UTF-8. */
const foldIntoAscii = [Uint8Array.of(0xe2, 0x84, 0xaa), Uint8Array.of(0xc5, 0xbf)]

/**
 * Texts of which a line has one, whatever the case, if the keyword is in it; '' is a byte that is not
 * ASCII. Null if there are none.
 */
export function fingerprintsOf(matcher: KeywordPredicate['matcher']): readonly string[] | null {
  if (matcher.kind === 'regex') {
    const found = (requiredTexts(matcher.regex)[0] ?? []).map(best)
    return found.length > 0 && found.every(text => text !== null) ? found : null
  }
  const literals = matcher.pattern.map(part => (typeof part === 'string' ? fold(part) : ''))
  const longest = literals.reduce((text, part) => (rank(part) > rank(text) ? part : text), '')
  const found = best(longest)
  if (found !== null) return [found]
  return literals.some(part => /[^\0-\x7f]/.test(part)) ? [''] : null
}

const rank = (text: string): number => best(text)?.length ?? 0

function best(text: string): string | null {
  const runs = text.match(plain) ?? []
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  return longest.length < lengthMin ? null : longest.slice(0, lengthMax)
}

const buckets = 8
/**
 * Six tables of 16 bytes; the places of the buckets, and of the numbers for what is not ASCII; and
 * the table of runs of four bytes.
 */
const tableBytes = 16 * 6 + buckets * 4 + 4 + 16
/** More would fill the tables of halves, so that they let everything through. */
const inBucketsMax = 28

/** A fingerprint and its number in the cell. */
export type PlacedFingerprint = Readonly<{ text: string; number: number }>

/** In place of a number: what is found folds into ASCII. */
const unsure = 0xffff_ffff

/** Writes what the kernel looks for fingerprints with. */
export function writeFingerprints(
  memory: KernelMemory,
  fingerprints: readonly PlacedFingerprint[],
  frequencies: Frequencies,
): number {
  const encoder = new TextEncoder()
  const whole = fingerprints
    .filter(({ text }) => text !== '')
    .map(({ text, number }) => {
      const bytes = encoder.encode(text)
      const offset = frequencies.cheapestThree(bytes)
      return { bytes, offset, number, key: text.slice(offset) }
    })
    // Neighbours in order look alike, so a bucket of neighbours lets little else through.
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const isMany = whole.length > inBucketsMax
  const all = isMany ? whole.filter(({ bytes }) => bytes.length < 4) : whole
  const table = new Uint8Array(tableBytes)
  const perBucket = Math.max(1, Math.ceil(all.length / (buckets - 1)))
  const lists = Array.from({ length: buckets }, (_, bucket) =>
    bucket === buckets - 1
      ? foldIntoAscii.map(bytes => ({ bytes, offset: 0, number: unsure }))
      : all.slice(bucket * perBucket, (bucket + 1) * perBucket),
  )
  for (const [bucket, list] of lists.entries()) {
    for (const { bytes, offset } of list)
      for (let at = 0; at < 3; at++) allow(table, bucket, at, bytes[offset + at])
  }
  const places = lists.map(list =>
    memory.putWords([
      list.length,
      ...list.flatMap(({ bytes, offset, number }) => [
        memory.literal(`bytes ${bytes.join()}`, bytes),
        bytes.length,
        offset,
        number,
      ]),
    ]),
  )
  const notAscii = fingerprints.filter(({ text }) => text === '').map(({ number }) => number)
  places.push(memory.putWords([notAscii.length, ...notAscii]))
  if (isMany) {
    const entries = whole
      .filter(({ bytes }) => bytes.length >= 4)
      .map(({ bytes, number }) => ({ bytes, text: `bytes ${bytes.join()}`, extra: 0, number }))
    const grams = putGrams(memory, entries, frequencies, lower)
    places.push(grams.bits, grams.shift, grams.lists, grams.listShift)
  }
  const place = memory.put(table)
  memory.words.set(places, (place + 96) / 4)
  return place
}

/** As the kernel makes letters of both cases alike. */
const lower = (gram: number): number => (gram | ((gram & 0x40404040) >>> 1)) >>> 0

/** Lets a byte at one of three places through to a bucket; any byte if the fingerprint has ended. */
function allow(table: Uint8Array, bucket: number, at: number, byte: number | undefined): void {
  const low = at * 32
  const high = low + 16
  const set = (place: number): void => {
    table[place] = (table[place] as number) | (1 << bucket)
  }
  if (byte === undefined) {
    for (let half = 0; half < 16; half++) {
      set(low + half)
      set(high + half)
    }
    return
  }
  const isLetter = byte >= 0x61 && byte <= 0x7a
  for (const one of isLetter ? [byte, byte - 0x20] : [byte]) {
    set(low + (one & 15))
    set(high + (one >> 4))
  }
}
