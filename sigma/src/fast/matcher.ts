import { otherNames } from '../event/mapping.ts'
import { readEvent } from '../event/read.ts'
import { sourceFields } from '../event/source.ts'
import type { FieldMapping } from '../event/taxonomy.ts'
import { type EventValue, isList, isObject, textOf } from '../event/value.ts'
import { fold } from '../fold.ts'
import type { EventSource, Logsource } from '../rule/logsource.ts'
import type { RunningRule } from '../rule-set.ts'
import { bytesOf } from './bytes.ts'
import { type CompiledRule, isRoute } from './cells.ts'
import { compileSections, tellFields } from './compile.ts'
import type { Expression } from './expression.ts'
import { Frequencies } from './frequency.ts'
import { Nodes } from './nodes.ts'
import { Predicates } from './predicate.ts'
import { type RunMatch, Runner, type RunnerEvents } from './runner.ts'

/** What a rule has cost so far: how often it was evaluated, and steps beyond finding literals. */
export type Cost = Readonly<{ evaluations: number; steps: number; overBudget: number }>

export type MatcherOptions = Readonly<{
  /** Steps one rule may take over one event. */
  stepsMax: number
  /** So many events over budget, and the rule is asked no more. */
  overBudgetMax: number
  plain: RunnerEvents['plain']
  onQuarantine(rule: number): void
}>

/** After so many events the choice of what is looked for first is made anew. */
const lessons = [1_000, 20_000, 400_000]
/** One event in so many teaches how often runs of characters occur, while there are lessons to come. */
const lessonEvery = 16

const blank = 0x20

/** The fast way to the numbers of the rules that match. */
export class FastMatcher {
  readonly #rules: readonly CompiledRule[]
  readonly #nodes = new Nodes()
  readonly #frequencies = new Frequencies()
  readonly #options: MatcherOptions
  readonly #steps: Float64Array
  readonly #overBudget: Uint32Array
  readonly #evaluations: Float64Array
  readonly #quarantined = new Set<number>()
  readonly #withoutVerdict = new Set<number>()
  #runner: Runner
  #onRefused: (error: unknown, line: number) => void = () => undefined
  #events = 0
  #lesson = 0

  constructor(
    rules: readonly RunningRule[],
    mappings: readonly FieldMapping[],
    options: MatcherOptions,
  ) {
    this.#options = options
    const predicates = new Predicates()
    const names = new Map<string, Names>()
    this.#rules = rules.map(({ rule: { logsource }, sections }) => {
      const key = JSON.stringify(logsource)
      const known = names.get(key) ?? { others: otherNames(mappings, logsource), told: new Set() }
      names.set(key, known)
      const othersOf = (name: string): readonly string[] => known.others.get(name) ?? none
      // The kernel has to know all keys before the first event.
      tellFields(sections, name => {
        if (known.told.has(name)) return
        known.told.add(name)
        predicates.field(name, othersOf(name))
      })
      return whenAsked(logsource, () =>
        compileSections(sections, { predicates, othersOf, isRoute }),
      )
    })
    for (const name of sourceFields) this.#nodes.addRoute(name)
    this.#nodes.addNested('Event')
    for (const field of predicates.fields()) this.#nodes.placesOf(field)
    this.#steps = new Float64Array(rules.length)
    this.#overBudget = new Uint32Array(rules.length)
    this.#evaluations = new Float64Array(rules.length)
    this.#runner = this.#start()
  }

  get memoryBytes(): number {
    return this.#runner.memoryBytes
  }

  /** @throws SigmaError EVENT_… */
  match(event: unknown, source: EventSource | undefined): number[] {
    this.#withoutVerdict.clear()
    // What begins with a blank may be nothing but blanks, which is an event all the same.
    const isPlain = event instanceof Uint8Array && (event[0] ?? blank) > blank
    const found = isPlain
      ? this.#runner.match(event, source)
      : this.#runner.matchRead(readEvent(event), source)
    this.#count(1, () => [event])
    return found
  }

  /** Whether the rule gave no verdict on the event that was matched last. */
  hadNoVerdict(rule: number): boolean {
    return this.#quarantined.has(rule) || this.#withoutVerdict.has(rule)
  }

  /** @returns the number of lines */
  matchLines(
    chunk: Uint8Array,
    firstLine: number,
    source: EventSource | undefined,
    to: Readonly<{
      onMatch(match: RunMatch): void
      onRefused(error: unknown, line: number): void
    }>,
  ): number {
    this.#onRefused = to.onRefused
    const lines = this.#runner.matchLines(chunk, firstLine, source, to.onMatch)
    this.#count(lines, () => sampleOf(chunk, Math.max(1, Math.floor(lines / 64))))
    return lines
  }

  /** Learns from lines what is rare, at once; no lessons come later. */
  learn(chunk: Uint8Array, source: EventSource | undefined): void {
    this.#lesson = lessons.length
    for (const line of sampleOf(chunk, lessonEvery)) this.#learnTexts(line)
    this.#onRefused = () => undefined
    this.#runner.matchLines(chunk, 0, source, () => undefined)
    this.#restart()
  }

  /** Nothing is learnt from here on. */
  stopLearning(): void {
    this.#lesson = lessons.length
  }

  costOf(rule: number): Cost {
    this.#gather()
    return {
      evaluations: this.#evaluations[rule] as number,
      steps: this.#steps[rule] as number,
      overBudget: this.#overBudget[rule] as number,
    }
  }

  #start(): Runner {
    return new Runner(
      this.#rules,
      this.#nodes,
      this.#frequencies,
      {
        plain: this.#options.plain,
        onRefused: (error, line) => this.#onRefused(error, line),
        onCost: (rule, steps) => {
          this.#steps[rule] = (this.#steps[rule] as number) + steps
        },
        onOverBudget: rule => this.#notice(rule),
      },
      { stepsMax: this.#options.stepsMax, isQuarantined: rule => this.#quarantined.has(rule) },
    )
  }

  #notice(rule: number): void {
    this.#withoutVerdict.add(rule)
    this.#overBudget[rule] = (this.#overBudget[rule] as number) + 1
    const isTooOften = (this.#overBudget[rule] as number) >= this.#options.overBudgetMax
    if (!isTooOften || this.#quarantined.has(rule)) return
    this.#quarantined.add(rule)
    this.#runner.quarantine(rule)
    this.#options.onQuarantine(rule)
  }

  #count(events: number, sample: () => Iterable<unknown>): void {
    if (this.#runner.cells.isFull) this.#restart()
    const next = lessons[this.#lesson]
    if (next === undefined) return
    const before = this.#events
    this.#events += events
    const isSampled = events > 1 || before % lessonEvery === 0
    if (isSampled) for (const event of sample()) this.#learnTexts(event)
    if (this.#events < next) return
    this.#lesson++
    this.#restart()
  }

  #learnTexts(event: unknown): void {
    let read: ReturnType<typeof readEvent>
    try {
      read = readEvent(event)
    } catch {
      // What is no event teaches nothing.
      return
    }
    const learn = (value: EventValue): void => {
      if (isList(value)) value.forEach(learn)
      else if (isObject(value)) for (const member of value.values()) learn(member)
      else this.#frequencies.learnText(bytesOf(fold(textOf(value) ?? '')))
    }
    learn(read.fields)
    if (event instanceof Uint8Array) this.#frequencies.learnLine(event)
  }

  /** Takes over what the kernel has counted, and begins with a new one. */
  #restart(): void {
    for (const cell of this.#runner.cells.all()) {
      const { events, hits } = this.#runner.countsOf(cell)
      for (const [index, predicate] of cell.predicates.entries())
        this.#frequencies.learn(predicate, hits[index] as number, events)
    }
    this.#gather()
    this.#runner = this.#start()
  }

  /** Evaluations, and steps in tables, are counted by the kernel of the time. */
  #gather(): void {
    for (const cell of this.#runner.cells.all()) {
      const { evaluations, steps } = this.#runner.countsOf(cell)
      for (const [index, { number }] of cell.rules.entries()) {
        this.#evaluations[number] =
          (this.#evaluations[number] as number) + (evaluations[index] as number)
        this.#steps[number] = (this.#steps[number] as number) + (steps[index] as number)
      }
      this.#runner.clearCosts(cell)
    }
  }
}

/** The other names of fields in a log source, and the fields that rules for it ask. */
type Names = Readonly<{ others: ReadonlyMap<string, readonly string[]>; told: Set<string> }>

const none: readonly string[] = []

/** Most rules are for sources from which no event ever comes: they are compiled when one does. */
function whenAsked(logsource: Logsource, make: () => Expression): CompiledRule {
  let made: Expression | null = null
  return {
    logsource,
    get expression() {
      made ??= make()
      return made
    },
  }
}

/** Every so-manieth line. */
function* sampleOf(chunk: Uint8Array, every: number): Iterable<Uint8Array> {
  let line = 0
  for (let at = 0; at < chunk.length; line++) {
    const feed = chunk.indexOf(0x0a, at)
    const end = feed < 0 ? chunk.length : feed
    if (line % every === 0 && end > at) yield chunk.subarray(at, end)
    at = end + 1
  }
}
