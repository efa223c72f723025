import { OkiteError } from '../error.ts'
import type { FactType, Pos } from '../fact.ts'
import type { SubmitAll } from '../module.ts'
import type { Clock } from '../time.ts'
import { Appender } from './appender.ts'
import { type Begun, importSource } from './import-facts.ts'
import { KeyIndex } from './key-index.ts'
import {
  type Change,
  type Draft,
  inGroups,
  presentPages,
  type Register,
  togetherCount,
} from './register.ts'
import { cellError, rowsMax, type Table, type TableRow } from './table.ts'

/**
 * Importing takes two passes over the same bytes. The first checks every row, lays it beside the register
 * and counts; whatever is wrong anywhere, nothing has been appended then. The second appends: that an
 * import begins and what it will do, the facts, and that it ended. A process that dies in between leaves
 * an import that began and did not end, which the register says; importing the file again adds what is
 * missing, because what differs is always found anew.
 */

/** More complaints, or lines of a difference, are counted and not listed. */
const listedMax = 100

/** What is wrong with one line of a file. */
export type Complaint = Readonly<{ line: number; error: OkiteError }>

/** One line of the difference, as a person at the terminal reads it. */
export type Difference = Readonly<{
  kind: Change['kind'] | 'leaves'
  label: string
  what: readonly string[]
}>

export type Examined = Readonly<{
  rows: number
  enters: number
  changes: number
  leaves: number
  /** Entries that the source has in the register now. */
  present: number
  complaints: readonly Complaint[]
  complaintCount: number
  differences: readonly Difference[]
  /** Which rows differ, and which entries of the register the file no longer has. */
  differs: Uint8Array
  gone: KeyIndex
}>

/** The first pass. Appends nothing. */
export async function examine<Entry, Standing>(
  table: Table,
  register: Register<Entry, Standing>,
): Promise<Examined> {
  const complaints: Complaint[] = []
  const differences: Difference[] = []
  const counts = { rows: 0, enters: 0, changes: 0, leaves: 0, present: 0, complaintCount: 0 }
  const differs = new Uint8Array(Math.ceil(rowsMax / 8) + 1)
  const unique = new KeyIndex()
  const kept = new KeyIndex()
  const gone = new KeyIndex()
  const complain = (line: number, error: unknown) => {
    if (!(error instanceof OkiteError)) throw error
    counts.complaintCount += 1
    if (complaints.length < listedMax) complaints.push({ line, error })
  }
  const tell = (difference: Difference) => {
    if (differences.length < listedMax) differences.push(difference)
  }
  for (const group of inGroups(table.rows(), togetherCount)) {
    const read = group.flatMap(row => {
      const nth = counts.rows
      counts.rows += 1
      try {
        const entry = entryOf(row, register)
        refuseTwice(row.line, register.uniqueOf(entry), unique)
        return [{ line: row.line, nth, entry }]
      } catch (error) {
        complain(row.line, error)
        return []
      }
    })
    const standings = await register.standingsOf(read.map(({ entry }) => entry))
    for (const [at, { line, nth, entry }] of read.entries()) {
      const standing = standings[at] ?? null
      if (standing !== null) kept.put(register.idOf(standing), line)
      try {
        const change = register.changeOf(entry, standing)
        if (change === null) continue
        for (const fact of change.facts) refuseUnfit(fact)
        counts[change.kind] += 1
        mark(differs, nth)
        const [label = ''] = Object.values(register.uniqueOf(entry))
        tell({ kind: change.kind, label, what: change.what })
      } catch (error) {
        complain(line, error)
      }
    }
  }
  for await (const page of presentPages(register)) {
    counts.present += page.length
    const leaving = page.filter(standing => !kept.has(register.idOf(standing)))
    counts.leaves += leaving.length
    for (const standing of leaving) gone.put(register.idOf(standing), 1)
    const room = leaving.slice(0, Math.max(0, listedMax - differences.length))
    for (const label of await register.labelsOf(room)) tell({ kind: 'leaves', label, what: [] })
  }
  return { ...counts, complaints, differences, differs, gone }
}

/** What the ledger would refuse is refused before anything has begun. @throws OkiteError `TABLE_CELL` */
export function refuseUnfit({ type, body }: Draft): void {
  const { success, error } = type.schema.safeParse(body)
  if (!success) throw cellError(String(error.issues[0]?.path[0] ?? type.name), 'unknown')
}

/** One entry may always leave; more than a tenth of them is more often a file that was cut off. */
const leaveShareMax = 0.1

/**
 * @param said how many a person has said will leave
 * @throws OkiteError `REGISTER_LEAVERS`
 */
export function refuseCutOff({ leaves, present }: Examined, said: number | null): void {
  const isUsual =
    leaves <= 1 ? leaves < present || present === 0 : leaves <= present * leaveShareMax
  if (said === null ? isUsual : said === leaves) return
  throw new OkiteError('REGISTER_LEAVERS', { leaves, present })
}

export type WriteOptions<Entry, Standing> = Readonly<{
  table: Table
  register: Register<Entry, Standing>
  examined: Examined
  begun: FactType<Begun>
  ended: FactType
  source: string
  /** SHA-256 of the file. */
  file: string
  by: string
  clock: Clock
  submitAll: SubmitAll
}>

/**
 * The second pass. What enters comes before what leaves, so that the register never holds less than what
 * was declared. Answers the last position.
 *
 * @throws OkiteError `REGISTER_CHANGED` when a row that was right is wrong now; the import stays open
 */
export async function write<Entry, Standing>(options: WriteOptions<Entry, Standing>): Promise<Pos> {
  const { register, table, examined, source, file, by } = options
  const { rows, enters, changes, leaves } = examined
  const appender = (run: string) =>
    new Appender({ ...options, source: importSource(source), trust: 'record', run })
  // A doing of its own each time, also of a file that was imported before.
  const beginning = appender(`import begun ${source} ${options.clock.nowMs()}`)
  // The point of no return: from this fact on the register is on its way to what the file says.
  await beginning.add([
    {
      type: options.begun,
      body: { source, file, rows, enters, changes, leaves },
      private: { by: { value: by, person: by } },
    },
  ])
  const writer = appender(`import ${await beginning.end()}`)
  let nth = 0
  for (const group of inGroups(table.rows(), togetherCount)) {
    const differing = group.filter((_, at) => isMarked(examined.differs, nth + at))
    nth += group.length
    if (differing.length === 0) continue
    await writer.add(await draftsOf(differing, register))
  }
  if (leaves > 0) {
    // The register may hold by now what has just entered: only those leave that were found to.
    for await (const page of presentPages(register)) {
      for (const standing of page) {
        if (examined.gone.has(register.idOf(standing))) await writer.add(register.leave(standing))
      }
    }
  }
  await writer.add([{ type: options.ended, body: { source, file } }])
  return writer.end()
}

/** What rows that were right a moment ago make of the register. @throws OkiteError `REGISTER_CHANGED` */
async function draftsOf<Entry, Standing>(
  rows: readonly TableRow[],
  register: Register<Entry, Standing>,
): Promise<readonly Draft[]> {
  try {
    const entries = rows.map(row => entryOf(row, register))
    const standings = await register.standingsOf(entries)
    return entries.flatMap(
      (entry, at) => register.changeOf(entry, standings[at] ?? null)?.facts ?? [],
    )
  } catch (cause) {
    if (!(cause instanceof OkiteError)) throw cause
    throw new OkiteError('REGISTER_CHANGED', { why: cause.code }, { cause })
  }
}

function entryOf<Entry>(row: TableRow, register: Pick<Register<Entry, never>, 'entryOf'>): Entry {
  if (row.error !== undefined) throw row.error
  return register.entryOf(row.cells)
}

function refuseTwice(
  line: number,
  unique: Readonly<Record<string, string>>,
  index: KeyIndex,
): void {
  for (const [column, value] of Object.entries(unique)) {
    if (value === '') continue
    const first = index.put(`${column}\n${value}`, line)
    if (first !== null) throw new OkiteError('TABLE_DUPLICATE', { column, first })
  }
}

const mark = (bits: Uint8Array, nth: number): void => {
  bits[nth >> 3] = (bits[nth >> 3] ?? 0) | (1 << (nth & 7))
}
const isMarked = (bits: Uint8Array, nth: number): boolean =>
  ((bits[nth >> 3] ?? 0) & (1 << (nth & 7))) !== 0
