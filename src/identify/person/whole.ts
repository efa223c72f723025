import type { Reader } from '../../core/module.ts'
import type { Column } from '../../core/register/columns.ts'
import type { SecondSource } from '../../core/register/compare.ts'
import { presentPages } from '../../core/register/register.ts'
import { cellError } from '../../core/register/table.ts'
import type { Whole } from '../../core/register/whole.ts'
import { mailOf, numberOf, personColumns } from './columns.ts'
import { registerDeclared } from './facts.ts'
import { disclosed, foldedMail, labelOf, peopleByNumber } from './register.ts'
import { type PersonRow, personImports } from './show.ts'

const pagesOf = (reader: Reader, source: string | null) =>
  presentPages<PersonRow>({
    idOf: ({ person }) => person,
    presentAfter: (after, countMax) =>
      reader.query<PersonRow>(
        `select * from person_register where person > $1 and not has_left
         and ($3::text is null or source = $3) order by person limit $2`,
        [after, countMax, source],
      ),
  })

/** Everybody who is here, of all sources. */
export const allPeople = (reader: Reader): Whole<PersonRow> => ({
  name: 'person',
  imports: personImports.name,
  pages: () => pagesOf(reader, null),
  idOf: ({ person }) => person,
  lineOf: ({ person, kind, department }) => [person, kind, department],
  labelsOf: async rows => (await disclosed(rows, reader)).map(labelOf),
  declared: registerDeclared,
  declare: (people, hash) => ({ type: registerDeclared, body: { people, hash } }),
})

/** The directory or the payroll may call them by either, and have more that is not asked for. */
export const secondColumns: readonly Column[] = personColumns.map(column => ({
  ...column,
  isRequired: false,
}))

type Known = Readonly<{ number: string; mail: string; name: string }>

/** Finds the people of a second source by staff number, else by mail address. */
export function secondSource(reader: Reader): SecondSource<Known> {
  let byMail: ReadonlyMap<string, string> | null = null
  return {
    read(cells) {
      const number = (cells['number'] ?? '') === '' ? '' : numberOf(cells)
      const mail = foldedMail(mailOf(cells['mail']) ?? '')
      if (number === '' && mail === '') throw cellError('number', 'empty')
      return { number, mail, name: cells['name'] ?? '' }
    },
    async find(rows) {
      const numbers = rows.flatMap(({ number }) => (number === '' ? [] : [number]))
      const byNumber = await peopleByNumber(numbers, reader)
      const needsMail = rows.some(({ number, mail }) => number === '' && mail !== '')
      if (needsMail) byMail ??= await mailsOf(reader)
      return rows.map(({ number, mail }) =>
        number === '' ? (byMail?.get(mail) ?? null) : (byNumber.get(number)?.[0]?.person ?? null),
      )
    },
    labelOf: row => [row.number, row.mail, row.name].filter(text => text !== '').join('  '),
  }
}

/** The mail addresses of all who are here, in memory and for this one comparison. */
async function mailsOf(reader: Reader): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for await (const page of pagesOf(reader, null)) {
    for (const { row, mail } of await disclosed(page, reader)) {
      if (mail !== null && mail !== '') found.set(foldedMail(mail), row.person)
    }
  }
  return found
}

/** Rows of a file that is imported as it was exported. @param zone of the organisation */
export async function* exportRows(source: string, zone: string, reader: Reader) {
  for await (const page of pagesOf(reader, source)) {
    const people = await disclosed(page, reader)
    yield people.map(({ row, number, name, mail }) => [
      ...[number ?? '', name ?? '', mail ?? '', row.kind, row.department ?? '', row.jobs.join(' ')],
      row.away_since === null ? '' : dayOf(row.away_since, zone),
      '',
    ])
  }
}

const dayOf = (instant: string, zone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString()
