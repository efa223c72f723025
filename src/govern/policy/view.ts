import { z } from 'zod'
import { statuses } from '../../core/facts.ts'
import type { Pack, Statement } from '../../core/policy/pack.ts'

export const reasonSchema = z.object({
  code: z.string(),
  args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})

export const countsSchema = z.object({
  size: z.int().nullable(),
  checked: z.int(),
  kept: z.int(),
  due: z.int(),
  broken: z.int(),
  unknown: z.int(),
  excepted: z.int(),
})

/** One sentence and its verdict: what `./okite check --json` prints for each. */
export const statementViewSchema = z.object({
  number: z.int(),
  id: z.string(),
  status: z.enum(statuses),
  /** When the present status began; null when nothing was judged yet. */
  since: z.string().nullable(),
  reason: reasonSchema,
  /** Ids of the controls that the policy binds to it. */
  controls: z.array(z.string()),
  /** Of the control that decides; null when there is none. */
  population: countsSchema.nullable(),
  /** Positions of the facts that the verdict rests on, oldest first. */
  evidence: z.array(z.int()),
})

export type Status = (typeof statuses)[number]
export type Reason = z.infer<typeof reasonSchema>
export type Counts = z.infer<typeof countsSchema>
export type StatementView = z.infer<typeof statementViewSchema>

/** The policy that the list says is adopted. */
export type Adopted = Readonly<{ pos: number; policy: string; version: string; from: string }>

/** A row of `policy_statement`. */
export type StatementRow = Readonly<{
  pos: number
  statement: string
  status: Status
  reason: Reason
  since: string
  policy: number
}>

/** A row of `policy_control`, with the live counts of its fold where there are some. */
export type ControlRow = Readonly<{
  pos: number
  control: string
  status: Status
  reason: Reason
  since: string
  next: string | null
  population: Counts
  because: readonly number[]
}>

export type Judged = Readonly<{
  adopted: Adopted | null
  statements: ReadonlyMap<string, StatementRow>
  controls: ReadonlyMap<string, ControlRow>
}>

/** Worst first (V26). */
export const order: readonly Status[] = ['broken', 'unknown', 'due', 'kept']

/**
 * The policy with its verdicts: one object for each sentence, in the order of the document. What has
 * no verdict on the list is `unknown`, whatever else is known (M9).
 */
export const viewOf = (document: Pack, judged: Judged): StatementView[] =>
  document.statements.map(statement => viewOfStatement(statement, judged))

export function viewOfStatement(statement: Statement, judged: Judged): StatementView {
  const { adopted } = judged
  const bound = statement.controls.map(binding => binding.control)
  const base = { number: statement.number, id: statement.id, controls: bound }
  if (adopted === null) return { ...base, ...unknown('not.adopted', null) }
  if (bound.length === 0) {
    const control = statement.awaits.join(', ')
    return { ...base, ...unknown(control ? 'awaits' : 'no.control', adopted.from, { control }) }
  }
  const row = judged.statements.get(statement.id)
  // A verdict under an earlier policy says nothing about this one (V32).
  if (row === undefined || row.policy !== adopted.pos) {
    return { ...base, ...unknown('no.verdict', adopted.from) }
  }
  const rows = bound.flatMap(id => judged.controls.get(id) ?? [])
  const deciding = [...rows].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))[0]
  const evidence = new Set([row.pos, ...rows.flatMap(each => [each.pos, ...each.because])])
  return {
    ...base,
    ...(deciding && isBetter(row, deciding)
      ? { status: 'unknown', since: deciding.since, reason: { code: 'judges.behind', args: {} } }
      : {
          status: row.status,
          since: row.since,
          reason: reasonOf(row.reason, rows.length === 1 ? deciding : undefined, judged),
        }),
    population: deciding?.population ?? null,
    evidence: [...evidence].sort((a, b) => a - b),
  }
}

/** A sentence is no better than its worst control: whoever should have said so is behind (V31a). */
const isBetter = (row: StatementRow, worst: ControlRow) =>
  order.indexOf(row.status) > order.indexOf(worst.status)

/** Of a roll-up, the reason of the control that decided: it says what is wrong, with its figures. */
function reasonOf(reason: Reason, only: ControlRow | undefined, judged: Judged): Reason {
  // A roll-up that judges no more says so itself; no control is to blame.
  if (!reason.code.startsWith('controls.')) return reason
  const { control } = reason.args
  const deciding = typeof control === 'string' ? judged.controls.get(control) : undefined
  return (only ?? deciding)?.reason ?? reason
}

function unknown(code: string, since: string | null, args: Reason['args'] = {}) {
  const named = code === 'awaits' ? args : {}
  return {
    status: 'unknown' as const,
    since,
    reason: { code, args: named },
    population: null,
    evidence: [],
  }
}
