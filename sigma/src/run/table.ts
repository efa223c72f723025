import type { Leaf } from '../index.ts'
import { attackOf, listed } from './attack.ts'
import { columnsOf, cut, cutFront, oneLine, padEnd, padStart } from './columns.ts'
import type { Place } from './correlating.ts'
import { rankOf } from './levels.ts'
import { type Paint, plain } from './paint.ts'
import type { Row, Sighting } from './tally.ts'
import { count, span } from './words.ts'

/** `columns` of the terminal; null where nothing needs to be cut. */
export type TableOptions = Readonly<{ columns: number | null; paint: Paint; hasWhy: boolean }>

const levelNames: Readonly<Record<string, string>> = { informational: 'info' }
const levelColumns = 'critical'.length
/** Two techniques below others, and how many more there are. */
const attackColumnsMax = 22
const gap = '  '
/** With fewer columns than this for its title, a rule takes two lines. */
const titleColumnsMin = 34
/** Two times and what stands between them. */
const whenColumns = 41

/**
 * What was found, a rule a line (two in a narrow terminal): the worst level first, then what matched
 * most.
 */
export function renderTable(rows: readonly Row[], options: TableOptions): string {
  const { columns, paint } = options
  const sorted = [...rows].sort(
    (a, b) =>
      rankOf(b.level) - rankOf(a.level) || b.count - a.count || (titleOf(a) < titleOf(b) ? -1 : 1),
  )
  const cells = sorted.map(row => cellsOf(row))
  const widest = (of: (cell: Cells) => string, least: number): number =>
    Math.max(least, ...cells.map(cell => columnsOf(of(cell))))
  const width: Widths = {
    count: widest(cell => cell.count, headings.count.length),
    attack: widest(cell => cell.attack, headings.attack.length),
    when: widest(cell => cell.when, headings.when.length),
    title: widest(cell => cell.title, headings.title.length),
  }
  const fixed =
    levelColumns + width.count + width.attack + Math.min(width.when, whenColumns) + 4 * gap.length
  const left = columns === null ? width.title : Math.min(width.title, columns - fixed)
  const isWide = left >= Math.min(titleColumnsMin, width.title)
  const line = isWide ? wideLine(left, width, options) : narrowLines(columns ?? 80, width)
  const header = line(headings, plain, null).replace(/.+/g, text => paint.dim(text))
  const body = sorted.map((row, nth) => {
    const text = line(cells[nth] as Cells, paint, row.level)
    return options.hasWhy ? text + whyLines(row, options) : text
  })
  return header + body.join('')
}

type Cells = Readonly<Record<'level' | 'title' | 'count' | 'attack' | 'when', string>>
const headings: Cells = {
  level: 'LEVEL',
  title: 'RULE',
  count: 'EVENTS',
  attack: 'ATT&CK',
  when: 'WHEN (UTC)',
}

type Widths = Readonly<Record<'title' | 'count' | 'attack' | 'when', number>>
type LineOf = (cells: Cells, paint: Paint, level: string | null) => string

const wideLine =
  (title: number, width: Widths, { columns }: TableOptions): LineOf =>
  (cells, paint, level) => {
    const when = columns === null ? cells.when : cutFront(cells.when, whenColumns)
    return trimmed([
      paint.level(level, padEnd(cells.level, levelColumns)),
      padEnd(cut(cells.title, title), title),
      paint.strong(padStart(cells.count, width.count)),
      padEnd(cells.attack, width.attack),
      paint.dim(when),
    ])
  }

const narrowLines =
  (columns: number, width: Widths): LineOf =>
  (cells, paint, level) => {
    const title = Math.max(10, columns - levelColumns - width.count - 2 * gap.length)
    const first = trimmed([
      paint.level(level, padEnd(cells.level, levelColumns)),
      padEnd(cut(cells.title, title), title),
      paint.strong(padStart(cells.count, width.count)),
    ])
    const attack = cells.attack === '' ? '' : `${cells.attack}${gap}`
    const room = Math.max(10, columns - levelColumns - gap.length - columnsOf(attack))
    const second = `${attack}${cutFront(cells.when, room)}`
    return `${first}${' '.repeat(levelColumns)}${gap}${paint.dim(second)}\n`
  }

const trimmed = (parts: readonly string[]): string => `${parts.join(gap).trimEnd()}\n`

const titleOf = ({ rule }: Row): string => oneLine(rule.title || rule.id)

function cellsOf(row: Row): Cells {
  const { level, rule, first, last } = row
  return {
    level: level === null ? '–' : (levelNames[level] ?? level),
    title: titleOf(row),
    count: count(row.count),
    attack: listed(attackOf(rule.tags).map(oneLine), attackColumnsMax),
    when: spanOf(first, last),
  }
}

/** From when to when, or from where to where if the events have no time. */
function spanOf(first: Sighting, last: Sighting): string {
  if (first.timeMs !== null && last.timeMs !== null) return span(first.timeMs, last.timeMs)
  if (first.place === null || last.place === null) return ''
  const from = placeText(first.place)
  if (first.place.file !== last.place.file) return `${from} – ${placeText(last.place)}`
  return first.place.line === last.place.line ? from : `${from}–${last.place.line}`
}

export const placeText = ({ file, line }: Place): string => `${oneLine(file)}:${line}`

/** Places of a correlation that are shown; the others are counted. */
const placesShown = 3

function whyLines({ example }: Row, { columns, paint }: TableOptions): string {
  const { leaves, group, places } = example
  const indent = ' '.repeat(levelColumns + gap.length)
  const width = columns === null ? null : columns - indent.length
  const fit = (text: string): string => (width === null ? text : cut(text, width))
  const more = places.length > placesShown ? ` and ${count(places.length - placesShown)} more` : ''
  const at = places.slice(0, placesShown).map(placeText).join(', ')
  const lines = [
    `at ${at}${more}`,
    ...Object.entries(group).map(([name, value]) => `${oneLine(name)} = ${oneLine(value)}`),
    ...leaves.map(leafText),
  ]
  return lines.map(text => `${indent}${paint.dim(fit(text))}\n`).join('')
}

/** `✓ selection: Image|endswith – C:\…`: whether the leaf held, and what the event has there. */
function leafText({ detection, key, holds, found }: Leaf): string {
  const what = `${holds ? '✓' : '✗'} ${oneLine(detection)}: `
  if (key === '') return `${what}keywords`
  const values = found.map(text => (text === null ? 'null' : oneLine(text)))
  return `${what}${oneLine(key)} – ${values.length === 0 ? '(not there)' : values.join(' | ')}`
}
