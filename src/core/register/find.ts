import { OkiteError } from '../error.ts'
import { foldedText } from './fold-text.ts'
import type { ViewColumn } from './view.ts'

/** An entry as it is held in memory. */
export type Indexed = Readonly<{
  id: string
  version: number
  closed: boolean
  /** In the order of the columns. */
  cells: readonly string[]
  /** What is found by text: of everybody, and of who may see personal values. */
  open: string
  personal: string
}>

/** What is asked of a register. */
export type Question = Readonly<{
  sort: string
  isDescending: boolean
  /** Words that must all stand somewhere in the entry. */
  text: string
  /** By column. */
  filters: Readonly<Record<string, string>>
  /** Entries that are no more, instead of those that are. */
  closed: boolean
  seesPersonal: boolean
}>

type Test = (entry: Indexed) => boolean

/** Five words say what is meant; each costs a look at every entry. */
const wordsMax = 5

/** @throws OkiteError `REGISTER_FILTER` */
export function testOf(question: Question, columns: readonly ViewColumn[]): Test {
  const { closed, seesPersonal } = question
  const tests: Test[] = [entry => entry.closed === closed]
  for (const [name, filter] of Object.entries(question.filters)) {
    const at = columns.findIndex(column => column.name === name)
    const column = columns[at]
    if (column === undefined) throw new OkiteError('REGISTER_FILTER', { column: name.slice(0, 40) })
    const fits = cellTest(column, filter)
    tests.push(entry => fits(entry.cells[at] ?? ''))
  }
  const words = foldedText(question.text)
    .split(/\s+/)
    .filter(word => word !== '')
  for (const word of words.slice(0, wordsMax)) {
    tests.push(entry => (seesPersonal ? entry.personal : entry.open).includes(word))
  }
  return entry => tests.every(test => test(entry))
}

/**
 * Texts by what stands in them; choices, and lists of them, by one or more of theirs with commas between;
 * numbers and dates by a span `from..to`, either side of which may be open. An empty filter finds what is empty.
 */
function cellTest({ kind, name }: ViewColumn, filter: string): (cell: string) => boolean {
  if (filter === '') return cell => cell === ''
  switch (kind) {
    case 'choice':
    case 'office':
    case 'truth': {
      const wanted = new Set(filter.split(','))
      return cell => wanted.has(cell)
    }
    case 'list': {
      const wanted = filter.split(',')
      return cell => cell.split(' ').some(one => wanted.includes(one))
    }
    case 'number':
    case 'date':
      return spanTest(kind, name, filter)
    default: {
      const wanted = foldedText(filter)
      return onceEach(cell => foldedText(cell).includes(wanted))
    }
  }
}

/** Of a thousand departments each is told once; where every cell is another one, none is remembered any more. */
const knownMax = 1_000

/** A register has few departments and many people in each: what was said of a cell is said again. */
function onceEach(test: (cell: string) => boolean): (cell: string) => boolean {
  const known = new Map<string, boolean>()
  return cell => {
    const before = known.size === knownMax ? undefined : known.get(cell)
    if (before !== undefined) return before
    const answer = test(cell)
    if (known.size < knownMax) known.set(cell, answer)
    return answer
  }
}

function spanTest(kind: 'number' | 'date', column: string, filter: string) {
  const [from = '', to = from, more] = filter.split('..')
  const form = kind === 'number' ? /^-?\d{1,15}(\.\d{1,6})?$/ : /^\d{4}-\d\d-\d\d$/
  const isGood = [from, to].every(side => side === '' || form.test(side))
  if (!isGood || more !== undefined || from + to === '') {
    throw new OkiteError('REGISTER_FILTER', { column })
  }
  const value = (text: string) => (kind === 'number' ? Number(text) : text)
  const [least, most] = [value(from), value(to)]
  return (cell: string) =>
    cell !== '' && (from === '' || value(cell) >= least) && (to === '' || value(cell) <= most)
}

/** By what a column is put in order. What is empty comes first. */
export const sortKey = ({ kind }: ViewColumn, cell: string): string | number =>
  kind === 'number' ? (cell === '' ? Number.NEGATIVE_INFINITY : Number(cell)) : foldedText(cell)
