import { createHash } from 'node:crypto'
import type { FactType, Pos } from '../fact.ts'
import type { HandPorts } from '../module.ts'
import { inTurn } from '../turn.ts'
import { Appender } from './appender.ts'
import type { Column } from './columns.ts'
import {
  type CommandPorts,
  complain,
  encodingOf,
  judgedOrLater,
  onlyWord,
  personOf,
  readFile,
  sayOf,
  sourceOf,
  tellRead,
  usage,
} from './command.ts'
import { type Compared, compareRows, listedMax, type SecondSource } from './compare.ts'
import type { Encoding } from './encoding.ts'
import { fileHash, refuseOpenImport, refuseOwnSource } from './import-bytes.ts'
import type { KeyIndex } from './key-index.ts'
import type { Draft } from './register.ts'
import { openTable, type Table } from './table.ts'

/** As `readFlags` reads them. */
type Flags = Readonly<Record<string, string>>

/** A register as it is declared, and as a second source is laid beside it: of all its sources together. */
export type Whole<Row> = Readonly<{
  /** The word of the command. */
  name: string
  /** The table of its imports. */
  imports: string
  /** All entries in the order of their ids, a page at a time. */
  pages(): AsyncIterable<readonly Row[]>
  idOf(row: Row): string
  /** What is declared of an entry: nothing personal. */
  lineOf(row: Row): readonly (string | boolean | null)[]
  /** How a person at the terminal knows these entries. */
  labelsOf(rows: readonly Row[]): Promise<readonly string[]>
  declared: FactType
  /** One fact, or of each part of the register its own. */
  declare(count: number, hash: string): Draft | Promise<readonly Draft[]>
}>

export type AnyWhole = Whole<any>

/** The entries of a register and the SHA-256 of what stands in it: the same for the same register. */
export async function hashOf<Row>({ pages, lineOf }: Pick<Whole<Row>, 'pages' | 'lineOf'>) {
  const hash = createHash('sha256')
  let count = 0
  for await (const page of pages()) {
    count += page.length
    hash.update(page.map(row => `${JSON.stringify(lineOf(row))}\n`).join(''))
  }
  return { count, hash: hash.digest('hex') }
}

/** `declare --by PERSON`: the register is complete as it stands. */
export async function runDeclare(
  flags: Flags,
  words: readonly string[],
  ports: CommandPorts,
  whole: AnyWhole,
): Promise<number> {
  if (words.length > 0) throw usage(words[0] ?? '')
  const by = personOf(flags['by'])
  const { count, hash, last } = await declareWhole(whole, by, ports)
  ports.out(`${sayOf(ports)('register.declared', { count, hash })}\n`)
  await judgedOrLater(last, ports)
  return 0
}

/** A named person declares the register complete as it stands. @throws OkiteError `REGISTER_IMPORT_OPEN` */
export function declareWhole(whole: AnyWhole, by: string, ports: HandPorts) {
  return inTurn(whole.name, async () => {
    await ports.shown()
    await refuseOpenImport(whole.imports, ports)
    const { count, hash } = await hashOf(whole)
    const person = { by: { value: by, person: by } }
    const said = [await whole.declare(count, hash)].flat()
    const drafts = said.map(one => ({ ...one, private: person }))
    const source = `${whole.name} command`
    const last = await appendAll(drafts, { ports, source, trust: 'record' })
    return { count, hash, last }
  })
}

/** One of the facts by which a second source is told: entries that it knows, in parts. */
export type ComparedPart = Readonly<{
  part: number
  parts: number
  seen: string[]
  unlisted: number
  isDeclared: boolean
  /** Of the register that it was laid beside. */
  hash: string
}>

/** As many subjects as a fact may have. */
const partCount = 64

/** How a second source is laid beside a register. `of`: which entries are looked for; without it all. */
export type SecondLook = Readonly<{
  columns: readonly Column[]
  second: SecondSource<any>
  of?: (row: any) => boolean
  tell(part: ComparedPart): Draft
}>

/**
 * `compare FILE --source NAME --by PERSON [--encoding E] [--dry-run]`: what only one of the two knows is
 * named to the person at the terminal and counted on the list.
 */
export async function runCompare(
  flags: Flags,
  words: readonly string[],
  ports: CommandPorts,
  { whole, ...look }: Readonly<{ whole: AnyWhole }> & SecondLook,
): Promise<number> {
  const bytes = readFile(onlyWord(words), ports)
  const by = personOf(flags['by'])
  const source = sourceOf(flags['source'])
  const dry = flags['dry-run'] !== undefined
  const options = { by, source, dry, encoding: encodingOf(flags['encoding']) }
  const result = await compareBytes(bytes, options, ports, whole, look)
  tellRead(result.table, ports)
  const { compared, difference, isDeclared, last } = result
  if (difference === null) return complain(whole.name, compared, ports)
  const say = sayOf(ports)
  for (const label of difference.here) ports.out(`${say('register.only.here', { label })}\n`)
  for (const label of difference.there) ports.out(`${say('register.only.there', { label })}\n`)
  const { missing } = difference
  const more = Math.max(0, missing - listedMax) + (compared.unlisted - difference.there.length)
  if (more > 0) ports.out(`${say('register.more', { count: more })}\n`)
  const { seen, unlisted } = compared
  const counts = { seen: seen.size, unlisted, missing, isDeclared: isDeclared ? 'yes' : 'no' }
  ports.out(`${say(dry ? 'register.compared.dry' : 'register.compared', counts)}\n`)
  if (last !== null) await judgedOrLater(last, ports)
  return 0
}

export type ComparedBytes = Readonly<{
  table: Table
  compared: Compared
  /** What only one of the two knows; null: a row is wrong, and nothing was compared. */
  difference: Difference | null
  /** The register as it stands is the one that was declared. */
  isDeclared: boolean
  last: Pos | null
}>

/** `missing`: entries that are only here. Of both sides no more than so many are named. */
type Difference = Readonly<{ missing: number; here: readonly string[]; there: readonly string[] }>

/**
 * Lays a second source beside a register, from wherever it came.
 *
 * @throws OkiteError `TABLE_…`, `REGISTER_IMPORT_OPEN`, `REGISTER_SOURCE_SAME`
 */
export function compareBytes(
  bytes: Uint8Array,
  options: Readonly<{ source: string; by: string; encoding: Encoding | null; dry: boolean }>,
  ports: HandPorts,
  whole: AnyWhole,
  { columns, second, of = () => true, tell }: SecondLook,
): Promise<ComparedBytes> {
  const { source, by, encoding, dry } = options
  return inTurn(whole.name, async () => {
    await ports.shown()
    await refuseOpenImport(whole.imports, ports)
    const table = openTable(bytes, columns, encoding)
    await refuseOwnSource(whole.imports, { source, file: fileHash(bytes) }, ports)
    const compared = await compareRows(table, second)
    if (compared.complaintCount > 0) {
      return { table, compared, difference: null, isDeclared: false, last: null }
    }
    const { hash } = await hashOf(whole)
    const [declared] = await ports.reader.latest(whole.declared, 1)
    const isDeclared = (declared?.body as { hash: string } | undefined)?.hash === hash
    const { unlisted, seen } = compared
    const parts = Math.max(1, Math.ceil(seen.size / partCount))
    const draft = (part: number, known: string[]): Draft => ({
      ...tell({ part, parts, seen: known, unlisted, isDeclared, hash }),
      private: { by: { value: by, person: by } },
    })
    const told = { ports, source: `compare ${source}`, trust: 'instrument' } as const
    const last = dry ? null : await appendAll(partsOf(whole, of, seen, draft), told)
    const difference = await differenceOf(whole, of, compared)
    return { table, compared, difference, isDeclared, last }
  })
}

async function* partsOf(
  whole: AnyWhole,
  of: (row: any) => boolean,
  seen: KeyIndex,
  draft: (part: number, seen: string[]) => Draft,
): AsyncGenerator<Draft> {
  let part = 0
  let known: string[] = []
  for await (const page of whole.pages()) {
    for (const row of page) {
      if (!of(row) || !seen.has(whole.idOf(row))) continue
      known.push(whole.idOf(row))
      if (known.length < partCount) continue
      yield draft(++part, known)
      known = []
    }
  }
  if (known.length > 0 || part === 0) yield draft(++part, known)
}

async function differenceOf(
  whole: AnyWhole,
  of: (row: any) => boolean,
  { seen, strangers }: Compared,
): Promise<Difference> {
  const here: string[] = []
  let missing = 0
  for await (const page of whole.pages()) {
    const only = page.filter(row => of(row) && !seen.has(whole.idOf(row)))
    here.push(...(await whole.labelsOf(only.slice(0, Math.max(0, listedMax - missing)))))
    missing += only.length
  }
  return { missing, here, there: strangers }
}

async function appendAll(
  drafts: Iterable<Draft> | AsyncIterable<Draft>,
  {
    ports,
    source,
    trust,
  }: Readonly<{ ports: HandPorts; source: string; trust: 'record' | 'instrument' }>,
): Promise<Pos> {
  const { submitAll, clock } = ports
  const run = `${source} ${clock.nowMs()}`
  const appender = new Appender({ submitAll, clock, source, trust, run })
  for await (const draft of drafts) await appender.add([draft])
  return appender.end()
}
