import type { PoolClient } from 'pg'
import type { Fact, FactType, Key, Pos } from '../fact.ts'
import type { Judge } from '../judge.ts'
import type { List } from './list.ts'

type Read = Pick<List, 'readPositions'>

/** The verdicts that stand on the list before a position, of what these rows give verdicts of. */
export async function standingOf(
  tx: PoolClient,
  list: Read,
  judge: Judge,
  rows: Iterable<Key>,
  before?: Pos,
): Promise<ReadonlyMap<Key, Fact<any>>> {
  const [standing] = await standingOfAll(tx, list, [[judge, rows]], before)
  return standing!
}

/** Of each of these judges, in their order; those whose verdicts are of one type are asked for in one go. */
export async function standingOfAll(
  tx: PoolClient,
  list: Read,
  judges: readonly (readonly [judge: Judge, rows: Iterable<Key>])[],
  before?: Pos,
): Promise<readonly ReadonlyMap<Key, Fact<any>>[]> {
  const all = judges.map(() => new Map<Key, Fact<any>>())
  const asked = judges.flatMap(([{ verdicts }, rows], nth) =>
    verdicts === undefined
      ? []
      : [...rows].map(key => ({ type: verdicts.type, name: verdicts.of(key), key, of: all[nth]! })),
  )
  for (const [type, ofType] of Map.groupBy(asked, ({ type }) => type)) {
    const names = ofType.map(({ name }) => name)
    const found = await standingVerdicts(tx, list, type, names, before)
    for (const [nth, { of, key }] of ofType.entries()) {
      const fact = found[nth]
      if (fact) of.set(key, fact)
    }
  }
  return all
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
