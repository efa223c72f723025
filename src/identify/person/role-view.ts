import type { Reader } from '../../core/module.ts'
import type { RegisterKind } from '../../core/register/kind.ts'
import { registerPermissions, registerRoutes } from '../../core/register/routes.ts'
import type { Cells } from '../../core/register/table.ts'
import type { View, ViewColumn } from '../../core/register/view.ts'
import type { SecondLook } from '../../core/register/whole.ts'
import { roleImportBegun, roleImportEnded, rolesCompared } from './facts.ts'
import { disclosed } from './register.ts'
import { allRoles, openRoles, roleColumns, secondColumns, secondSource } from './roles.ts'
import { type PersonRow, type RoleRow, roleImports, roleTable } from './show.ts'
import { todayOf } from './today.ts'

type Roles = ReturnType<typeof openRoles>
type Entry = ReturnType<Roles['entryOf']>
type Standing = Parameters<Roles['idOf']>[0]

export const roles: RegisterKind<Entry, Standing> = {
  name: 'role',
  begun: roleImportBegun,
  ended: roleImportEnded,
  imports: roleImports.name,
  open: (source, ports, by) => {
    const yesterday = Temporal.PlainDate.from(todayOf(ports)).subtract({ days: 1 }).toString()
    return openRoles(source, { reader: ports.reader, by, yesterday })
  },
}

export const lookForRoles = (reader: Reader): SecondLook => ({
  columns: secondColumns,
  second: secondSource(reader),
  tell: body => ({ type: rolesCompared, body }),
})

/** Besides what is typed in, who they are: by our numbers, and by name to who may see it. */
const shownColumns: readonly ViewColumn[] = [
  { name: 'holder-id', names: [], kind: 'code', width: 26, isShownOnly: true },
  { name: 'holder-name', names: [], kind: 'text', width: 20, isPersonal: true, isShownOnly: true },
  { name: 'deputy-id', names: [], kind: 'code', width: 26, isShownOnly: true },
  { name: 'deputy-name', names: [], kind: 'text', width: 20, isPersonal: true, isShownOnly: true },
]

const cellsOf = ({ role, holder, deputy }: RoleRow): Cells => ({
  ...{ role, from: holder?.from ?? '', until: holder?.until ?? '' },
  ...{ 'holder-id': holder?.person ?? '', 'deputy-id': deputy?.person ?? '' },
})

async function disclose(rows: readonly RoleRow[], reader: Reader): Promise<readonly Cells[]> {
  const ids = rows.flatMap(({ holder, deputy }) =>
    [holder, deputy].flatMap(one => one?.person ?? []),
  )
  const people = await reader.query<PersonRow>(
    'select * from person_register where person = any($1)',
    [ids],
  )
  const byId = new Map((await disclosed(people, reader)).map(one => [one.row.person, one]))
  return rows.map(({ holder, deputy }) => {
    const [held, acting] = [holder, deputy].map(one => byId.get(one?.person ?? ''))
    return {
      ...{ holder: held?.number ?? '', 'holder-name': held?.name ?? '' },
      ...{ deputy: acting?.number ?? '', 'deputy-name': acting?.name ?? '' },
    }
  })
}

const roleView: View<RoleRow, Entry, Standing> = {
  kind: roles,
  columns: [...roleColumns, ...shownColumns],
  table: roleTable,
  cellsOf,
  disclose,
  // Its people have names of their own, which change without a word of the office.
  isReadWhole: true,
  standingOf: row => ({ role: row.role, row, people: new Map() }),
  hints: ['holder-name'],
  isClosable: true,
  compared: rolesCompared,
  whole: allRoles,
  second: lookForRoles,
}

export const roleRoutes = registerRoutes(roleView)
export const rolePermissions = registerPermissions(roles.name)
