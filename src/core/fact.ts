import type { z } from 'zod'
import { OkiteError } from './error.ts'

/** A place on the list, 0-based. A *size* counts entries and is never mixed with a position. */
export type Pos = number

/** The name of a subject a fact speaks of: an endpoint, an asset, a case. Never a person's value. */
export type Key = string

/** UTC with milliseconds and `Z`, e.g. `2026-11-23T03:24:00.000Z`. Compares as a string. */
export type Instant = string

/** ISO 8601 duration, plus `P3BD` for business days. */
export type Duration = string

/** Opaque handle of a person: equal for the same person, and good for nothing but equality (L5a). */
export type Ref = string & { readonly Ref: unique symbol }

/**
 * How much a fact may be believed: measured by a machine, entered as it happened, or told
 * afterwards. A claim counts as recorded now until a second person accepts it (V4).
 */
export type Trust = 'instrument' | 'record' | 'claim'

export const trusts = ['instrument', 'record', 'claim'] as const satisfies readonly Trust[]

/** The earlier positions a fact rests on: up to 64 of them, or a range with its Merkle root (L6). */
export type Because =
  | readonly Pos[]
  | Readonly<{ count: number; first: Pos; last: Pos; root: string }>

/** One entry of the list as judges see it: decoded once, deeply frozen, private values as refs. */
export type Fact<B = unknown> = Readonly<{
  pos: Pos
  type: string
  tv: number
  module: string
  source: string
  occurred: Instant
  observed: Instant
  recorded: Instant
  trust: Trust
  because: Because
  body: B
  refs: Readonly<Record<string, Ref>>
}>

/** What a fact type promises. Only the module that defines it may append it, unless `open` (M1). */
export type FactType<B = any> = Readonly<{
  /** `noun(.noun)*.verbed` (M3). */
  name: string
  /** Version of the type. A fact type never changes; a new version is a new type (M2). */
  tv: number
  /** The module that owns it, e.g. `protect.phishing`. */
  module: string
  schema: z.ZodType<B>
  /** The subjects it speaks of; indexed once for all judges. */
  keys(fact: Fact<B>): readonly Key[]
  /** Names of the private slots a fact of this type may carry. Their values never enter the leaf. */
  slots: readonly string[]
  /** Other modules may append it. */
  open: boolean
  /** Belongs to a module whose machinery is not built yet, and may still change (M2). */
  draft: boolean
  /**
   * The trusts this type accepts; a type of measurements takes `instrument` alone. One that takes claims
   * has the slot `by`: who told a claim is on the list, so that he never accepts it himself (V4).
   */
  trusts: readonly Trust[]
  /**
   * Whom it speaks of may tell it himself, as of a training that he took: then it is a claim. Of other types
   * others alone are asked.
   */
  bySubject: boolean
}>

/** The keys of a type that speaks of no subject; those facts are in no index of keys. */
export const noKeys = (): readonly Key[] => []

const factName = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/

/**
 * Declares a fact type.
 *
 * @param name `noun(.noun)*.verbed`
 * @param options `schema` is strict: an unknown field is refused.
 * @throws OkiteError `FACT_TYPE_NAME` when the name is not of that form, `FACT_TYPE_TELLER` when it takes
 *   claims and has no slot `by`; a type that names no trusts takes claims where it has it
 */
export function defineFact<B>(
  name: string,
  options: {
    module: string
    schema: z.ZodType<B>
    tv?: number
    keys?: (fact: Fact<B>) => readonly Key[]
    slots?: readonly string[]
    open?: boolean
    draft?: boolean
    trusts?: readonly Trust[]
    bySubject?: boolean
  },
): FactType<B> {
  if (!factName.test(name)) throw new OkiteError('FACT_TYPE_NAME', { name })
  const { slots = [] } = options
  const hasTeller = slots.includes('by')
  const trusted = options.trusts ?? trusts.filter(trust => trust !== 'claim' || hasTeller)
  if (trusted.includes('claim') && !hasTeller) throw new OkiteError('FACT_TYPE_TELLER', { name })
  return Object.freeze({
    name,
    tv: options.tv ?? 1,
    module: options.module,
    schema: options.schema,
    keys: options.keys ?? noKeys,
    slots,
    open: options.open ?? false,
    draft: options.draft ?? false,
    trusts: trusted,
    bySubject: options.bySubject ?? false,
  })
}

/** A private value on its way to the list: sealed under its person's key, committed to in the leaf. */
export type PrivateValue = Readonly<{
  value: string
  /**
   * Whose value it is: an identifier that the organisation uses for the person (mail address,
   * staff number). It is looked up by keyed hash and never stored. `null`: text of no one person.
   */
  person: string | null
}>

/** A fact from the world, before it has a position. */
export type Observation<B = unknown> = Readonly<{
  type: FactType<B>
  /** Who says so, e.g. `prober@host-1`. */
  source: string
  occurred: Instant
  observed: Instant
  trust: Trust
  body: B
  private?: Readonly<Record<string, PrivateValue>>
  /**
   * The source's own identity of the event (file and offset, message id, content hash). Delivering
   * the same identity again answers the old position: collectors deliver at least once.
   */
  identity: string
}>

/** A fact by judgement, before it has a position. `because` is never empty (M8). */
export type Draft<B = unknown> = Readonly<{
  /** A name under which later steps of the same row find its position: `ctx.made(name)`. */
  as?: string
  type: FactType<B>
  occurred: Instant
  because: Because
  body: B
  refs?: Readonly<Record<string, Ref>>
}>

/** The effective time that deadlines and periods are tested with (V4). */
export function when(fact: Fact): Instant {
  const occurred = Date.parse(fact.occurred)
  const recorded = Date.parse(fact.recorded)
  switch (fact.trust) {
    case 'instrument':
      return occurred <= recorded + implausibleMs ? fact.occurred : fact.recorded
    case 'record':
      return recorded - occurred <= promptMs && occurred <= recorded + implausibleMs
        ? fact.occurred
        : fact.recorded
    case 'claim':
      return fact.recorded
  }
}

/** An instrument's clock may run this far ahead before its time is called implausible (V4). */
export const implausibleMs = 5 * 60_000

/** A record entered later than this counts from when it was recorded (V4). */
const promptMs = 15 * 60_000
