import { z } from 'zod'
import type { Fact, FactType } from '../fact.ts'
import type { HandPorts, Reader } from '../module.ts'
import { SharedLook } from '../shared-look.ts'
import { entriesOf, knownEntries } from './entries.ts'
import type { ImportRow } from './import-facts.ts'
import type { AnyView } from './view.ts'

/** Who vouches for a register, what confirms it, and how long ago somebody looked into its entries. */

export const declaredShape = z.object({
  pos: z.int(),
  at: z.string(),
  /** Identifier; null for who may see no personal values, or where it is erased. */
  by: z.string().nullable(),
  /** Facts of the register since then: what was declared is what stands there only if there are none. */
  isSame: z.boolean(),
})

export const comparedShape = z.object({
  at: z.string(),
  /** How many entries both know, and how many only the second source does. */
  seen: z.int(),
  unlisted: z.int(),
  /** It was laid beside the register as it had been declared. */
  isDeclared: z.boolean(),
  /** Where a source knows one part only: of how many parts there is a comparison. */
  of: z.object({ done: z.int(), all: z.int() }).nullable(),
})

export const verifiedShape = z.object({
  column: z.string(),
  oldest: z.string().nullable(),
  never: z.int(),
})

/** Declarations that are looked into where each part has its own. */
const partsMax = 100

/** The newest fact of each part; they come with the newest first. */
function newestOf<T extends Fact>(facts: readonly T[], { parts }: AnyView): Map<string, T> {
  const newest = new Map<string, T>()
  for (const fact of facts) {
    const of = partOf(fact, parts)
    if (!newest.has(of)) newest.set(of, fact)
  }
  return newest
}

const partOf = ({ body }: Pick<Fact, 'body'>, parts: AnyView['parts']): string =>
  String((body as Readonly<Record<string, unknown>>)[parts?.column ?? ''] ?? '')

/** A comparison of 10⁵ entries is told in some 1,600 facts. */
const factsMax = 2_000

type Standing = Awaited<ReturnType<typeof readStanding>>

/** By the reader of a program, for there may be several in one process; then by the name of the register. */
const looks = new WeakMap<Reader, Map<string, SharedLook<Standing>>>()

/** Everybody who opens the register asks for it, and all of them again with each new fact. */
export function standingOf(view: AnyView, ports: HandPorts): Promise<Standing> {
  const registers = looks.get(ports.reader) ?? new Map<string, SharedLook<Standing>>()
  looks.set(ports.reader, registers)
  const look = registers.get(view.kind.name) ?? new SharedLook(() => readStanding(view, ports))
  registers.set(view.kind.name, look)
  return look.ask()
}

async function readStanding(view: AnyView, ports: HandPorts) {
  const [sizes, sources, declared, compared, verified] = await Promise.all([
    knownEntries(view, ports).sizes(),
    ports.reader.query<ImportRow>(
      `select source, file, ended from ${view.kind.imports} order by source`,
    ),
    declaredOf(view, ports),
    comparedOf(view, ports),
    verifiedOf(view, ports),
  ])
  return { sizes, sources, declared, compared, verified }
}

async function declaredOf(view: AnyView, { reader }: HandPorts) {
  const facts = view.whole
    ? await reader.latest(view.whole(reader).declared, view.parts === undefined ? 1 : partsMax)
    : []
  // Where each part is declared by itself, it is declared for as long as the one that was so first.
  const last = [...newestOf(facts, view).values()].at(-1)
  if (last === undefined) return null
  const by = await reader.disclose(last.pos, 'by')
  const [later] = await reader.query(
    `select 1 from ${view.table.table.name} where pos > $1 limit 1`,
    [last.pos],
  )
  return { pos: last.pos, at: last.occurred, by, isSame: later === undefined }
}

type Part = Readonly<{
  part?: number
  seen: readonly string[]
  unlisted: number
  isDeclared: boolean
  hash: string
}>

type Compared = z.infer<typeof comparedShape>

/** By the type of the fact, the last one with what it told. A large comparison is too much to be read for everybody. */
const compared = new WeakMap<
  Reader,
  Map<string, Readonly<{ pos: number; told: Promise<Compared | null> }>>
>()

async function comparedOf(view: AnyView, { reader }: HandPorts): Promise<Compared | null> {
  const type = view.compared
  if (type === undefined) return null
  const [last] = await reader.query<{ pos: number }>(
    'select max(pos)::float8 as pos from ledger.fact_type where type = $1 having max(pos) is not null',
    [type.name],
  )
  if (last === undefined) return null
  const known = compared.get(reader) ?? new Map()
  compared.set(reader, known)
  const found = known.get(type.name)
  if (found?.pos === last.pos) return found.told
  const told = readComparison(type, view, reader)
  known.set(type.name, { pos: last.pos, told })
  // What could not be read is read again by who asks next.
  told.catch(() => known.delete(type.name))
  return told
}

/**
 * The last comparison; of each part of the register its own, and of all of these what is oldest and worst.
 * A comparison is told in facts that have one source and one hash.
 */
async function readComparison(
  type: FactType,
  view: AnyView,
  reader: Reader,
): Promise<Compared | null> {
  const facts = (await reader.latest(type, factsMax)) as Fact<Part>[]
  const newest = newestOf(facts, view)
  const [last] = facts
  if (last === undefined) return null
  // The same list may have been laid beside the same register before.
  const parts = new Map<string, Fact<Part>>()
  for (const fact of facts) {
    const { part = 1, hash } = fact.body
    const of = partOf(fact, view.parts)
    const first = newest.get(of)
    const isOwn = first?.source === fact.source && first.body.hash === hash
    if (isOwn && !parts.has(`${of} ${part}`)) parts.set(`${of} ${part}`, fact)
  }
  const each = [...newest.values()]
  return {
    at: each.map(({ occurred }) => occurred).reduce((a, b) => (a < b ? a : b)),
    seen: [...parts.values()].reduce((sum, { body }) => sum + body.seen.length, 0),
    unlisted: each.reduce((sum, { body }) => sum + body.unlisted, 0),
    isDeclared: each.every(({ body }) => body.isDeclared),
    of: view.parts === undefined ? null : { done: newest.size, all: view.parts.choices.length },
  }
}

async function verifiedOf(view: AnyView, ports: HandPorts) {
  const { verified } = view
  if (verified === undefined) return null
  const entries = await entriesOf(view, ports)
  const asked = {
    sort: verified,
    isDescending: false,
    text: '',
    closed: false,
    seesPersonal: false,
  }
  const never = (await entries.find({ ...asked, filters: { [verified]: '' } })).length
  const known = (await entries.find({ ...asked, filters: {} }))[never]
  return { column: verified, oldest: known?.cells[entries.placeOf(verified)] ?? null, never }
}
