import { createHash } from 'node:crypto'
import type { FactType, Pos } from '../fact.ts'
import { inTurn } from '../turn.ts'
import { Appender } from './appender.ts'
import type { Column } from './columns.ts'
import {
  type CommandPorts,
  complain,
  judgedOrLater,
  onlyWord,
  openFile,
  personOf,
  refuseOpenImport,
  refuseOwnSource,
  sayOf,
  sourceOf,
  usage,
} from './command.ts'
import { compareRows, listedMax, type SecondSource } from './compare.ts'
import type { KeyIndex } from './key-index.ts'
import type { Draft } from './register.ts'

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
  declare(count: number, hash: string): Draft
}>

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
export async function runDeclare<Row>(
  flags: Flags,
  words: readonly string[],
  ports: CommandPorts,
  whole: Whole<Row>,
): Promise<number> {
  if (words.length > 0) throw usage(words[0] ?? '')
  const by = personOf(flags['by'])
  return inTurn(whole.name, async () => {
    await ports.shown()
    await refuseOpenImport(whole.imports, ports)
    const { count, hash } = await hashOf(whole)
    const draft = whole.declare(count, hash)
    const last = await appendAll([{ ...draft, private: { by: { value: by, person: by } } }], {
      ports,
      source: `${whole.name} command`,
      trust: 'record',
    })
    ports.out(`${sayOf(ports)('register.declared', { count, hash })}\n`)
    await judgedOrLater(last, ports)
    return 0
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

/**
 * `compare FILE --source NAME --by PERSON [--encoding E] [--dry-run]`: what only one of the two knows is
 * named to the person at the terminal and counted on the list.
 *
 * @param of which entries are looked for; all of them where it is not said
 */
export async function runCompare<Row, Other>(
  flags: Flags,
  words: readonly string[],
  ports: CommandPorts,
  options: Readonly<{
    whole: Whole<Row>
    columns: readonly Column[]
    second: SecondSource<Other>
    of?: (row: Row) => boolean
    tell(part: ComparedPart): Draft
  }>,
): Promise<number> {
  const path = onlyWord(words)
  const by = personOf(flags['by'])
  const source = sourceOf(flags['source'])
  const { whole, second, of = () => true, tell } = options
  return inTurn(whole.name, async () => {
    await ports.shown()
    await refuseOpenImport(whole.imports, ports)
    const { table, file } = openFile(path, options.columns, flags['encoding'], ports)
    await refuseOwnSource(whole.imports, { source, file }, ports)
    const compared = await compareRows(table, second)
    if (compared.complaintCount > 0) return complain(whole.name, compared, ports)
    const { hash } = await hashOf(whole)
    const [declared] = await ports.reader.latest(whole.declared, 1)
    const isDeclared = (declared?.body as { hash: string } | undefined)?.hash === hash
    const { unlisted, seen } = compared
    const parts = Math.max(1, Math.ceil(seen.size / partCount))
    const draft = (part: number, known: string[]): Draft => ({
      ...tell({ part, parts, seen: known, unlisted, isDeclared, hash }),
      private: { by: { value: by, person: by } },
    })
    const isDry = flags['dry-run'] !== undefined
    const told = { ports, source: `compare ${source}`, trust: 'instrument' } as const
    const last = isDry ? null : await appendAll(partsOf(whole, of, seen, draft), told)
    const missing = await tellDifference(whole, of, compared, ports)
    const say = sayOf(ports)
    const counts = { seen: seen.size, unlisted, missing, isDeclared: isDeclared ? 'yes' : 'no' }
    ports.out(`${say(isDry ? 'register.compared.dry' : 'register.compared', counts)}\n`)
    if (last !== null) await judgedOrLater(last, ports)
    return 0
  })
}

async function* partsOf<Row>(
  whole: Whole<Row>,
  of: (row: Row) => boolean,
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

/** Who is only here, and who is only there. Answers how many are only here. */
async function tellDifference<Row>(
  whole: Whole<Row>,
  of: (row: Row) => boolean,
  {
    seen,
    strangers,
    unlisted,
  }: Readonly<{ seen: KeyIndex; strangers: readonly string[]; unlisted: number }>,
  ports: CommandPorts,
): Promise<number> {
  const say = sayOf(ports)
  let missing = 0
  for await (const page of whole.pages()) {
    const only = page.filter(row => of(row) && !seen.has(whole.idOf(row)))
    const room = only.slice(0, Math.max(0, listedMax - missing))
    for (const label of await whole.labelsOf(room)) {
      ports.out(`${say('register.only.here', { label })}\n`)
    }
    missing += only.length
  }
  for (const label of strangers) ports.out(`${say('register.only.there', { label })}\n`)
  const more = Math.max(0, missing - listedMax) + (unlisted - strangers.length)
  if (more > 0) ports.out(`${say('register.more', { count: more })}\n`)
  return missing
}

async function appendAll(
  drafts: Iterable<Draft> | AsyncIterable<Draft>,
  {
    ports,
    source,
    trust,
  }: Readonly<{ ports: CommandPorts; source: string; trust: 'record' | 'instrument' }>,
): Promise<Pos> {
  const { submitAll, clock } = ports
  const run = `${source} ${clock.nowMs()}`
  const appender = new Appender({ submitAll, clock, source, trust, run })
  for await (const draft of drafts) await appender.add([draft])
  return appender.end()
}
