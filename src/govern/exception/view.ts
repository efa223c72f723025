import type { HandPorts, Reader } from '../../core/module.ts'
import type { RegisterKind } from '../../core/register/kind.ts'
import { registerPermissions, registerRoutes } from '../../core/register/routes.ts'
import type { Cells } from '../../core/register/table.ts'
import type { View, ViewColumn } from '../../core/register/view.ts'
import { actions } from './actions.ts'
import { lastDayBefore } from './day.ts'
import { requestImportBegun, requestImportEnded } from './facts.ts'
import { columns, type Entry, openRequests, type Standing } from './register.ts'
import { type ExceptionRow, exceptionTable, imports } from './show.ts'

const kind: RegisterKind<Entry, Standing> = {
  ...{ name: 'exception', begun: requestImportBegun, ended: requestImportEnded },
  imports: imports.name,
  open: (_, ports, by) => openRequests(ports, by),
}

const states = ['requested', 'granted', 'extension', 'expired'] as const

/** What became of it, and who was it. */
const shownColumns: readonly ViewColumn[] = [
  { name: 'state', names: [], kind: 'choice', width: 12, choices: states, isShownOnly: true },
  { name: 'in-force', names: [], kind: 'date', width: 12, isShownOnly: true },
  { name: 'requester', names: [], kind: 'text', width: 20, isPersonal: true, isShownOnly: true },
  { name: 'approver', names: [], kind: 'text', width: 20, isPersonal: true, isShownOnly: true },
]

function stateOf({ until, wanted }: ExceptionRow, nowMs: number): (typeof states)[number] {
  const isInForce = until !== null && Date.parse(until) > nowMs
  if (wanted !== null) return isInForce ? 'extension' : 'requested'
  return isInForce ? 'granted' : 'expired'
}

const cellsOf = (row: ExceptionRow, ports: Pick<HandPorts, 'policy' | 'clock'>): Cells => {
  const granted = row.until === null ? '' : lastDayBefore(row.until, ports)
  return {
    ...{ control: row.control, subject: row.subject ?? '', until: row.wanted ?? granted },
    ...{ state: stateOf(row, ports.clock.nowMs()), 'in-force': granted },
  }
}

async function disclose(rows: readonly ExceptionRow[], reader: Reader): Promise<readonly Cells[]> {
  const positions = rows.flatMap(({ request, granted }) => [request, granted])
  const said = await reader.discloseAll(
    positions.flatMap(pos => (pos === null ? [] : Number(pos))),
    ['by', 'reason', 'measure', 'requester', 'approver'],
  )
  return rows.map(({ request, granted }) => {
    const asked = said.get(Number(request ?? -1))
    const given = said.get(Number(granted ?? -1))
    return {
      ...{ reason: asked?.['reason'] ?? given?.['reason'] ?? '' },
      ...{ measure: asked?.['measure'] ?? '', approver: given?.['approver'] ?? '' },
      requester: asked?.['by'] ?? given?.['requester'] ?? '',
    }
  })
}

const view: View<ExceptionRow, Entry, Standing> = {
  ...{ kind, table: exceptionTable, cellsOf, disclose, actions },
  columns: [...columns, ...shownColumns],
  // Time alone makes of one in force one that is over.
  isReadWhole: true,
  standingOf: row => ({ id: row.id, row, reason: '', measure: '', isKnown: true }),
  // It is ended by a word to the controls, which is an action of its own.
  isClosable: false,
}

export const routes = registerRoutes(view)
export const permissions = {
  ...registerPermissions(kind.name),
  /** Of what others ask for. */
  'register.exception.approve': ['ciso'],
} as const
