import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { OkiteError } from '../error.ts'
import type { FactType, Pos } from '../fact.ts'
import type { Command } from '../module.ts'
import { readFlags } from '../run/arguments.ts'
import { readNamedFile } from '../run/named-file.ts'
import { errorId } from '../run/words.ts'
import { inTurn } from '../turn.ts'
import type { Column } from './columns.ts'
import { type Encoding, encodings } from './encoding.ts'
import { type Examined, examine, refuseCutOff, write } from './import.ts'
import { type Begun, type ImportRow, sourceName } from './import-facts.ts'
import type { Register } from './register.ts'
import { openTable, type Table, tableBytesMax } from './table.ts'

export type CommandPorts = Parameters<Command['run']>[1]

/** What the commands of a register have in common, for one register. */
export type RegisterKind<Entry, Standing> = Readonly<{
  /** The word of the command: `person`. */
  name: string
  begun: FactType<Begun>
  ended: FactType
  /** The table of its imports. */
  imports: string
  open(source: string, ports: CommandPorts, by: string): Register<Entry, Standing>
}>

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
  const register = kind.open(source, ports, by)
  // What one import found would not be true any more for the next.
  return inTurn(kind.name, async () => {
    // The register is read as it stands on the list now, whatever still waits to be judged.
    await ports.shown()
    const { table, file } = openFile(path, register.columns, flags['encoding'], ports)
    const examined = await examine(table, register)
    if (examined.complaintCount > 0) return complain(kind.name, examined, ports)
    const isDry = flags['dry-run'] !== undefined
    if (isDry) tellDifference(kind.name, examined, ports)
    else refuseCutOff(examined, leavers)
    const isSame = examined.enters + examined.changes + examined.leaves === 0
    const say = sayOf(ports)
    const { rows, enters, changes, leaves, present } = examined
    const counts = { rows, enters, changes, leaves, present }
    if (isDry) {
      ports.out(`${say('register.import.dry', counts)}\n`)
      return 0
    }
    if (isSame && (await openImport(kind.imports, source, ports)) === null) {
      ports.out(`${say('register.import.same', counts)}\n`)
      return 0
    }
    const { begun, ended } = kind
    const last = await ports.quietly(() =>
      write({
        ...{ table, register, examined, begun, ended, source, file, by },
        ...{ clock: ports.clock, submitAll: ports.submitAll },
      }),
    )
    ports.out(`${say('register.import.done', { ...counts, last })}\n`)
    await judgedOrLater(last, ports)
    return 0
  })
}

/** As people call them. */
const encodingNames: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16LE',
  'utf-16be': 'UTF-16BE',
  shift_jis: 'Shift_JIS (CP932)',
  big5: 'Big5',
}

/** Opens a file of rows and says how it was read. */
export function openFile(
  path: string,
  columns: readonly Column[],
  encoding: string | undefined,
  ports: CommandPorts,
): Readonly<{ table: Table; file: string }> {
  const bytes = readNamedFile(resolve(ports.cwd, path), tableBytesMax, {
    missing: 'TABLE_FILE_MISSING',
    tooLarge: 'TABLE_FILE_TOO_LARGE',
  })
  const table = openTable(bytes, columns, encodingOf(encoding))
  const delimiter = { ',': 'comma', ';': 'semicolon', '\t': 'tab' }[table.delimiter ?? ''] ?? 'none'
  const read = { format: table.format, encoding: encodingNames[table.encoding], delimiter }
  ports.out(`${sayOf(ports)('register.read', read)}\n`)
  return { table, file: createHash('sha256').update(bytes).digest('hex') }
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

/** The source whose import was broken off, of one source or of any; null: none was. */
export async function openImport(
  table: string,
  source: string | null,
  ports: CommandPorts,
): Promise<string | null> {
  const [row] = await ports.reader.query<ImportRow>(
    `select source from ${table} where not ended and ($1::text is null or source = $1) limit 1`,
    [source],
  )
  return row?.source ?? null
}

/** @throws OkiteError `REGISTER_IMPORT_OPEN` */
export async function refuseOpenImport(table: string, ports: CommandPorts): Promise<void> {
  const source = await openImport(table, null, ports)
  if (source !== null) throw new OkiteError('REGISTER_IMPORT_OPEN', { source })
}

/** A second source is neither a source of the register nor a file that the register was made from. */
export async function refuseOwnSource(
  table: string,
  given: Readonly<{ source: string; file: string }>,
  ports: CommandPorts,
): Promise<void> {
  const own = await ports.reader.query<ImportRow>(`select source, file from ${table}`)
  if (own.some(({ source, file }) => source === given.source || file === given.file)) {
    throw new OkiteError('REGISTER_SOURCE_SAME', { source: given.source })
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

function encodingOf(name: string | undefined): Encoding | null {
  if (name === undefined) return null
  const found = encodings.find(one => one === name.toLowerCase())
  if (found === undefined) throw usage(`--encoding ${encodings.join(' | ')}`)
  return found
}

export const usage = (argument: string): OkiteError =>
  new OkiteError('REGISTER_USAGE', { argument })
