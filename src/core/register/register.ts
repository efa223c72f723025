import type { FactType, Observation } from '../fact.ts'
import type { Column } from './columns.ts'
import type { Cells } from './table.ts'

/** A fact that an import will append. */
export type Draft = Readonly<{
  type: FactType
  body: unknown
  private?: NonNullable<Observation['private']>
}>

/** What a row of the file makes of the register. `what`: the columns in which it differs. */
export type Change = Readonly<{
  kind: 'enters' | 'changes'
  what: readonly string[]
  facts: readonly Draft[]
}>

/**
 * The part of a register that one source keeps, as an import sees it. `Entry` is a row of a file that was
 * read, `Standing` an entry as it stands in the register.
 */
export type Register<Entry, Standing> = Readonly<{
  columns: readonly Column[]
  /** @throws OkiteError `TABLE_CELL` and others of the module */
  entryOf(cells: Cells): Entry
  /** What no two rows may have in common, by column. */
  uniqueOf(entry: Entry): Readonly<Record<string, string>>
  /** What the register has of these; null: nothing yet. */
  standingsOf(entries: readonly Entry[]): Promise<readonly (Standing | null)[]>
  /** null: nothing differs. @throws OkiteError of the module for what cannot become of it */
  changeOf(entry: Entry, standing: Standing | null): Change | null
  idOf(standing: Standing): string
  /** Entries of this source in the order of their ids; the next page begins after the last. */
  presentAfter(id: string, countMax: number): Promise<readonly Standing[]>
  leave(standing: Standing): readonly Draft[]
  /** How a person at the terminal knows these entries. */
  labelsOf(standings: readonly Standing[]): Promise<readonly string[]>
}>

/** Rows looked up together: a query of this size is fast, and its answer small. */
export const togetherCount = 1_000

/** Pages of the register. */
const pageCount = 5_000

/** All entries of a source, a page at a time. */
export async function* presentPages<Standing>(
  register: Pick<Register<never, Standing>, 'presentAfter' | 'idOf'>,
): AsyncGenerator<readonly Standing[]> {
  for (let after = ''; ; ) {
    const page = await register.presentAfter(after, pageCount)
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = register.idOf(last)
  }
}

/** In groups of so many, without holding more than one. */
export function* inGroups<T>(all: Iterable<T>, count: number): Generator<readonly T[]> {
  let group: T[] = []
  for (const one of all) {
    group.push(one)
    if (group.length < count) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
