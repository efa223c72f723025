import { bytesOf } from './bytes.ts'
import { type Frequencies, gramAt, gramHash } from './frequency.ts'
import { layout } from './layout.ts'
import type { KernelMemory } from './memory.ts'
import type { LiteralPredicate } from './predicate.ts'

/** A literal of a field and its number in the cell. */
export type Placed = Readonly<{ predicate: LiteralPredicate; number: number }>

/** One entry of a list of literals. `extra` means what the kind of list says. */
export type Entry = Readonly<{ bytes: Uint8Array; text: string; extra: number; number: number }>

const shortMax = 3

/** Writes the structure of one field, from which the kernel finds all of its literals. */
export function writeField(
  memory: KernelMemory,
  place: number,
  literals: readonly Placed[],
  frequencies: Frequencies,
): void {
  const entries = literals.map(({ predicate, number }) => ({
    how: predicate.how,
    entry: { bytes: bytesOf(predicate.text), text: predicate.text, extra: 0, number },
    isNumberOnly: predicate.isNumberOnly,
  }))
  const of = (how: LiteralPredicate['how']): Entry[] =>
    entries.filter(one => one.how === how).map(one => one.entry)
  const contains = of('contains')
  // Anything contains nothing.
  const any = [...of('any'), ...contains.filter(({ bytes }) => bytes.length === 0)]
  const grams = contains.filter(({ bytes }) => bytes.length > shortMax)
  const pairs = contains.filter(({ bytes }) => bytes.length > 1 && bytes.length <= shortMax)
  const singles = contains.filter(({ bytes }) => bytes.length === 1)
  const lengths = of('length').map(entry => ({ ...entry, extra: Number(entry.text) }))
  const exact = of('exact').map(entry => ({ ...entry, extra: 1 }))
  const suffix = of('suffix')
  const numbers = entries
    .filter(({ how }) => how === 'number')
    .map(({ entry, isNumberOnly }) => ({ ...entry, extra: isNumberOnly ? 1 : 0 }))
  const field = new FieldWriter(memory, place)
  if (any.length > 0) field.set(layout.FIELD_ANY, putList(memory, any), layout.HAS_ANY)
  if (suffix.length + exact.length > 0) {
    const { table, mask } = putTable(memory, [...suffix, ...exact], 'end')
    field.set(layout.FIELD_SUFFIX_TABLE, table, layout.HAS_SUFFIX)
    field.set(layout.FIELD_SUFFIX_MASK, mask)
    field.setLengths(layout.FIELD_SUFFIX_LENGTHS, suffix)
    field.setLengths(layout.FIELD_EXACT_LENGTHS, exact)
  }
  const prefix = of('prefix')
  if (prefix.length > 0) {
    const { table, mask } = putTable(memory, prefix, 'start')
    field.set(layout.FIELD_PREFIX_TABLE, table, layout.HAS_PREFIX)
    field.set(layout.FIELD_PREFIX_MASK, mask)
    field.setLengths(layout.FIELD_PREFIX_LENGTHS, prefix)
  }
  if (numbers.length > 0) {
    const { table, mask } = putTable(memory, numbers, 'start')
    field.set(layout.FIELD_NUMBER_TABLE, table, layout.HAS_NUMBER)
    field.set(layout.FIELD_NUMBER_MASK, mask)
  }
  if (grams.length > 0) writeGrams(memory, field, grams, frequencies)
  if (pairs.length > 0) writePairs(memory, field, pairs)
  if (singles.length > 0) {
    const lists = listsBy(memory, singles, 256, ({ bytes }) => bytes[0] as number)
    putHalves(memory, singles, 1)
    field.set(layout.FIELD_SINGLES, memory.putWords(lists), layout.HAS_SINGLE)
  }
  if (lengths.length > 0)
    field.set(layout.FIELD_LENGTHS, putList(memory, lengths), layout.HAS_LENGTH)
  const networks = of('network')
  if (networks.length > 0)
    field.set(layout.FIELD_NETWORKS, putNetworks(memory, networks), layout.HAS_NETWORK)
}

/** Networks of IPv4: address, mask, nothing, and predicate. */
function putNetworks(memory: KernelMemory, entries: readonly Entry[]): number {
  const words = [entries.length]
  for (const { text, number } of entries) {
    const [address = '', bits = ''] = text.split('/')
    words.push(Number(address), bits === '0' ? 0 : (-1 << (32 - Number(bits))) >>> 0, 0, number)
  }
  return memory.putWords(words)
}

class FieldWriter {
  readonly #memory: KernelMemory
  readonly #place: number

  constructor(memory: KernelMemory, place: number) {
    this.#memory = memory
    this.#place = place
  }

  set(offset: number, value: number, flag = 0): void {
    const { words } = this.#memory
    words[(this.#place + offset) / 4] = value
    const flags = (this.#place + layout.FIELD_FLAGS) / 4
    words[flags] = (words[flags] as number) | flag
  }

  /** 64 bits, of which those are set that are the length of a literal. */
  setLengths(offset: number, entries: readonly Entry[]): void {
    let bits = 0n
    for (const { bytes } of entries) bits |= 1n << BigInt(keyLength(bytes))
    this.set(offset, Number(bits & 0xffff_ffffn))
    this.set(offset + 4, Number(bits >> 32n))
  }
}

const keyLength = (bytes: Uint8Array): number => Math.min(bytes.length, layout.KEY_BYTES_MAX)

function putList(memory: KernelMemory, entries: readonly Entry[]): number {
  const words = [entries.length]
  for (const { bytes, text, extra, number } of entries)
    words.push(memory.literal(text, bytes), bytes.length, extra, number)
  return memory.putWords(words)
}

/** The hash of the first or last bytes, as the kernel makes it. */
function hashOf(bytes: Uint8Array, side: 'start' | 'end'): number {
  let hash = 0x811c9dc5
  for (let taken = 0; taken < keyLength(bytes); taken++) {
    const byte = bytes[side === 'start' ? taken : bytes.length - 1 - taken] as number
    hash = Math.imul(hash ^ byte, 0x01000193)
  }
  return (hash ^ (hash >>> 15)) >>> 0
}

/** A table of lists by hash and length, at most half full. */
function putTable(
  memory: KernelMemory,
  entries: readonly Entry[],
  side: 'start' | 'end',
): { table: number; mask: number } {
  const lists = new Map<string, { hash: number; length: number; entries: Entry[] }>()
  for (const entry of entries) {
    const hash = hashOf(entry.bytes, side)
    const length = keyLength(entry.bytes)
    const key = `${hash} ${length}`
    const list = lists.get(key) ?? { hash, length, entries: [] }
    list.entries.push(entry)
    lists.set(key, list)
  }
  const slots = powerOfTwo(lists.size * 2 + 1)
  const mask = slots - 1
  const table = new Uint32Array(slots * 3)
  for (const { hash, length, entries } of lists.values()) {
    let slot = hash & mask
    while (table[slot * 3 + 2] !== 0) slot = (slot + 1) & mask
    table.set([hash, length, putList(memory, entries)], slot * 3)
  }
  return { table: memory.putWords(table), mask }
}

function writeGrams(
  memory: KernelMemory,
  field: FieldWriter,
  entries: readonly Entry[],
  frequencies: Frequencies,
): void {
  const { bits, shift, lists, listShift } = putGrams(memory, entries, frequencies, gram => gram)
  field.set(layout.FIELD_GRAM_BITS, bits, layout.HAS_GRAM)
  field.set(layout.FIELD_GRAM_SHIFT, shift)
  field.set(layout.FIELD_GRAM_LISTS, lists)
  field.set(layout.FIELD_GRAM_LIST_SHIFT, listShift)
}

/** Lists of literals by the rarest four bytes of each, and bits that say where there is none. */
export function putGrams(
  memory: KernelMemory,
  entries: readonly Entry[],
  frequencies: Frequencies,
  change: (gram: number) => number,
): { bits: number; shift: number; lists: number; listShift: number } {
  const bitCount = Math.min(18, Math.max(10, Math.ceil(Math.log2(entries.length * 24))))
  const listBits = Math.max(1, Math.ceil(Math.log2(entries.length * 2)))
  const bits = new Uint8Array(2 ** (bitCount - 3))
  const buckets = new Map<number, Entry[]>()
  for (const entry of entries) {
    const offset = frequencies.rarestGram(entry.bytes)
    const hash = gramHash(change(gramAt(entry.bytes, offset)))
    const bit = hash >>> (32 - bitCount)
    bits[bit >>> 3] = (bits[bit >>> 3] as number) | (1 << (bit & 7))
    const bucket = hash >>> (32 - listBits)
    const list = buckets.get(bucket) ?? []
    list.push({ ...entry, extra: offset })
    buckets.set(bucket, list)
  }
  const lists = new Uint32Array(2 ** listBits)
  for (const [bucket, list] of buckets) lists[bucket] = putList(memory, list)
  return {
    bits: memory.put(bits),
    shift: 32 - bitCount,
    lists: memory.putWords(lists),
    listShift: 32 - listBits,
  }
}

const pairLists = 1_024

function writePairs(memory: KernelMemory, field: FieldWriter, entries: readonly Entry[]): void {
  const bits = new Uint8Array(65_536 / 8)
  const pairOf = ({ bytes }: Entry): number => (bytes[0] as number) | ((bytes[1] as number) << 8)
  for (const entry of entries) {
    const pair = pairOf(entry)
    bits[pair >>> 3] = (bits[pair >>> 3] as number) | (1 << (pair & 7))
  }
  const lists = listsBy(memory, entries, pairLists, entry => gramHash(pairOf(entry)) >>> 22)
  putHalves(memory, entries, 2)
  field.set(layout.FIELD_PAIR_BITS, memory.put(bits), layout.HAS_PAIR)
  field.set(layout.FIELD_PAIR_LISTS, memory.putWords(lists))
}

const buckets = 8

const orderOf = (bytes: Uint8Array): number => bytes.reduce((order, byte) => order * 256 + byte, 0)

/**
 * Tables by which a byte, from its two halves, is in some of eight buckets: for each of the first bytes of
 * the literals two of 16 bytes. What is put next stands right behind them.
 */
function putHalves(memory: KernelMemory, entries: readonly Entry[], count: number): void {
  const tables = new Uint8Array(count * 32)
  const firsts = new Map(
    entries.map(({ bytes }) => [bytes.subarray(0, count).join(), bytes.subarray(0, count)]),
  )
  // Neighbours in order look alike, so a bucket of neighbours lets little else through.
  const ordered = [...firsts.values()].toSorted((a, b) => orderOf(a) - orderOf(b))
  for (const [index, bytes] of ordered.entries()) {
    const bucket = 1 << Math.floor((index * buckets) / ordered.length)
    for (const [at, byte] of bytes.entries())
      for (const place of [at * 32 + (byte & 15), at * 32 + 16 + (byte >> 4)])
        tables[place] = (tables[place] as number) | bucket
  }
  memory.put(tables)
}

/** The places of so many lists, 0 for those that are empty. */
function listsBy(
  memory: KernelMemory,
  entries: readonly Entry[],
  count: number,
  bucketOf: (entry: Entry) => number,
): Uint32Array {
  const buckets = new Map<number, Entry[]>()
  for (const entry of entries) {
    const bucket = bucketOf(entry)
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), entry])
  }
  const lists = new Uint32Array(count)
  for (const [bucket, list] of buckets) lists[bucket] = putList(memory, list)
  return lists
}

/** The least power of two that is not less. */
export const powerOfTwo = (atLeast: number): number =>
  2 ** Math.ceil(Math.log2(Math.max(2, atLeast)))
