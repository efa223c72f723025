import { setTimeout as wait } from 'node:timers/promises'
import { OkiteError } from '../error.ts'
import type { Observation, Pos, Trust } from '../fact.ts'
import { submitCountMax } from '../ledger/store.ts'
import type { SubmitAll } from '../module.ts'
import { type Clock, toInstant } from '../time.ts'
import type { Draft } from './register.ts'

/** 30 s of a ledger that has no room; then it is said, and what is missing is done later. */
const busyTries = 600
const busyMs = 50

/**
 * Appends very many facts in their order, so many in a transaction, with at most twice as many in memory.
 * Its fields belong to one doing and end with it.
 */
export class Appender {
  private readonly options: Readonly<{
    submitAll: SubmitAll
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
    for (const draft of drafts) {
      this.waiting.push(this.observe(draft))
      if (this.waiting.length >= submitCountMax) await this.send()
    }
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

  private async deliver(window: readonly Observation[], before: Pos): Promise<Pos> {
    if (window.length === 0) return before
    for (let tries = 0; ; tries++) {
      try {
        const appended = await this.options.submitAll(window)
        return appended.reduce((last, { pos }) => Math.max(last, pos), before)
      } catch (error) {
        const isBusy = error instanceof OkiteError && error.code === 'LEDGER_BUSY'
        if (!isBusy || tries >= busyTries) throw error
        await wait(busyMs)
      }
    }
  }
}
