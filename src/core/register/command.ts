import { resolve } from 'node:path'
import { OkiteError } from '../error.ts'
import type { Pos } from '../fact.ts'
import type { CommandPorts } from '../module.ts'
import { readFlags } from '../run/arguments.ts'
import { readNamedFile } from '../run/named-file.ts'
import { errorId } from '../run/words.ts'
import { type Encoding, encodings } from './encoding.ts'
import type { Examined } from './import.ts'
import { importBytes } from './import-bytes.ts'
import { sourceName } from './import-facts.ts'
import type { RegisterKind } from './kind.ts'
import { type Table, tableBytesMax } from './table.ts'

export type { CommandPorts, RegisterKind }

export const sayOf =
  ({ messages, locale }: CommandPorts) =>
  (id: string, values: Readonly<Record<string, unknown>> = {}) =>
    messages.translate(locale, id, values)

/** `import FILE --source NAME --by PERSON [--encoding E] [--leavers N] [--dry-run]` */
export async function runImport<Entry, Standing>(
  args: readonly string[],
  ports: CommandPorts,
  kind: RegisterKind<Entry, Standing>,
): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...{ source: 'value', by: 'value', encoding: 'value', leavers: 'value', 'dry-run': 'switch' },
  })
  const path = onlyWord(words)
  const by = personOf(flags['by'])
  const source = sourceOf(flags['source'])
  const leavers = numberOf(flags['leavers'])
  const encoding = encodingOf(flags['encoding'])
  const bytes = readFile(path, ports)
  const dry = flags['dry-run'] !== undefined
  const imported = await importBytes(bytes, { source, by, encoding, leavers, dry }, ports, kind)
  tellRead(imported.table, ports)
  const { examined, outcome, last } = imported
  if (outcome === 'refused') return complain(kind.name, examined, ports)
  const { rows, enters, changes, leaves, present } = examined
  if (dry) tellDifference(kind.name, examined, ports)
  const counts = { rows, enters, changes, leaves, present, ...(last !== null && { last }) }
  ports.out(`${sayOf(ports)(`register.import.${outcome}`, counts)}\n`)
  if (last !== null) await judgedOrLater(last, ports)
  return 0
}

/** As people call them. */
const encodingNames: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16LE',
  'utf-16be': 'UTF-16BE',
  shift_jis: 'Shift_JIS (CP932)',
  big5: 'Big5',
}

/** @throws OkiteError `TABLE_FILE_MISSING`, `TABLE_FILE_TOO_LARGE` */
export const readFile = (path: string, { cwd }: CommandPorts): Uint8Array =>
  readNamedFile(resolve(cwd, path), tableBytesMax, {
    missing: 'TABLE_FILE_MISSING',
    tooLarge: 'TABLE_FILE_TOO_LARGE',
  })

/** Says how a file was read. */
export function tellRead(table: Table, ports: CommandPorts): void {
  const delimiter = { ',': 'comma', ';': 'semicolon', '\t': 'tab' }[table.delimiter ?? ''] ?? 'none'
  const read = { format: table.format, encoding: encodingNames[table.encoding], delimiter }
  ports.out(`${sayOf(ports)('register.read', read)}\n`)
}

/** One line for each complaint, then that nothing was done. */
export function complain(
  name: string,
  { complaints, complaintCount, rows }: Pick<Examined, 'complaints' | 'complaintCount' | 'rows'>,
  ports: CommandPorts,
): number {
  const say = sayOf(ports)
  for (const { line, error } of complaints) {
    const where = say('register.line', { line })
    ports.out(
      `${where}  ${error.code}  ${say(errorId(error.code))}${dataText(name, error, ports)}\n`,
    )
  }
  const known = new Map<string, string>()
  for (const { error } of complaints) {
    const { column, hint } = error.data
    if (typeof column === 'string' && typeof hint === 'string') known.set(column, hint)
  }
  for (const [column, values] of known) {
    const named = say(`${name}.column.${column}`)
    ports.out(`${say('register.known', { column: named, values })}\n`)
  }
  ports.out(`${say('register.refused', { count: complaintCount, rows })}\n`)
  return 1
}

/** In the words of the catalogues where they have them, as for any other error. */
function dataText(register: string, { code, data }: OkiteError, ports: CommandPorts): string {
  const texts = Object.entries(data).flatMap(([name, value]) => {
    // The values that a column has are told once, below all lines.
    if (name === 'hint') return []
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
    // A bare number would not say that it is a line of the file.
    if (name === 'first') return sayOf(ports)('register.line', { line: value })
    const id =
      name === 'column'
        ? `${register}.column.${text}`
        : `${errorId(code)}.${name}.${text.replaceAll(/[^A-Za-z0-9]+/g, '-')}`
    return ports.messages.has(id) ? sayOf(ports)(id) : text
  })
  return texts.length === 0 ? '' : ` (${texts.join(', ')})`
}

function tellDifference(name: string, { differences }: Examined, ports: CommandPorts): void {
  const say = sayOf(ports)
  const signs = { enters: '+', changes: '~', leaves: '-' } as const
  for (const { kind, label, what } of differences) {
    const named =
      what.length === 0 ? '' : `  ${what.map(one => say(`${name}.column.${one}`)).join(', ')}`
    ports.out(`${signs[kind]} ${label}${named}\n`)
  }
}

/** Very many facts are judged for longer than a person waits: they are on the list, and that is said. */
export async function judgedOrLater(last: Pos, ports: CommandPorts): Promise<void> {
  try {
    await ports.judged(last)
  } catch (error) {
    if (!(error instanceof OkiteError) || error.code !== 'JUDGES_BEHIND') throw error
    ports.out(`${sayOf(ports)('register.judging')}\n`)
  }
}

/** @throws OkiteError `REGISTER_USAGE` */
export function onlyWord(words: readonly string[]): string {
  const [word, ...more] = words
  if (word === undefined || more.length > 0) throw usage('FILE')
  return word
}

/** @throws OkiteError `REGISTER_USAGE` */
export function personOf(by: string | undefined): string {
  const name = by?.trim() ?? ''
  if (name === '' || name.length > 200 || /\p{C}/u.test(name)) throw usage('--by')
  return name
}

/** @throws OkiteError `REGISTER_USAGE` */
export function sourceOf(name: string | undefined): string {
  const { success, data } = sourceName.safeParse(name)
  if (!success) throw usage('--source')
  return data
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null
  if (!/^\d{1,7}$/.test(text)) throw usage('--leavers')
  return Number(text)
}

export function encodingOf(name: string | undefined): Encoding | null {
  if (name === undefined) return null
  const found = encodings.find(one => one === name.toLowerCase())
  if (found === undefined) throw usage(`--encoding ${encodings.join(' | ')}`)
  return found
}

export const usage = (argument: string): OkiteError =>
  new OkiteError('REGISTER_USAGE', { argument })
