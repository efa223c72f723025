import { OkiteError } from '../error.ts'

/** What an error code means to who meets it. */
export type ErrorDocument = Readonly<{
  code: string
  /** One paragraph: what happened. */
  what: string
  /** One paragraph: what to do. */
  remedy: string
  status: number
}>

export type ErrorDocuments = ReadonlyMap<string, ErrorDocument>

/** 1 MiB: the errors of one folder are a page, so anything near this is not such a file. */
const sizeMax = 1024 * 1024

/**
 * Reads `errors.md` files: `## CODE`, a paragraph of what happened, a paragraph of what to do, and a
 * line `HTTP: 4xx`. Text before the first heading is for people.
 *
 * @throws OkiteError `ERROR_DOCUMENTS` with every complaint about every file at once
 */
export function readErrorDocuments(
  files: readonly Readonly<{ where: string; text: string }>[],
): ErrorDocuments {
  const documents = new Map<string, ErrorDocument>()
  const complaints: string[] = []
  for (const { where, text } of files) {
    if (text.length > sizeMax) {
      complaints.push(`${where}: larger than ${sizeMax} characters`)
      continue
    }
    for (const section of text.split(/^## /m).slice(1)) {
      const found = readSection(section)
      if (typeof found === 'string') complaints.push(`${where}: ${found}`)
      else if (documents.has(found.code)) complaints.push(`${where}: ${found.code} is said twice`)
      else documents.set(found.code, found)
    }
  }
  if (complaints.length > 0) throw new OkiteError('ERROR_DOCUMENTS', { complaints })
  return documents
}

function readSection(section: string): ErrorDocument | string {
  const [heading = '', ...lines] = section.split('\n')
  const code = heading.trim()
  if (!/^[A-Z][A-Z0-9_]*$/.test(code)) return `"${code.slice(0, 60)}" is not a code`
  const body = lines.join('\n')
  const status = Number(/^HTTP: (\d{3})$/m.exec(body)?.[1])
  if (!(status >= 400 && status <= 599)) return `${code} has no line "HTTP: 4xx"`
  const paragraphs = body
    .replace(/^HTTP: .*$/m, '')
    .split(/\n\s*\n/)
    .map(paragraph => paragraph.trim().replaceAll(/\s*\n\s*/g, ' '))
    .filter(paragraph => paragraph !== '')
  const [what, remedy] = paragraphs
  if (!what || !remedy) return `${code} needs a paragraph of what happened and one of what to do`
  return { code, what, remedy, status }
}
