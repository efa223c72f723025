import { z } from 'zod'
import { locales } from '../../core/i18n/locale.ts'
import { defineRoute, type Ports } from '../../core/module.ts'
import { readBoard, readSaidOf } from './board.ts'
import { type Duty, dutiesMax } from './duty.ts'
import type { PersonRow } from './show.ts'
import { nowOf, readNames, readOffices } from './who.ts'
import { wordsOf } from './words.ts'

/** Who is late: by the office that answers, by department, and by person. Numbers, never one score. */

const counts = { open: z.int(), late: z.int(), accept: z.int() }

const getOverview = defineRoute({
  method: 'get',
  path: '/duties/overview',
  permission: 'duty.read.all',
  summary: 'How much is owed and how much is late, by office, department and person',
  query: z.strictObject({ locale: z.enum(locales) }),
  response: z.object({
    now: z.string(),
    isCut: z.boolean(),
    offices: z.array(
      z.object({
        role: z.string(),
        name: z.string(),
        as: z.enum(['holder', 'deputy', 'vacant']),
        people: z.array(z.string()),
        ...counts,
      }),
    ),
    departments: z.array(z.object({ department: z.string().nullable(), ...counts })),
    people: z.array(z.object({ person: z.string(), name: z.string().nullable(), ...counts })),
  }),
  async run({ query }, ports) {
    const duties = await readBoard(ports)
    const { doers, departments } = await whoOf(duties, ports)
    const offices = await readOffices(ports)
    const words = wordsOf({ ...ports, locale: query.locale })
    const names = await readNames([...new Set(duties.flatMap(doers))], ports.reader)
    return {
      now: nowOf(ports),
      isCut: duties.length >= dutiesMax,
      offices: counted(duties, ({ role }) => [role]).map(([role, sum]) => {
        const { as, people } = offices.of(role)
        const named = people.map(one => names.get(one) ?? one)
        return { role, name: words.role(role), as, people: named, ...sum }
      }),
      departments: counted(duties, departments).map(([department, sum]) => ({
        department: department === '' ? null : department,
        ...sum,
      })),
      people: counted(duties, doers).map(([person, sum]) => ({
        ...{ person, name: names.get(person) ?? null },
        ...sum,
      })),
    }
  },
})

/** Who is to do it; and in which departments: of the person it is about, else of those who are to do it. */
async function whoOf(duties: readonly Duty[], ports: Ports) {
  const said = await readSaidOf(duties, ports)
  const offices = await readOffices(ports)
  const rows = await ports.reader.query<Pick<PersonRow, 'person' | 'department'>>(
    'select person, department from duty_person',
  )
  const of = new Map(rows.map(row => [row.person, row.department ?? '']))
  const doers = ({ id, role }: Duty): readonly string[] => {
    const delegate = said.get(id)?.delegated_to ?? null
    return delegate === null ? offices.of(role).people : [delegate]
  }
  const departments = (duty: Duty): readonly string[] => {
    const own = of.get(duty.subject.split('/')[0] ?? '')
    return own === undefined ? [...new Set(doers(duty).map(one => of.get(one) ?? ''))] : [own]
  }
  return { doers, departments }
}

type Sum = Readonly<{ open: number; late: number; accept: number }>

/** The most that is late first. */
function counted(
  duties: readonly Duty[],
  keysOf: (duty: Duty) => readonly string[],
): (readonly [string, Sum])[] {
  const sums = new Map<string, { -readonly [K in keyof Sum]: number }>()
  for (const duty of duties) {
    for (const key of keysOf(duty)) {
      const sum = sums.get(key) ?? { open: 0, late: 0, accept: 0 }
      sum[duty.what === 'accept' ? 'accept' : duty.isLate ? 'late' : 'open'] += 1
      sums.set(key, sum)
    }
  }
  return [...sums].sort(([a, x], [b, y]) => y.late - x.late || y.open - x.open || (a < b ? -1 : 1))
}

export const overviewRoutes = [getOverview]
export type GetOverview = typeof getOverview
