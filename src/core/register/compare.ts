import { crc32 } from 'node:zlib'
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
  /** The entries of the register; null: it has none that explains the row; an error: it has several. */
  find(rows: readonly Row[]): Promise<readonly (string | null | OkiteError)[]>
  /** What all rows of one entry must have in common, by column, where they say it. */
  detailsOf?(row: Row): Readonly<Record<string, string>>
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

/** Two rows that name one entry and are of two persons: only the first of them is explained by it. */
function isSame(index: KeyIndex, id: string, details: Readonly<Record<string, string>>): boolean {
  return Object.entries(details).every(([column, value]) => {
    if (value === '') return true
    // Above 0, as the index asks; that two texts share it is as likely as one in four thousand million.
    const sum = crc32(value) || 1
    return (index.put(`${id}\n${column}`, sum) ?? sum) === sum
  })
}

/** Lays a file beside the register. Appends nothing. */
export async function compareRows<Row>(table: Table, second: SecondSource<Row>): Promise<Compared> {
  const complaints: Complaint[] = []
  const strangers: string[] = []
  const seen = new KeyIndex()
  const details = new KeyIndex()
  let [rows, unlisted, complaintCount] = [0, 0, 0]
  const complain = (line: number, error: OkiteError) => {
    complaintCount += 1
    if (complaints.length < listedMax) complaints.push({ line, error })
  }
  for (const group of inGroups(table.rows(), togetherCount)) {
    rows += group.length
    const read = group.flatMap((row): readonly Readonly<{ line: number; row: Row }>[] => {
      try {
        if (row.error !== undefined) throw row.error
        return second.read(row.cells).map(one => ({ line: row.line, row: one }))
      } catch (error) {
        if (!(error instanceof OkiteError)) throw error
        complain(row.line, error)
        return []
      }
    })
    const found = await second.find(read.map(({ row }) => row))
    for (const [at, { line, row }] of read.entries()) {
      const id = found[at] ?? null
      if (id instanceof OkiteError) complain(line, id)
      else if (id !== null && isSame(details, id, second.detailsOf?.(row) ?? {})) seen.put(id, 1)
      else {
        unlisted += 1
        if (strangers.length < listedMax) strangers.push(second.labelOf(row))
      }
    }
  }
  return { rows, complaints, complaintCount, seen, unlisted, strangers }
}
