import { setTimeout as wait } from 'node:timers/promises'
import { OkiteError } from '../error.ts'
import type { Observation, Pos, Trust } from '../fact.ts'
import type { Submit } from '../module.ts'
import { type Clock, toInstant } from '../time.ts'
import type { Draft } from './register.ts'

/** On their way together, and as many again being prepared: half of what the ledger lets wait. */
const submittedCount = 1_024

/** 30 s of a ledger that has no room; then it is said, and what is missing is done later. */
const busyTries = 600
const busyMs = 50

/**
 * Appends very many facts in their order, a window at a time, with at most two windows in memory. Its
 * fields belong to one doing and end with it.
 */
export class Appender {
  private readonly options: Readonly<{
    submit: Submit
    clock: Clock
    source: string
    trust: Trust
    /** Names this doing and no other: with their number in it the facts have their identities. */
    run: string
  }>
  private waiting: Observation[] = []
  private underWay: Promise<Pos> = Promise.resolve(0)
  private count = 0

  constructor(options: Appender['options']) {
    this.options = options
  }

  async add(drafts: readonly Draft[]): Promise<void> {
    for (const draft of drafts) this.waiting.push(this.observe(draft))
    if (this.waiting.length >= submittedCount) await this.send()
  }

  /** Resolves to the last position when everything is on the list. */
  async end(): Promise<Pos> {
    await this.send()
    return this.underWay
  }

  private async send(): Promise<void> {
    const last = await this.underWay
    const window = this.waiting
    this.waiting = []
    this.underWay = this.deliver(window, last)
    // Whoever waits for it next hears of it.
    this.underWay.catch(() => undefined)
  }

  private observe(draft: Draft): Observation {
    const { clock, source, trust, run } = this.options
    const now = toInstant(clock.nowMs())
    this.count += 1
    const identity = `${run} ${this.count}`
    return { ...draft, ...{ source, occurred: now, observed: now, trust, identity } }
  }

  /** Of a window the ledger takes a beginning and refuses the rest, so that the order stays. */
  private async deliver(window: readonly Observation[], before: Pos): Promise<Pos> {
    let last = before
    let rest = window
    for (let tries = 0; ; tries++) {
      const answers = await Promise.allSettled(rest.map(one => this.options.submit(one)))
      const refused: Observation[] = []
      for (const [at, answer] of answers.entries()) {
        if (answer.status === 'fulfilled') last = Math.max(last, answer.value.pos)
        else if (tries < busyTries && isBusy(answer.reason)) refused.push(rest[at] as Observation)
        else throw answer.reason
      }
      if (refused.length === 0) return last
      rest = refused
      await wait(busyMs)
    }
  }
}

const isBusy = (error: unknown) => error instanceof OkiteError && error.code === 'LEDGER_BUSY'
