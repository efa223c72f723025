import { sourceFields, sourceOf } from '../event/source.ts'
import type { SigmaEvent } from '../event/value.ts'
import { limits } from '../limits.ts'
import { itemHolds } from '../reference/evaluate.ts'
import { EventView } from '../reference/fields.ts'
import type { DetectionItem } from '../rule/ast.ts'
import { applies, type EventSource, type Logsource } from '../rule/logsource.ts'
import { buildCell, type Cell, type CellRule } from './cell.ts'
import { type Expression, partsOf, resolve } from './expression.ts'
import type { Frequencies } from './frequency.ts'
import type { KernelMemory } from './memory.ts'
import type { Nodes } from './nodes.ts'

/** A rule made ready: what it asks, and of where. What it asks is worked out when it is needed. */
export type CompiledRule = Readonly<{ logsource: Logsource; expression: Expression }>

/** What applies to events from one source, and the items that what says so decides. */
type Source = Readonly<{ numbers: readonly number[]; items: readonly DetectionItem[] }>

const noAlternatives: ReadonlyMap<string, readonly string[]> = new Map()

/**
 * The cells of all kinds of events there have been. Events are of one kind if the same rules apply
 * and the fields that say where they are from answer all that rules ask of them alike.
 */
export class Cells {
  readonly #rules: readonly CompiledRule[]
  readonly #nodes: Nodes
  readonly #memory: KernelMemory
  readonly #frequencies: Frequencies
  readonly #sources = new Map<string, Source>()
  readonly #cells = new Map<string, Cell | null>()
  readonly #byPlace = new Map<number, Cell>()

  constructor(
    rules: readonly CompiledRule[],
    nodes: Nodes,
    memory: KernelMemory,
    frequencies: Frequencies,
  ) {
    this.#rules = rules
    this.#nodes = nodes
    this.#memory = memory
    this.#frequencies = frequencies
  }

  at(place: number): Cell {
    return this.#byPlace.get(place) as Cell
  }

  all(): Iterable<Cell> {
    return this.#byPlace.values()
  }

  /** Whether there is no room for more: an event could bring ever new kinds. */
  get isFull(): boolean {
    const kinds = this.#sources.size + this.#cells.size
    const bytesMax = limits.kernelBytesMax + this.#rules.length * limits.kernelBytesPerRule
    return this.#memory.size > bytesMax || kinds > limits.kindsMax
  }

  /** The cell of an event; null if no rule can match it, undefined if there is no room for a new one. */
  of(event: SigmaEvent, given: EventSource | undefined): Cell | null | undefined {
    const from = given ?? sourceOf(event.fields)
    const sourceKey = JSON.stringify([from.products, from.categories, from.services])
    const knownSource = this.#sources.get(sourceKey)
    if (!knownSource && this.isFull) return undefined
    const source = knownSource ?? this.#sourceOf(from)
    this.#sources.set(sourceKey, source)
    const view = new EventView(event, noAlternatives)
    const answers = new Map(source.items.map(item => [item, itemHolds(item, view)]))
    const key = `${sourceKey} ${Array.from(answers.values(), answer => (answer ? 1 : 0)).join('')}`
    const known = this.#cells.get(key)
    if (known !== undefined || this.isFull) return known
    const rules: CellRule[] = []
    for (const number of source.numbers) {
      const { expression } = this.#rules[number] as CompiledRule
      const resolved = resolve(expression, item => answers.get(item) ?? null)
      if (resolved.op !== 'constant' || resolved.value) rules.push({ number, expression: resolved })
    }
    const cell =
      rules.length === 0 ? null : buildCell(rules, this.#nodes, this.#memory, this.#frequencies)
    this.#cells.set(key, cell)
    if (cell) this.#byPlace.set(cell.place, cell)
    return cell
  }

  #sourceOf(from: EventSource): Source {
    const numbers: number[] = []
    const items = new Set<DetectionItem>()
    for (const [number, rule] of this.#rules.entries()) {
      if (!applies(rule.logsource, from)) continue
      numbers.push(number)
      for (const item of partsOf(rule.expression)) items.add(item)
    }
    return { numbers, items: [...items] }
  }
}

/** Whether a field says where an event is from, so that its values are known with its cell. */
export const isRoute = (name: string): boolean => sourceFields.includes(name)
