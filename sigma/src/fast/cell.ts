import { always, and, type Expression, not, or } from './expression.ts'
import { writeFingerprints } from './fingerprint.ts'
import type { Frequencies } from './frequency.ts'
import { layout } from './layout.ts'
import type { KernelMemory } from './memory.ts'
import type { Nodes } from './nodes.ts'
import type {
  FieldKey,
  KeywordPredicate,
  LazyPredicate,
  LiteralPredicate,
  Predicate,
} from './predicate.ts'
import { type Placed, writeField } from './tables.ts'
import { type Group, groupOf, witnessOf } from './witness.ts'

/** A rule that may match events of the cell, by its number in the whole set. */
export type CellRule = Readonly<{ number: number; expression: Expression }>

/** The rules for events from one place, written into the memory of the kernel. */
export type Cell = Readonly<{
  place: number
  rules: readonly CellRule[]
  fields: readonly FieldKey[]
  predicates: readonly Predicate[]
  lazies: readonly (LazyPredicate | KeywordPredicate)[]
  groupCount: number
  /** Places of the counters of predicates and of rules; steps are of eight bytes. */
  hits: number
  evaluations: number
  steps: number
  quarantine: number
  /** Of each lazy predicate the place of its machine, once it has one, and its field. */
  machines: number
}>

/** The kernel asks a field for at most this many. */
const stepWords = 3
const kinds = { group: 0, lazy: 1, null: 2, exists: 3, same: 4 } as const
/** Two of them are in one word, beside the kind. */
const fieldsMax = 0x3fff - 1

/** Builds a cell. What the stream has taught decides which findings make a rule a candidate. */
export function buildCell(
  rules: readonly CellRule[],
  nodes: Nodes,
  memory: KernelMemory,
  frequencies: Frequencies,
): Cell {
  return new CellBuilder(rules, nodes, memory, frequencies).build()
}

class CellBuilder {
  readonly #rules: readonly CellRule[]
  readonly #nodes: Nodes
  readonly #memory: KernelMemory
  readonly #frequencies: Frequencies
  readonly #fields = new Numbering<FieldKey>()
  readonly #predicates = new Numbering<Predicate>()
  readonly #lazies = new Numbering<LazyPredicate | KeywordPredicate>()
  readonly #groups = new Map<string, number>()
  /** Of each group its predicates, and the rules that wait for it. */
  readonly #members: number[][] = []
  readonly #waiting: number[][] = []
  readonly #steps: number[] = []
  /** Fields that another is compared with. */
  readonly #hashed = new Set<number>()

  constructor(
    rules: readonly CellRule[],
    nodes: Nodes,
    memory: KernelMemory,
    frequencies: Frequencies,
  ) {
    this.#rules = rules
    this.#nodes = nodes
    this.#memory = memory
    this.#frequencies = frequencies
  }

  build(): Cell {
    const unconditional: number[] = []
    const starts: number[] = []
    const witnesses = this.#rules.map(({ expression }) => witnessOf(expression, this.#frequencies))
    const looked = new Set(witnesses.flatMap(witness => witness?.groups.flat() ?? []))
    for (const [index, { expression }] of this.#rules.entries()) {
      starts.push(this.#emit(withoutGuards(expression, looked), 1, 0))
      const witness = witnesses[index]
      if (!witness) unconditional.push(index)
      else for (const group of witness.groups) this.#waitFor(this.#group(group), index)
    }
    const memory = this.#memory
    const place = memory.allocate(80)
    const set = (offset: number, value: number): void => {
      memory.words[(place + offset) / 4] = value
    }
    const steps = memory.allocate(this.#steps.length * 4)
    memory.words.set(this.#relocated(steps), steps / 4)
    set(layout.CELL_CODE, memory.putWords(starts.map(step => placeOf(step, steps))))
    set(layout.CELL_ALWAYS, memory.putWords(unconditional))
    set(layout.CELL_ALWAYS_COUNT, unconditional.length)
    set(layout.CELL_RULE_IDS, memory.putWords(this.#rules.map(({ number }) => number)))
    this.#putLists(this.#groupsOfPredicates(), place + layout.CELL_PREDICATE_GROUPS)
    this.#putLists(this.#waiting, place + layout.CELL_GROUP_RULES)
    const hits = memory.allocate(this.#predicates.all.length * 4)
    set(layout.CELL_HITS, hits)
    const evaluations = memory.allocate(this.#rules.length * 4)
    set(layout.CELL_EVALUATIONS, evaluations)
    const stepCounters = memory.allocate(this.#rules.length * 8)
    set(layout.CELL_STEPS, stepCounters)
    const quarantine = memory.allocate(this.#rules.length)
    set(layout.CELL_QUARANTINE, quarantine)
    const machines = memory.putWords(
      this.#lazies.all.flatMap(lazy => [0, lazy.kind === 'lazy' ? this.#fields.of(lazy.field) : 0]),
    )
    set(layout.CELL_LAZIES, machines)
    this.#putFingerprints(set)
    this.#putFields(set)
    const { all: predicates } = this.#predicates
    const { all: fields } = this.#fields
    const { all: lazies } = this.#lazies
    const groupCount = this.#members.length
    return {
      ...{ place, rules: this.#rules, fields, predicates, lazies, groupCount },
      ...{ hits, evaluations, steps: stepCounters, quarantine, machines },
    }
  }

  /**
   * The steps of an expression, backwards, so that each knows where it leads. Gives the number of the
   * first: 1 is a match, 0 is none, others are the places of steps and 2.
   */
  #emit(expression: Expression, yes: number, no: number): number {
    switch (expression.op) {
      case 'constant':
        return expression.value ? yes : no
      case 'not':
        return this.#emit(expression.of, no, yes)
      case 'part':
        return this.#emit(expression.of, yes, no)
      case 'ask':
        return this.#emitAsk(expression.predicate, yes, no)
      case 'and': {
        let next = yes
        for (const part of dearestFirst(expression.of)) next = this.#emit(part, next, no)
        return next
      }
      case 'or': {
        const { group, rest } = groupOf(expression)
        let next = no
        for (const part of dearestFirst(rest)) next = this.#emit(part, yes, next)
        return group.length === 0 ? next : this.#step(kinds.group, this.#group(group), yes, next)
      }
    }
  }

  #emitAsk(predicate: Predicate, yes: number, no: number): number {
    switch (predicate.kind) {
      case 'literal':
      case 'fingerprint':
        return this.#step(kinds.group, this.#group([predicate]), yes, no)
      case 'keyword':
        return this.#step(kinds.lazy, this.#lazies.of(predicate), yes, no)
      case 'lazy':
        this.#fields.of(predicate.field)
        if (predicate.otherField) this.#fields.of(predicate.otherField)
        return this.#step(kinds.lazy, this.#lazies.of(predicate), yes, no)
      case 'same': {
        const fields = [predicate.field, predicate.otherField].map(field => this.#fields.of(field))
        const [one = 0, other = 0] = fields
        if (Math.max(one, other) > fieldsMax) return yes
        for (const field of fields) this.#hashed.add(field)
        return this.#step(kinds.same, (one << 14) | other, yes, no)
      }
      case 'null':
      case 'exists':
        return this.#step(kinds[predicate.kind], this.#fields.of(predicate.field), yes, no)
    }
  }

  #step(kind: number, argument: number, yes: number, no: number): number {
    this.#steps.push(((argument << 3) | kind) >>> 0, yes, no)
    return this.#steps.length / stepWords + 1
  }

  #group(group: Group): number {
    const members = group.map(predicate => this.#predicate(predicate)).sort((a, b) => a - b)
    const key = members.join()
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const number = this.#members.push(members) - 1
    this.#waiting.push([])
    this.#groups.set(key, number)
    return number
  }

  #predicate(predicate: Predicate): number {
    if (predicate.kind === 'literal') this.#fields.of(predicate.field)
    return this.#predicates.of(predicate)
  }

  #waitFor(group: number, rule: number): void {
    const waiting = this.#waiting[group] as number[]
    if (waiting.at(-1) !== rule) waiting.push(rule)
  }

  #relocated(steps: number): number[] {
    return this.#steps.map((word, index) => (index % stepWords === 0 ? word : placeOf(word, steps)))
  }

  #groupsOfPredicates(): number[][] {
    const lists: number[][] = this.#predicates.all.map(() => [])
    for (const [group, members] of this.#members.entries())
      for (const predicate of members) (lists[predicate] as number[]).push(group)
    return lists
  }

  /** Lists one behind the other: where each begins, and in the next word what they hold. */
  #putLists(lists: readonly (readonly number[])[], place: number): void {
    const starts = [0]
    for (const list of lists) starts.push((starts.at(-1) as number) + list.length)
    const places = [this.#memory.putWords(starts), this.#memory.putWords(lists.flat())]
    this.#memory.words.set(places, place / 4)
  }

  #putFingerprints(set: (offset: number, value: number) => void): void {
    const fingerprints = this.#predicates.all.flatMap((predicate, number) =>
      predicate.kind === 'fingerprint' ? [{ text: predicate.text, number }] : [],
    )
    if (fingerprints.length > 0)
      set(
        layout.CELL_FINGERPRINTS,
        writeFingerprints(this.#memory, fingerprints, this.#frequencies),
      )
  }

  #putFields(set: (offset: number, value: number) => void): void {
    const { all: fields } = this.#fields
    const memory = this.#memory
    const place = memory.allocate(fields.length * layout.FIELD_BYTES)
    const literals: Placed[][] = fields.map(() => [])
    for (const [number, predicate] of this.#predicates.all.entries()) {
      if (predicate.kind !== 'literal') continue
      const field = this.#fields.of(predicate.field)
      ;(literals[field] as Placed[]).push({ predicate: predicate as LiteralPredicate, number })
    }
    for (const [index, list] of literals.entries())
      if (list.length > 0)
        writeField(memory, place + index * layout.FIELD_BYTES, list, this.#frequencies)
    for (const index of this.#hashed) {
      const flags = (place + index * layout.FIELD_BYTES + layout.FIELD_FLAGS) / 4
      memory.words[flags] = (memory.words[flags] as number) | layout.HAS_HASH
    }
    set(layout.CELL_FIELDS, place)
    set(layout.CELL_FIELD_COUNT, fields.length)
    const lists = new Map<number, number[]>()
    let isComplex = false
    for (const [index, field] of fields.entries()) {
      const places = this.#nodes.placesOf(field)
      if (places.length > 1) isComplex = true
      for (const { node, priority } of places) {
        const list = lists.get(node) ?? []
        list.push(index, priority)
        lists.set(node, list)
      }
    }
    const byNode = new Uint32Array(this.#nodes.count)
    for (const [node, list] of lists) byNode[node] = memory.putWords([list.length / 2, ...list])
    set(layout.CELL_NODES, memory.putWords(byNode))
    set(layout.CELL_IS_COMPLEX, isComplex ? 1 : 0)
  }
}

/** Fingerprints only spare asking the host; those that no rule waits for are not looked for. */
function withoutGuards(expression: Expression, looked: ReadonlySet<Predicate>): Expression {
  switch (expression.op) {
    case 'and':
      return and(expression.of.map(part => withoutGuards(part, looked)))
    case 'or':
      return or(expression.of.map(part => withoutGuards(part, looked)))
    case 'not':
      return not(withoutGuards(expression.of, looked))
    case 'part':
      return withoutGuards(expression.of, looked)
    case 'ask': {
      const { predicate } = expression
      return predicate.kind === 'fingerprint' && !looked.has(predicate) ? always : expression
    }
    case 'constant':
      return expression
  }
}

/** Where a step of that number stands. */
const placeOf = (step: number, steps: number): number =>
  step < 2 ? step : steps + (step - 2) * stepWords * 4

/** What is asked last comes first, since steps are written backwards: what needs the host is dear. */
function dearestFirst(parts: readonly Expression[]): readonly Expression[] {
  return parts.toSorted((a, b) => costOf(b) - costOf(a))
}

const costs: Readonly<Record<Predicate['kind'], number>> = {
  literal: 1,
  fingerprint: 1,
  null: 1,
  exists: 1,
  same: 1,
  lazy: 100,
  keyword: 200,
}

function costOf(expression: Expression): number {
  switch (expression.op) {
    case 'ask':
      return costs[expression.predicate.kind]
    case 'not':
    case 'part':
      return costOf(expression.of)
    case 'and':
    case 'or':
      return Math.min(1_000, 1 + Math.max(...expression.of.map(costOf)))
    case 'constant':
      return 0
  }
}

/** Numbers in the order of first mention. */
class Numbering<T> {
  readonly all: T[] = []
  readonly #known = new Map<T, number>()

  of(one: T): number {
    const known = this.#known.get(one)
    if (known !== undefined) return known
    const number = this.all.push(one) - 1
    this.#known.set(one, number)
    return number
  }
}
