import type { PoolClient } from 'pg'
import type { Fact } from '../../core/fact.ts'
import {
  daySealed,
  findingClosed,
  findingOpened,
  occurrenceClosed,
  occurrenceRestated,
  policyAdopted,
  statementVerdictChanged,
  verdictChanged,
} from '../../core/facts.ts'
import type { Table } from '../../core/module.ts'
import { controlRowOf, is, positions, statementRowOf } from './rows.ts'

/**
 * The tables of the policy page. They are folds and trusted for nothing: they can be dropped and are
 * then read from the list again (M13). Positions are `bigint` and leave queries as `::float8`, which
 * holds every position of the list exactly.
 */
export const tables: readonly Table[] = [
  table('policy_adoption', {
    columns: `pos bigint primary key, policy text not null, version text not null,
      from_at text not null, hash text not null, recorded text not null`,
    from: [policyAdopted],
    async apply(fact, name, tx) {
      if (!is(policyAdopted, fact)) return
      const { policy, version, from, hash } = fact.body
      await tx.query(`insert into ${name} values ($1, $2, $3, $4, $5, $6)`, [
        fact.pos,
        policy,
        version,
        from,
        hash,
        fact.recorded,
      ])
    },
  }),
  lastRows('policy_statement', {
    columns: `statement text primary key, pos bigint not null, status text not null,
      reason jsonb not null, since text not null, policy bigint not null`,
    key: ['statement'],
    from: [statementVerdictChanged],
    rowOf: fact => (is(statementVerdictChanged, fact) ? statementRowOf(fact) : null),
  }),
  lastRows('policy_control', {
    columns: `control text primary key, pos bigint not null, status text not null,
      reason jsonb not null, since text not null, next text, population jsonb not null,
      because jsonb not null`,
    key: ['control'],
    from: [verdictChanged],
    rowOf: fact => (is(verdictChanged, fact) ? controlRowOf(fact) : null),
  }),
  table('policy_finding', {
    columns: `control text not null, subject text not null, pos bigint not null, status text not null,
      reason jsonb not null, since text not null, because jsonb not null,
      primary key (control, subject)`,
    from: [findingOpened, findingClosed],
    async apply(fact, name, tx) {
      if (is(findingClosed, fact)) {
        const { control, subject } = fact.body
        await tx.query(`delete from ${name} where control = $1 and subject = $2`, [
          control,
          subject,
        ])
      } else if (is(findingOpened, fact)) {
        const { control, subject, status, reason, since } = fact.body
        await upsert(tx, name, 'control, subject', {
          control,
          subject,
          pos: fact.pos,
          status,
          reason: JSON.stringify(reason),
          since,
          because: JSON.stringify(positions(fact.because)),
        })
      }
    },
  }),
  lastRows('policy_history', {
    columns: `about text not null, pos bigint not null, what text not null, status text not null,
      code text not null, at text not null, recorded text not null, primary key (about, pos)`,
    key: ['about', 'pos'],
    from: [statementVerdictChanged, verdictChanged, occurrenceClosed, occurrenceRestated],
    rowOf: fact => {
      const row = historyOf(fact)
      return row && { ...row, pos: fact.pos, recorded: fact.recorded }
    },
  }),
  lastRows('policy_day', {
    columns: `control text not null, day text not null, status text not null,
      population jsonb not null, primary key (day, control)`,
    key: ['day', 'control'],
    from: [daySealed],
    rowOf: fact => {
      if (!is(daySealed, fact)) return null
      const { control, day, status, population } = fact.body
      return { control, day, status, population }
    },
  }),
]

function table(name: string, rest: Omit<Table, 'name' | 'version'>): Table {
  return { name, version: 1, ...rest }
}

/**
 * A table that has of each key the row of its last fact. A start brings a verdict of every control and
 * statement and each midnight a day of every control, so a page of facts is written in one statement.
 */
function lastRows(
  name: string,
  options: Readonly<{
    columns: string
    /** Columns of the primary key. */
    key: readonly string[]
    from: Table['from']
    /** By column, the same ones for each fact; `null` where the fact says nothing to the table. */
    rowOf(fact: Fact): Readonly<Record<string, unknown>> | null
  }>,
): Table {
  const { columns, key, from, rowOf } = options
  const applyAll = async (facts: readonly Fact[], into: string, tx: PoolClient) => {
    const rows = new Map<string, Readonly<Record<string, unknown>>>()
    for (const fact of facts) {
      const row = rowOf(fact)
      if (row !== null) rows.set(JSON.stringify(key.map(column => row[column])), row)
    }
    const [first] = rows.values()
    if (first === undefined) return
    // Columns are named by us and never by a fact, so they may stand in the text of the query.
    const updates = Object.keys(first).map(column => `${column} = excluded.${column}`)
    await tx.query(
      `insert into ${into} select * from jsonb_populate_recordset(null::${into}, $1::jsonb)
       on conflict (${key.join(', ')}) do update set ${updates.join(', ')}`,
      [JSON.stringify([...rows.values()])],
    )
  }
  const apply: Table['apply'] = (fact, into, tx) => applyAll([fact], into, tx)
  return table(name, { columns, from, apply, applyAll })
}

type History = Readonly<{ about: string; what: string; status: string; code: string; at: string }>

function historyOf(fact: Fact): History | null {
  if (is(statementVerdictChanged, fact)) {
    const { statement, status, reason, since } = fact.body
    return { about: statement, what: 'statement', status, code: reason.code, at: since }
  }
  if (is(verdictChanged, fact)) {
    const { control, status, reason, since } = fact.body
    return { about: control, what: 'control', status, code: reason.code, at: since }
  }
  if (is(occurrenceClosed, fact)) {
    const { control, outcome, occurrence, to } = fact.body
    return { about: control, what: 'occurrence', status: outcome, code: occurrence, at: to }
  }
  if (is(occurrenceRestated, fact)) {
    const { control, now, occurrence } = fact.body
    return { about: control, what: 'restated', status: now, code: occurrence, at: fact.occurred }
  }
  return null
}

/** `values` are named by us and never by a fact, so they may stand in the text of the query. */
async function upsert(
  tx: PoolClient,
  name: string,
  key: string,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const columns = Object.keys(values)
  const places = columns.map((_, index) => `$${index + 1}`).join(', ')
  const updates = columns.map(column => `${column} = excluded.${column}`).join(', ')
  await tx.query(
    `insert into ${name} (${columns.join(', ')}) values (${places})
     on conflict (${key}) do update set ${updates}`,
    Object.values(values),
  )
}
