import type { Fact, FactType, Pos } from '../fact.ts'
import type { HandPorts } from '../module.ts'
import { msOf } from '../time.ts'
import type { Kept } from './register-table.ts'
import type { Cells } from './table.ts'
import type { AnyView } from './view.ts'

/** A fact that was said of an entry, and what it changed. */
export type Told = Readonly<{
  pos: Pos
  type: string
  occurred: string
  recorded: string
  source: string
  /** Who said it, and why; null where nobody did, or where it is erased. */
  by: string | null
  reason: string | null
  changes: readonly Readonly<{ column: string; was: string; is: string }>[]
}>

/** More are there, and not shown: an entry that changes daily has these in three years. */
const toldMax = 1_000

/** The newest first. What nobody sees in the register, nobody sees in its history. */
export async function historyOf(
  view: AnyView,
  id: string,
  ports: HandPorts,
): Promise<readonly Told[]> {
  const facts = await factsOf(view, id, ports)
  const stands = await standsOf(view, facts, ports)
  const words = await ports.reader.discloseAll(
    facts.map(({ pos }) => pos),
    ['by', 'reason'],
  )
  return facts
    .map((fact, at): Told => {
      const { pos, type, occurred, recorded, source } = fact
      const [was, is] = [stands[at - 1] ?? {}, stands[at] ?? {}]
      const { by = null, reason = null } = words.get(pos) ?? {}
      const changes = view.columns
        .map(({ name }) => ({ column: name, was: was[name] ?? '', is: is[name] ?? '' }))
        .filter(change => change.was !== change.is)
      return { pos, type, occurred, recorded, source, by, reason, changes }
    })
    .reverse()
}

/** What stood in an entry when this fact had just been said of it. */
export async function cellsAt(
  view: AnyView,
  id: string,
  pos: Pos,
  ports: HandPorts,
): Promise<Cells> {
  const facts = (await factsOf(view, id, ports)).filter(fact => fact.pos <= pos)
  return (await standsOf(view, facts, ports)).at(-1) ?? {}
}

const namesOf = (types: readonly FactType[]) => types.map(({ name }) => name)

/** In the order of the list. A key below the id, `p-17/developer`, is of the entry as well. */
async function factsOf(view: AnyView, id: string, { reader }: HandPorts) {
  const rows = await reader.query<{ pos: number }>(
    `select distinct pos::float8 as pos from ledger.fact_key
     where (key = $1 or starts_with(key, $1 || '/')) and type = any($2)
     union select pos::float8 from ledger.fact_type where type = any($4)
     order by 1 desc limit $3`,
    [id, namesOf(view.table.from), toldMax, namesOf(view.table.unkeyed ?? [])],
  )
  const facts = await reader.facts(rows.map(({ pos }) => pos))
  return facts.filter(fact => view.table.keyOf(fact) === id)
}

/** The entry after each of its facts, by the same fold that makes the table. */
async function standsOf(
  view: AnyView,
  facts: readonly Fact[],
  ports: HandPorts,
): Promise<readonly Cells[]> {
  const rows: (Kept | null)[] = []
  // What time alone makes of an entry is said as of then.
  const thenMs = new Map(facts.map(fact => [fact.pos, msOf(fact.recorded)]))
  const asOf = ({ pos }: Kept) => ({
    policy: ports.policy,
    clock: { nowMs: () => thenMs.get(pos) ?? ports.clock.nowMs() },
  })
  for (const fact of facts) rows.push(view.table.step(rows.at(-1) ?? null, fact))
  const there = rows.filter(row => row !== null)
  const personal = (await view.disclose?.(there, ports.reader)) ?? []
  const cells = new Map(
    there.map((row, at) => [row, { ...view.cellsOf(row, asOf(row)), ...personal[at] }]),
  )
  return rows.map(row => (row === null ? {} : (cells.get(row) ?? {})))
}
