import type { Fact, Pos, Ref } from '../../../core/fact.ts'
import { keyedTable } from '../../../core/register/keyed-table.ts'
import { runbookWritten } from '../../restore/facts.ts'
import { stepWritten } from '../facts.ts'

/** A step as the list has it; its words are private values of the fact at `pos`. */
export type WrittenStep = Readonly<{
  step: number
  system: string | null
  role: string
  minutes: number
  pos: Pos
}>

/** A version of a runbook. `hash` null: its steps are on the list and what binds them is not yet. */
export type Version = Readonly<{
  id: string
  runbook: string
  version: string
  hash: string | null
  at: string | null
  by: Ref | null
  systems: readonly string[]
  steps: readonly WrittenStep[]
  /** Where its last word stands: later versions come later. */
  pos: Pos
}>

type Body = Readonly<{
  runbook: string
  version: string
  step: number
  system: string | null
  role: string
  minutes: number
  order: readonly string[]
  hash: string
}>

/** Neither has a space before the first one of a version. */
export const versionId = (runbook: string, version: string): string => `${runbook} ${version}`

/** What each version of a runbook says. */
export const runbookTable = keyedTable<Version>({
  name: 'runbook_text',
  version: 1,
  columns: `
    id text primary key,
    runbook text not null,
    version text not null,
    hash text,
    at text,
    by text,
    systems jsonb not null,
    steps jsonb not null,
    pos bigint not null,
    unique (runbook, pos)`,
  key: 'id',
  from: [stepWritten, runbookWritten],
  keyOf(fact) {
    const { runbook, version } = (fact as Fact<Body>).body
    return versionId(runbook, version)
  },
  step(row, fact) {
    const { body, pos, type, recorded, refs } = fact as Fact<Body>
    const { runbook, version } = body
    const before = row ?? {
      ...{ id: versionId(runbook, version), runbook, version, hash: null, at: null, by: null },
      ...{ systems: [], steps: [] },
    }
    const { step, system, role, minutes } = body
    return type === stepWritten.name
      ? { ...before, pos, steps: [...before.steps, { step, system, role, minutes, pos }] }
      : {
          ...before,
          ...{ pos, hash: body.hash, systems: body.order, at: recorded, by: refs['by'] ?? null },
        }
  },
})
