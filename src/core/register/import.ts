import { setTimeout as wait } from 'node:timers/promises'
import { OkiteError } from '../error.ts'
import type { FactType, Observation, Pos } from '../fact.ts'
import type { Submit } from '../module.ts'
import { type Clock, toInstant } from '../time.ts'
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
import { rowsMax, type Table, type TableRow } from './table.ts'

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
  /** Which rows differ, and which entries of the register the file still has. */
  differs: Uint8Array
  kept: KeyIndex
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
    const gone = page.filter(standing => !kept.has(register.idOf(standing)))
    counts.leaves += gone.length
    const room = gone.slice(0, Math.max(0, listedMax - differences.length))
    for (const label of await register.labelsOf(room)) tell({ kind: 'leaves', label, what: [] })
  }
  return { ...counts, complaints, differences, differs, kept }
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
  submit: Submit
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
  const writer = new Writer(options)
  // The point of no return: from this fact on the register is on its way to what the file says.
  await writer.begin({
    type: options.begun,
    body: { source, file, rows, enters, changes, leaves },
    private: { by: { value: by, person: by } },
  })
  let nth = 0
  for (const group of inGroups(table.rows(), togetherCount)) {
    const differing = group.filter((_, at) => isMarked(examined.differs, nth + at))
    nth += group.length
    if (differing.length === 0) continue
    await writer.add(await draftsOf(differing, register))
  }
  if (leaves > 0) {
    for await (const page of presentPages(register)) {
      for (const standing of page) {
        if (!examined.kept.has(register.idOf(standing))) await writer.add(register.leave(standing))
      }
    }
  }
  return writer.end({ type: options.ended, body: { source, file } })
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

/** On their way together, and as many again being prepared: half of what the ledger lets wait. */
const submittedCount = 1_024

/** 30 s of a ledger that has no room; then it is said, and the import is continued later. */
const busyTries = 600
const busyMs = 50

/** Appends in order, in windows, with its own identities. Its fields belong to one import. */
class Writer {
  private readonly submit: Submit
  private readonly clock: Clock
  private readonly source: string
  private waiting: Observation[] = []
  private underWay: Promise<Pos> | null = null
  private run: Pos = 0
  private count = 0

  constructor(options: Readonly<{ submit: Submit; clock: Clock; source: string }>) {
    this.submit = options.submit
    this.clock = options.clock
    this.source = importSource(options.source)
  }

  async begin(draft: Draft): Promise<void> {
    // A doing of its own each time, also of a file that was imported before.
    const identity = `import begun ${this.source} ${this.clock.nowMs()}`
    this.run = await this.deliver([this.observe(draft, identity)])
  }

  async add(drafts: readonly Draft[]): Promise<void> {
    for (const draft of drafts) {
      this.count += 1
      this.waiting.push(this.observe(draft, `import ${this.run} ${this.count}`))
    }
    if (this.waiting.length >= submittedCount) await this.send()
  }

  async end(draft: Draft): Promise<Pos> {
    await this.send()
    await this.underWay
    return this.deliver([this.observe(draft, `import ended ${this.run}`)])
  }

  /** Waits for the window before, so that at most two are in memory. */
  private async send(): Promise<void> {
    await this.underWay
    const window = this.waiting
    this.waiting = []
    this.underWay = this.deliver(window)
    // Whoever waits for it next hears of it.
    this.underWay.catch(() => undefined)
  }

  private observe(draft: Draft, identity: string): Observation {
    const now = toInstant(this.clock.nowMs())
    return {
      ...draft,
      ...{ source: this.source, occurred: now, observed: now, trust: 'record', identity },
    }
  }

  /** Of a window the ledger takes a beginning and refuses the rest, so that the order stays. */
  private async deliver(window: readonly Observation[]): Promise<Pos> {
    let last: Pos = 0
    let rest = window
    for (let tries = 0; ; tries++) {
      const answers = await Promise.allSettled(rest.map(one => this.submit(one)))
      const refused: Observation[] = []
      for (const [at, answer] of answers.entries()) {
        if (answer.status === 'fulfilled') last = Math.max(last, answer.value.pos)
        else if (tries < busyTries && isBusy(answer.reason)) refused.push(rest[at] as Observation)
        else throw answer.reason
      }
      if (refused.length === 0) return last
      rest = refused
      await wait(busyMs)
    }
  }
}

const isBusy = (error: unknown) => error instanceof OkiteError && error.code === 'LEDGER_BUSY'
