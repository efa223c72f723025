import type { Reader } from '../../core/module.ts'
import type { RegisterKind } from '../../core/register/kind.ts'
import { registerPermissions, registerRoutes } from '../../core/register/routes.ts'
import type { View } from '../../core/register/view.ts'
import type { SecondLook } from '../../core/register/whole.ts'
import { type Entry, personColumns } from './columns.ts'
import { personImportBegun, personImportEnded, registerCompared } from './facts.ts'
import { disclosed, openPeople, type Standing } from './register.ts'
import { type PersonRow, personImports, personTable } from './show.ts'
import { todayOf } from './today.ts'
import { allPeople, cellsOf, personalOf, secondColumns, secondSource } from './whole.ts'

export const people: RegisterKind<Entry, Standing> = {
  name: 'person',
  begun: personImportBegun,
  ended: personImportEnded,
  imports: personImports.name,
  open: (source, ports) => openPeople(source, todayOf(ports), ports.reader),
}

export const lookForPeople = (reader: Reader): SecondLook => ({
  columns: secondColumns,
  second: secondSource(reader),
  tell: body => ({ type: registerCompared, body }),
})

const personView: View<PersonRow, Entry, Standing> = {
  kind: people,
  columns: personColumns,
  table: personTable,
  cellsOf: (row, { policy }) => cellsOf(row, policy.organisation.zone),
  disclose: async (rows, reader) => (await disclosed(rows, reader)).map(personalOf),
  standingOf: row => ({ row, number: null, name: null, mail: null }),
  hints: ['number', 'department'],
  isClosable: true,
  compared: registerCompared,
  whole: allPeople,
  second: lookForPeople,
}

export const personRoutes = registerRoutes(personView)
export const personPermissions = registerPermissions(people.name)
