import { randomUUID } from 'node:crypto'
import { OkiteError } from '../error.ts'
import type { Pos, PrivateValue } from '../fact.ts'
import { byOf, type HandPorts, type Principal, personOf } from '../module.ts'
import { toInstant } from '../time.ts'
import { inTurn } from '../turn.ts'
import { cellsAt } from './history.ts'
import { refuseUnfit } from './import.ts'
import type { Draft, Register } from './register.ts'
import { handEnvelope, handSource, type Kept } from './register-table.ts'
import { type Cells, cellError, cellOf } from './table.ts'
import { type AnyView, columnsOf } from './view.ts'

/**
 * What a person types into a register is a file of one row to the module: the same checks, the same
 * facts. One edit of a register at a time, so that what was checked is what is changed.
 */

/** What of an entry is typed in; a column that is not among them stays as it is. */
export type Typed = Readonly<Record<string, string | undefined>>

export type Asked = Readonly<{ principal: Principal; ports: HandPorts }>

/** Answers the id of the new entry. @throws OkiteError `REGISTER_FIELDS`, `REGISTER_ENTRY_TAKEN` */
export function createEntry(view: AnyView, typed: Typed, asked: Asked): Promise<string> {
  const { ports, principal } = asked
  refuseUnseen(view, typed, principal)
  return inTurn(view.kind.name, async () => {
    await ports.shown()
    const register = view.kind.open(handSource, ports, personOf(principal))
    const drafts = await draftsOf(register, view, typed, 'enters')
    await append(drafts, asked)
    return view.table.keyOf(drafts[0] as { body: unknown })
  })
}

/**
 * Changes an entry that is still as the person saw it.
 *
 * @param version the last fact of the entry when he saw it
 * @throws OkiteError `REGISTER_FIELDS`, `REGISTER_ENTRY_UNKNOWN`, `REGISTER_ENTRY_CLOSED`,
 *   `REGISTER_ENTRY_CHANGED` with what others have changed since
 */
export function changeEntry(
  view: AnyView,
  id: string,
  version: number,
  typed: Typed,
  asked: Asked,
): Promise<void> {
  const { ports, principal } = asked
  refuseUnseen(view, typed, principal)
  return inTurn(view.kind.name, async () => {
    await ports.shown()
    const row = await openRow(view, id, version, ports)
    const stood = await allCells(view, row, ports)
    const isOther = (name: string) => typed[name] !== undefined && typed[name] !== stood[name]
    const [fixed] = view.columns.filter(({ isFixed, name }) => isFixed && isOther(name))
    if (fixed !== undefined) throw fieldsError([cellError(fixed.name, 'fixed')])
    const register = view.kind.open(sourceNameOf(row), ports, personOf(principal))
    const drafts = await draftsOf(register, view, { ...stood, ...typed }, 'changes')
    if (drafts.length > 0) await append(drafts, asked)
  })
}

/** Ends an entry, and says why. @throws OkiteError as `changeEntry` */
export function closeEntry(
  view: AnyView,
  id: string,
  version: number,
  reason: string,
  asked: Asked,
): Promise<void> {
  const { ports, principal } = asked
  return inTurn(view.kind.name, async () => {
    await ports.shown()
    const row = await openRow(view, id, version, ports)
    const register = view.kind.open(sourceNameOf(row), ports, personOf(principal))
    await append(register.leave(view.standingOf(row)), asked, reason)
  })
}

/** The row of the table, whatever is held in memory; null: there never was such an entry. */
export async function rowOf(view: AnyView, id: string, ports: HandPorts): Promise<any> {
  const { key, table } = view.table
  const [found] = await ports.reader.query<{ row: Kept }>(
    `select to_jsonb(entry) as row from ${table.name} as entry where ${key} = $1`,
    [id],
  )
  return found?.row ?? null
}

/** With the personal ones. */
export async function allCells(view: AnyView, row: Kept, ports: HandPorts): Promise<Cells> {
  const [personal] = (await view.disclose?.([row], ports.reader)) ?? []
  return { ...view.cellsOf(row, ports), ...personal }
}

/** The entry as the person saw it. @throws OkiteError as `changeEntry` */
export async function openRow(view: AnyView, id: string, version: number, ports: HandPorts) {
  const row = (await rowOf(view, id, ports)) as Kept | null
  if (row === null) throw new OkiteError('REGISTER_ENTRY_UNKNOWN')
  if (row.pos !== version) {
    const others = await changedSince(view, row, { id, version }, ports)
    throw new OkiteError('REGISTER_ENTRY_CHANGED', { version: row.pos, others })
  }
  if (row.closed) throw new OkiteError('REGISTER_ENTRY_CLOSED')
  return row
}

/** What others made of it; a personal value is not said in an error, only that it is another one. */
async function changedSince(
  view: AnyView,
  row: Kept,
  seen: Readonly<{ id: string; version: number }>,
  ports: HandPorts,
) {
  const before = await cellsAt(view, seen.id, seen.version, ports)
  const now = await allCells(view, row, ports)
  const changed = view.columns.filter(({ name }) => (before[name] ?? '') !== (now[name] ?? ''))
  return changed.map(({ name, isPersonal }) =>
    isPersonal
      ? { code: 'register.other.personal', column: name }
      : { code: 'register.other', column: name, value: now[name] ?? '' },
  )
}

/** Nobody types over what he may not see. @throws OkiteError `HTTP_FORBIDDEN` */
function refuseUnseen({ kind, columns }: AnyView, typed: Typed, { permissions }: Principal): void {
  const permission = `register.${kind.name}.personal`
  const isPersonal = columns.some(one => one.isPersonal && typed[one.name] !== undefined)
  if (isPersonal && !permissions.has(permission)) {
    throw new OkiteError('HTTP_FORBIDDEN', { permission })
  }
}

/** The name of the source in whose file the entry stands. */
const sourceNameOf = ({ source }: Kept): string => source.slice(source.indexOf(' ') + 1)

async function draftsOf(
  register: Register<unknown, unknown>,
  view: AnyView,
  typed: Typed,
  kind: 'enters' | 'changes',
): Promise<readonly Draft[]> {
  const entry = readEntry(register, view, typed)
  const [standing = null] = await register.standingsOf([entry])
  try {
    const change = register.changeOf(entry, standing)
    if (change?.kind !== kind && (change !== null || kind === 'enters')) {
      throw new OkiteError(kind === 'enters' ? 'REGISTER_ENTRY_TAKEN' : 'REGISTER_ENTRY_UNKNOWN')
    }
    const facts = change?.facts ?? []
    for (const fact of facts) refuseUnfit(fact)
    return facts
  } catch (error) {
    throw isOfCell(error) ? fieldsError([error]) : error
  }
}

/** Says what is wrong with as many fields as can be known at once. @throws OkiteError `REGISTER_FIELDS` */
function readEntry<Entry>(
  register: Pick<Register<Entry, unknown>, 'entryOf'>,
  view: AnyView,
  typed: Typed,
): Entry {
  const complaints = new Map<string, OkiteError>()
  const cells: Record<string, string> = {}
  for (const { name } of columnsOf(view.columns)) {
    const text = typed[name]
    if (text === undefined) continue
    const [cell, error] = attempt(() => cellOf(text, name))
    if (error === null) cells[name] = cell
    else complaints.set(name, error)
  }
  for (;;) {
    const [entry, error] = attempt(() => register.entryOf(cells))
    if (error === null && complaints.size === 0) return entry
    const column = error?.data['column']
    if (error === null || typeof column !== 'string' || complaints.has(column)) {
      throw fieldsError([...complaints.values()])
    }
    complaints.set(column, error)
    // Without this one the next may be found.
    delete cells[column]
  }
}

function attempt<T>(work: () => T): readonly [T, null] | readonly [never, OkiteError] {
  try {
    return [work(), null]
  } catch (error) {
    if (isOfCell(error)) return [undefined as never, error]
    throw error
  }
}

export const isOfCell = (error: unknown): error is OkiteError =>
  error instanceof OkiteError && typeof error.data['column'] === 'string'

/** One for each field, with its own code, so that a form says each where it belongs. */
export const fieldsError = (errors: readonly OkiteError[]): OkiteError =>
  new OkiteError('REGISTER_FIELDS', {
    fields: errors.map(({ code, data }) => ({
      ...(data as Record<string, string | number>),
      code,
    })),
  })

/** All of it or nothing. The commit is the point of no return. */
export async function append(
  drafts: readonly Draft[],
  { ports, principal }: Asked,
  reason?: string,
): Promise<Pos> {
  const now = toInstant(ports.clock.nowMs())
  const doing = randomUUID()
  const signed = ({ type, private: given }: Draft): Record<string, PrivateValue> => ({
    ...(type.slots.includes('by') && { by: byOf(principal) }),
    // What two persons say is told by the second, and says who the first was.
    ...given,
    ...(reason && type.slots.includes('reason') && { reason: { value: reason, person: null } }),
  })
  const appended = await ports.submitAll(
    drafts.map((draft, nth) => ({
      ...draft,
      private: signed(draft),
      ...({ source: handEnvelope, trust: 'record', occurred: now, observed: now } as const),
      // A doing of its own each time, also of what was typed before.
      identity: `${doing} ${nth}`,
    })),
  )
  await ports.shown()
  return Math.max(...appended.map(({ pos }) => pos))
}
