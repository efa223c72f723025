import { randomBytes } from 'node:crypto'
import type { Reader } from '../../core/module.ts'
import { type ImportRow, importSource } from '../../core/register/import-facts.ts'
import type { Change, Draft, Register } from '../../core/register/register.ts'
import { handSource } from '../../core/register/register-table.ts'
import { type Entry, entryOf, personColumns } from './columns.ts'
import {
  awayBegan,
  awayEnded,
  detailsChanged,
  jobAssigned,
  jobEnded,
  personJoined,
  personLeft,
  personMoved,
} from './facts.ts'
import { type PersonRow, personImports } from './show.ts'

/** Somebody as he stands in the register; of one whose values are erased, or who has none, they are null. */
export type Standing = Readonly<{
  row: PersonRow
  number: string | null
  name: string | null
  mail: string | null
}>

/**
 * By what the list knows a person of a file. Two staff systems may give one number to two persons, so
 * the source is part of it. It is looked up by keyed hash and stored nowhere; erasing it unties the
 * person from his number in the register.
 */
export const identifierOf = (source: string, number: string): string => `${source}:${number}`

/** The people of one source. @param today in the zone of the organisation */
export function openPeople(
  source: string,
  today: string,
  reader: Reader,
): Register<Entry, Standing> {
  return {
    columns: personColumns,
    entryOf: cells => entryOf(cells, today),
    uniqueOf: ({ number, mail }) => ({ number, mail: foldedMail(mail ?? '') }),
    async standingsOf(entries) {
      const identifiers = entries.map(({ number }) => identifierOf(source, number))
      const refs = await reader.refs(identifiers)
      const rows = await reader.query<PersonRow>(
        'select * from person_register where source = $1 and ref = any($2)',
        [importSource(source), [...refs.values()]],
      )
      const standings = await withNames(rows, reader)
      const byRef = new Map(standings.map(standing => [standing.row.ref, standing]))
      return identifiers.map(one => byRef.get(refs.get(one) ?? '') ?? null)
    },
    changeOf: (entry, standing) =>
      standing === null || standing.row.closed
        ? join(entry, standing?.row.person ?? newNumber(), identifierOf(source, entry.number))
        : change(entry, standing, identifierOf(source, entry.number)),
    idOf: ({ row }) => row.person,
    async presentAfter(after, countMax) {
      const rows = await reader.query<PersonRow>(
        `select * from person_register where source = $1 and person > $2 and not closed
         order by person limit $3`,
        [importSource(source), after, countMax],
      )
      return rows.map(row => ({ row, number: null, name: null, mail: null }))
    },
    leave: ({ row }) => leave(row),
    labelsOf: async standings =>
      (
        await disclosed(
          standings.map(({ row }) => row),
          reader,
        )
      ).map(labelOf),
  }
}

/** Who is here under these staff numbers, in whichever source of the register. */
export async function peopleByNumber(
  numbers: readonly string[],
  reader: Reader,
): Promise<ReadonlyMap<string, readonly PersonRow[]>> {
  const found = new Map<string, readonly PersonRow[]>()
  if (numbers.length === 0) return found
  const sources = await reader.query<ImportRow>(`select source from ${personImports.name}`)
  // What people type in has no file, and so no import.
  for (const source of new Set([...sources.map(one => one.source), handSource])) {
    const refs = await reader.refs(numbers.map(number => identifierOf(source, number)))
    const people = await reader.query<PersonRow>(
      'select * from person_register where ref = any($1) and not closed',
      [[...refs.values()]],
    )
    const byRef = new Map(people.map(row => [row.ref, row]))
    for (const number of new Set(numbers)) {
      const row = byRef.get(refs.get(identifierOf(source, number)) ?? '')
      if (row !== undefined) found.set(number, [...(found.get(number) ?? []), row])
    }
  }
  // Who came without a number of theirs is known by ours, which nobody else has.
  const own = await reader.query<PersonRow>(
    'select * from person_register where person = any($1) and not closed',
    [numbers.filter(number => !found.has(number))],
  )
  for (const row of own) found.set(row.person, [row])
  return found
}

/** Rows with their private values, in the same order. */
export async function disclosed(
  rows: readonly PersonRow[],
  reader: Reader,
): Promise<readonly Standing[]> {
  const positions = rows.flatMap(({ joined, details }) => [Number(joined), Number(details)])
  // One question for all: of who has never changed they are in one fact, and under one key.
  const values = await reader.discloseAll([...new Set(positions)], ['staff', 'name', 'mail'])
  return rows.map(row => {
    const { name = null, mail = null } = values.get(Number(row.details)) ?? {}
    return { row, name, mail, number: values.get(Number(row.joined))?.['staff'] ?? null }
  })
}

/** Without the staff number, by which they were found. */
async function withNames(rows: readonly PersonRow[], reader: Reader): Promise<readonly Standing[]> {
  const details = rows.map(row => Number(row.details))
  const values = await reader.discloseAll(details, ['name', 'mail'])
  return rows.map((row, at) => {
    const { name = null, mail = null } = values.get(details[at] ?? 0) ?? {}
    return { row, name, mail, number: null }
  })
}

/** For the terminal of whoever may see it, and for nothing that is kept. */
export const labelOf = ({ row, number, name }: Standing): string =>
  [row.person, number, name].filter(text => text !== null).join('  ')

export const foldedMail = (mail: string): string => mail.normalize('NFKC').toLowerCase()

/** 24 letters at random: 120 bits, so that no two are ever equal and none tells anything. */
function newNumber(): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567'
  return `p-${[...randomBytes(24)].map(byte => letters[byte & 31]).join('')}`
}

/** Also who comes back: under his old number, with what he is now. */
function join(entry: Entry, person: string, identifier: string): Change {
  const { kind, department = null, jobs = [], isAway = false } = entry
  const { number, name, mail } = entry
  const facts: Draft[] = [
    {
      type: personJoined,
      body: { person, kind, department },
      private: { staff: { value: number, person: identifier }, ...details(name, mail, identifier) },
    },
    ...jobs.map(job => ({ type: jobAssigned, body: { person, job } })),
    ...(isAway ? [{ type: awayBegan, body: { person } }] : []),
  ]
  return { kind: 'enters', what: [], facts }
}

const details = (name: string, mail: string | undefined, person: string) => ({
  name: { value: name, person },
  ...(mail !== undefined && mail !== '' && { mail: { value: mail, person } }),
})

/** A mover, or somebody of whom the file says something else than the register. */
function change(entry: Entry, { row, ...stood }: Standing, identifier: string): Change | null {
  const { person } = row
  const { kind, name, department = row.department, jobs = row.jobs } = entry
  const { mail = stood.mail ?? '', isAway = row.away_since !== null } = entry
  const what: string[] = []
  const facts: Draft[] = []
  const add = (column: string, ...more: readonly Draft[]) => {
    what.push(column)
    facts.push(...more)
  }
  const moved: Draft = { type: personMoved, body: { person, kind, department } }
  if (kind !== row.kind) add('kind', moved)
  if (department !== row.department) add('department', ...(facts.length === 0 ? [moved] : []))
  const isOther = { name: name !== stood.name, mail: mail !== (stood.mail ?? '') }
  if (isOther.name || isOther.mail) {
    const changed = {
      type: detailsChanged,
      body: { person },
      private: details(name, mail, identifier),
    }
    add(isOther.name ? 'name' : 'mail', changed)
    if (isOther.name && isOther.mail) what.push('mail')
  }
  const ended = row.jobs.filter(job => !jobs.includes(job))
  const begun = jobs.filter(job => !row.jobs.includes(job))
  if (ended.length + begun.length > 0) {
    add(
      'jobs',
      ...ended.map(job => ({ type: jobEnded, body: { person, job } })),
      ...begun.map(job => ({ type: jobAssigned, body: { person, job } })),
    )
  }
  if (isAway !== (row.away_since !== null))
    add('away-from', { type: isAway ? awayBegan : awayEnded, body: { person } })
  return what.length === 0 ? null : { kind: 'changes', what, facts }
}

/** With him his jobs end, as a judge says; who is away is so no longer. */
const leave = ({ person, away_since }: PersonRow): readonly Draft[] => [
  ...(away_since !== null ? [{ type: awayEnded, body: { person } }] : []),
  { type: personLeft, body: { person } },
]
