import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ErrorRecord, OkiteError } from '../error.ts'
import {
  type ErrorDocument,
  type ErrorDocuments,
  readErrorDocuments,
} from '../http/error-documents.ts'
import { errorId, type Say, sayIn } from './words.ts'

/** Every `errors.md` below the sources: what each code means and what to do. */
export function errorDocuments(source: string): ErrorDocuments {
  return readErrorDocuments(
    errorFiles(source).map(where => ({ where, text: readFileSync(join(source, where), 'utf8') })),
  )
}

/** Paths of the error documents, below the folder `src`. */
export function errorFiles(source: string): string[] {
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name === 'errors.md')
    .map(entry => join(entry.parentPath, entry.name).slice(source.length + 1))
    .sort()
}

/** What a person at a terminal reads when a command is refused: the code, what happened, what to do. */
export function explainError(error: unknown, source: string, language: string): string {
  if (!(error instanceof OkiteError)) {
    // A bug: the stack is for whoever mends it, and it is his own terminal.
    return `okite: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
  }
  const say = sayOrNone(language, source)
  const known = explained(error.code, source, say)
  const lines = [`okite: ${error.code}`]
  if (known) lines.push(`  ${known.what}`)
  const colon = say === null || say.locale === 'en' ? ': ' : '：'
  for (const [name, value] of Object.entries(error.data)) {
    if (Array.isArray(value)) {
      for (const item of value) lines.push(`  - ${itemText(error.code, item, say)}`)
    } else {
      const label = say?.has(`error.data.${name}`) ? say(`error.data.${name}`) : name
      lines.push(`  ${label}${colon}${valueText(error.code, name, value, say)}`)
    }
  }
  if (known) lines.push(`  → ${known.remedy}`)
  return `${lines.join('\n')}\n`
}

/** An error in one line, for a list of many: the code, what happened, and its data. */
export function errorLine(error: OkiteError, source: string, language: string): string {
  const say = sayOrNone(language, source)
  const what = explained(error.code, source, say)?.what ?? ''
  const data = Object.entries(error.data)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
  return `${error.code}  ${what}${data === '' ? '' : ` (${data})`}`
}

function itemText(code: string, item: string | ErrorRecord, say: Say | null): string {
  if (typeof item === 'string') return item.trim()
  const id = `${errorId(code)}.${item.code}`
  return say?.has(id) ? say(id, item) : Object.values(item).join(' ')
}

/** A catalogue may have words for a value of ours that is a word of English: why a list was refused. */
function valueText(code: string, name: string, value: unknown, say: Say | null): string {
  const text = String(value)
  const id = `${errorId(code)}.${name}.${text.replaceAll(/[^A-Za-z0-9]+/g, '-')}`
  return say?.has(id) ? say(id) : text
}

/** In the language of the person where the catalogues have it, else as the document of the code. */
function explained(
  code: string,
  source: string,
  say: Say | null,
): Readonly<{ what: string; remedy: string }> | undefined {
  const id = errorId(code)
  if (say?.has(id)) return { what: say(id), remedy: say(`${id}.remedy`) }
  return documentOf(code, source)
}

/** Broken catalogues must not hide the error that they would explain. */
function sayOrNone(language: string, source: string): Say | null {
  try {
    return sayIn(language, source)
  } catch {
    return null
  }
}

/** Broken documents must not hide it either. */
function documentOf(code: string, source: string): ErrorDocument | undefined {
  try {
    return errorDocuments(source).get(code)
  } catch {
    return undefined
  }
}
