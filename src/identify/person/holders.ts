import type { Reader } from '../../core/module.ts'
import { disclosed } from './register.ts'
import type { Appointed, PersonRow, RoleRow } from './show.ts'

/** More offices than any policy names. */
const officesMax = 10_000

/** Who holds each office on this day, by name; where nobody does, who acts for him. */
export async function holdersOf(
  today: string,
  reader: Reader,
): Promise<ReadonlyMap<string, string>> {
  const serves = (one: Appointed | null): one is Appointed =>
    one !== null && one.from <= today && (one.until === null || one.until >= today)
  const rows = await reader.query<RoleRow>(
    'select * from role_register where not closed order by role limit $1',
    [officesMax],
  )
  const serving = new Map(
    rows.flatMap(({ role, holder, deputy }) => {
      const [one] = [holder, deputy].filter(serves)
      return one === undefined ? [] : [[role, one.person] as const]
    }),
  )
  const people = await reader.query<PersonRow>(
    'select * from person_register where person = any($1) and not closed',
    [[...new Set(serving.values())]],
  )
  const names = new Map((await disclosed(people, reader)).map(one => [one.row.person, one.name]))
  return new Map(
    [...serving].flatMap(([role, person]) => {
      const name = names.get(person) ?? null
      return name === null ? [] : [[role, name] as const]
    }),
  )
}
