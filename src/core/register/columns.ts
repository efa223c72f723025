import { OkiteError } from '../error.ts'

/** A column of a register. */
export type Column = Readonly<{
  /** Its name in English, lower case; the name under which its cells are read, and the first when written. */
  name: string
  /** What else it is called, in three languages, in small letters. */
  names: readonly string[]
  /** A file without it is no such register. */
  isRequired?: boolean
}>

/** More columns than this are another file. */
export const columnsMax = 64

/** Widths, capitals, spaces and what stands in brackets behind are no difference between names. */
const folded = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s*\([^()]*\)$/, '')
    .replaceAll(/[\s_-]+/g, ' ')
    .trim()

/** Finds the column of a name. */
export type FindColumn = (name: string) => Column | null

export function columnFinder(columns: readonly Column[]): FindColumn {
  const byName = new Map(
    columns.flatMap(column => [column.name, ...column.names].map(name => [folded(name), column])),
  )
  return name => byName.get(folded(name)) ?? null
}

/**
 * The columns of a header, in its order.
 *
 * @throws OkiteError `TABLE_COLUMN_UNKNOWN`, `TABLE_COLUMN_TWICE`, `TABLE_COLUMN_MISSING`
 */
export function readHeader(
  cells: readonly string[],
  columns: readonly Column[],
): readonly Column[] {
  const find = columnFinder(columns)
  const [unknown, ...others] = cells.filter(cell => find(cell) === null)
  // All at once: who has to rename four columns does not want to be told four times.
  if (unknown !== undefined) refuse(unknown, columns, others)
  const found = cells.flatMap(cell => find(cell) ?? [])
  for (const [at, { name }] of found.entries()) {
    if (found.findIndex(other => other.name === name) !== at) {
      throw new OkiteError('TABLE_COLUMN_TWICE', { column: name })
    }
  }
  requireColumns(new Set(found.map(({ name }) => name)), columns)
  return found
}

/** @throws OkiteError `TABLE_COLUMN_MISSING` */
export function requireColumns(found: ReadonlySet<string>, columns: readonly Column[]): void {
  const missing = columns.find(({ name, isRequired }) => isRequired && !found.has(name))
  if (missing !== undefined) throw new OkiteError('TABLE_COLUMN_MISSING', { column: missing.name })
}

/** @throws OkiteError `TABLE_COLUMN_UNKNOWN` with the nearest name that there is, or all of them @param others that are not known either */
export function refuse(
  name: string,
  columns: readonly Column[],
  others: readonly string[] = [],
): never {
  const wanted = folded(name)
  const names = columns.flatMap(column => [column.name, ...column.names])
  const nearest = names
    .map(known => ({ known, far: distance(wanted, folded(known)) }))
    .sort((a, b) => a.far - b.far)[0]
  // A third of the letters: further away is another word.
  const isNear = nearest !== undefined && nearest.far <= Math.ceil(wanted.length / 3)
  throw new OkiteError('TABLE_COLUMN_UNKNOWN', {
    column: name.slice(0, 40),
    ...(others.length > 0 && { others: others.map(one => one.slice(0, 40)).slice(0, 10) }),
    hint: isNear ? nearest.known : columns.map(column => column.name).join(', '),
  })
}

/** Letters to be changed, added or taken away (Levenshtein); of long names only the beginning is compared. */
function distance(a: string, b: string): number {
  const [one, other] = [Array.from(a.slice(0, 40)), Array.from(b.slice(0, 40))]
  let row = other.map((_, at) => at + 1)
  for (const [at, letter] of one.entries()) {
    let [corner, left] = [at, at + 1]
    row = row.map((above, place) => {
      const cost = Math.min(above + 1, left + 1, corner + (letter === other[place] ? 0 : 1))
      corner = above
      left = cost
      return cost
    })
  }
  return row.at(-1) ?? one.length
}
