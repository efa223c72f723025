import { createHash } from 'node:crypto'
import { OkiteError } from '../error.ts'
import type { Pos } from '../fact.ts'
import type { HandPorts } from '../module.ts'
import { inTurn } from '../turn.ts'
import type { Encoding } from './encoding.ts'
import { type Examined, examine, refuseCutOff, write } from './import.ts'
import type { ImportRow } from './import-facts.ts'
import type { RegisterKind } from './kind.ts'
import { openTable, type Table } from './table.ts'

export type Imported = Readonly<{
  /** How the file was read. */
  table: Table
  examined: Examined
  /** What came of it: a row is wrong, nothing was to be done, nothing differs, or it is in the register. */
  outcome: 'refused' | 'dry' | 'same' | 'done'
  /** The last position; null: nothing was appended. */
  last: Pos | null
}>

/**
 * Imports a file as the whole register of one source, from wherever it came.
 *
 * @throws OkiteError `TABLE_…`, `REGISTER_LEAVERS`, `REGISTER_CHANGED`
 */
export async function importBytes<Entry, Standing>(
  bytes: Uint8Array,
  options: Readonly<{
    source: string
    by: string
    encoding: Encoding | null
    /** How many a person has said will leave. */
    leavers: number | null
    dry: boolean
  }>,
  ports: HandPorts,
  kind: RegisterKind<Entry, Standing>,
): Promise<Imported> {
  const { source, by, encoding, leavers, dry } = options
  const register = kind.open(source, ports, by)
  // What one import found would not be true any more for the next.
  return inTurn(kind.name, async () => {
    // The register is read as it stands on the list now, whatever still waits to be judged.
    await ports.shown()
    const table = openTable(bytes, register.columns, encoding)
    const examined = await examine(table, register)
    const nothing = { table, examined, last: null }
    if (examined.complaintCount > 0) return { ...nothing, outcome: 'refused' }
    if (dry) return { ...nothing, outcome: 'dry' }
    refuseCutOff(examined, leavers)
    const isSame = examined.enters + examined.changes + examined.leaves === 0
    if (isSame && (await openImport(kind.imports, source, ports)) === null) {
      return { ...nothing, outcome: 'same' }
    }
    const { begun, ended } = kind
    const { clock, submitAll } = ports
    const file = fileHash(bytes)
    const written = { table, register, examined, begun, ended, source, file, by, clock, submitAll }
    return { table, examined, outcome: 'done', last: await ports.quietly(() => write(written)) }
  })
}

export const fileHash = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

/** The source whose import was broken off, of one source or of any; null: none was. */
export async function openImport(
  table: string,
  source: string | null,
  ports: Pick<HandPorts, 'reader'>,
): Promise<string | null> {
  const [row] = await ports.reader.query<ImportRow>(
    `select source from ${table} where not ended and ($1::text is null or source = $1) limit 1`,
    [source],
  )
  return row?.source ?? null
}

/** @throws OkiteError `REGISTER_IMPORT_OPEN` */
export async function refuseOpenImport(
  table: string,
  ports: Pick<HandPorts, 'reader'>,
): Promise<void> {
  const source = await openImport(table, null, ports)
  if (source !== null) throw new OkiteError('REGISTER_IMPORT_OPEN', { source })
}

/** A second source is neither a source of the register nor a file that the register was made from. */
export async function refuseOwnSource(
  table: string,
  given: Readonly<{ source: string; file: string }>,
  ports: Pick<HandPorts, 'reader'>,
): Promise<void> {
  const own = await ports.reader.query<ImportRow>(`select source, file from ${table}`)
  if (own.some(({ source, file }) => source === given.source || file === given.file)) {
    throw new OkiteError('REGISTER_SOURCE_SAME', { source: given.source })
  }
}
