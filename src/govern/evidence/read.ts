import { z } from 'zod'
import type { Fact, Pos, Ref } from '../../core/fact.ts'
import {
  fileKept,
  ledgerChecked,
  statementVerdictChanged,
  verdictChanged,
} from '../../core/facts.ts'
import { type Ports, type Principal, personOf, type Reader } from '../../core/module.ts'
import { evidenceAttached } from './facts.ts'
import type { AboutRow } from './show.ts'

/** Who asks, as facts name him, and as the list knows him; null: it has never heard of him. */
export type Self = Readonly<{
  identifier: string
  ref: Ref | null
  can(permission: string): boolean
}>

export async function readSelf(principal: Principal, reader: Reader): Promise<Self> {
  const identifier = personOf(principal)
  const ref = (await reader.refs([identifier])).get(identifier) ?? null
  return { identifier, ref, can: permission => principal.permissions.has(permission) }
}

const said = z.object({
  pos: z.int(),
  what: z.enum(['retracted', 'corrected', 'accepted', 'refused', 'attached']),
})

/** A fact in a list. */
export const rowSchema = z.object({
  pos: z.int(),
  type: z.string(),
  module: z.string(),
  source: z.string(),
  trust: z.enum(['instrument', 'record', 'claim']),
  /** When it happened, when it was seen, when it came on the list. */
  occurred: z.string(),
  observed: z.string(),
  recorded: z.string(),
  body: z.json(),
  /** Private slots by name; their values stand in none of these answers. */
  slots: z.array(z.string()),
  said: z.array(said),
})

export type Row = z.infer<typeof rowSchema>

export async function readRows(
  positions: readonly Pos[],
  { reader }: Pick<Ports, 'reader'>,
): Promise<Row[]> {
  const about = await readAbout(positions, reader)
  const facts = await Promise.all(positions.map(pos => reader.fact(pos)))
  return facts.flatMap(fact => (fact === null ? [] : [rowOf(fact, about.get(fact.pos) ?? [])]))
}

const rowOf = (fact: Fact, said: AboutRow['said']): Row => ({
  ...{ pos: fact.pos, type: fact.type, module: fact.module, source: fact.source },
  ...{ trust: fact.trust, occurred: fact.occurred, observed: fact.observed },
  ...{ recorded: fact.recorded, body: fact.body as Row['body'] },
  slots: Object.keys(fact.refs),
  said: [...said],
})

export async function readAbout(
  positions: readonly Pos[],
  reader: Reader,
): Promise<ReadonlyMap<Pos, AboutRow['said']>> {
  const rows = await reader.query<AboutRow>('select * from evidence_about where target = any($1)', [
    positions.map(String),
  ])
  return new Map(rows.map(row => [Number(row.target), row.said]))
}

const fileView = z.object({
  sha256: z.string(),
  name: z.string().nullable(),
  sizeBytes: z.int(),
  mediaType: z.string(),
})

export const factSchema = z.object({
  fact: rowSchema,
  /** `hidden`: there is a value, for other eyes; `erased`: there was one. */
  private: z.array(
    z.object({
      slot: z.string(),
      state: z.enum(['shown', 'hidden', 'erased']),
      value: z.string().nullable(),
    }),
  ),
  /** What it rests on, and what rests on it. */
  because: z.array(rowSchema),
  /** Of many only the range is named. */
  range: z.object({ count: z.int(), first: z.int(), last: z.int() }).nullable(),
  restsOnIt: z.array(rowSchema),
  isCut: z.boolean(),
  files: z.array(fileView),
  links: z.array(z.string()),
  proof: z.object({ leaf: z.string(), proof: z.string(), origin: z.string(), vkey: z.string() }),
})

export type FactDetail = z.infer<typeof factSchema>

/** Facts shown beside one: a finding rests on a handful, a month's verdict on sixteen. */
const besideMax = 200

export async function readFact(
  fact: Fact,
  self: Self,
  ports: Pick<Ports, 'reader'>,
): Promise<z.infer<typeof factSchema>> {
  const { reader } = ports
  const { pos, because } = fact
  const [after, proved, ledger, slots] = await Promise.all([
    readAfter(pos, reader),
    reader.prove(pos),
    reader.ledger(),
    reader.query<{ slot: string; is_erased: boolean }>(
      'select slot, salt is null as is_erased from ledger.private where idx = $1 order by slot',
      [pos],
    ),
  ])
  const isMany = 'root' in because
  const premises = isMany ? [because.first, because.last] : because
  const values = self.can('evidence.private')
    ? ((
        await reader.discloseAll(
          [pos],
          slots.map(({ slot }) => slot),
        )
      ).get(pos) ?? {})
    : {}
  const about = (await readAbout([pos], reader)).get(pos) ?? []
  const attached = await Promise.all(
    about.filter(({ what }) => what === 'attached').map(one => reader.fact(one.pos)),
  )
  const bodies = attached.map(one => one?.body) as z.infer<typeof evidenceAttached.schema>[]
  const hashes = [JSON.stringify(fact.body), ...bodies.flatMap(({ files }) => files)]
  return {
    fact: rowOf(fact, about),
    private: slots.map(({ slot, is_erased: isErased }) => ({
      slot,
      state: isErased ? 'erased' : slot in values ? 'shown' : 'hidden',
      value: values[slot] ?? null,
    })),
    because: await readRows(premises.slice(0, besideMax), ports),
    range: isMany ? { count: because.count, first: because.first, last: because.last } : null,
    restsOnIt: await readRows(
      after.slice(0, besideMax).map(row => Number(row.pos)),
      ports,
    ),
    isCut: after.length > besideMax || premises.length > besideMax,
    files: await readFiles(hashes.join(' '), self, reader),
    links: bodies.flatMap(({ links }) => links),
    proof: { ...proved!, ...ledger },
  }
}

/** Verdicts among which those that rest on a fact are looked for: what a fact brings about follows it at once. */
const verdictsMax = 500

/**
 * What rests on a fact, in the order of the list. Of verdicts the list keeps no index of causes: they are
 * looked for among those that follow.
 */
const readAfter = (pos: Pos, reader: Reader): Promise<{ pos: string }[]> =>
  reader.query<{ pos: string }>(
    `select pos from (
       select pos from ledger.because where cause = $1
       union
       select v.pos from (
         select pos from ledger.fact_type where type = any($3) and pos > $1 order by pos limit $4
       ) v join ledger.entry e on e.idx = v.pos
       -- Its number stands there in digits, or it is not among the causes: most leaves are not taken apart.
       where position(convert_to($1::bigint::text, 'UTF8') in e.leaf) > 0
         and (convert_from(e.leaf, 'UTF8')::json -> 'because')::jsonb @> to_jsonb($1::bigint)
     ) as after order by pos limit $2`,
    [
      ...[pos, besideMax + 1],
      ...[[verdictChanged.name, statementVerdictChanged.name], verdictsMax],
    ],
  )

/** Files that are kept, of all hashes that stand in a text; their names are private. */
async function readFiles(text: string, self: Self, reader: Reader) {
  const hashes = [...new Set(text.match(/\b[0-9a-f]{64}\b/g) ?? [])].slice(0, besideMax)
  const rows = await reader.query<{ pos: string }>(
    'select pos from ledger.fact_key where type = $1 and key = any($2) order by pos',
    [fileKept.name, hashes],
  )
  const positions = rows.map(row => Number(row.pos))
  const names = self.can('evidence.private')
    ? await reader.discloseAll(positions, ['name'])
    : new Map<Pos, Record<string, string>>()
  const facts = await Promise.all(positions.map(pos => reader.fact(pos)))
  return facts.flatMap(fact => {
    if (fact === null) return []
    const { sha256, sizeBytes, mediaType } = fact.body as z.infer<typeof fileKept.schema>
    return [{ sha256, sizeBytes, mediaType, name: names.get(fact.pos)?.['name'] ?? null }]
  })
}

export const healthSchema = z.object({
  size: z.int(),
  origin: z.string(),
  vkey: z.string(),
  /** Since when judges and tables lag behind the list; null: they do not. */
  behind: z.string().nullable(),
  newest: z.string().nullable(),
  /** The last time that everything was derived again and compared; null: never. */
  checked: z.object({ pos: z.int(), recorded: z.string(), said: ledgerChecked.schema }).nullable(),
})

export async function readHealth({
  clock,
  reader,
}: Pick<Ports, 'clock' | 'reader'>): Promise<z.infer<typeof healthSchema>> {
  const [size, ledger, behind, [checked]] = await Promise.all([
    reader.size(),
    reader.ledger(),
    reader.behind(clock.nowMs()),
    reader.latest(ledgerChecked, 1),
  ])
  const newest = await reader.fact(size - 1)
  return {
    ...{ size, ...ledger, behind, newest: newest?.recorded ?? null },
    checked: checked ? { pos: checked.pos, recorded: checked.recorded, said: checked.body } : null,
  }
}
