import type { Duration, Instant, Pos, Ref } from '../fact.ts'
import type { Context, Owed, Params, Plain } from '../judge.ts'
import {
  type Base,
  type Control,
  type Judged,
  type Kind,
  type Match,
  type Of,
  of,
  type Reason,
  type Status,
  type Stepped,
  type Subject,
  settleDefault,
} from './kind.ts'
import { compile } from './machine.ts'
import { compareText, concerns, effective, keysOfAny, later, soonestOf, typesOf } from './match.ts'
import { after } from './population.ts'
import { owesOf } from './state-owes.ts'
import { combineSubjects } from './verdict.ts'

/** The fact that stands in a slot: the newest of its subject (V21). */
export type Slot<B = any> = Readonly<{
  pos: Pos
  /** Its effective time (V4). */
  when: Instant
  body: B
  refs: Readonly<Record<string, Ref>>
}>

/**
 * What the evidence in the slots says. `false` fails without saying why. Evidence may also be there
 * and yet not answer the question: that is unknown, and neither a failure nor its end.
 */
export type Holds = boolean | Readonly<{ status: 'broken' | 'unknown'; reason: Reason }>

type SlotMatch = Match & Readonly<{ fresh?: Of<Duration> }>
type SlotsOf<M> = Readonly<{ [K in keyof M]: M[K] extends Match<infer B> ? Slot<B> : never }>

/**
 * A control of kind *state*: does every subject satisfy it now? (V20, V21)
 *
 * @param o `holds` is asked only when every slot has a fresh fact. It may depend on `now` only if
 * `until` tells when that changes its answer, whichever it is: who fails today may hold at midnight.
 */
export function state<const M extends Readonly<Record<string, SlotMatch>>>(
  o: Base &
    Readonly<{
      slots: M
      holds(slots: SlotsOf<M>, now: Instant, params: Params): Holds
      /** The next instant after `now` at which `holds` may answer otherwise by time alone. */
      until?(slots: SlotsOf<M>, params: Params, now: Instant): Instant | null
      /** How long it may fail before it is broken. */
      repair?: Of<Duration>
      /** How long it must hold after a failure before it is kept again. */
      steady?: Of<Duration>
    }>,
): Control {
  return compile(o, stateKind(o as unknown as Definition))
}

type Definition = Base &
  Readonly<{
    slots: Readonly<Record<string, SlotMatch>>
    holds(slots: Readonly<Record<string, Slot>>, now: Instant, params: Params): Holds
    until?(slots: Readonly<Record<string, Slot>>, params: Params, now: Instant): Instant | null
    repair?: Of<Duration>
    steady?: Of<Duration>
  }>

type Slots = Readonly<Record<string, Slot | undefined>>
type Filled = Readonly<Record<string, Slot>>

type State = Readonly<{
  slots: Slots
  /**
   * The newest claim that nobody has accepted yet. Once accepted it counts from when it occurred, and
   * may then be older than what stands in the slot (V4).
   */
  claims: Slots
  /**
   * Since when it fails. A blind interlude or a doing that does not last does not start it anew.
   * `judged`: a policy was in force; what failed before that fails since the policy began (V32).
   * `after`: the newest evidence then. It names what is to be mended, whatever comes until it is.
   */
  failing: Readonly<{ from: Instant; judged: boolean; after: Pos }> | null
  /** Since when it holds again after a failure, and as what it is held until it is steady. */
  steady: Readonly<{ from: Instant; held: 'due' | 'broken' }> | null
}>

/** A definition with what is worked out of it once. */
type Prepared = Definition &
  Readonly<{
    /** Of the slots, in order. */
    names: readonly string[]
    /** What was read last; a function of its other fields. Changes no answer. */
    last: Last
  }>

type Last = {
  slots: Slots | null
  claims: Slots | null
  now: Instant
  params: Params | null
  calendars: Context['calendars'] | null
  view: View | null
}

function stateKind(definition: Definition): Kind<Plain> {
  const o: Prepared = {
    ...definition,
    names: Object.keys(definition.slots).sort(compareText),
    last: { slots: null, claims: null, now: '', params: null, calendars: null, view: null },
  }
  const matches = Object.values(o.slots)
  // Nobody is asked where only machines tell.
  const asked = matches.filter(match => (match.byHand ?? []).length > 0)
  return {
    name: 'state',
    from: typesOf(matches),
    subjects: fact => keysOfAny(matches, fact),
    matches,
    opensSubjects: false,
    init: () => ({ slots: {}, claims: {}, failing: null, steady: null }) satisfies State,
    step: (before, input, subject, ctx) => {
      const fact = input !== null && 'pos' in input ? input : null
      const filled = fact === null ? (before as State) : fill(o, before as State, fact, subject)
      const isMoved = fact !== null && filled !== before
      const observed = observe(o, filled, isMoved ? effective(fact) : null, subject, ctx)
      return { state: observed }
    },
    judge: (row, subject, ctx) => judge(o, row as State, subject, ctx),
    combine: combineSubjects(o.atLeast),
    combinesCounts: true,
    ...(asked.length > 0 && {
      closes: asked,
      owes: (state, { joined }, ctx) => owed(o, state as State, joined, ctx),
    }),
  }
}

/** A slot takes the fact with the largest (`when`, position); an older one changes nothing (V21). */
function fill(o: Prepared, before: State, fact: Stepped, subject: Subject): State {
  let { slots, claims } = before
  let isMoved = false
  for (const name in o.slots) {
    if (!concerns(o.slots[name]!, fact, subject.key)) continue
    const isClaim = fact.trust === 'claim' && fact.accepted !== true
    const slot = { pos: fact.pos, when: effective(fact), body: fact.body, refs: fact.refs }
    if (claims[name]?.pos === fact.pos) {
      const { [name]: _, ...others } = claims
      claims = others
    }
    if (isClaim) claims = { ...claims, [name]: newer(claims[name], slot) }
    else slots = { ...slots, [name]: newer(slots[name], slot) }
    isMoved = true
  }
  return isMoved ? { ...before, slots, claims } : before
}

const newer = (a: Slot | undefined, b: Slot): Slot =>
  a === undefined || a.when < b.when || (a.when === b.when && a.pos <= b.pos) ? b : a

/** What stands in the slots now. */
function standing(o: Prepared, state: State): Slots {
  const slots: Record<string, Slot | undefined> = {}
  for (const name of o.names) {
    const claim = state.claims[name]
    const slot = claim === undefined ? state.slots[name] : newer(state.slots[name], claim)
    if (slot !== undefined) slots[name] = slot
  }
  return slots
}

type Reading =
  | Readonly<{ code: 'evidence.missing' | 'evidence.stale'; slot: string }>
  | Readonly<{ code: 'holds' }>
  | Readonly<{ code: 'fails' | 'unclear'; reason: Reason }>

/** The slots and what they say at one instant. */
type View = Readonly<{
  slots: Slots
  /** When each filled slot becomes stale, in the order of their names. */
  stale: readonly (Instant | null)[]
  because: readonly Pos[]
  reading: Reading
}>

/** A step asks twice: for what it keeps, and for how that is judged. */
function viewOf(o: Prepared, state: State, ctx: Context): View {
  const { last } = o
  if (
    last.view !== null &&
    last.slots === state.slots &&
    last.claims === state.claims &&
    last.now === ctx.now &&
    last.params === ctx.params &&
    last.calendars === ctx.calendars
  ) {
    return last.view
  }
  const view = look(o, standing(o, state), ctx)
  last.slots = state.slots
  last.claims = state.claims
  last.now = ctx.now
  last.params = ctx.params
  last.calendars = ctx.calendars
  last.view = view
  return view
}

function look(o: Prepared, slots: Slots, ctx: Context): View {
  const stale: (Instant | null)[] = []
  const because: Pos[] = []
  for (const name of o.names) {
    const slot = slots[name]
    if (slot === undefined) continue
    stale.push(staleAt(o, name, slot, ctx))
    because.push(slot.pos)
  }
  return { slots, stale, because, reading: read(o, slots, stale, ctx) }
}

const staleAt = (o: Prepared, name: string, slot: Slot, ctx: Context): Instant | null =>
  freshUntil(o, name, slot.when, ctx)

function freshUntil(o: Prepared, name: string, from: Instant, ctx: Context): Instant | null {
  const fresh = o.slots[name]?.fresh
  return fresh === undefined ? null : after(from, of(fresh, ctx.params), ctx)
}

/** What the slots say at this instant: missing before stale, and both before `holds`. */
function read(
  o: Prepared,
  standing: Slots,
  stale: readonly (Instant | null)[],
  ctx: Context,
): Reading {
  for (const slot of o.names) {
    if (standing[slot] === undefined) return { code: 'evidence.missing', slot }
  }
  const slots = standing as Filled
  for (const [nth, slot] of o.names.entries()) {
    const at = stale[nth]
    if (at != null && at <= ctx.now) return { code: 'evidence.stale', slot }
  }
  const answer = o.holds(slots, ctx.now, ctx.params)
  if (answer === true) return { code: 'holds' }
  if (answer === false) return { code: 'fails', reason: { code: 'failing', args: {} } }
  return { code: answer.status === 'broken' ? 'fails' : 'unclear', reason: answer.reason }
}

/** Keeps since when it fails, and since when it holds again (V20). */
function observe(
  o: Prepared,
  before: State,
  moved: Instant | null,
  subject: Subject,
  ctx: Context,
): State {
  const state = judgedFrom(before, subject, ctx)
  const { reading } = viewOf(o, state, ctx)
  const at = moved ?? ctx.now
  if (reading.code === 'fails') {
    if (state.failing !== null) return state.steady === null ? state : { ...state, steady: null }
    const after = newestOf(viewOf(o, state, ctx))
    return judgedFrom({ ...state, failing: { from: at, judged: false, after } }, subject, ctx)
  }
  if (reading.code !== 'holds' || state.failing === null) return state
  if (o.steady === undefined) return { ...state, failing: null, steady: null }
  const steady = state.steady ?? {
    from: at,
    held: isOver(o, state.failing.from, at, ctx) ? 'broken' : 'due',
  }
  const isSteady = after(steady.from, of(o.steady, ctx.params), ctx) <= ctx.now
  return isSteady ? { ...state, failing: null, steady: null } : { ...state, steady }
}

/** What failed before there was a policy, or before the subject joined, fails since then (V32). */
function judgedFrom(state: State, subject: Subject, ctx: Context): State {
  if (state.failing === null || state.failing.judged || ctx.adopted === null) return state
  const from = later(state.failing.from, later(ctx.adopted.from, subject.joined ?? ''))
  return { ...state, failing: { ...state.failing, from, judged: true } }
}

const newestOf = ({ because }: View): Pos => because.reduce((a, b) => Math.max(a, b), 0)

/** What people are asked for. */
function owed(o: Prepared, state: State, joined: Instant | null, ctx: Context): readonly Owed[] {
  const view = viewOf(o, state, ctx)
  const { slots, reading } = view
  const begun = later(ctx.adopted!.from, joined ?? '')
  return owesOf({
    slots: o.names.map(name => {
      const stands = slots[name] ?? null
      const staleAt = stands === null ? null : freshUntil(o, name, stands.when, ctx)
      return { name, match: o.slots[name]!, stands, staleAt }
    }),
    begun,
    failing: failingIn(state, view, begun),
    ends:
      reading.code === 'holds' ? (o.until?.(slots as Filled, ctx.params, ctx.now) ?? null) : null,
    mendedBy: from => repairEnd(o, from, ctx).end,
    freshUntil: (name, from) => freshUntil(o, name, from, ctx),
  })
}

/** What fails; or what was told and leaves the question open, since the newest of it. */
function failingIn({ failing }: State, view: View, begun: Instant) {
  const { slots, reading } = view
  if (reading.code === 'holds') return null
  if (failing !== null || reading.code !== 'unclear') return failing
  const from = Object.values(slots).reduce((at, slot) => later(at, slot?.when ?? ''), begun)
  return { from, after: newestOf(view) }
}

/** The end of the repair time, and when that is decided (V5). */
function repairEnd(o: Prepared, from: Instant, ctx: Context) {
  const end = o.repair === undefined ? from : after(from, of(o.repair, ctx.params), ctx)
  const decided =
    o.repair === undefined ? from : after(end, of(o.settle ?? settleDefault, ctx.params), ctx)
  return { end, decided }
}

/** It was called broken before it held again, at `at`. */
function isOver(o: Prepared, from: Instant, at: Instant, ctx: Context): boolean {
  const { end, decided } = repairEnd(o, from, ctx)
  return decided <= ctx.now && (o.repair === undefined || at > end)
}

function judge(o: Prepared, state: State, subject: Subject, ctx: Context): Judged {
  const { slots, stale, because, reading } = viewOf(o, state, ctx)
  const answer = (
    status: Status,
    reason: Reason,
    rest: Readonly<{ since?: Instant; next?: readonly (Instant | null)[]; awaits?: Instant }> = {},
  ): Judged => ({
    status,
    reason,
    since: rest.since ?? ctx.now,
    next: soonestOf(ctx.now, [...stale, ...(rest.next ?? [])]),
    awaits: rest.awaits ?? null,
    because,
  })
  if ('slot' in reading) {
    return answer('unknown', { code: reading.code, args: { slot: reading.slot } })
  }
  const until = o.until?.(slots as Filled, ctx.params, ctx.now) ?? null
  if (reading.code === 'holds') {
    if (state.steady === null || o.steady === undefined) {
      return answer('kept', { code: 'holds', args: {} }, { next: [until] })
    }
    const steadyAt = after(state.steady.from, of(o.steady, ctx.params), ctx)
    const next = [until, steadyAt]
    return answer(state.steady.held, { code: 'steadying', args: { until: steadyAt } }, { next })
  }
  if (reading.code === 'unclear') return answer('unknown', reading.reason, { next: [until] })
  const { end, decided } = repairEnd(o, state.failing?.from ?? ctx.now, ctx)
  if (decided > ctx.now) {
    return answer('due', { code: 'repairing', args: { until: end } }, { next: [until, decided] })
  }
  const { watermark } = subject
  if (
    o.repair !== undefined &&
    watermark !== undefined &&
    (watermark === null || watermark < end)
  ) {
    return answer(
      'unknown',
      { code: 'source.silent', args: { until: end } },
      { next: [until], awaits: end },
    )
  }
  const since = o.repair === undefined ? ctx.now : end
  return answer('broken', reading.reason, { since, next: [until] })
}
