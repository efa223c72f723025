import { dateOf, truthOf } from './read-cell.ts'
import { type Cells, cellError } from './table.ts'
import type { ViewColumn } from './view.ts'

/** A column that is a field of the fact by which an entry is listed, or a private slot of it. */
export type PlainColumn = ViewColumn &
  Readonly<{
    /** Of the body, or of the private slots where it is personal; null where other facts say it. */
    field: string | null
    /** Of a code, and of each code in a list. */
    pattern?: RegExp
    least?: number
    most?: number
    /** An empty cell is this; without it, null. */
    empty?: unknown
  }>

/** What a cell is in the body of a fact. */
export type Value = unknown

const code = /^[a-z0-9][a-z0-9._:/-]{0,99}$/

/** `undefined`: the file has no such column, or the form did not say. @throws OkiteError `TABLE_CELL` */
export function readValue(column: PlainColumn, cells: Cells): Value {
  const { name, isRequired, kind, empty = null } = column
  const text = cells[name]
  if (text === undefined) return undefined
  if (text === '' && isRequired) throw cellError(name, 'empty')
  if (text === '') return kind === 'list' ? [] : empty
  switch (kind) {
    case 'truth':
      return truthOf(cells, name)
    case 'date':
      return dateOf(text, name)
    case 'number':
      return numberOf(column, text)
    case 'place':
      return placeOf(name, text)
    case 'list':
      return listOf(column, text)
    case 'choice':
      return choiceOf(column, text)
    case 'code':
    case 'office':
      return codeOf(column, text)
    case 'control':
    case 'text':
      if (text.length > (column.most ?? 200)) throw cellError(name, 'too long')
      return text
  }
}

/** As it is typed and imported; the other way round. */
export function showValue(value: Value): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.join(' ')
  if (typeof value === 'object') return showPlace(value as Place)
  return typeof value === 'number' ? value.toString() : (value as string)
}

function codeOf({ name, pattern = code }: PlainColumn, text: string): string {
  const found = text.normalize('NFKC')
  // In one width and, where the form asks for it, in small letters, so that one thing has one number.
  for (const one of [found, found.toLowerCase()]) if (pattern.test(one)) return one
  throw cellError(name, 'unknown')
}

function choiceOf({ name, choices = [] }: PlainColumn, text: string): string {
  const found = text.normalize('NFKC').toLowerCase()
  if (!choices.includes(found)) throw cellError(name, 'unknown')
  return found
}

function listOf(column: PlainColumn, text: string): readonly string[] {
  const read = column.choices === undefined ? codeOf : choiceOf
  const parts = text.split(/[\s,;|、]+/).filter(part => part !== '')
  const values = [...new Set(parts.map(part => read(column, part)))].sort()
  if (values.length > (column.most ?? 64)) throw cellError(column.name, 'too many')
  return values
}

function numberOf({ name, least = 0, most = 1_000_000 }: PlainColumn, text: string): number {
  const found = text.normalize('NFKC')
  if (!/^-?\d{1,9}$/.test(found)) throw cellError(name, 'no number')
  const value = Number(found)
  if (value < least || value > most) throw cellError(name, 'out of range')
  return value
}

/** Millionths of a degree, north and east positive. */
type Place = Readonly<{ latitude: number; longitude: number }>

const millionth = 1_000_000

/** `35.681236 139.767125`: a ninth of a metre is nearer than anybody surveys a site. */
function placeOf(column: string, text: string): Place {
  const [, north = '', east = ''] =
    /^(-?\d{1,2}(?:\.\d{1,6})?)[\s,]+(-?\d{1,3}(?:\.\d{1,6})?)$/.exec(text.normalize('NFKC')) ?? []
  const [latitude, longitude] = [north, east].map(one => Math.round(Number(one) * millionth))
  const isGood = latitude !== undefined && longitude !== undefined && north !== ''
  if (!isGood || Math.abs(latitude) > 90 * millionth || Math.abs(longitude) > 180 * millionth) {
    throw cellError(column, 'no place')
  }
  return { latitude, longitude }
}

const showPlace = ({ latitude, longitude }: Place): string =>
  [latitude, longitude].map(one => (one / millionth).toFixed(6)).join(' ')
