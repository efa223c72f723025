import { OkiteError } from '../error.ts'
import type { Complaint, Examined } from './import.ts'
import { KeyIndex } from './key-index.ts'
import { inGroups, togetherCount } from './register.ts'
import type { Cells, Table } from './table.ts'

/** More of the difference is counted and not listed. */
export const listedMax = 100

/** How a second source is read. `Row` is what it says of one entry. */
export type SecondSource<Row> = Readonly<{
  /** What a row of the file says; nothing where it is not asked about. @throws OkiteError `TABLE_CELL` */
  read(cells: Cells): readonly Row[]
  /** The entries of the register; null: it has none that explains the row. */
  find(rows: readonly Row[]): Promise<readonly (string | null)[]>
  /** How the file calls it. */
  labelOf(row: Row): string
}>

/** A second source beside the register. */
export type Compared = Pick<Examined, 'rows' | 'complaints' | 'complaintCount'> &
  Readonly<{
    /** Entries of the register that the file knows. */
    seen: KeyIndex
    /** Rows that no entry of the register explains, and the first of them as the file calls them. */
    unlisted: number
    strangers: readonly string[]
  }>

/** Lays a file beside the register. Appends nothing. */
export async function compareRows<Row>(table: Table, second: SecondSource<Row>): Promise<Compared> {
  const complaints: Complaint[] = []
  const strangers: string[] = []
  const seen = new KeyIndex()
  let [rows, unlisted, complaintCount] = [0, 0, 0]
  for (const group of inGroups(table.rows(), togetherCount)) {
    rows += group.length
    const read = group.flatMap((row): readonly Row[] => {
      try {
        if (row.error !== undefined) throw row.error
        return second.read(row.cells)
      } catch (error) {
        if (!(error instanceof OkiteError)) throw error
        complaintCount += 1
        if (complaints.length < listedMax) complaints.push({ line: row.line, error })
        return []
      }
    })
    for (const [at, id] of (await second.find(read)).entries()) {
      if (id !== null) seen.put(id, 1)
      else {
        unlisted += 1
        if (strangers.length < listedMax) strangers.push(second.labelOf(read[at] as Row))
      }
    }
  }
  return { rows, complaints, complaintCount, seen, unlisted, strangers }
}
