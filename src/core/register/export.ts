import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { OkiteError } from '../error.ts'
import { readFlags } from '../run/arguments.ts'
import { type CommandPorts, onlyWord, sayOf, usage } from './command.ts'
import { neutralised, writeRow } from './csv.ts'
import { type ImportRow, importSource, sourceName } from './import-facts.ts'

/**
 * `export FILE [--source NAME] [--bom]`: the part of the register that one source keeps, in the form in
 * which it is imported.
 *
 * @param options `imports`: the table of its imports; `rowsOf`: of a source as facts name it
 */
export async function runExport(
  args: readonly string[],
  ports: CommandPorts,
  options: Readonly<{
    imports: string
    header: readonly string[]
    rowsOf(source: string): AsyncIterable<readonly (readonly string[])[]>
  }>,
): Promise<number> {
  const { flags, words } = readFlags(args, { source: 'value', bom: 'switch' })
  const path = resolve(ports.cwd, onlyWord(words))
  await ports.shown()
  const source = await onlySource(flags['source'], options.imports, ports)
  const pages = options.rowsOf(source)
  const rows = await writeTable(path, options.header, pages, flags['bom'] !== undefined)
  ports.out(`${sayOf(ports)('register.exported', { rows, path })}\n`)
  return 0
}

/** As facts name it. Of several somebody must say which. */
async function onlySource(
  told: string | undefined,
  imports: string,
  { reader }: CommandPorts,
): Promise<string> {
  if (told !== undefined) {
    if (!sourceName.safeParse(told).success) throw usage('--source')
    return importSource(told)
  }
  const [only, ...others] = await reader.query<ImportRow>(`select source from ${imports}`)
  if (only === undefined || others.length > 0) throw usage('--source')
  return importSource(only.source)
}

/**
 * Writes a table as CSV: for its owner alone, never over a file that is there, and with cells that no
 * spreadsheet takes for a formula. A file that cannot be finished is taken away again.
 *
 * @param mark U+FEFF at the beginning, by which older spreadsheets recognise UTF-8
 * @throws OkiteError `REGISTER_EXPORT`
 */
export async function writeTable(
  path: string,
  header: readonly string[],
  pages: AsyncIterable<readonly (readonly string[])[]>,
  mark: boolean,
): Promise<number> {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (cause) {
    throw new OkiteError('REGISTER_EXPORT', { path }, { cause })
  }
  let rows = 0
  try {
    writeFileSync(file, `${mark ? '\ufeff' : ''}${writeRow(header)}`)
    for await (const page of pages) {
      rows += page.length
      writeFileSync(file, page.map(cells => writeRow(cells.map(neutralised))).join(''))
    }
  } catch (error) {
    closeSync(file)
    rmSync(path, { force: true })
    throw error
  }
  closeSync(file)
  return rows
}
