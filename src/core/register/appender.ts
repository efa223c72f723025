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
 * Appends very many facts in their order, so many in a transaction: while one is being committed the
 * next is checked, and a third is made ready; no more are in memory. One that fails is the last: nothing
 * is appended after it. Its fields belong to one doing and end with it.
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
  private before: Promise<unknown> = Promise.resolve()
  private underWay: Promise<unknown> = Promise.resolve()
  private last: Pos = 0
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

  /** Resolves to the last position when all that was added is on the list. */
  async end(): Promise<Pos> {
    await this.send()
    await this.underWay
    return this.last
  }

  private async send(): Promise<void> {
    await this.before
    this.before = this.underWay
    this.underWay = this.deliver(this.waiting, this.before)
    this.waiting = []
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

  private async deliver(window: readonly Observation[], before: Promise<unknown>): Promise<void> {
    if (window.length === 0) {
      await before
      return
    }
    for (let tries = 0; ; tries++) {
      try {
        const appended = await this.options.submitAll(window, before)
        for (const { pos } of appended) this.last = Math.max(this.last, pos)
        return
      } catch (error) {
        // What failed before is not tried again here.
        await before
        const isBusy = error instanceof OkiteError && error.code === 'LEDGER_BUSY'
        if (!isBusy || tries >= busyTries) throw error
        await wait(busyMs)
      }
    }
  }
}
