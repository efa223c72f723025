import { OkiteError } from '../../core/error.ts'
import type { Reader } from '../../core/module.ts'
import type { Column } from '../../core/register/columns.ts'
import type { SecondSource } from '../../core/register/compare.ts'
import { presentPages } from '../../core/register/register.ts'
import { type Cells, cellError } from '../../core/register/table.ts'
import type { Whole } from '../../core/register/whole.ts'
import { jobsOf, mailOf, numberOf, personColumns } from './columns.ts'
import { jobOf, jobsDeclared, registerDeclared } from './facts.ts'
import { disclosed, foldedMail, labelOf, peopleByNumber, type Standing } from './register.ts'
import { type PersonRow, personImports } from './show.ts'

const pagesOf = (reader: Reader, source: string | null) =>
  presentPages<PersonRow>({
    idOf: ({ person }) => person,
    presentAfter: (after, countMax) =>
      reader.query<PersonRow>(
        `select * from person_register where person > $1 and not closed
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
  let byMail: Mails | null = null
  return {
    read(cells) {
      const number = (cells['number'] ?? '') === '' ? '' : numberOf(cells)
      const mail = foldedMail(mailOf(cells['mail']) ?? '')
      if (number === '' && mail === '') throw cellError('number', 'empty')
      return [{ number, mail, name: cells['name'] ?? '' }]
    },
    async find(rows) {
      const numbers = rows.flatMap(({ number }) => (number === '' ? [] : [number]))
      const byNumber = await peopleByNumber(numbers, reader)
      const needsMail = rows.some(({ number, mail }) => number === '' && mail !== '')
      if (needsMail) byMail ??= await mailsOf(reader)
      const several = [...byNumber.values()].filter(people => people.length > 1).flat()
      const mails = new Map(
        (await disclosed(several, reader)).map(one => [one.row.person, foldedMail(one.mail ?? '')]),
      )
      return rows.map(({ number, mail }) => {
        if (number === '') return byMail?.get(mail) ?? null
        const people = byNumber.get(number) ?? []
        if (people.length < 2) return people[0]?.person ?? null
        // Two staff systems gave the number to two persons: his mail address says which of them it is.
        const [one, ...others] = people.filter(
          ({ person }) => mail !== '' && mails.get(person) === mail,
        )
        if (one !== undefined && others.length === 0) return one.person
        return severalOf('number')
      })
    },
    detailsOf: ({ mail, name }) => ({ mail, name: name.normalize('NFKC') }),
    labelOf: row => [row.number, row.mail, row.name].filter(text => text !== '').join('  '),
  }
}

type JobRow = Readonly<{ id: string; person: string; job: string }>

/** Every person in every job. */
export const allJobs = (reader: Reader): Whole<JobRow> => ({
  name: 'person',
  imports: personImports.name,
  pages: () =>
    presentPages<JobRow>({
      idOf: ({ id }) => id,
      presentAfter: (after, countMax) =>
        reader.query<JobRow>(
          `select person || '/' || job as id, person, job
           from person_register cross join unnest(jobs) as job
           where not closed and person || '/' || job > $1 order by 1 limit $2`,
          [after, countMax],
        ),
    }),
  idOf: ({ id }) => id,
  lineOf: ({ person, job }) => [person, job],
  labelsOf: async rows => rows.map(({ person, job }) => `${person}  ${job}`),
  declared: jobsDeclared,
  declare: (jobs, hash) => ({ type: jobsDeclared, body: { jobs, hash } }),
})

/** Groups of the directory, members of repositories, duty rosters: who is in which job. */
export function secondJobs(reader: Reader): SecondSource<Known & Readonly<{ job: string }>> {
  const people = secondSource(reader)
  return {
    read(cells) {
      const jobs = jobsOf(cells['jobs']) ?? []
      if (jobs.length === 0) throw cellError('jobs', 'empty')
      return people.read(cells).flatMap(known => jobs.map(job => ({ ...known, job })))
    },
    async find(rows) {
      const found = await people.find(rows)
      const here = found.filter(person => typeof person === 'string')
      const rowsHere = await reader.query<PersonRow>(
        'select person, jobs from person_register where person = any($1)',
        [here],
      )
      const jobs = new Map(rowsHere.map(row => [row.person, row.jobs]))
      return found.map((person, at) => {
        const job = rows[at]?.job ?? ''
        if (person instanceof OkiteError) return person
        return person !== null && jobs.get(person)?.includes(job) ? jobOf({ person, job }) : null
      })
    },
    ...(people.detailsOf !== undefined && { detailsOf: people.detailsOf }),
    labelOf: row => `${people.labelOf(row)}  ${row.job}`,
  }
}

/** By mail address who has it; an error where several have. */
type Mails = ReadonlyMap<string, string | OkiteError>

const severalOf = (column: string): OkiteError => cellError(column, 'several in the register')

/** The mail addresses of all who are here, in memory and for this one comparison. */
async function mailsOf(reader: Reader): Promise<Mails> {
  const found = new Map<string, string | OkiteError>()
  for await (const page of pagesOf(reader, null)) {
    for (const { row, mail } of await disclosed(page, reader)) {
      if (mail === null || mail === '') continue
      const folded = foldedMail(mail)
      found.set(folded, found.has(folded) ? severalOf('mail') : row.person)
    }
  }
  return found
}

/** Rows of a file that is imported as it was exported. @param zone of the organisation */
export async function* exportRows(source: string, zone: string, reader: Reader) {
  for await (const page of pagesOf(reader, source)) {
    const people = await disclosed(page, reader)
    yield people.map(standing => {
      const cells = { ...cellsOf(standing.row, zone), ...personalOf(standing) }
      return personColumns.map(({ name }) => cells[name] ?? '')
    })
  }
}

/** An entry as it is typed and imported. */
export const cellsOf = (row: PersonRow, zone: string): Cells => ({
  ...{ kind: row.kind, department: row.department ?? '', jobs: row.jobs.join(' ') },
  'away-from': row.away_since === null ? '' : dayOf(row.away_since, zone),
})

export const personalOf = ({ number, name, mail }: Standing): Cells => ({
  ...{ number: number ?? '', name: name ?? '', mail: mail ?? '' },
})

const dayOf = (instant: string, zone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString()
