import type { Reader } from '../../core/module.ts'
import type { Adopted, ControlRow, Judged, Reason, StatementRow, Status } from './view.ts'

/** Reads of this module's tables, in the form that the pure view takes. */

/** @param nowMs a policy adopted for later is not in force yet (V32) */
export async function readJudged(reader: Reader, nowMs: number): Promise<Judged> {
  const [adopted, statements, controls] = await Promise.all([
    readAdopted(reader, nowMs),
    reader.query<StatementRow>(
      `select statement, pos::float8 as pos, status, reason, since, policy::float8 as policy
       from show.policy_statement`,
    ),
    readControls(reader),
  ])
  return {
    adopted,
    statements: new Map(statements.map(row => [row.statement, row])),
    controls: new Map(controls.map(row => [row.control, row])),
  }
}

async function readAdopted(reader: Reader, nowMs: number): Promise<Adopted | null> {
  const [row] = await reader.query<Adopted>(
    `select pos::float8 as pos, policy, version, from_at as "from"
     from show.policy_adoption where from_at <= $1 order by policy_adoption.pos desc limit 1`,
    [new Date(nowMs).toISOString()],
  )
  return row ?? null
}

async function readControls(reader: Reader): Promise<ControlRow[]> {
  const rows = await reader.query<ControlRow>(
    `select control, pos::float8 as pos, status, reason, since, next, population, because
     from show.policy_control`,
  )
  // Counts alone never emit (V27): the fold knows better than the last verdict.
  return Promise.all(rows.map(async row => ({ ...row, ...(await reader.live(row.control)) })))
}

export type FindingRow = Readonly<{
  control: string
  subject: string
  pos: number
  status: Status
  reason: Reason
  since: string
  because: readonly number[]
}>

/** More failing subjects than a person reads; the rest are counted and listed in an export. */
export const findingsMax = 50

/** Open findings of some controls: broken before unknown, the oldest first (V30). */
export const readFindings = (reader: Reader, controls: readonly string[]): Promise<FindingRow[]> =>
  reader.query<FindingRow>(
    `select control, subject, pos::float8 as pos, status, reason, since, because
     from show.policy_finding where control = any($1)
     order by status = 'broken' desc, since, subject limit ${findingsMax}`,
    [controls],
  )

export type HistoryRow = Readonly<{
  about: string
  pos: number
  what: 'statement' | 'control' | 'occurrence' | 'restated'
  status: string
  code: string
  at: string
  recorded: string
}>

/** A year of monthly periods, and as much again. */
const historyMax = 30

/** What has been concluded about these statements and controls, newest first. */
export const readHistory = (reader: Reader, about: readonly string[]): Promise<HistoryRow[]> =>
  reader.query<HistoryRow>(
    `select about, pos::float8 as pos, what, status, code, at, recorded
     from show.policy_history where about = any($1) order by pos desc limit ${historyMax}`,
    [about],
  )
