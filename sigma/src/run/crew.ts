import { Worker } from 'node:worker_threads'
import type { RuleCost } from '../index.ts'
import type { Found, Job, Order, Outcome, Report, RulesKnown, Setup } from './found.ts'

/** Takes what the workers report; each call is waited for before the next one. */
export type CrewSink = Readonly<{
  rules(known: RulesKnown): Promise<void>
  /** Matches in the order of the jobs, and in each in the order of the file. */
  batch(job: Job, found: readonly Found[]): Promise<void>
  done(job: Job, outcome: Outcome): Promise<void>
  /** At the end, once for each worker: what the rules have cost that it has asked. */
  costs(costs: readonly RuleCost[]): void
  /** At any time, in no order. */
  progress(events: number, bytes: number): void
}>

type Hand = { readonly worker: Worker; job: Job | null }
type Held = Readonly<{ hand: Hand; report: Extract<Report, { job: number }> }>

/**
 * Deals jobs out to workers, in their order, and hands on what they report in that same order, so
 * the result does not depend on who was quick. What comes early is held; a worker with too much of
 * it pauses until it is taken. Resolves when all jobs are done.
 *
 * @throws what ended a worker
 */
export async function runCrew(
  jobs: readonly Job[],
  { workers, setup }: { workers: number; setup: Omit<Setup, 'tells'> },
  sink: CrewSink,
): Promise<void> {
  const hands: Hand[] = []
  const held = jobs.map((): Held[] => [])
  let dealt = 0
  /** The job whose reports are handed on. */
  let head = 0
  let isKnown = false
  let isPumping = false
  /** Whether the workers were asked what it has cost, and how many have said it. */
  let isAsking = false
  let answers = 0

  const work = new Promise<void>((resolve, reject) => {
    const deal = (hand: Hand): void => {
      hand.job = jobs[dealt++] ?? null
      if (hand.job) send(hand, { job: hand.job })
    }
    const pump = async (): Promise<void> => {
      if (isPumping || !isKnown) return
      isPumping = true
      while (head < jobs.length) {
        const next = held[head]?.shift()
        if (next === undefined) break
        const job = jobs[head] as Job
        if (next.report.kind === 'batch') {
          await sink.batch(job, next.report.found)
          send(next.hand, { taken: 1 })
        } else if (next.report.kind === 'done') {
          head++
          await sink.done(job, next.report.outcome)
        }
      }
      isPumping = false
      if (head === jobs.length && !isAsking) {
        isAsking = true
        for (const hand of hands) send(hand, { asks: 'costs' })
      }
    }
    const take = async (hand: Hand, report: Report): Promise<void> => {
      switch (report.kind) {
        case 'ready':
          deal(hand)
          if (report.rules) {
            await sink.rules(report.rules)
            isKnown = true
          }
          return await pump()
        case 'costs':
          sink.costs(report.costs)
          return ++answers === hands.length ? resolve() : undefined
        case 'progress':
          return sink.progress(report.events, report.bytes)
        case 'batch':
        case 'done':
          held[report.job]?.push({ hand, report })
          if (report.kind === 'done') deal(hand)
          return await pump()
      }
    }
    for (let nth = 0; nth < Math.max(1, workers); nth++) {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), {
        workerData: { ...setup, tells: nth === 0 } satisfies Setup,
      })
      const hand: Hand = { worker, job: null }
      hands.push(hand)
      worker.on('message', (report: Report) => void take(hand, report).catch(reject))
      worker.on('error', cause => {
        const message = cause instanceof Error ? cause.message : String(cause)
        reject(new Error(`${hand.job?.input.path ?? 'rules'}: ${message}`, { cause }))
      })
    }
  })
  try {
    await work
  } finally {
    await Promise.all(hands.map(({ worker }) => worker.terminate()))
  }
}

const send = ({ worker }: Hand, order: Order): void => worker.postMessage(order)
