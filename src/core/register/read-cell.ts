import { type Cells, cellError } from './table.ts'

/** null: the cell is empty; undefined: there is no such column. */
export function truthOf(cells: Cells, column: string): boolean | null | undefined {
  const text = cells[column]
  if (text === undefined) return undefined
  if (text === '') return null
  const truth = truths.get(text.normalize('NFKC').toLowerCase())
  if (truth === undefined) throw cellError(column, 'neither yes nor no')
  return truth
}

const truthTable: Readonly<Record<string, boolean>> = {
  ...{ yes: true, true: true, '1': true, はい: true, 対象: true, 是: true, '○': true, y: true },
  ...{
    no: false,
    false: false,
    '0': false,
    いいえ: false,
    対象外: false,
    否: false,
    '×': false,
    n: false,
  },
}

const truths = new Map(Object.entries(truthTable))

/** `2026-11-01` or `2026/11/1`. @throws OkiteError `TABLE_CELL` */
export function dateOf(text: string, column: string): string {
  const [, year = '', month = '', day = ''] = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(text) ?? []
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  try {
    const found = Temporal.PlainDate.from(date)
    // Nobody who works here began before: such a year is a slip, or a program's zero.
    if (found.year >= 1900) return found.toString()
  } catch {
    // There is no such day, which is said as of any other text.
  }
  throw cellError(column, 'no date')
}
