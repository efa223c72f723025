import type { Fact, Pos, Ref } from '../../../core/fact.ts'
import type { Ports, Reader } from '../../../core/module.ts'
import { keyedTable } from '../../../core/register/keyed-table.ts'
import { dayIn } from '../../../core/time.ts'
import {
  detailsChanged,
  officeMeasured,
  personJoined,
  personLeft,
} from '../../../identify/person/facts.ts'

/** Who stands in the register of people: the list's handle of him, and where his name is. */
export type PersonRow = Readonly<{ person: string; ref: Ref; has_left: boolean; details: Pos }>

export const personTable = keyedTable<PersonRow>({
  name: 'drill_person',
  version: 1,
  columns: `person text primary key, ref text not null, has_left boolean not null,
    details bigint not null, unique (ref, person)`,
  key: 'person',
  from: [personJoined, personLeft, detailsChanged],
  keyOf: fact => (fact as Fact<{ person: string }>).body.person,
  step(row, { type, pos, body, refs }) {
    const { person } = body as { person: string }
    const ref = refs['staff'] ?? ('' as Ref)
    if (type === personJoined.name) return { person, ref, has_left: false, details: pos }
    if (row === null) return null
    return type === personLeft.name ? { ...row, has_left: true } : { ...row, details: pos }
  },
})

type Term = Readonly<{ person: string; from: string; until: string | null; isAway: boolean }>
type OfficeRow = Readonly<{ role: string; holders: readonly Term[]; deputies: readonly Term[] }>

/** Who holds each office, and who acts for him: what a judge said of it last. */
export const officeTable = keyedTable<OfficeRow>({
  name: 'drill_office',
  version: 1,
  columns: 'role text primary key, holders jsonb not null, deputies jsonb not null',
  key: 'role',
  from: [officeMeasured],
  keyOf: fact => (fact as Fact<OfficeRow>).body.role,
  step: (_, fact) => (fact as Fact<OfficeRow>).body,
})

/** More offices than any policy names. */
const officesMax = 10_000

export type Offices = Readonly<{
  known: ReadonlySet<string>
  /** Who does today what is for an office: who holds it, else who acts for him; null: nobody. */
  holder(role: string): string | null
}>

export async function readOffices({
  reader,
  clock,
  policy,
}: Pick<Ports, 'reader' | 'clock' | 'policy'>): Promise<Offices> {
  const today = dayIn(clock.nowMs(), policy.organisation.zone)
  const rows = await reader.query<OfficeRow>('select * from drill_office limit $1', [officesMax])
  const serves = ({ from, until, isAway }: Term) =>
    from <= today && (until === null || until >= today) && !isAway
  const holders = new Map(
    rows.flatMap(({ role, holders, deputies }) => {
      const one = holders.find(serves) ?? deputies.find(serves)
      return one === undefined ? [] : [[role, one.person] as const]
    }),
  )
  return {
    known: new Set(rows.map(({ role }) => role)),
    holder: role => holders.get(role) ?? null,
  }
}

/** People by their numbers and by the list's handles, with their names; what is erased is not among them. */
export type People = Readonly<{
  refOf(person: string): Ref | null
  nameOf(person: string): string | null
  named(ref: Ref): string | null
}>

export async function readPeople(
  people: readonly string[],
  refs: readonly Ref[],
  reader: Reader,
): Promise<People> {
  const rows = await reader.query<PersonRow>(
    'select * from drill_person where person = any($1) or ref = any($2)',
    [[...new Set(people)], [...new Set(refs)]],
  )
  const values = await reader.discloseAll(
    rows.map(({ details }) => Number(details)),
    ['name'],
  )
  const nameIn = ({ details }: PersonRow) => values.get(Number(details))?.['name'] ?? null
  const byPerson = new Map(rows.map(row => [row.person, row]))
  const byRef = new Map(rows.map(row => [row.ref, row]))
  const name = (row: PersonRow | undefined) => (row === undefined ? null : nameIn(row))
  return {
    refOf: person => byPerson.get(person)?.ref ?? null,
    nameOf: person => name(byPerson.get(person)),
    named: ref => name(byRef.get(ref)),
  }
}

/** Whether somebody of this number is here. */
export async function isHere(person: string, reader: Reader): Promise<boolean> {
  const rows = await reader.query(
    'select from drill_person where person = $1 and not has_left limit 1',
    [person],
  )
  return rows.length === 1
}
