import { statSync } from 'node:fs'
import { type Engine, SigmaError } from '../index.ts'
import { makeFinder } from './find.ts'
import type { Found, Job, Outcome, Report, Setup, Trouble } from './found.ts'
import { runLimits } from './limits.ts'
import { readingError, standardInput } from './open.ts'
import { readRecords } from './records.ts'
import { saysSource } from './source.ts'

/** Where reports go. `room` resolves once there is room for more batches; null if there is. */
export type Outbox = Readonly<{ post(report: Report): void; room(): Promise<void> | null }>

/** Makes what reads a job, asks the rules of each event, and reports what it found. */
export function makeScanner(
  engine: Engine,
  setup: Setup,
  outbox: Outbox,
): (job: Job) => Promise<void> {
  const find = makeFinder(engine, setup)
  return async ({ nth: job, input }) => {
    const troubles = new Map<string, Trouble>()
    const batches = makeBatches(job, outbox)
    const progress = makeProgressReports(outbox)
    const latestMs = modifiedMs(input.path)
    let events = 0
    let isSourceless: boolean | null = null
    const trouble = (code: string, at: number | null, detail: string): void => {
      const known = troubles.get(code)
      if (known) known.count++
      else troubles.set(code, { code, count: 1, at, detail })
    }
    const end = (outcome: Pick<Outcome, 'format' | 'lines' | 'failure'>): void => {
      batches.post()
      progress.post()
      const told = { events, troubles: [...troubles.values()], isSourceless: isSourceless ?? false }
      outbox.post({ kind: 'done', job, outcome: { ...outcome, ...told } })
    }
    try {
      const read = await readRecords(input, {
        event(event, at, record) {
          isSourceless ??= setup.source === null && !saysSource(event)
          try {
            const found = find({ event, at, record, latestMs })
            events++
            progress.events(1)
            if (found) batches.add(found)
          } catch (error) {
            if (!(error instanceof SigmaError)) throw error
            trouble(error.refusal.code, at, error.refusal.detail)
          }
        },
        trouble,
        read: progress.bytes,
        pause() {
          progress.postIfDue()
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

/** Collects what was found until it is worth a message. */
function makeBatches(job: number, outbox: Outbox) {
  let found: Found[] = []
  let characters = 0
  const post = (): void => {
    if (found.length > 0) outbox.post({ kind: 'batch', job, found })
    found = []
    characters = 0
  }
  return {
    post,
    add(one: Found): void {
      found.push(one)
      characters += one.why === null && one.fed.length === 0 ? 0 : JSON.stringify(one).length
      if (found.length >= runLimits.batchMatches || characters >= runLimits.batchCharacters) post()
    },
  }
}

/** How often a worker tells how far it is. */
const progressMs = 100

function makeProgressReports(outbox: Outbox) {
  let untold = { events: 0, bytes: 0 }
  let toldAt = performance.now()
  const post = (): void => {
    outbox.post({ kind: 'progress', ...untold })
    untold = { events: 0, bytes: 0 }
    toldAt = performance.now()
  }
  return {
    post,
    postIfDue(): void {
      if (performance.now() - toldAt >= progressMs) post()
    },
    events: (more: number): void => void (untold.events += more),
    bytes: (more: number): void => void (untold.bytes += more),
  }
}

/** When a file was last written: lines without a year are not later. */
function modifiedMs(path: string): number {
  if (path === standardInput) return Date.now()
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
}
