import type { PoolClient } from 'pg'
import type { Fact, FactType, Key, Pos } from '../fact.ts'
import type { Judge } from '../judge.ts'
import type { List } from './list.ts'

type Read = Pick<List, 'readPositions'>

/** The verdicts that stand on the list before a position, of what these rows give verdicts of. */
export async function standingOf(
  tx: PoolClient,
  list: Read,
  { verdicts }: Judge,
  rows: Iterable<Key>,
  before?: Pos,
): Promise<ReadonlyMap<Key, Fact<any>>> {
  const standing = new Map<Key, Fact<any>>()
  if (verdicts === undefined) return standing
  const keys = [...rows]
  const names = keys.map(key => verdicts.of(key))
  const found = await standingVerdicts(tx, list, verdicts.type, names, before)
  for (const [index, key] of keys.entries()) {
    const fact = found[index]
    if (fact !== undefined && fact !== null) standing.set(key, fact)
  }
  return standing
}

/** The last verdict of each of these, in their order, whoever gave it; null where there is none. */
export async function standingVerdicts(
  tx: PoolClient,
  list: Read,
  type: FactType,
  names: readonly Key[],
  before: Pos = Number.MAX_SAFE_INTEGER,
): Promise<readonly (Fact<any> | null)[]> {
  const { rows } = await tx.query<{ pos: string | null }>(
    `select (select max(k.pos) from ledger.fact_key k
       where k.key = asked.name and k.type = $2 and k.pos < $3) as pos
     from unnest($1::text[]) with ordinality as asked (name, nth) order by nth`,
    [names, type.name, before],
  )
  const positions = rows.map(row => (row.pos === null ? null : Number(row.pos)))
  const facts = await list.readPositions(positions.filter(pos => pos !== null))
  const found = new Map(facts.map(fact => [fact.pos, fact]))
  return positions.map(pos => (pos === null ? null : (found.get(pos) ?? null)))
}
