import type { ClientBase, Pool } from 'pg'
import { OkiteError } from '../error.ts'
import type { Fact, Pos, Ref } from '../fact.ts'
import { factRetracted } from '../facts.ts'
import { deepFreeze } from './intake.ts'
import type { Envelope } from './leaf.ts'
import { type Range } from './merkle.ts'
import { tileHeight } from './tile.ts'
import { emptyFrontier, extend, rootOf, subtreesOf } from './tree.ts'

export type Queryable = Pick<Pool | ClientBase, 'query'>

/** Entries as they stand, before anybody has asked what is in them; may be sent to another thread. */
export type Leaves = Readonly<{
  from: Pos
  count: number
  /** The leaves, one a line: nothing in canonical JSON is a line feed. */
  text: string
  /** Who stands in private slots, as judges see persons: `position slot ref`, one a line. */
  slots: string
}>

/**
 * Entries from a position on, in order. Page checksums guard what is read here; that each leaf is
 * canonical and under its root is the work of fsck and of every proof.
 *
 * They come many in a text: to take rows apart costs the driver more than to read them, and one long
 * message as well.
 */
export async function readLeaves(q: Queryable, from: Pos, count: number): Promise<Leaves> {
  const { rows } = await q.query<{ count: number; text: string | null }>({
    name: 'ledger-read',
    text: `select idx >> 6 as part, count(*)::integer as count,
        convert_from(string_agg(leaf, '\x0a' order by idx), 'UTF8') as text
      from ledger.entry where idx >= $1::bigint and idx < $1::bigint + $2::bigint group by part
      union all
      select -1, 0, string_agg(p.idx || ' ' || p.slot || ' ' || o.ref, e'\n')
      from ledger.private p join ledger.person o on o.subject = p.subject
      where p.idx >= $1::bigint and p.idx < $1::bigint + $2::bigint
      order by part`,
    values: [from, count],
  })
  const [slots, ...parts] = rows
  return {
    from,
    count: parts.reduce((sum, part) => sum + part.count, 0),
    text: parts.map(({ text }) => text).join('\n'),
    slots: slots?.text ?? '',
  }
}

export async function readFacts(q: Queryable, from: Pos, count: number): Promise<Fact[]> {
  return [...factsOf(await readLeaves(q, from, count))]
}

/**
 * What the entries say, one after the other: who folds a page need not hold all of it.
 *
 * @param wanted types whose facts are read whole; of others only `pos`, `type` and `recorded` are
 *   there, which is what time needs
 */
export function* factsOf(leaves: Leaves, wanted?: ReadonlySet<string>): Generator<Fact, void> {
  const byPos = refsByPos([...linesOf(leaves.slots)].map(slotOf))
  let pos = leaves.from
  for (const text of linesOf(leaves.text)) {
    const type = wanted === undefined ? null : topLevel(text, '"type":"')
    if (type === null || wanted!.has(type)) yield toFact(pos, text, byPos)
    else yield passing(pos, type, topLevel(text, '"recorded":"'))
    pos += 1
  }
}

function* linesOf(text: string): Generator<string, void> {
  for (let begin = 0; begin < text.length; ) {
    const end = text.indexOf('\n', begin)
    yield text.slice(begin, end < 0 ? text.length : end)
    begin = end < 0 ? text.length : end + 1
  }
}

/** Neither the name of a slot nor a ref holds a space. */
function slotOf(line: string): SlotRow {
  const [idx = '', slot = '', ref = ''] = line.split(' ')
  return { idx, slot, ref: ref as Ref }
}

/**
 * A member of the leaf itself. Its members are sorted (RFC 8785, 3.2.3), and after `recorded` and `type` come
 * only plain ones: the last place where the name stands between quotes that nothing escapes is its
 * own. Neither a type nor an instant has anything to escape.
 */
function topLevel(leaf: string, member: string): string {
  const begin = leaf.lastIndexOf(member) + member.length
  return leaf.slice(begin, leaf.indexOf('"', begin))
}

const passing = (pos: Pos, type: string, recorded: string): Fact =>
  ({ pos, type, recorded }) as unknown as Fact

/** These facts, in the order asked for. @throws OkiteError `LEDGER_POSITION_UNKNOWN` */
export async function readPositions(q: Queryable, positions: readonly Pos[]): Promise<Fact[]> {
  const { rows } = await q.query<{ idx: string; leaf: string; slots: string | null }>({
    name: 'ledger-read-some',
    text: `select e.idx, convert_from(e.leaf, 'UTF8') as leaf, s.slots from ledger.entry e
      cross join lateral (
        select string_agg(p.idx || ' ' || p.slot || ' ' || o.ref, e'\n') as slots
        from ledger.private p join ledger.person o on o.subject = p.subject where p.idx = e.idx
      ) s where e.idx = any($1::bigint[])`,
    values: [positions],
  })
  const byPos = refsByPos(rows.flatMap(({ slots }) => [...linesOf(slots ?? '')].map(slotOf)))
  const found = new Map(rows.map(row => [Number(row.idx), row.leaf]))
  return positions.map(pos => {
    const leaf = found.get(pos)
    if (leaf === undefined) throw new OkiteError('LEDGER_POSITION_UNKNOWN', { pos })
    return toFact(pos, leaf, byPos)
  })
}

export async function positionOf(q: Queryable, dedup: Buffer): Promise<Pos | null> {
  const sql = 'select idx from ledger.entry where dedup = $1'
  const { rows } = await q.query<{ idx: string }>(sql, [dedup])
  return rows[0] === undefined ? null : Number(rows[0].idx)
}

/** Where it is said that the fact at a position was told in error, or null. */
export async function retractionOf(q: Queryable, target: Pos): Promise<Pos | null> {
  // Few are ever taken back: there is no index of what they speak of.
  const { rows } = await q.query<{ pos: string }>(
    `select t.pos from ledger.fact_type t join ledger.entry e on e.idx = t.pos
     where t.type = $1 and t.pos > $2
       and (convert_from(e.leaf, 'UTF8')::jsonb #>> '{body,target}')::bigint = $2
     order by t.pos limit 1`,
    [factRetracted.name, target],
  )
  return rows[0] === undefined ? null : Number(rows[0].pos)
}

export async function readLeaf(q: Queryable, pos: Pos): Promise<Buffer> {
  const { rows } = await q.query<{ leaf: Buffer }>('select leaf from ledger.entry where idx = $1', [
    pos,
  ])
  const leaf = rows[0]?.leaf
  if (leaf === undefined) throw new OkiteError('LEDGER_POSITION_UNKNOWN', { pos })
  return leaf
}

/**
 * The hashes of these ranges, from leaf hashes and stored roots of complete tiles. They are not
 * trusted: a wrong one gives a proof that does not verify.
 */
export async function hashRanges(q: Queryable, ranges: readonly Range[]): Promise<Uint8Array[]> {
  const parts = ranges.map(range => subtreesOf(range).map(rowsOfSubtree))
  const wanted = parts
    .flat()
    .flatMap(({ level, first, count }) =>
      Array.from({ length: count }, (_, i) => ({ level, idx: first + i })),
    )
  const leaves = wanted.filter(row => row.level === 0).map(row => row.idx)
  const nodes = wanted.filter(row => row.level > 0)
  const leafRows = await q.query<HashRow>(
    `select 0 as level, idx, leaf_hash as hash from ledger.entry where idx = any($1::bigint[])`,
    [leaves],
  )
  const nodeRows = await q.query<HashRow>(
    `select level, idx, hash from ledger.node
      join unnest($1::smallint[], $2::bigint[]) as wanted (level, idx) using (level, idx)`,
    [nodes.map(row => row.level), nodes.map(row => row.idx)],
  )
  const hashes = new Map(
    [...leafRows.rows, ...nodeRows.rows].map(row => [`${row.level}/${row.idx}`, row.hash]),
  )
  return parts.map(subtrees =>
    rootOf(
      subtrees.map(({ level, first, count }) => {
        const below = Array.from({ length: count }, (_, i) => {
          const hash = hashes.get(`${level}/${first + i}`)
          if (hash === undefined) throw new OkiteError('LEDGER_NODE_MISSING', { level })
          return hash
        })
        return rootOf(extend(emptyFrontier, below).hashes)
      }),
    ),
  )
}

export type SlotRow = { idx: string; slot: string; ref: Ref }
type HashRow = { level: number; idx: string; hash: Buffer }
type RefsByPos = ReadonlyMap<Pos, Readonly<Record<string, Ref>>>

const noRefs: Readonly<Record<string, Ref>> = Object.freeze({})

function refsByPos(rows: readonly SlotRow[]): RefsByPos {
  const byPos = new Map<Pos, Record<string, Ref>>()
  for (const { idx, slot, ref } of rows) {
    const pos = Number(idx)
    const refs = byPos.get(pos) ?? {}
    refs[slot] = ref
    byPos.set(pos, refs)
  }
  for (const refs of byPos.values()) Object.freeze(refs)
  return byPos
}

function toFact(pos: Pos, leaf: string, refs: RefsByPos): Fact {
  const { type, tv, module, source, occurred, observed, recorded, trust, because, body } =
    JSON.parse(leaf) as Envelope
  return Object.freeze({
    ...{ pos, type, tv, module, source, occurred, observed, recorded, trust },
    because: deepFreeze(because),
    body: deepFreeze(body),
    refs: refs.get(pos) ?? noRefs,
  })
}

/** A perfect subtree as consecutive rows of the nearest tile level below it. */
function rowsOfSubtree({ level, index }: { level: number; index: number }) {
  const tileLevel = Math.min(Math.floor(level / tileHeight), 6)
  const count = 2 ** (level - tileLevel * tileHeight)
  return { level: tileLevel, first: index * count, count }
}
