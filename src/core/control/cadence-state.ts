import type { Fact, Instant } from '../fact.ts'
import type { Touches } from './evidence.ts'
import type { Base, Duration, Judged, Match, Occurrence, Of, Pos } from './kind.ts'
import type { Doing, Term, TermOptions } from './term.ts'
import type { Told } from './told.ts'

export type CadenceOptions = Base &
  Omit<TermOptions, 'done' | 'settle'> &
  Readonly<{
    /** What counts as done. Integers only in `amount`. */
    done: readonly Match[]
    maxGap?: Of<Duration>
    /** When the duty opens before the end: a quarter of the period, nothing below a week. */
    lead?: Of<Duration>
    /** From when a joiner is asked: the next full period, this one, or his own deadline (V12). */
    joins: Of<'next' | 'now' | Duration>
    /** Leaving for a while and coming back; away for a whole period is excepted (V12). */
    away?: readonly [Match, Match]
    /** Which period the fact says it is for, e.g. `2026-07`; null: that of its time (V16). */
    names?: (fact: Fact) => string | null
  }>

/**
 * State of one subject. Written by `step` alone, a function of the facts it was given and of time;
 * only open occurrences and remembered misses carry doings, so a row stays small however long a
 * subject does well.
 */
export type CadenceState = Readonly<{
  /** Whether anybody ever told anything: a fact of a type that it reads, whatever that fact says (V15a). */
  hasWord: boolean
  joined: Instant | null
  /** When its first occurrence began, or begins; null before adoption. */
  first: Instant | null
  /** Where the next occurrence opens. */
  cursor: Instant | null
  /** Terms under which the open ones stand. */
  terms: string
  lane: string
  /** Not closed yet, oldest first. */
  open: readonly Term[]
  /** Closed as anything but `done`, within `remember`, oldest first. */
  misses: readonly Miss[]
  last: Readonly<{ name: string; to: Instant; outcome: 'done' | 'late' | 'missed' }> | null
  /** The latest doing of all, for `maxGap`; only kept when asked for. */
  latest: Doing | null
  /** Until when the next doing may be waited for, whatever the period; only where `maxGap` is asked. */
  gapAt?: Instant
  /** Claims about the past that wait for a second person, oldest first; absent: none. */
  told?: readonly Told[]
  /** Doings that a fast clock put ahead of the occurrence they are for. */
  ahead: readonly Doing[]
  away: readonly Readonly<{ from: Instant; to: Instant | null }>[]
  /** How it was judged at the last change; it stays so until `next` or the next step. */
  is: Judged | null
  /** When time alone changes something; before it no step looks at the clock. */
  next: Instant | null
}>

/** `unknown`: its source was silent for so long that it was given up, or nobody had told anything yet. */
type Miss = Term & Readonly<{ outcome: 'missed' | 'late' | 'unknown' }>

export const empty: CadenceState = Object.freeze({
  hasWord: false,
  joined: null,
  first: null,
  cursor: null,
  terms: '',
  lane: '',
  open: [],
  misses: [],
  last: null,
  latest: null,
  ahead: [],
  away: [],
  is: null,
  next: null,
})

/** What one step has to say of occurrences. */
export type Out = { closed: Occurrence[]; restated: Restated[]; refused: Refused[] }
type Restated = { name: string; was: string; now: string; because: readonly Pos[] }
type Refused = { name: string; why: 'too.old'; because: readonly Pos[] }
export type Cadence = Readonly<{
  o: CadenceOptions
  touches: Touches
  /** By the beginning of a period: where its last quarter begins. Bounded, and changes no answer. */
  quarters: Map<Instant, Readonly<{ to: Instant; dueAt: Instant }>>
}>
