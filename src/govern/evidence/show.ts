import type { Fact, Pos } from '../../core/fact.ts'
import { claimAccepted, factCorrected, factRetracted } from '../../core/facts.ts'
import { keyedTable } from '../../core/register/keyed-table.ts'
import {
  changeConfirmed,
  changeDeclined,
  changeProposed,
  claimRefused,
  evidenceAttached,
  holdLifted,
  holdPlaced,
} from './facts.ts'

/** Tables of this module, each trusted for nothing but speed. */

/** What has been said about a fact: by which facts it was amended, and what was attached to it. */
export type AboutRow = Readonly<{
  target: string
  said: readonly Readonly<{ pos: Pos; what: Said }>[]
}>

export type Said = 'retracted' | 'corrected' | 'accepted' | 'refused' | 'attached'

const words: Readonly<Record<string, Said>> = {
  [factRetracted.name]: 'retracted',
  [factCorrected.name]: 'corrected',
  [claimAccepted.name]: 'accepted',
  [claimRefused.name]: 'refused',
  [evidenceAttached.name]: 'attached',
}

/** More than this is said of no fact by people; what comes then stays on the list and is not shown. */
const saidMax = 200

export const aboutTable = keyedTable<AboutRow>({
  name: 'evidence_about',
  version: 1,
  columns: 'target text primary key, said jsonb not null',
  key: 'target',
  from: [factRetracted, factCorrected, claimAccepted, claimRefused, evidenceAttached],
  keyOf: fact => String((fact as Fact<{ target: Pos }>).body.target),
  step(row, { pos, type, body }) {
    const said = [...(row?.said ?? []), { pos, what: words[type]! }].slice(-saidMax)
    return { target: String((body as { target: Pos }).target), said }
  },
})

/** A change that two persons make, from its proposal on. */
export type ChangeRow = Readonly<{
  proposal: string
  kind: string
  target: Pos | null
  by: string
  /** Whose values, where it is about a person. */
  person: string | null
  state: 'open' | 'confirmed' | 'declined'
  decided: Pos | null
}>

type Proposal = Readonly<{ kind: string; target: Pos | null }>

export const changeTable = keyedTable<ChangeRow>({
  name: 'evidence_change',
  version: 1,
  columns: `
    proposal text primary key,
    kind text not null,
    target bigint,
    by text not null,
    person text,
    state text not null,
    decided bigint,
    unique (state, proposal)
  `,
  key: 'proposal',
  from: [changeProposed, changeConfirmed, changeDeclined],
  keyOf: fact =>
    String(
      fact.type === changeProposed.name
        ? fact.pos
        : (fact as Fact<{ proposal: Pos }>).body.proposal,
    ),
  step(row, { pos, type, body, refs }) {
    if (type === changeProposed.name) {
      const { kind, target } = body as Proposal
      const [by, person] = [refs['by'] ?? '', refs['person'] ?? null]
      return { proposal: String(pos), kind, target, by, person, state: 'open', decided: null }
    }
    // What was decided is decided: a second word changes nothing.
    if (row === null || row.state !== 'open') return row
    const state = type === changeConfirmed.name ? 'confirmed' : 'declined'
    return { ...row, state, decided: pos }
  },
})

/** Holds that are in force. */
export type HoldRow = Readonly<{ hold: string; person: string }>

export const holdTable = keyedTable<HoldRow>({
  name: 'evidence_hold',
  version: 1,
  columns: 'hold text primary key, person text not null, unique (person, hold)',
  key: 'hold',
  from: [holdPlaced, holdLifted],
  keyOf: fact =>
    String(fact.type === holdPlaced.name ? fact.pos : (fact as Fact<{ hold: Pos }>).body.hold),
  step: (_, { pos, type, refs }) =>
    type === holdPlaced.name ? { hold: String(pos), person: refs['person'] ?? '' } : null,
})
