import { OkiteError } from '../../core/error.ts'
import type { Reader } from '../../core/module.ts'
import type { Column } from '../../core/register/columns.ts'
import type { SecondSource } from '../../core/register/compare.ts'
import { importSource } from '../../core/register/import-facts.ts'
import { dateOf } from '../../core/register/read-cell.ts'
import { type Draft, presentPages, type Register } from '../../core/register/register.ts'
import { type Cells, cellError } from '../../core/register/table.ts'
import type { ViewColumn } from '../../core/register/view.ts'
import type { Whole } from '../../core/register/whole.ts'
import { required } from './columns.ts'
import {
  deputyAppointed,
  roleAppointed,
  roleListed,
  roleRemoved,
  rolesDeclared,
  roleVacated,
} from './facts.ts'
import { peopleByNumber } from './register.ts'
import { type Appointed, type PersonRow, type RoleRow, roleImports } from './show.ts'

/** What a file of offices has: a row for each, with the staff numbers of who holds it and who acts for him. */
export const roleColumns: readonly ViewColumn[] = [
  {
    name: 'role',
    kind: 'office',
    width: 20,
    isFixed: true,
    names: ['office', '役割', '役職', '角色', '職位'],
    isRequired: true,
  },
  {
    name: 'holder',
    of: { register: 'person', by: 'number' },
    kind: 'code',
    width: 12,
    isPersonal: true,
    names: ['担当者', '担当者番号', '擔任者', '擔任者編號'],
    isRequired: true,
  },
  {
    name: 'from',
    kind: 'date',
    width: 12,
    names: ['開始日', '就任日', '起日', '就任日期'],
    isRequired: true,
  },
  { name: 'until', kind: 'date', width: 12, names: ['終了日', '退任日', '迄日', '卸任日期'] },
  {
    name: 'deputy',
    of: { register: 'person', by: 'number' },
    kind: 'code',
    width: 12,
    isPersonal: true,
    names: ['代行者', '代理', '代理者', '代理者番号', '代理人', '代理人編號'],
  },
]

type Term = Readonly<{ number: string; from: string; until: string | null }>

/** The deputy serves as long as the holder whom he was named for. */
type Entry = Readonly<{ role: string; holder: Term | null; deputy: Term | null }>

/** An office as it stands, and the people whom the row of the file speaks of. */
type Standing = Readonly<{
  role: string
  row: RoleRow | null
  people: ReadonlyMap<string, readonly PersonRow[]>
}>

function entryOf(cells: Cells): Entry {
  const number = (column: string) => (cells[column] ?? '').normalize('NFKC')
  const holder = number('holder')
  const deputy = number('deputy')
  const role = roleOf(cells)
  if (holder === '') {
    if (deputy !== '') throw cellError('holder', 'empty')
    return { role, holder: null, deputy: null }
  }
  const from = dateOf(required(cells, 'from', 10), 'from')
  const until = (cells['until'] ?? '') === '' ? null : dateOf(cells['until'] ?? '', 'until')
  if (until !== null && until < from) throw cellError('until', 'before its beginning')
  if (deputy === holder) throw cellError('deputy', 'the holder himself')
  const term = { from, until }
  return {
    role,
    holder: { number: holder, ...term },
    deputy: deputy === '' ? null : { number: deputy, ...term },
  }
}

function roleOf(cells: Cells): string {
  const role = required(cells, 'role', 40).toLowerCase()
  if (!/^[a-z][a-z0-9-]*$/.test(role)) throw cellError('role', 'no role')
  return role
}

/** The offices of one source. @param yesterday the last day of a deputy who is none any more */
export function openRoles(
  source: string,
  { reader, by, yesterday }: Readonly<{ reader: Reader; by: string; yesterday: string }>,
): Register<Entry, Standing> {
  const own = importSource(source)
  const people: Standing['people'] = new Map()
  return {
    columns: roleColumns,
    entryOf,
    uniqueOf: ({ role }) => ({ role }),
    async standingsOf(entries) {
      const numbers = entries.flatMap(({ holder, deputy }) =>
        [holder, deputy].flatMap(term => term?.number ?? []),
      )
      const found = await peopleByNumber(numbers, reader)
      const rows = await reader.query<RoleRow>(
        'select * from role_register where role = any($1) and not closed',
        [entries.map(({ role }) => role)],
      )
      const byRole = new Map(rows.map(row => [row.role, row]))
      return entries.map(({ role }) => ({ role, row: byRole.get(role) ?? null, people: found }))
    },
    changeOf(entry, standing) {
      const { row = null, people: found = people } = standing ?? {}
      // Two sources that list one office would take it from each other with every file.
      if (row !== null && row.source !== own) {
        throw new OkiteError('ROLE_SOURCE_OTHER', { source: row.source })
      }
      const holder = change(row?.holder ?? null, entry.holder, 'holder', found)
      const deputy = change(row?.deputy ?? null, entry.deputy, 'deputy', found)
      const { role } = entry
      const signed = { by: { value: by, person: by } }
      const facts: Draft[] = row === null ? [{ type: roleListed, body: { role } }] : []
      if (holder === 'ended') facts.push({ type: roleVacated, body: { role } })
      else if (holder !== null)
        facts.push({ type: roleAppointed, body: { role, ...holder }, private: signed })
      // There is no word for a deputy who is none any more: his last day was yesterday.
      const last = deputy === 'ended' && row?.deputy ? ended(row.deputy, yesterday) : deputy
      if (last !== null && last !== 'ended')
        facts.push({ type: deputyAppointed, body: { role, ...last }, private: signed })
      if (facts.length === 0) return null
      if (row === null) return { kind: 'enters', what: [], facts }
      const what = [...(holder === null ? [] : ['holder']), ...(last === null ? [] : ['deputy'])]
      return { kind: 'changes', what, facts }
    },
    idOf: ({ role }) => role,
    async presentAfter(after, countMax) {
      const rows = await pageOf(reader, own, after, countMax)
      return rows.map(row => ({ role: row.role, row, people }))
    },
    leave({ role, row }) {
      const facts: Draft[] = row?.holder ? [{ type: roleVacated, body: { role } }] : []
      const last = row?.deputy ? ended(row.deputy, yesterday) : null
      if (last !== null) {
        const signed = { by: { value: by, person: by } }
        facts.push({ type: deputyAppointed, body: { role, ...last }, private: signed })
      }
      return [...facts, { type: roleRemoved, body: { role } }]
    },
    labelsOf: async standings => standings.map(({ role }) => role),
  }
}

type Appointment = Omit<Appointed, 'pos'>

/** What is to be said: an appointment, that it ended, or nothing. @throws OkiteError `TABLE_CELL` */
function change(
  stood: Appointed | null,
  wanted: Term | null,
  column: string,
  people: Standing['people'],
): Appointment | 'ended' | null {
  if (wanted === null) return stood === null ? null : 'ended'
  const [person, another] = people.get(wanted.number) ?? []
  if (person === undefined) throw cellError(column, 'not in the register')
  if (another !== undefined) throw cellError(column, 'several in the register')
  const { from, until } = wanted
  const isSame =
    stood !== null && stood.person === person.person && stood.from === from && stood.until === until
  // Who left and came back was let go of every office meanwhile.
  if (isSame && stood.pos > Number(person.joined)) return null
  return { person: person.person, from, until }
}

/** Null when that has been said. */
const ended = ({ person, from, until }: Appointed, yesterday: string): Appointment | null =>
  until !== null && until <= yesterday ? null : { person, from, until: yesterday }

const pageOf = (reader: Reader, source: string | null, after: string, countMax: number) =>
  reader.query<RoleRow>(
    `select * from role_register where role > $1 and not closed and ($3::text is null or source = $3)
     order by role limit $2`,
    [after, countMax, source],
  )

/** All offices, whoever lists them. */
export const allRoles = (reader: Reader): Whole<RoleRow> => ({
  name: 'role',
  imports: roleImports.name,
  pages: () =>
    presentPages<RoleRow>({
      idOf: ({ role }) => role,
      presentAfter: (after, countMax) => pageOf(reader, null, after, countMax),
    }),
  idOf: ({ role }) => role,
  lineOf: ({ role }) => [role],
  labelsOf: async rows => rows.map(({ role }) => role),
  declared: rolesDeclared,
  declare: (roles, hash) => ({ type: rolesDeclared, body: { roles, hash } }),
})

export const secondColumns: readonly Column[] = roleColumns.map(column => ({
  ...column,
  isRequired: column.name === 'role',
}))

export const secondSource = (reader: Reader): SecondSource<string> => ({
  read: cells => [roleOf(cells)],
  async find(roles) {
    const rows = await reader.query<RoleRow>(
      'select role from role_register where role = any($1) and not closed',
      [roles],
    )
    const known = new Set(rows.map(({ role }) => role))
    return roles.map(role => (known.has(role) ? role : null))
  },
  labelOf: role => role,
})
