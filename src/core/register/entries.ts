import { privacyErased } from '../facts.ts'
import type { HandPorts } from '../module.ts'
import { SharedLook } from '../shared-look.ts'
import type { Indexed, Question } from './find.ts'
import { foldedText } from './fold-text.ts'
import { Held } from './held.ts'
import type { Kept } from './register-table.ts'
import type { AnyView } from './view.ts'

/** A page of the table: a query of this size is fast, and what it answers is taken in within some 20 ms. */
const pageCount = 2_000

type Counted = Readonly<{ upTo: number; open: number; closed: number }>
type EntriesPorts = Pick<HandPorts, 'reader' | 'policy' | 'clock'>

/**
 * The entries of a register in memory, because personal values are sealed where they are stored, and
 * nothing else can find or sort by them. It takes in what has changed since it was last asked, and
 * begins anew when somebody's values were erased. Trusted for nothing but speed; its fields belong to
 * it alone, and it lives as long as the program.
 */
export class Entries {
  private readonly view: AnyView
  private readonly ports: EntriesPorts
  private held: Held
  /** Short texts that many entries have are kept once. */
  private readonly texts = new Map<string, string>()
  private upTo = -1
  private erased = -1
  private readonly loads = new SharedLook(() => this.load())
  private counted: Counted = { upTo: -1, open: 0, closed: 0 }

  constructor(view: AnyView, ports: EntriesPorts) {
    this.view = view
    this.ports = ports
    this.held = new Held(view.columns)
  }

  /** Takes in everything that the table holds when it is called. */
  refresh(): Promise<void> {
    return this.loads.ask()
  }

  /**
   * How many there are, and how many are no more, as the table says, also while they are still read.
   * Whatever enters or ends an entry is its last fact: without a new one there are as many as before.
   */
  async sizes(): Promise<Omit<Counted, 'upTo'>> {
    const { last } = await this.stands()
    if (last === this.counted.upTo) return this.counted
    const [row] = await this.ports.reader.query<Counted>(
      `select coalesce(max(pos), -1)::float8 as "upTo",
         count(*) filter (where not closed)::float8 as open,
         count(*) filter (where closed)::float8 as closed
       from ${this.view.table.table.name}`,
    )
    if (row !== undefined) this.counted = row
    return this.counted
  }

  sizeOf(closed: boolean): number {
    return this.held.sizeOf(closed)
  }

  /** Where the cell of a column stands. */
  placeOf(column: string): number {
    return this.view.columns.findIndex(({ name }) => name === column)
  }

  /** @throws OkiteError `REGISTER_FILTER` */
  find(question: Question): Promise<readonly Indexed[]> {
    return this.held.find(question)
  }

  /** These entries, also those that are no more. @param by the column that has these values; null: by number */
  named(values: readonly string[], by: string | null): readonly Indexed[] {
    return this.held.named(values, by === null ? null : this.placeOf(by))
  }

  private async load(): Promise<void> {
    const { erased, last } = await this.stands()
    const isAnew = this.view.isReadWhole === true || erased !== this.erased
    if (!isAnew && last === this.upTo) return
    const held = isAnew ? new Held(this.view.columns) : this.held
    if (isAnew) this.texts.clear()
    let upTo = isAnew ? -1 : this.upTo
    // While one page is opened, the next one is already asked for.
    let before: Promise<readonly Indexed[]> = Promise.resolve([])
    for (;;) {
      const page: Promise<readonly Kept[]> = this.changedAfter(upTo)
      const [rows, indexed] = await Promise.all([page, before])
      held.take(indexed)
      const end = rows.at(-1)
      if (end === undefined) break
      before = this.indexed(rows)
      upTo = end.pos
    }
    // Only now: whoever asks meanwhile sees what was there before, and no half of it.
    this.held = held
    this.upTo = upTo
    this.erased = erased
  }

  /** The last fact of all entries, and the last that took somebody's values away. */
  private async stands(): Promise<Readonly<{ erased: number; last: number }>> {
    const [row] = await this.ports.reader.query<{ erased: number; last: number }>(
      `select (select coalesce(max(pos), -1)::float8 from ledger.fact_type where type = $1) as erased,
         (select coalesce(max(pos), -1)::float8 from ${this.view.table.table.name}) as last`,
      [privacyErased.name],
    )
    return row ?? { erased: -1, last: -1 }
  }

  private async changedAfter(pos: number): Promise<readonly Kept[]> {
    const rows = await this.ports.reader.query<{ row: Kept }>(
      `select to_jsonb(entry) as row from ${this.view.table.table.name} as entry
       where pos > $1 order by pos limit $2`,
      [pos, pageCount],
    )
    return rows.map(({ row }) => row)
  }

  private async indexed(rows: readonly Kept[]): Promise<readonly Indexed[]> {
    const { columns, cellsOf, disclose, table } = this.view
    const personal = (await disclose?.(rows, this.ports.reader)) ?? []
    const isOffice = columns.map(({ kind }) => kind === 'office')
    const { roles } = this.ports.policy
    // An office is found by what people call it, in any language.
    const worded = (text: string, nth: number) =>
      isOffice[nth] ? [text, ...Object.values(roles.get(text) ?? {})].join(' ') : text
    return rows.map((row, at): Indexed => {
      const cells = { ...cellsOf(row, this.ports), ...personal[at] }
      const texts = columns.map(({ name }) => this.shared(cells[name] ?? ''))
      const id = (row as unknown as Record<string, string>)[table.key] ?? ''
      const told = (isOpen: boolean) =>
        foldedText(
          [id, ...texts.map(worded).filter((_, nth) => !isOpen || !columns[nth]?.isPersonal)].join(
            '\n',
          ),
        )
      const open = told(true)
      const all = disclose === undefined ? open : told(false)
      return { ...{ id, version: row.pos, closed: row.closed, cells: texts }, open, personal: all }
    })
  }

  private shared(text: string): string {
    if (text.length > 24) return text
    const known = this.texts.get(text)
    if (known !== undefined) return known
    // Of names and numbers each is another one: only so many are worth remembering.
    if (this.texts.size < 10_000) this.texts.set(text, text)
    return text
  }
}

/** By the reader of a program, for there may be several in one process; then by the name of the register. */
const opened = new WeakMap<HandPorts['reader'], Map<string, Entries>>()

/** The entries of a register, whether or not they have been read. */
export function knownEntries(view: AnyView, ports: EntriesPorts): Entries {
  const registers = opened.get(ports.reader) ?? new Map<string, Entries>()
  opened.set(ports.reader, registers)
  const entries = registers.get(view.kind.name) ?? new Entries(view, ports)
  registers.set(view.kind.name, entries)
  return entries
}

/** The entries of a register as the table holds them now. */
export async function entriesOf(view: AnyView, ports: EntriesPorts): Promise<Entries> {
  const entries = knownEntries(view, ports)
  await entries.refresh()
  return entries
}
