import type { PoolClient } from 'pg'
import type { Draft, Fact, Key, Pos } from '../fact.ts'
import { findingClosed, verdictChanged } from '../facts.ts'
import { everyRow, type Judge } from '../judge.ts'
import type { Batch, List } from './list.ts'
import type { StoredJudge } from './snapshot.ts'
import { standingVerdicts } from './standing.ts'

/** Far above what a step may say for the same cause and key. */
const ordinal = 30_000_000

/**
 * A control that the program no longer has must not be trusted any longer: its last verdict ends as
 * `unknown / retired`, its open findings close, and its rows go. Statements and roll-ups hear it like
 * any other verdict. It rests on the verdict that it ends, because no fact of the world caused it (M8).
 */
export async function retire(options: {
  list: List
  batch: Batch
  judges: readonly Judge[]
  stored: ReadonlyMap<string, StoredJudge>
}): Promise<void> {
  const { list, batch, stored } = options
  const present = new Set(options.judges.map(judge => judge.id))
  for (const judge of [...stored.values()].filter(one => !present.has(one.judge))) {
    const say = (draft: Draft, cause: Pos, key: Key) =>
      batch.derive(draft, { judge: judge.judge, version: judge.version, cause, key, ordinal })
    for (const { key, pos } of await openFindings(batch.tx, judge.judge)) {
      const subject = key === '' ? everyRow : key
      const reason = { code: 'retired', args: {} }
      const body = { control: judge.judge, subject, reason }
      say({ type: findingClosed, occurred: batch.recorded, because: [pos], body }, pos, key)
    }
    const [standing] = await standingVerdicts(batch.tx, list, verdictChanged, [judge.judge])
    if (standing && standing.body.reason.code !== 'retired') {
      say(retired(standing, batch), standing.pos, '')
    }
    await batch.tx.query('delete from fold.judge_row where judge = $1', [judge.judge])
    await batch.tx.query('delete from fold.judge where judge = $1', [judge.judge])
  }
}

const retired = (standing: Fact<any>, batch: Batch): Draft => ({
  type: verdictChanged,
  occurred: batch.recorded,
  because: [standing.pos],
  body: {
    ...standing.body,
    status: 'unknown',
    reason: { code: 'retired', args: {} },
    since: standing.body.status === 'unknown' ? standing.body.since : batch.recorded,
    next: null,
    previous: standing.pos,
    population: { size: null, checked: 0, kept: 0, due: 0, broken: 0, unknown: 0, excepted: 0 },
  },
})

/** Findings of controls, by the names that their rows give them. */
async function openFindings(
  tx: PoolClient,
  judge: string,
): Promise<readonly { key: Key; pos: Pos }[]> {
  const { rows } = await tx.query<{ key: Key; pos: string }>(
    `select key, coalesce(made::jsonb->>'finding', made::jsonb->>'unknowns') as pos
     from fold.judge_row
     where judge = $1 and exists (select from ledger.fact_type f where f.type = $2
       and f.pos = coalesce(made::jsonb->>'finding', made::jsonb->>'unknowns')::bigint)
     order by key collate "C"`,
    [judge, 'control.finding.opened'],
  )
  return rows.map(row => ({ key: row.key, pos: Number(row.pos) }))
}
