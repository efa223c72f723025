import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OkiteError } from '../error.ts'
import {
  type ErrorDocument,
  type ErrorDocuments,
  readErrorDocuments,
} from '../http/error-documents.ts'

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
export function explainError(error: unknown, source: string): string {
  if (!(error instanceof OkiteError)) {
    // A bug: the stack is for whoever mends it, and it is his own terminal.
    return `okite: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
  }
  const lines = [`okite: ${error.code}`]
  const document = documentOf(error.code, source)
  if (document !== undefined) lines.push(`  ${document.what}`)
  for (const [name, value] of Object.entries(error.data)) {
    if (Array.isArray(value)) for (const item of value as string[]) lines.push(`  - ${item}`)
    else lines.push(`  ${name}: ${String(value)}`)
  }
  if (document !== undefined) lines.push(`  → ${document.remedy}`)
  return `${lines.join('\n')}\n`
}

/** Broken documents must not hide the error that they would explain. */
function documentOf(code: string, source: string): ErrorDocument | undefined {
  try {
    return errorDocuments(source).get(code)
  } catch {
    return undefined
  }
}
