import { createHash } from 'node:crypto'
import { OkiteError } from '../../error.ts'

/** A sentence of a policy as written, where it stands and what it says. */
export type Sentence = Readonly<{
  /** 1 … n in the order of the document. */
  number: number
  /** section.group.sentence */
  id: string
  /** Line of the file, from 1. */
  line: number
  text: string
  /** SHA-256 of what it says, however it is set: `sentenceHash`. */
  hash: string
}>

/** A policy as written. Preamble and date are read and not numbered. */
export type Document = Readonly<{
  preamble: readonly string[]
  /** `YYYY-MM-DD`, where the preamble names one. */
  date: string | null
  sections: readonly Readonly<{ title: string; groups: readonly Readonly<{ title: string }>[] }>[]
  sentences: readonly Sentence[]
}>

/** One line of a document: what its writer made it, as far as its format tells. */
export type Line = Readonly<{
  line: number
  text: string
  /** A heading with its depth from 1; an item of a list; or neither. */
  is: 'item' | 'text' | 1 | 2 | 3 | 4 | 5 | 6
}>

/** As many sentences as an adoption may name, and their headings. */
const linesMax = 30_000
const sentencesMax = 10_000
/** A file each, and a number that people still say. */
const sectionsMax = 999
/** Longer than any duty that one person can keep in mind. */
const sentenceLengthMax = 2_000

/**
 * The SHA-256, in hexadecimal, of a sentence under NFKC and without white space: the same in a text
 * file, a web page and a word processor. It is kept in place of the text.
 */
export const sentenceHash = (text: string): string =>
  createHash('sha256').update(text.normalize('NFKC').replaceAll(/\s/gu, ''), 'utf8').digest('hex')

const numbered = /^(?:第\s*)?(\d{1,4})\s*(?:[.．、:：]|章|条|條|節)\s*(\S.*)$/u
const groupEnd = /^(.{1,120})[:：]$/u
const dated =
  /(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})|(\d{1,2})\s+([A-Z][a-z]+)\s+(\d{4})/u

/**
 * Numbers the sentences of a policy. A section begins with a heading or a line that carries the next
 * number; a group with a deeper heading or a line that ends in a colon; a sentence is an item of a
 * list, or in running text each sentence of a paragraph.
 *
 * @throws OkiteError `POLICY_TEXT_TOO_LARGE`, `POLICY_TEXT_EMPTY`, `POLICY_TEXT_SENTENCE`
 */
export function readDocument(lines: readonly Line[]): Document {
  const beyond = lines[linesMax]
  if (beyond !== undefined) throw tooLarge('lines', linesMax, beyond.line)
  const preamble: string[] = []
  const sections: { title: string; groups: { title: string }[] }[] = []
  const sentences: Sentence[] = []
  let inGroup = 0
  const add = (line: number, text: string) => {
    if (text.length > sentenceLengthMax) {
      throw new OkiteError('POLICY_TEXT_SENTENCE', { line, limit: sentenceLengthMax })
    }
    const section = sections.at(-1)
    if (section === undefined) return void preamble.push(text)
    if (section.groups.length === 0) section.groups.push({ title: '' })
    inGroup += 1
    const number = sentences.length + 1
    if (number > sentencesMax) throw tooLarge('sentences', sentencesMax, line)
    const id = `${sections.length}.${section.groups.length}.${inGroup}`
    sentences.push({ number, id, line, text, hash: sentenceHash(text) })
  }
  for (const { line, text, is } of lines) {
    const section = sectionOf(text, is, sections.length)
    if (section !== null) {
      if (sections.length === sectionsMax) throw tooLarge('sections', sectionsMax, line)
      sections.push({ title: section, groups: [] })
    } else if (is !== 'item' && sections.length > 0 && groupOf(text, is) !== null) {
      sections.at(-1)?.groups.push({ title: groupOf(text, is) ?? '' })
    } else if (is === 'item') add(line, text)
    else if (typeof is === 'number') preamble.push(text)
    else if (sections.length === 0) preamble.push(text)
    else for (const sentence of sentencesOf(text)) add(line, sentence)
    if (section !== null || groupOf(text, is) !== null) inGroup = 0
  }
  if (sentences.length === 0) throw new OkiteError('POLICY_TEXT_EMPTY', { lines: lines.length })
  return { preamble, date: dateOf(preamble), sections, sentences }
}

const tooLarge = (what: string, limit: number, line: number): OkiteError =>
  new OkiteError('POLICY_TEXT_TOO_LARGE', { line, limit, what })

/** The title, where the line carries the number of the next section. */
function sectionOf(text: string, is: Line['is'], known: number): string | null {
  if (is === 'item') return null
  const [, number, title] = numbered.exec(text) ?? []
  return Number(number) === known + 1 ? (title ?? '') : null
}

function groupOf(text: string, is: Line['is']): string | null {
  if (is === 'item') return null
  const title = groupEnd.exec(text)?.[1]
  if (title !== undefined) return title
  return typeof is === 'number' && is > 1 && !numbered.test(text) ? text : null
}

const sentencesOf = (text: string): string[] =>
  text
    .split(/(?<=[。！？])|(?<=[.!?])\s+(?=[A-Z])/u)
    .map(one => one.trim())
    .filter(one => one !== '')

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August'],
  ...['September', 'October', 'November', 'December'],
]

function dateOf(preamble: readonly string[]): string | null {
  for (const text of preamble) {
    const [, y, m, d, day, month = '', year] = dated.exec(text.normalize('NFKC')) ?? []
    const found = y ? [y, m, d] : [year, months.indexOf(month) + 1, day]
    const [iso] = [found.map(part => String(part ?? '').padStart(2, '0')).join('-')]
    if (/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(iso)) return iso
  }
  return null
}
