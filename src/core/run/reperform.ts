import { isDeepStrictEqual } from 'node:util'
import type { PoolClient } from 'pg'
import type { Draft, Fact, Pos } from '../fact.ts'
import { judgeVersionChanged } from '../facts.ts'
import type { Judge, Params } from '../judge.ts'
import { limits } from '../limits.ts'
import type { Calendars } from '../time.ts'
import { is, type PackParams, Policies } from './adoption.ts'
import { type Emit, Engine } from './engine.ts'
import type { List } from './list.ts'
import { Overlay } from './overlay.ts'
import { stepFact } from './step.ts'

/** What a re-performance found. `differs`: the first position where the list says something else. */
export type Reperformed = Readonly<{
  facts: number
  derived: number
  differs: Pos | null
  why: string | null
  /** Positions from here on were made by a rule that is not the present one; they were not performed. */
  until: Pos
  engine: Engine
}>

/**
 * Performs the judges again over the list and compares what they say with what stands there: type,
 * occurred, because, body and refs, in order (V43). A span that another version of a rule judged is
 * not performed with this one; the answer says where it stopped.
 */
export async function reperform(options: {
  list: List
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
}): Promise<Reperformed> {
  const { list } = options
  const derived = await derivedPositions(list, await list.size())
  const said: Draft[] = []
  const engine = new Engine({ ...options, policies: new Policies(options.packParams) })
  const overlay = new Overlay()
  const emit: Emit = draft => {
    said.push(draft)
    return derived[said.length - 1]
  }
  const answer = (until: Pos, differs: Pos | null, why: string | null): Reperformed => ({
    facts: until,
    derived: Math.min(said.length, derived.length),
    differs,
    why,
    until,
    engine,
  })
  const sources = new Map(options.judges.map(judge => [judge.id, options.sourceOf(judge).hash]))
  let seen = 0
  for (let pos = 0; pos < options.until; ) {
    const page = await list.read(pos, Math.min(limits.factsPerPage, options.until - pos))
    if (page.length === 0) break
    for (const fact of page) {
      if (is(fact, judgeVersionChanged) && sources.get(fact.body.judge) !== fact.body.source) {
        return answer(fact.pos, null, null)
      }
      if (derived[seen] === fact.pos) {
        const draft = said[seen]
        if (draft === undefined) return answer(fact.pos, fact.pos, `${fact.type} would not be said`)
        const why = difference(draft, fact)
        if (why !== null) return answer(fact.pos, fact.pos, why)
        seen += 1
      }
      await stepFact({ ...options, engine, overlay, fact, emit })
    }
    pos += page.length
    options.progress?.(pos)
  }
  return answer(options.until, null, null)
}

function difference(draft: Draft, fact: Fact): string | null {
  if (draft.type.name !== fact.type) return `says ${draft.type.name}, the list ${fact.type}`
  if (draft.occurred !== fact.occurred) return `${fact.type}: occurred differs`
  if (!isDeepStrictEqual(draft.because, fact.because)) return `${fact.type}: because differs`
  if (!isDeepStrictEqual(draft.body, fact.body)) return `${fact.type}: body differs`
  if (!isDeepStrictEqual({ ...draft.refs }, { ...fact.refs })) return `${fact.type}: refs differ`
  return null
}

/** Positions of all facts by judgement, in order: those that rest on others. */
async function derivedPositions(list: List, until: Pos): Promise<Pos[]> {
  const positions: Pos[] = []
  for (let pos = 0; pos < until; ) {
    const page = await list.read(pos, limits.factsPerPage)
    if (page.length === 0) break
    for (const fact of page) {
      if (!Array.isArray(fact.because) || fact.because.length > 0) positions.push(fact.pos)
    }
    pos += page.length
  }
  return positions
}
