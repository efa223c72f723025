import { type BaseMatch, type CompileOptions, compile, type Engine, SigmaError } from '../index.ts'
import { hostileEvent } from './hostile-event.ts'
import { hostileRules, placeholders } from './hostile-rule.ts'
import { type Random, randomOf } from './random.ts'

type EngineName = NonNullable<CompileOptions['engine']>

/** What became of a case, as text that can be compared; the same for every engine. */
export type Outcome = Readonly<{ rules: string; events: readonly string[] }>

const eventsMax = 4

/**
 * Runs the case of a seed through all engines.
 *
 * @throws what was thrown that is no refusal, and where engines differ; the seed is in its message
 */
export function runSeed(seed: number, engines: readonly EngineName[]): Outcome {
  const random = randomOf(seed)
  const source = hostileRules(random)
  const events = [hostileEvent(random), ...random.some(eventsMax - 1, () => hostileEvent(random))]
  return explained(`seed ${seed}`, () => compare(engines, { source, events, seed }))
}

/** Runs one case that was made by hand. */
export const runCase = (
  name: string,
  engines: readonly EngineName[],
  given: Readonly<{ source: string; events: readonly unknown[] }>,
): Outcome => explained(name, () => compare(engines, { ...given, seed: 0 }))

function explained<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

type Case = Readonly<{ source: string; events: readonly unknown[]; seed: number }>

function compare(engines: readonly EngineName[], given: Case): Outcome {
  const [first, ...others] = engines.map(engine => outcomeOf(engine, given))
  for (const [at, other] of others.entries()) {
    if (JSON.stringify(other) === JSON.stringify(first)) continue
    const [one, two] = [JSON.stringify(first), JSON.stringify(other)]
    throw new Error(`${engines[0]} says ${one}, ${engines[at + 1]} says ${two}`)
  }
  return first as Outcome
}

function outcomeOf(engine: EngineName, { source, events, seed }: Case): Outcome {
  // What gives no verdict for its cost cannot be compared.
  const compiled = compile(source, { engine, placeholders, stepsMax: Number.POSITIVE_INFINITY })
  const matches = new Asked(compiled, randomOf(seed))
  return {
    rules: JSON.stringify(compiled.rules),
    events: events.map((event, at) => matches.ask(event, at)),
  }
}

/** Asks an engine all that can be asked of an event, and its correlations with what matched. */
class Asked {
  readonly #engine: Engine
  readonly #random: Random
  readonly #correlator: ReturnType<Engine['correlate']>

  constructor(engine: Engine, random: Random) {
    this.#engine = engine
    this.#random = random
    this.#correlator = engine.correlate()
  }

  ask(event: unknown, at: number): string {
    try {
      const rules = this.#engine.match(event).toSorted()
      for (const { id, kind, state } of this.#engine.rules) {
        if (kind !== 'detection' || !state.startsWith('runs')) continue
        const { matched } = this.#engine.why(id, event)
        if (matched !== rules.includes(id)) throw new Error(`match and why differ of ${id}`)
      }
      const timeMs = this.#random.once(30) ? this.#random.pick([-1, 2 ** 53, 0.5]) : at * 500
      const field = this.#engine.fields(event)
      return `matched ${rules.join(' ')}; ${this.#correlate({ rules, timeMs, id: `${at}`, field })}`
    } catch (error) {
      if (error instanceof SigmaError) return error.refusal.code
      throw error
    }
  }

  #correlate(match: BaseMatch): string {
    return JSON.stringify([this.#correlator.add(match), this.#correlator.flush()])
  }
}
