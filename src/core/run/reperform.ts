import { isDeepStrictEqual } from 'node:util'
import type { PoolClient } from 'pg'
import type { Draft, Fact, Pos } from '../fact.ts'
import { premiseRetracted, timeImplausible } from '../facts.ts'
import type { Judge, Params } from '../judge.ts'
import { limits } from '../limits.ts'
import type { Pace } from '../pace.ts'
import type { Calendars } from '../time.ts'
import { type PackParams, Policies } from './adoption.ts'
import { type Emit, Engine } from './engine.ts'
import type { List } from './list.ts'
import { Overlay } from './overlay.ts'
import { isDerived, isRetirement, judgeships, madeBefore, type Turn } from './past.ts'
import { standingOf } from './standing.ts'
import { stepFact } from './step.ts'
import { foldSilently, takeOver } from './takeover.ts'

/** A place in a conclusion, `body.status`, with what the list says there and what is said now, as JSON. */
export type Difference = Readonly<{ place: string; listed: string; again: string }>

/** What a re-performance found. `differs`: the first position where the list says something else. */
export type Reperformed = Readonly<{
  facts: number
  /** Conclusions that were performed again. */
  derived: number
  differs: Pos | null
  why: string | null
  /** What differs of the fact there, and both values. */
  difference: Difference | null
  /** Judges that another version of their rule judged for, in part or always; that was not performed. */
  others: readonly string[]
  engine: Engine
}>

type Options = Readonly<{
  list: Pick<List, 'read' | 'readPositions' | 'size'>
  tx: PoolClient
  judges: readonly Judge[]
  defaults: ReadonlyMap<string, Params>
  packParams: PackParams
  preparePolicy(adopted: Fact): Promise<void>
  sourceOf(judge: Judge): { hash: string }
  calendars: Calendars
  /** Positions below this have been judged. */
  until: Pos
  progress?: (done: Pos) => void
  /** With it others go on meanwhile. */
  pace?: Pace
  /** A conclusion of the list that was performed again and is equal. */
  compared?: (fact: Fact) => void
  /** A conclusion that another version of a rule drew: it was taken as it stands. */
  taken?: (fact: Fact) => void
}>

/** Why a seat is not stepped while another version of its rule was judging. */
const notYet = 'JUDGE_NOT_BEGUN'

/**
 * Performs the judges again over the list and compares what they say with what stands there: type,
 * occurred, because, body and refs, in order (V43). Each judge is performed in the spans in which the
 * list says that its rule of this program judged, and begins each by the same silent fold (V46); what
 * another version of a rule concluded is taken as it stands. A conclusion without premises is a difference.
 */
export async function reperform(options: Options): Promise<Reperformed> {
  const { list, until } = options
  const ships = await judgeships(options)
  const { derived } = ships
  const said: Draft[] = []
  const concluded = concludedTypes(options.judges)
  const engine = new Engine({ ...options, policies: new Policies(options.packParams) })
  for (const seat of engine.seats) seat.stopped = notYet
  const overlay = new Overlay(options.judges)
  const emit: Emit = draft => {
    said.push(draft)
    return derived[said.length - 1]
  }
  const answer = (
    facts: Pos,
    differs: Pos | null,
    why: string | null,
    difference: Difference | null = null,
  ): Reperformed => ({
    facts,
    derived: Math.min(said.length, derived.length),
    differs,
    why,
    difference,
    others: ships.others,
    engine,
  })
  let seen = 0
  const pageMax = options.pace ? limits.factsPerPacedPage : limits.factsPerPage
  for (let pos = 0; pos < until; ) {
    const page = await list.read(pos, Math.min(pageMax, until - pos))
    if (page.length === 0) break
    for (const fact of page) {
      const wait = options.pace?.() ?? null
      if (wait !== null) await wait
      if (!isDerived(fact) && concluded.has(fact.type)) {
        // Only who holds the key can append it: no judge concludes from nothing (M8).
        return answer(fact.pos, fact.pos, `${fact.type} has no premises`)
      }
      for (const turn of ships.turnsAt(fact.pos)) await take(turn, options, engine, overlay, emit)
      if (derived[seen] === fact.pos) {
        const draft = said[seen]
        if (draft === undefined) return answer(fact.pos, fact.pos, `${fact.type} would not be said`)
        const differs = difference(draft, fact)
        if (differs !== null)
          return answer(fact.pos, fact.pos, whyOf(draft, fact, differs), differs)
        options.compared?.(fact)
        seen += 1
      } else if (isDerived(fact)) options.taken?.(fact)
      await stepFact({ ...options, engine, overlay, fact, emit })
    }
    pos += page.length
    options.progress?.(pos)
  }
  for (const turn of ships.turnsAt(until)) await take(turn, options, engine, overlay, emit)
  if (said.length > derived.length) {
    return answer(until, until, `${said[derived.length]?.type.name} is not on the list`)
  }
  return answer(until, null, null)
}

/**
 * Another rule goes on for some judges, and the present one takes over for others, in the order in which
 * they did (V46). What the rule said in an earlier span of its own comes from the list, like all the rest.
 */
async function take(
  { ends, begins }: Turn,
  options: Options,
  engine: Engine,
  overlay: Overlay,
  emit: Emit,
): Promise<void> {
  for (const judge of ends) {
    const seat = engine.seatOf(judge.id)
    for (const key of [...seat.rows.byKey.keys()]) engine.restore(judge.id, key, null)
    seat.stopped = notYet
  }
  if (begins.length === 0) return
  const judges = begins.map(one => one.judge)
  const until = begins[0]?.from ?? 0
  const { engine: folded, unsaid } = await foldSilently({ ...options, judges, overlay, until })
  const { tx, list } = options
  const known = await madeBefore(
    options,
    begins.filter(one => !one.isFirst),
  )
  for (const { judge, announced } of begins) {
    const said = unsaid.get(judge.id)
    if (said === undefined) continue
    const standing = await standingOf(tx, list, judge, said.verdicts.keys(), announced.pos)
    const last = standing.get('')
    // The rows went with a control that was no more: one that comes back remembers nothing.
    const made = last && isRetirement(last) ? undefined : known.get(judge.id)
    takeOver({
      running: engine,
      folded,
      judge,
      unsaid: said,
      standing,
      cause: announced,
      emit,
      code: 'rejudged',
      ...(made && { made }),
    })
  }
}

const compared = ['occurred', 'because', 'body', 'refs'] as const

function difference(draft: Draft, fact: Fact): Difference | null {
  const again = { ...draft, refs: { ...draft.refs } }
  if (draft.type.name !== fact.type) return differing('type', fact.type, draft.type.name)
  for (const part of compared) {
    const found = firstDifference(
      part,
      part === 'refs' ? { ...fact.refs } : fact[part],
      again[part],
    )
    if (found !== null) return found
  }
  return null
}

/** The first place, in the order of keys, at which two values are not equal. */
function firstDifference(place: string, listed: unknown, again: unknown): Difference | null {
  if (isDeepStrictEqual(listed, again)) return null
  if (!isObject(listed) || !isObject(again)) return differing(place, listed, again)
  for (const key of [...new Set([...Object.keys(listed), ...Object.keys(again)])].sort()) {
    const found = firstDifference(`${place}.${key}`, listed[key], again[key])
    if (found !== null) return found
  }
  return differing(place, listed, again)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Long enough for any reason; a body that differs as a whole is read on the list itself. */
const shownMax = 200

const differing = (place: string, listed: unknown, again: unknown): Difference => {
  const shown = (value: unknown) => (JSON.stringify(value) ?? 'absent').slice(0, shownMax)
  return { place, listed: shown(listed), again: shown(again) }
}

function whyOf(draft: Draft, fact: Fact, { place }: Difference): string {
  if (place === 'type') return `says ${draft.type.name}, the list ${fact.type}`
  const part = place.split('.', 1)[0] ?? ''
  return `${fact.type}: ${part} ${part === 'refs' ? 'differ' : 'differs'}`
}

/** Types of which every fact is a conclusion: what judges make and nobody else tells, and core's own. */
function concludedTypes(judges: readonly Judge[]): ReadonlySet<string> {
  const made = new Set([timeImplausible.name, premiseRetracted.name])
  for (const judge of judges) for (const type of judge.makes) made.add(type.name)
  for (const judge of judges) for (const type of judge.told ?? []) made.delete(type.name)
  return made
}
