import { strict as assert } from 'node:assert'
import type { FactType, Instant, Trust } from '../fact.ts'
import type { Context, Owed, Params, Plain, Wake } from '../judge.ts'
import { type Calendars, createCalendars } from '../time.ts'
import type { Judged, Kind, Occurrence, Stepped, Subject } from './kind.ts'

export type Told = Readonly<{
  /** `recorded`, and `occurred` when that is not said. */
  at: Instant
  occurred?: Instant
  trust?: Trust
  /** Steps a fact again that was told before. */
  accepts?: number
}>

export type RunOptions = Readonly<{
  params?: Params
  calendars?: Calendars
  key?: string
  joined?: Instant
  watermark?: Instant | null
  lazy?: boolean
}>

/**
 * The smallest runner of one kind for one subject: wakes are stepped before facts (V2), unless
 * `lazy`, which never wakes. States are frozen, so that a step that writes into one fails.
 */
export class KindRun<S extends Plain> {
  readonly closed: Occurrence[] = []
  readonly restated: { name: string; was: string; now: string }[] = []
  readonly refused: { name: string }[] = []
  readonly #kind: Kind<S>
  readonly #key: string
  readonly #lazy: boolean
  readonly #calendars: Calendars
  readonly #list: Stepped[] = []
  #state: S | null = null
  #now: Instant = ''
  #adopted: Context['adopted'] = null
  #params: Params
  #paramsPos = 0
  #subject: Subject

  constructor(kind: Kind<S>, options: RunOptions) {
    this.#kind = kind
    this.#key = options.key ?? 'org'
    this.#lazy = options.lazy ?? false
    this.#calendars = options.calendars ?? createCalendars()
    this.#params = options.params ?? {}
    this.#subject = {
      key: this.#key,
      joined: options.joined ?? null,
      watermark: options.watermark,
    }
  }

  adopt(from: Instant, at: Instant = from): void {
    this.#goTo(at)
    this.#adopted = { pos: 1, version: '1', hash: '0'.repeat(64), from }
    this.#step(null)
  }

  params(next: Params, at: Instant): void {
    this.#goTo(at)
    this.#params = next
    this.#paramsPos += 1
    this.#step(null)
  }

  /** Appends a fact, or steps one again whose claim is accepted. Answers its position. */
  fact<B>(type: FactType<B>, body: B, told: Told): number {
    this.#goTo(told.at)
    const old = told.accepts === undefined ? undefined : this.#list[told.accepts]
    const fact: Stepped = old
      ? { ...old, accepted: true }
      : {
          pos: this.#list.length,
          type: type.name,
          tv: type.tv,
          module: type.module,
          source: 'test',
          occurred: told.occurred ?? told.at,
          observed: told.at,
          recorded: told.at,
          trust: told.trust ?? 'instrument',
          because: [],
          body,
          refs: {},
        }
    if (!old) this.#list.push(deepFreeze(fact))
    if (this.#kind.subjects(fact).includes(this.#key)) this.#step(fact)
    return fact.pos
  }

  advance(to: Instant): Judged {
    this.#goTo(to)
    if (this.#lazy) this.#step({ wake: true, at: to })
    return this.judged()
  }

  /** A wake that nobody asked for. */
  wake(at: Instant): void {
    this.#goTo(at)
    this.#step({ wake: true, at })
  }

  watermark(to: Instant, at: Instant): void {
    this.#change({ watermark: to }, at)
  }

  except(excepted: NonNullable<Subject['excepted']>, at: Instant): void {
    this.#change({ excepted }, at)
  }

  joined(joined: Instant, at: Instant): void {
    this.#change({ joined }, at)
  }

  judged(): Judged {
    return this.#kind.judge(
      this.#state ?? this.#kind.init(this.#key),
      this.#subject,
      this.#context(),
    )
  }

  /** `status / reason since`, at the last instant. */
  read(): string {
    const { status, reason, since, aside } = this.judged()
    return `${status} / ${reason.code} ${since}${aside ? ` ${aside}` : ''}`
  }

  owes(): readonly Owed[] {
    return this.#kind.owes?.(this.#state!, this.#subject, this.#context()) ?? []
  }

  state(): S | null {
    return this.#state
  }

  #change(change: Partial<Subject>, at: Instant): void {
    this.#goTo(at)
    this.#subject = { ...this.#subject, ...change }
    this.#step(null)
  }

  #context(): Context {
    const adopted = this.#adopted
    return {
      now: this.#now,
      cause: this.#list.length,
      adopted: adopted && adopted.from <= this.#now ? adopted : null,
      params: this.#params,
      assumed: [],
      paramsPos: this.#paramsPos,
      calendars: this.#calendars,
      root: null,
      soonest: () => null,
      made: () => undefined,
      ranked: () => [],
    }
  }

  #step(input: Stepped | Wake | null): void {
    const before = this.#state ?? this.#kind.init(this.#key)
    const result = this.#kind.step(before, input, this.#subject, this.#context())
    this.#state = deepFreeze(result.state)
    this.closed.push(...(result.closed ?? []))
    this.restated.push(...(result.restated ?? []))
    this.refused.push(...(result.refused ?? []))
  }

  #goTo(to: Instant): void {
    assert(to >= this.#now, `time goes back from ${this.#now} to ${to}`)
    for (let at = this.#nextWake(); at !== null && at <= to; at = this.#nextWake()) {
      assert(at > this.#now, `the wake ${at} is not after ${this.#now}`)
      this.#now = at
      this.#step({ wake: true, at })
    }
    this.#now = to
  }

  #nextWake(): Instant | null {
    const isIdle = this.#lazy || this.#state === null || this.#context().adopted === null
    return isIdle ? null : this.judged().next
  }
}

export const runKind = <S extends Plain>(kind: Kind<S>, options: RunOptions = {}): KindRun<S> =>
  new KindRun(kind, options)

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}
