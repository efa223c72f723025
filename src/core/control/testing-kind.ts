import type { Fact, FactType, Instant, Ref, Trust } from '../fact.ts'
import type { Context, Params, Plain, Wake } from '../judge.ts'
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

export type KindRun<S> = {
  adopt(from: Instant, at?: Instant): void
  params(params: Params, at: Instant): void
  fact<B>(type: FactType<B>, body: B, told: Told): number
  advance(to: Instant): Judged
  /** A wake that nobody asked for. */
  wake(at: Instant): void
  watermark(to: Instant, at: Instant): void
  except(excepted: Subject['excepted'], at: Instant): void
  joined(joined: Instant, at: Instant): void
  /** `status / reason since`, at the last instant. */
  read(): string
  judged(): Judged
  readonly closed: readonly Occurrence[]
  readonly restated: readonly { name: string; was: string; now: string }[]
  readonly refused: readonly { name: string }[]
  state(): S | null
}

/**
 * The smallest runner of one kind for one subject: wakes are stepped before facts (V2), unless
 * `lazy`, which never wakes. States are frozen, so that a step that writes into one fails.
 */
export function runKind<S extends Plain>(
  kind: Kind<S>,
  options: {
    params?: Params
    calendars?: Calendars
    key?: string
    joined?: Instant
    watermark?: Instant | null
    lazy?: boolean
  } = {},
): KindRun<S> {
  const key = options.key ?? 'org'
  let state: S | null = null
  let now = ''
  let adopted: Context['adopted'] = null
  let params = options.params ?? {}
  let paramsPos = 0
  let subject: Subject = { key, joined: options.joined ?? null, watermark: options.watermark }
  const closed: Occurrence[] = []
  const restated: { name: string; was: string; now: string }[] = []
  const refused: { name: string }[] = []
  const list: Stepped[] = []
  const calendars = options.calendars ?? createCalendars()

  const context = (): Context => ({
    now,
    cause: list.length,
    adopted: adopted && adopted.from <= now ? adopted : null,
    params,
    assumed: [],
    paramsPos,
    calendars,
    root: null,
    soonest: () => null,
    made: () => undefined,
    ranked: () => [],
  })
  const step = (input: Stepped | Wake | null) => {
    const result = kind.step(state ?? kind.init(key), input, subject, context())
    state = deepFreeze(result.state)
    closed.push(...(result.closed ?? []))
    restated.push(...(result.restated ?? []))
    refused.push(...(result.refused ?? []))
  }
  const judged = (): Judged => kind.judge(state ?? kind.init(key), subject, context())
  const goTo = (to: Instant) => {
    if (to < now) throw new Error(`time goes back from ${now} to ${to}`)
    for (;;) {
      const pending = adopted && adopted.from > now && adopted.from <= to ? adopted.from : null
      const next = state === null || context().adopted === null ? null : judged().next
      const due = !options.lazy && next !== null && next <= to ? next : null
      const at = pending !== null && (due === null || pending <= due) ? pending : due
      if (at === null) break
      if (at <= now) throw new Error(`the wake ${at} is not after ${now}`)
      now = at
      step(at === pending ? null : { wake: true, at })
    }
    now = to
  }
  return {
    adopt(from, at = from) {
      goTo(at)
      adopted = { pos: 1, hash: '0'.repeat(64), version: '1', from }
      step(null)
    },
    params(next, at) {
      goTo(at)
      params = next
      paramsPos += 1
      step(null)
    },
    fact(type, body, told) {
      goTo(told.at)
      const old = told.accepts === undefined ? undefined : list[told.accepts]
      const fact: Stepped = old
        ? { ...old, accepted: true }
        : {
            pos: list.length,
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
            refs: {} as Record<string, Ref>,
          }
      if (!old) list.push(deepFreeze(fact))
      if (kind.subjects(fact as Fact).includes(key)) step(fact)
      return fact.pos
    },
    advance(to) {
      goTo(to)
      if (options.lazy) step({ wake: true, at: to })
      return judged()
    },
    wake(at) {
      goTo(at)
      step({ wake: true, at })
    },
    watermark(to, at) {
      goTo(at)
      subject = { ...subject, watermark: to }
      step(null)
    },
    except(excepted, at) {
      goTo(at)
      subject = { ...subject, excepted: excepted ?? null }
      step(null)
    },
    joined(joined, at) {
      goTo(at)
      subject = { ...subject, joined }
      step(null)
    },
    read() {
      const { status, reason, since, aside } = judged()
      return `${status} / ${reason.code} ${since}${aside ? ` ${aside}` : ''}`
    },
    judged,
    closed,
    restated,
    refused,
    state: () => state,
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}
