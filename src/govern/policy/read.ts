import type { Reader } from '../../core/module.ts'
import { StandMemo } from '../../core/stand-memo.ts'
import type { Adopted, ControlRow, Judged, Reason, StatementRow, Status } from './view.ts'

/** Reads of this module's tables, in the form that the pure view takes. */

/** Verdicts, counts and adoptions as they stand, whatever time it is. */
type Standing = Readonly<{
  /** The newest first. */
  adoptions: readonly Adopted[]
  statements: ReadonlyMap<string, StatementRow>
  controls: readonly ControlRow[]
}>

/** Every page of the policy asks for all of it, and it is the same until a judge says something else. */
const standings = new StandMemo<Standing>(1)

/** @param nowMs a policy adopted for later is not in force yet (V32) */
export async function readJudged(reader: Reader, nowMs: number): Promise<Judged> {
  const [{ adoptions, statements, controls }, behind] = await Promise.all([
    standings.of(reader, '', readStanding),
    reader.behind(nowMs),
  ])
  const now = new Date(nowMs).toISOString()
  return {
    adopted: adoptions.find(({ from }) => from <= now) ?? null,
    statements,
    controls: new Map(controls.map(row => [row.control, asOfNow(row, behind)])),
  }
}

async function readStanding(reader: Reader): Promise<Standing> {
  const [adoptions, statements, controls] = await Promise.all([
    reader.query<Adopted>(
      `select pos::float8 as pos, policy, version, from_at as "from"
       from show.policy_adoption order by policy_adoption.pos desc`,
    ),
    reader.query<StatementRow>(
      `select statement, pos::float8 as pos, status, reason, since, policy::float8 as policy
       from show.policy_statement`,
    ),
    readControls(reader),
  ])
  return {
    ...{ adoptions, controls },
    statements: new Map(statements.map(row => [row.statement, row])),
  }
}

/**
 * What nobody has judged for a while is not known to be kept (V31a). It is still broken: nothing that
 * was not judged has mended it.
 */
const asOfNow = (row: ControlRow, behind: string | null): ControlRow =>
  behind === null || row.status === 'broken' || row.status === 'unknown'
    ? row
    : {
        ...row,
        status: 'unknown',
        reason: { code: 'judges.behind', args: {} },
        since: behind,
        next: null,
      }

async function readControls(reader: Reader): Promise<ControlRow[]> {
  const rows = await reader.query<ControlRow & { example: Reason | null }>(
    `select c.control, c.pos::float8 as pos, c.status, c.reason, c.since, c.next, c.population,
       c.because, one.reason as example
     from show.policy_control c left join lateral (
       select f.reason from show.policy_finding f
       where f.control = c.control and f.status = c.status
         and f.reason ->> 'code' = c.reason ->> 'code'
       order by f.since, f.subject limit 1
     ) as one on true`,
  )
  // Counts alone never emit (V27): the fold knows better than the last verdict.
  const live = await reader.live(rows.map(row => row.control))
  return rows.map(({ example, ...row }) => ({
    ...row,
    reason: withExample(row.reason, example),
    ...live.get(row.control),
  }))
}

/**
 * Where several subjects make the verdict, its reason names what most of them fail by, and counts them. What
 * is wrong with one of them has its own figures: they are told of the one that fails the longest.
 */
function withExample(reason: Reason, example: Reason | null): Reason {
  const { count, size, ...rest } = reason.args
  if (example === null || count === undefined || size === undefined) return reason
  return { ...reason, args: { ...rest, ...example.args, alike: count, among: size } }
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

export type SubjectRow = Readonly<{
  control: string
  key: string
  status: Status | 'excepted'
  reason: Reason
  since: string
}>

/**
 * The subjects of some controls as core's fold knows them now, the worst first. The fold keeps codes
 * only; where a finding is open, its reason with all figures stands instead.
 */
export async function readSubjects(
  reader: Reader,
  controls: readonly string[],
  findings: readonly FindingRow[],
  page = { from: 0, size: findingsMax },
): Promise<SubjectRow[]> {
  const rows = await reader.query<Omit<SubjectRow, 'reason'> & { code: string }>(
    `select judge as control, key, share::json ->> 'status' as status,
       share::json ->> 'code' as code, share::json ->> 'since' as since
     from fold.judge_row
     where judge = any($1) and key <> '' and share::json ->> 'status' is not null
       and not exists (select from fold.judge j
         where j.judge = judge_row.judge and j.stopped is not null)
     order by array_position(array['broken', 'unknown', 'due', 'excepted', 'kept'],
       share::json ->> 'status'), key
     limit $2 offset $3`,
    [controls, page.size, page.from],
  )
  return rows.map(({ code, ...row }) => {
    const found = findings.find(
      finding =>
        finding.control === row.control &&
        finding.subject === row.key &&
        finding.reason.code === code,
    )
    return { ...row, reason: found?.reason ?? { code, args: {} } }
  })
}

/**
 * The newest fact of each type about some subjects. A verdict names only what changed it (V30); who
 * asks how it is known wants to see what is known of its subjects.
 */
export async function readAbout(reader: Reader, keys: readonly string[]): Promise<number[]> {
  const rows = await reader.query<{ pos: number }>(
    `select max(pos)::float8 as pos from ledger.fact_key
     where key = any($1) and type not like 'control.%' group by key, type`,
    [keys],
  )
  return rows.map(row => row.pos)
}

export type HistoryRow = Readonly<{
  about: string
  pos: number
  what: 'statement' | 'control'
  status: Status
  code: string
  at: string
  recorded: string
}>

/** As far back as a person reads; a pack lists everything. */
const historyMax = 30

/**
 * How the verdicts of these statements and controls have changed, newest first.
 *
 * @param upto only what the list said up to this position
 */
export const readHistory = (
  reader: Reader,
  about: readonly string[],
  upto: number,
): Promise<HistoryRow[]> =>
  reader.query<HistoryRow>(
    `select about, pos::float8 as pos, what, status, code, at, recorded
     from show.policy_history
     where about = any($1) and what in ('statement', 'control') and pos <= $2
     order by pos desc limit ${historyMax}`,
    [about, upto],
  )

/** One page of the subjects of a control, the worst first, and how many there are. */
export async function readSubjectPage(
  reader: Reader,
  control: string,
  page: Readonly<{ from: number; size: number }>,
): Promise<Readonly<{ total: number; subjects: SubjectRow[] }>> {
  const findings = await readFindings(reader, [control])
  const subjects = await readSubjects(reader, [control], findings, page)
  const [row] = await reader.query<{ total: number }>(
    `select count(*)::float8 as total from fold.judge_row
     where judge = $1 and key <> '' and share::json ->> 'status' is not null`,
    [control],
  )
  return { total: row?.total ?? 0, subjects }
}
