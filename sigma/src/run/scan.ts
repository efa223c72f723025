import { statSync } from 'node:fs'
import { type Engine, type EventSource, type Leaf, SigmaError } from '../index.ts'
import { fedRules } from './fed.ts'
import type { FedRule, Found, Job, Outcome, Report, Setup, Trouble } from './found.ts'
import { isAtLeast } from './levels.ts'
import { runLimits } from './limits.ts'
import { readingError, standardInput } from './open.ts'
import { readRecords } from './records.ts'
import { saysSource, sourceFor } from './source.ts'
import { timeOf } from './when.ts'

/** How often a worker tells how far it is. */
const progressMs = 100

/** Where reports go. `room` resolves once there is room for more batches; null if there is. */
export type Outbox = Readonly<{ post(report: Report): void; room(): Promise<void> | null }>

/** Makes what reads a job, asks the rules of each event, and reports what it found. */
export function makeScanner(
  engine: Engine,
  setup: Setup,
  outbox: Outbox,
): (job: Job) => Promise<void> {
  const fed = fedRules(engine)
  const shown = new Set(
    engine.rules.flatMap(({ id, level }) =>
      isAtLeast(level, setup.levelMin) && !engine.isSilent(id) ? [id] : [],
    ),
  )

  /** What is to be told of an event; null if nothing is. */
  function find(
    event: Uint8Array | object,
    { at, record, latestMs }: { at: number; record: string | null; latestMs: number },
  ): Found | null {
    const source = sourceFor(event, setup.source)
    const matched = engine.match(event, source)
    if (matched.length === 0) return null
    const rules = matched.filter(id => shown.has(id))
    const feeding = matched.filter(id => fed.has(id))
    if (rules.length === 0 && feeding.length === 0) return null
    return {
      at,
      record,
      timeMs: timeOf(event, latestMs),
      rules,
      fed: feeding.length === 0 ? [] : fieldsOf(event, feeding, source),
      why: setup.hasWhy && rules.length > 0 ? whyOf(event, rules, source) : null,
    }
  }

  function fieldsOf(
    event: Uint8Array | object,
    rules: readonly string[],
    source: EventSource | undefined,
  ): FedRule[] {
    const field = engine.fields(event, source)
    return rules.map(rule => {
      const names = fed.get(rule) as readonly string[]
      return { rule, fields: Object.fromEntries(names.map(name => [name, field(name, rule)])) }
    })
  }

  function whyOf(
    event: Uint8Array | object,
    rules: readonly string[],
    source: EventSource | undefined,
  ): Record<string, Leaf[]> {
    return Object.fromEntries(
      rules.map(rule => [rule, engine.why(rule, event, source).leaves.map(shortLeaf)]),
    )
  }

  return async ({ nth: job, input }) => {
    const troubles = new Map<string, Trouble>()
    const trouble = (code: string, at: number | null, detail: string): void => {
      const known = troubles.get(code)
      if (known) known.count++
      else troubles.set(code, { code, count: 1, at, detail })
    }
    const latestMs = modifiedMs(input.path)
    let found: Found[] = []
    let characters = 0
    let events = 0
    let untold = { events: 0, bytes: 0 }
    let toldAt = performance.now()
    let isSourceless = false
    const post = (): void => {
      if (found.length === 0) return
      outbox.post({ kind: 'batch', job, found })
      found = []
      characters = 0
    }
    const progress = (): void => {
      outbox.post({ kind: 'progress', ...untold })
      untold = { events: 0, bytes: 0 }
      toldAt = performance.now()
    }
    const see = (event: Uint8Array | object, at: number, record: string | null): void => {
      if (events === 0 && setup.source === null) isSourceless = !saysSource(event)
      events++
      untold.events++
      try {
        const one = find(event, { at, record, latestMs })
        if (one === null) return
        found.push(one)
        characters += weightOf(one)
      } catch (error) {
        if (!(error instanceof SigmaError)) throw error
        events--
        trouble(error.refusal.code, at, error.refusal.detail)
      }
      if (found.length >= runLimits.batchMatches || characters >= runLimits.batchCharacters) post()
    }
    const end = (outcome: Pick<Outcome, 'format' | 'lines' | 'failure'>): void => {
      post()
      progress()
      outbox.post({
        kind: 'done',
        job,
        outcome: { ...outcome, events, troubles: [...troubles.values()], isSourceless },
      })
    }
    try {
      const read = await readRecords(input, {
        event: see,
        trouble,
        read: bytes => void (untold.bytes += bytes),
        pause() {
          if (performance.now() - toldAt >= progressMs) progress()
          return outbox.room()
        },
      })
      end({ ...read, failure: null })
    } catch (error) {
      const failure = readingError(error)
      if (failure === null) throw error
      end({ format: null, lines: 0, failure })
    }
  }
}

/** When a file was last written: lines without a year are not later. */
function modifiedMs(path: string): number {
  if (path === standardInput) return Date.now()
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
}

const shorten = (text: string): string =>
  text.length > runLimits.whyCharactersMax ? `${text.slice(0, runLimits.whyCharactersMax)}…` : text

const shortLeaf = (leaf: Leaf): Leaf => ({
  ...leaf,
  found: leaf.found.slice(0, foundMax).map(text => (text === null ? null : shorten(text))),
})

/** Values of one field that `--why` shows. */
const foundMax = 20

const weightOf = ({ fed, why }: Found): number =>
  why === null && fed.length === 0 ? 100 : JSON.stringify([fed, why]).length
