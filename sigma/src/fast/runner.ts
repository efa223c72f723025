import { parseDecimal } from '../decimal.ts'
import { readJson } from '../event/json.ts'
import { readEvent } from '../event/read.ts'
import { compactJson, type SigmaEvent } from '../event/value.ts'
import { fold } from '../fold.ts'
import type { EventSource } from '../rule/logsource.ts'
import { LazyAsker } from './asker.ts'
import { bytesOf, textOfAscii, textOfBytes } from './bytes.ts'
import type { Cell } from './cell.ts'
import { Cells, type CompiledRule } from './cells.ts'
import type { Frequencies } from './frequency.ts'
import { type KernelExports, putFolds, startKernel, status } from './kernel.ts'
import { layout } from './layout.ts'
import type { KernelMemory } from './memory.ts'
import type { Nodes } from './nodes.ts'
import { canonicalNumber } from './number.ts'

/** A match in a run of lines: its number, and where the line stands in what was given. */
export type RunMatch = Readonly<{ rule: number; line: number; start: number; end: number }>

/** What the runner tells its owner while it works. */
export type RunnerEvents = Readonly<{
  /** The budget did not last for a rule and a line: there is no verdict. */
  onOverBudget(rule: number): void
  /** Steps beyond finding literals that a rule has cost. */
  onCost(rule: number, steps: number): void
  /** The event is none, or too large or too deep: the error of `readEvent`. */
  onRefused(error: unknown, line: number): void
  /** The kernel cannot take the event, and the plain evaluator has to. */
  plain(event: Uint8Array, source: EventSource | undefined): readonly number[]
}>

export type RunnerOptions = Readonly<{ stepsMax: number; isQuarantined(rule: number): boolean }>

/** Events of a cell, how often each predicate held, and evaluations and steps of each rule in the kernel. */
export type Counts = Readonly<{
  events: number
  hits: Uint32Array
  evaluations: Uint32Array
  steps: Float64Array
}>

const tokensMax = 65_536
const keyPlaceBytes = 1_024
const routeKeyBytes = 8_192
const frameBytes = 16 * 300
/** Keys of sources that are remembered; an event could bring ever new ones. */
const routesMax = 8_192
const routeSlots = 4 * routesMax
const routeKeysBytes = 1 << 20
const emptyCell = 1
/** Blocks of lines are copied to the kernel one at a time. */
const blockBytes = 1 << 18
const slack = 64
const regionBytes = 65_536
const cacheLineBytes = 64

/** A line by its number, and where it stands in the memory of the kernel. */
type Line = Readonly<{ line: number; start: number; end: number }>

/** A place for events, which grows with them. */
type Region = { at: number; size: number }

/** Drives the kernel over events, and does what the kernel leaves to its host. */
export class Runner {
  readonly #cells: Cells
  readonly #events: RunnerEvents
  readonly #options: RunnerOptions
  readonly #kernel: KernelExports
  readonly #asker: LazyAsker
  readonly #memory: KernelMemory
  readonly #sourceIds = new Map<string, number>()
  /** Cells for whose stamps there is room. */
  readonly #prepared = new Set<Cell>()
  /** What the plain evaluator has found, in place of the kernel. */
  readonly #plain: { rule: number; line: Line | null }[] = []
  readonly #routeKey: number
  readonly #tokens: number
  readonly #routes: { readonly table: number; readonly keys: number; count: number; used: number }
  readonly #matches: { at: number; max: number }
  #keyPlace: { at: number; size: number }
  readonly #input: Region = { at: 0, size: 0 }
  /** For events in the form that the kernel can read, while lines are in the other. */
  readonly #other: Region = { at: 0, size: 0 }
  #scratch = { at: 0, size: 0 }
  #stamps = { predicates: 0, groups: 0, rules: 0, fields: 0, lazies: 0 }
  #isRaw = false

  constructor(
    rules: readonly CompiledRule[],
    nodes: Nodes,
    frequencies: Frequencies,
    events: RunnerEvents,
    options: RunnerOptions,
  ) {
    this.#events = events
    this.#options = options
    const { kernel, memory } = startKernel({
      slowKey: (start, end) => this.#slowKey(start, end),
      slowKeyPlace: () => this.#keyPlace.at,
      slowNumber: (field, start, end, isNumber) => this.#slowNumber(field, start, end, isNumber),
      slowObject: (start, end) => this.#slowObject(start, end),
      lazy: predicate => this.#asker.ask(predicate),
    })
    this.#kernel = kernel
    this.#memory = memory
    this.#cells = new Cells(rules, nodes, memory, frequencies)
    const { foldPages, foldData } = putFolds(memory)
    const { table, mask, flags } = nodes.write(memory, kernel.hashKey)
    const objects = memory.allocate(nodes.count * 4)
    const frames = memory.allocate(frameBytes)
    const routeKey = memory.allocate(routeKeyBytes)
    kernel.setTables(table, mask, flags, objects, foldPages, foldData, frames, routeKey)
    this.#routeKey = routeKey
    const routes = memory.allocate(routeSlots * 16)
    this.#routes = { table: routes, keys: memory.allocate(routeKeysBytes), count: 0, used: 0 }
    kernel.setRoutes(this.#routes.table, routeSlots - 1)
    this.#tokens = memory.allocate(tokensMax * layout.TOKEN_BYTES)
    kernel.setTokens(this.#tokens, tokensMax)
    const memo = memory.allocate((kernel.memoBytes.value as number) + cacheLineBytes)
    kernel.setMemo(memo - (memo % cacheLineBytes) + cacheLineBytes)
    this.#keyPlace = { at: memory.allocate(keyPlaceBytes), size: keyPlaceBytes }
    const max = Math.max(65_536, rules.length * 2)
    this.#matches = { at: memory.allocate(max * 16), max }
    kernel.setOutput(this.#matches.at, max)
    this.#asker = new LazyAsker({
      ...{ kernel, memory, nodes, events, cells: this.#cells, tokens: this.#tokens },
      stepsMax: options.stepsMax,
      isRaw: () => this.#isRaw,
    })
    this.#scratchFor(blockBytes)
  }

  /** Bytes of memory that are in use. */
  get memoryBytes(): number {
    return this.#memory.size
  }

  get cells(): Cells {
    return this.#cells
  }

  /** The counters of a cell. */
  countsOf(cell: Cell): Counts {
    const { words, bytes } = this.#memory
    const list = (place: number, length: number): Uint32Array =>
      words.slice(place / 4, place / 4 + length)
    return {
      events: words[(cell.place + layout.CELL_EVENTS) / 4] as number,
      hits: list(cell.hits, cell.predicates.length),
      evaluations: list(cell.evaluations, cell.rules.length),
      steps: new Float64Array(bytes.slice(cell.steps, cell.steps + cell.rules.length * 8).buffer),
    }
  }

  /** What rules have cost is counted from here on. */
  clearCosts(cell: Cell): void {
    const { words, bytes } = this.#memory
    words.fill(0, cell.evaluations / 4, cell.evaluations / 4 + cell.rules.length)
    bytes.fill(0, cell.steps, cell.steps + cell.rules.length * 8)
  }

  /** A rule is asked no more. */
  quarantine(rule: number): void {
    for (const cell of this.#cells.all()) this.#quarantineIn(cell, rule)
  }

  /** The rules that match one event, given as bytes. @throws SigmaError EVENT_… */
  match(event: Uint8Array, source: EventSource | undefined): number[] {
    const found: number[] = []
    let refused: { error: unknown } | null = null
    const place = this.#copyTo(this.#input, event)
    this.#kernel.setLineIndex(0)
    this.#run(place, place + event.length, false, source, {
      onMatch: rule => found.push(rule),
      onRefused: error => {
        refused = { error }
      },
    })
    if (refused) throw (refused as { error: unknown }).error
    return found.sort((a, b) => a - b)
  }

  /** The rules that match an event that was read. */
  matchRead(event: SigmaEvent, source: EventSource | undefined): number[] {
    const found: number[] = []
    this.#kernel.clearMatches()
    this.#matchRead(event, null, source)
    this.#takeMatches(rule => found.push(rule))
    return found.sort((a, b) => a - b)
  }

  /** All lines of a chunk; `firstLine` is the number of its first. Gives the number of lines. */
  matchLines(
    chunk: Uint8Array,
    firstLine: number,
    source: EventSource | undefined,
    onMatch: (match: RunMatch) => void,
  ): number {
    let line = firstLine
    for (let at = 0; at < chunk.length; ) {
      const end = endOfBlock(chunk, at)
      const place = this.#copyTo(this.#input, chunk.subarray(at, end))
      const shift = at - place
      this.#kernel.setLineIndex(line)
      const own: RunMatch[] = []
      const sorted = (): void => {
        // Rules of one line come in the order of the set.
        own.sort((a, b) => a.line - b.line || a.rule - b.rule)
        for (const match of own) onMatch(match)
        own.length = 0
      }
      this.#run(place, place + end - at, true, source, {
        onMatch: (rule, line, start, end) =>
          own.push({ rule, line, start: start + shift, end: end + shift }),
        onRefused: (error, line) => this.#events.onRefused(error, line),
      })
      sorted()
      line = this.#kernel.lineIndex.value as number
      at = end
    }
    return line - firstLine
  }

  #run(
    start: number,
    end: number,
    hasLines: boolean,
    source: EventSource | undefined,
    to: Readonly<{
      onMatch(rule: number, line: number, start: number, end: number): void
      onRefused(error: unknown, line: number): void
    }>,
  ): void {
    const kernel = this.#kernel
    const sourceId = this.#sourceId(source)
    const begin = (from: number): void => kernel.setInput(from, end, hasLines ? 1 : 0, 0, sourceId)
    this.#isRaw = false
    kernel.clearMatches()
    begin(start)
    for (;;) {
      const code = kernel.run()
      if (code === status.done) break
      if (code === status.full) {
        this.#takeMatches(to.onMatch)
        continue
      }
      const from = kernel.cursor.value as number
      const until = hasLines ? kernel.endOfLine(from) : end
      const line = kernel.lineIndex.value as number
      try {
        const event = readEvent(this.#memory.bytes.slice(from, until))
        if (code === status.newCell && this.#enter(event, source)) continue
        this.#takeMatches(to.onMatch)
        this.#matchRead(event, { line, start: from, end: until }, source)
      } catch (error) {
        to.onRefused(error, line)
      }
      begin(from)
      kernel.setLineIndex(line)
      kernel.skipLine()
      if (!hasLines) break
    }
    this.#takeMatches(to.onMatch)
  }

  /** An event that the kernel could not read, in the form that it can. */
  #matchRead(event: SigmaEvent, line: Line | null, source: EventSource | undefined): void {
    const cell = this.#cells.of(event, source)
    if (cell === null) return
    if (cell === undefined) {
      this.#addPlain(bytesOf(event.raw ?? compactJson(event.fields)), source, line)
      return
    }
    this.#prepare(cell)
    const kernel = this.#kernel
    const bytes = bytesOf(event.raw ?? compactJson(event.fields))
    // What is being read stays where it is.
    const place = this.#copyTo(this.#other, bytes)
    this.#isRaw = event.raw !== null
    kernel.setInput(place, place + bytes.length, 0, 1, 0)
    kernel.forceCell(cell.place)
    const code = event.raw === null ? kernel.run() : kernel.matchRaw(place, place + bytes.length)
    this.#isRaw = false
    if (code === status.done) this.#moveMatches(line)
    else this.#addPlain(bytes, source, line)
  }

  /** The matches are of a line that stands elsewhere. */
  #moveMatches(line: Line | null): void {
    if (!line) return
    const count = this.#kernel.matchCount.value as number
    for (let at = 0; at < count; at++)
      this.#memory.words.set([line.line, line.start, line.end], (this.#matches.at + at * 16) / 4)
  }

  #addPlain(bytes: Uint8Array, source: EventSource | undefined, line: Line | null): void {
    for (const rule of this.#events.plain(bytes, source)) this.#plain.push({ rule, line })
  }

  #takeMatches(onMatch: (rule: number, line: number, start: number, end: number) => void): void {
    const { words } = this.#memory
    const count = this.#kernel.matchCount.value as number
    for (let at = 0; at < count; at++) {
      const word = this.#matches.at / 4 + at * 4
      onMatch(
        words[word + 3] as number,
        words[word] as number,
        words[word + 1] as number,
        words[word + 2] as number,
      )
    }
    for (const { rule, line } of this.#plain)
      onMatch(rule, line?.line ?? 0, line?.start ?? 0, line?.end ?? 0)
    this.#plain.length = 0
    this.#kernel.clearMatches()
  }

  /** The kernel has met an event from where none was before; false if there is no room for its cell. */
  #enter(event: SigmaEvent, source: EventSource | undefined): boolean {
    const kernel = this.#kernel
    const length = kernel.routeLength.value as number
    const hash = (kernel.routeHash.value as number) >>> 0
    const key = this.#memory.bytes.slice(this.#routeKey, this.#routeKey + length)
    const cell = this.#cells.of(event, source)
    if (cell === undefined) return false
    if (cell) this.#prepare(cell)
    const place = cell?.place ?? emptyCell
    kernel.forceCell(place)
    if (length > 0) this.#addRoute(key, hash, place)
    return true
  }

  #addRoute(key: Uint8Array, hash: number, cell: number): void {
    const isFull =
      this.#routes.count >= routesMax || this.#routes.used + key.length > routeKeysBytes
    if (isFull) {
      this.#memory.words.fill(0, this.#routes.table / 4, this.#routes.table / 4 + routeSlots * 4)
      this.#routes.count = 0
      this.#routes.used = 0
    }
    const place = this.#routes.keys + this.#routes.used
    this.#memory.bytes.set(key, place)
    this.#routes.used += (key.length + 15) & ~15
    const { words } = this.#memory
    let slot = hash & (routeSlots - 1)
    while (words[this.#routes.table / 4 + slot * 4 + 3] !== 0) slot = (slot + 1) & (routeSlots - 1)
    words.set([hash, place, key.length, cell], this.#routes.table / 4 + slot * 4)
    this.#routes.count++
  }

  /** Sees to it that there is room for the stamps of a cell. */
  #prepare(cell: Cell): void {
    if (this.#prepared.has(cell)) return
    this.#prepared.add(cell)
    for (const { number } of cell.rules)
      if (this.#options.isQuarantined(number)) this.#quarantineIn(cell, number)
    const needed = {
      predicates: cell.predicates.length,
      groups: cell.groupCount,
      rules: cell.rules.length,
      fields: cell.fields.length,
      lazies: cell.lazies.length,
    }
    const has = this.#stamps
    const names = Object.keys(needed) as (keyof typeof needed)[]
    if (names.every(name => needed[name] <= has[name])) return
    const sizes = { ...has }
    for (const name of names) sizes[name] = Math.max(has[name], needed[name] * 2, 64)
    this.#stamps = sizes
    const memory = this.#memory
    this.#kernel.setRecordStamps(memory.allocate(sizes.predicates * 4))
    this.#kernel.setStamps(
      memory.allocate(sizes.predicates * 4),
      memory.allocate(sizes.groups * 4),
      memory.allocate(sizes.rules * 4),
      memory.allocate(sizes.fields * 32),
      memory.allocate(sizes.lazies * 8),
      memory.allocate(sizes.rules * 4),
    )
  }

  #quarantineIn(cell: Cell, rule: number): void {
    const index = cell.rules.findIndex(({ number }) => number === rule)
    if (index >= 0) this.#memory.bytes[cell.quarantine + index] = 1
  }

  #copyTo(region: Region, bytes: Uint8Array): number {
    if (bytes.length + slack > region.size) {
      // Twice as much, so that what is left behind is never more than what is used.
      region.size = Math.max(regionBytes, bytes.length * 2) + slack
      region.at = this.#memory.allocate(region.size)
    }
    this.#scratchFor(bytes.length)
    const { bytes: all } = this.#memory
    all.set(bytes, region.at)
    // What stands behind must end every loop of the kernel.
    all.fill(0, region.at + bytes.length, region.at + bytes.length + slack)
    return region.at
  }

  /** Folded text may be half as long again as the value. */
  #scratchFor(length: number): void {
    const needed = Math.ceil(length * 1.5) + slack
    if (needed <= this.#scratch.size) return
    const size = needed * 2
    this.#scratch = { at: this.#memory.allocate(size), size }
    this.#kernel.setScratch(this.#scratch.at)
  }

  #sourceId(source: EventSource | undefined): number {
    if (!source) return 0
    const key = JSON.stringify([source.products, source.categories, source.services])
    const known = this.#sourceIds.get(key) ?? this.#sourceIds.size + 1
    this.#sourceIds.set(key, known)
    return known
  }

  // What the kernel asks.

  #slowKey(start: number, end: number): number {
    const key = JSON.parse(`"${textOfBytes(this.#memory.bytes.subarray(start, end))}"`) as string
    const bytes = bytesOf(key)
    // A key that is too long for the place is none that a rule names.
    if (bytes.length > this.#keyPlace.size) return 0xffff_ffff
    this.#memory.bytes.set(bytes, this.#keyPlace.at)
    return bytes.length
  }

  #slowNumber(field: number, start: number, end: number, isNumber: number): void {
    const value = parseDecimal(textOfAscii(this.#memory.bytes.subarray(start, end)))
    if (value === null) return
    const bytes = bytesOf(canonicalNumber(value))
    const place = this.#placeFor(bytes)
    this.#kernel.markNumber(field, place, bytes.length, isNumber)
  }

  #slowObject(start: number, end: number): number {
    const value = readJson(textOfBytes(this.#memory.bytes.subarray(start, end)))
    const bytes = bytesOf(fold(compactJson(value)))
    this.#scratchFor(bytes.length)
    this.#memory.bytes.set(bytes, this.#scratch.at)
    return bytes.length
  }

  #placeFor(bytes: Uint8Array): number {
    if (bytes.length + slack > this.#keyPlace.size) {
      const size = bytes.length * 2 + slack
      this.#keyPlace = { at: this.#memory.allocate(size), size }
    }
    this.#memory.bytes.set(bytes, this.#keyPlace.at)
    return this.#keyPlace.at
  }
}

/** Behind the last line feed of a block, or behind a line that is longer than a block. */
function endOfBlock(chunk: Uint8Array, from: number): number {
  if (from + blockBytes >= chunk.length) return chunk.length
  const feed = 0x0a
  const last = chunk.lastIndexOf(feed, from + blockBytes - 1)
  if (last >= from) return last + 1
  const next = chunk.indexOf(feed, from + blockBytes)
  return next < 0 ? chunk.length : next + 1
}
