import { OkiteError } from '../../error.ts'
import { docxLines } from './docx.ts'
import type { Line } from './text.ts'

/** 8 MiB: ten thousand sentences at eight hundred bytes. */
export const documentBytesMax = 8 * 1024 * 1024

/** A longer line is no line of a document. */
const lineLengthMax = 20_000

/**
 * The lines of a document, by the ending of its name: `.txt`, `.md`, `.docx`.
 *
 * @throws OkiteError `POLICY_TEXT_KIND`, `POLICY_TEXT_TOO_LARGE`, `POLICY_TEXT_ENCODING`, `POLICY_TEXT_DOCX`
 */
export async function linesOf(name: string, bytes: Uint8Array): Promise<readonly Line[]> {
  const kind = /\.(txt|md|markdown|docx)$/i.exec(name)?.[1]?.toLowerCase()
  if (kind === undefined) throw new OkiteError('POLICY_TEXT_KIND', { name: name.slice(-80) })
  if (bytes.byteLength > documentBytesMax) {
    throw new OkiteError('POLICY_TEXT_TOO_LARGE', { limit: documentBytesMax })
  }
  if (kind === 'docx') return docxLines(bytes)
  const raw = decode(bytes).split(/\r\n|\r|\n/)
  return kind === 'txt' ? plainLines(raw) : markdownLines(raw)
}

/** UTF-8, or UTF-16 that says so at its beginning; anything else would be a guess. */
function decode(bytes: Uint8Array): string {
  const label =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8'
  try {
    const text = new TextDecoder(label, { fatal: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {}
  throw new OkiteError('POLICY_TEXT_ENCODING')
}

const bullet = /^\s*(?:[•・‣◦●○■□▪–*+-]|[(（]?\d{1,3}[)）])\s*(\S.*)$/u

function plainLines(raw: readonly string[]): Line[] {
  return raw.flatMap((whole, index) => {
    const line = index + 1
    checkLength(whole, line)
    const text = whole.trim()
    if (text === '') return []
    const item = bullet.exec(text)?.[1]
    return [item === undefined ? { line, text, is: 'text' } : { line, text: item, is: 'item' }]
  })
}

const headings = [1, 2, 3, 4, 5, 6] as const

/** Headings, lists and paragraphs of CommonMark; what is emphasised there is said all the same. */
function markdownLines(raw: readonly string[]): Line[] {
  const lines: Line[] = []
  let isCode = false
  let joins = false
  for (const [index, whole] of raw.entries()) {
    const line = index + 1
    checkLength(whole, line)
    if (/^\s*(```|~~~)/.test(whole)) isCode = !isCode
    const [, marks, heading] = /^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$/.exec(whole) ?? []
    const item = /^\s*(?:[-*+]|\d{1,9}[.)])\s+(\S.*)$/.exec(whole)?.[1]
    const text = whole.trim()
    const last = lines.at(-1)
    if (isCode || text === '' || /^(```|~~~|---+|\*\*\*+|___+|<!--.*-->)$/.test(text)) joins = false
    else if (heading !== undefined) {
      lines.push({ line, text: said(heading), is: headings[(marks?.length ?? 1) - 1] ?? 6 })
      joins = false
    } else if (item !== undefined) {
      lines.push({ line, text: said(item), is: 'item' })
      joins = true
    } else if (joins && last !== undefined) {
      // A line that goes on where the one before broke off.
      lines[lines.length - 1] = { ...last, text: `${last.text} ${said(text)}` }
    } else {
      lines.push({ line, text: said(text), is: 'text' })
      joins = true
    }
  }
  return lines
}

/** What a reader of the page sees of a line of Markdown. */
const said = (text: string): string =>
  text
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/(\*\*|__|`)(.+?)\1/g, '$2')
    .replaceAll(/\\([\\`*_{}[\]()#+.!-])/g, '$1')
    .trim()

function checkLength(text: string, line: number): void {
  if (text.length > lineLengthMax) {
    throw new OkiteError('POLICY_TEXT_SENTENCE', { line, limit: lineLengthMax })
  }
}
