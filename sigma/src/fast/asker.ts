import type { Cell } from './cell.ts'
import type { Cells } from './cells.ts'
import type { KernelExports } from './kernel.ts'
import { type KeywordTest, type KeywordText, keywordTest, keywordTexts } from './keywords.ts'
import { layout } from './layout.ts'
import { type LazyTest, lazyTest } from './lazy.ts'
import type { KernelMemory } from './memory.ts'
import type { Nodes } from './nodes.ts'
import type { FieldKey, KeywordPredicate, LazyPredicate } from './predicate.ts'
import { Machine } from './regex/machine.ts'
import type { Budget } from './regex/search.ts'
import { type Value, valuesAt } from './values.ts'

/** What the answers come from, and who is told what they cost. */
export type AskerOptions = Readonly<{
  kernel: KernelExports
  memory: KernelMemory
  nodes: Nodes
  cells: Cells
  /** Where the kernel notes the values of a line. */
  tokens: number
  stepsMax: number
  /** Whether the line is text. */
  isRaw(): boolean
  events: Readonly<{ onCost(rule: number, steps: number): void; onOverBudget(rule: number): void }>
}>

/** A predicate as it is asked, how often it was, and the table by which the kernel answers it. */
type Asked = { readonly test: LazyTest; times: number; machine: Machine | null }

/** What the kernel is told in place of a verdict. */
const overBudget = 2
/** What is asked as often as this is worth a table. */
const asksBeforeMachine = 8

/** Answers what the kernel leaves to its host once a rule may match. */
export class LazyAsker {
  readonly #options: AskerOptions
  readonly #lazy = new Map<LazyPredicate, Asked>()
  readonly #keywords = new Map<KeywordPredicate, KeywordTest>()
  readonly #budget: Budget = { left: 0 }
  /** The values of fields on the line that was asked last. */
  #values = { serial: -1, of: new Map<FieldKey, readonly Value[]>() }
  #texts: { serial: number; of: readonly KeywordText[] } = { serial: -1, of: [] }
  /** Whose budget it is, and what the kernel had spent of it when it was last looked at. */
  #owner = { serial: -1, rule: -1, spent: 0 }

  constructor(options: AskerOptions) {
    this.#options = options
    options.kernel.setSpentMax(Math.min(options.stepsMax, 2 ** 31 - 1))
  }

  /** Whether the predicate of that number in the cell at work holds: 1, 0, or 2 if the budget did not last. */
  ask(number: number): number {
    const { kernel, cells, events } = this.#options
    const cell = cells.at(kernel.cell.value as number)
    const predicate = cell.lazies[number] as LazyPredicate | KeywordPredicate
    const rule = (cell.rules[kernel.rule.value as number] as Cell['rules'][number]).number
    const serial = kernel.serial.value as number
    this.#settle(serial, rule)
    const before = this.#budget.left
    const answer =
      predicate.kind === 'keyword'
        ? this.#keywordTest(predicate)(this.#textsOf(serial), this.#budget)
        : this.#askField(cell, number, predicate, serial)
    events.onCost(rule, before - this.#budget.left + 1)
    if (answer !== null) return answer ? 1 : 0
    events.onOverBudget(rule)
    return overBudget
  }

  /** What is left for the rule on this line, of which the kernel spends too. */
  #settle(serial: number, rule: number): void {
    const owner = this.#owner
    if (owner.serial !== serial || owner.rule !== rule) {
      this.#owner = { serial, rule, spent: 0 }
      this.#budget.left = this.#options.stepsMax
    }
    const spent = this.#options.kernel.spent.value as number
    this.#budget.left -= spent - this.#owner.spent
    this.#owner.spent = spent
  }

  #askField(cell: Cell, number: number, predicate: LazyPredicate, serial: number): boolean | null {
    const asked = this.#lazy.get(predicate) ?? {
      ...{ test: lazyTest(predicate), times: 0, machine: null },
    }
    this.#lazy.set(predicate, asked)
    this.#toKernel(cell, number, asked)
    const { field, otherField } = predicate
    const others = otherField ? this.#valuesOf(otherField, serial) : []
    return asked.test.holds(this.#valuesOf(field, serial), others, this.#budget)
  }

  /** From here on the kernel answers as far as the search has come. */
  #toKernel(cell: Cell, number: number, asked: Asked): void {
    const { memory } = this.#options
    const { search } = asked.test
    if (!search || ++asked.times < asksBeforeMachine) return
    asked.machine ??= new Machine(memory, search.searcher, search.isFolded)
    memory.words[cell.machines / 4 + number * 2] = asked.machine.place
  }

  #keywordTest(predicate: KeywordPredicate): KeywordTest {
    const test = this.#keywords.get(predicate) ?? keywordTest(predicate)
    this.#keywords.set(predicate, test)
    return test
  }

  /** The values of a field on the line of that serial, from what the kernel has noted. */
  #valuesOf(field: FieldKey, serial: number): readonly Value[] {
    if (this.#values.serial !== serial) {
      this.#values.of.clear()
      this.#values.serial = serial
    }
    const known = this.#values.of.get(field)
    if (known) return known
    const { kernel, memory, nodes, tokens } = this.#options
    const { words, bytes } = memory
    const ranks = nodes.ranksOf(field)
    const tokenWords = layout.TOKEN_BYTES / 4
    const first = tokens / 4
    const end = first + (kernel.tokenCount.value as number) * tokenWords
    let values: Value[] = []
    let best = Number.POSITIVE_INFINITY
    for (let token = first; token < end; token += tokenWords) {
      const rank = ranks[words[token] as number] as number
      if (rank === 0 || rank > best) continue
      const kind = words[token + 1] as number
      const [start, stop] = [words[token + 2] as number, words[token + 3] as number]
      const found = valuesAt(bytes, kind & 0xff, kind >>> 8, start, stop)
      if (rank === best) for (const value of found) values.push(value)
      else values = found
      best = rank
    }
    this.#values.of.set(field, values)
    return values
  }

  /** All texts of the line that keywords search. */
  #textsOf(serial: number): readonly KeywordText[] {
    if (this.#texts.serial === serial) return this.#texts.of
    const { kernel, memory, isRaw } = this.#options
    const start = kernel.lineStart.value as number
    const end = kernel.lineEnd.value as number
    const of = keywordTexts(memory.bytes.slice(start, end), isRaw())
    this.#texts = { serial, of }
    return of
  }
}
