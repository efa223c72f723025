import { OkiteError } from '../../core/error.ts'
import type { Instant, Ref } from '../../core/fact.ts'
import { type Ports, type Principal, personOf, type Reader } from '../../core/module.ts'
import { StandMemo } from '../../core/stand-memo.ts'
import { dayIn, toInstant } from '../../core/time.ts'
import type { OfficeRow, PersonRow, Term } from './show.ts'

/** The office that answers where no other does. */
export const lastRole = 'ciso'

/** Who answers for what an office owes, today. */
export type Answering = Readonly<{
  role: string
  /** Numbers of the register; none: nobody holds it, nor the last one. */
  people: readonly string[]
  /** Its holder; who acts for him; or, because it is vacant, the holder of the last office. */
  as: 'holder' | 'deputy' | 'vacant'
}>

export type Offices = Readonly<{
  of(role: string): Answering
  /** The offices for which somebody answers now, with those that are vacant where he is the last. */
  heldBy(person: string, roles: readonly string[]): readonly string[]
}>

type Here = Pick<Ports, 'clock' | 'policy' | 'reader'>

/** The day it is where the organisation is. */
export const todayOf = ({ clock, policy }: Pick<Ports, 'clock' | 'policy'>): string =>
  dayIn(clock.nowMs(), policy.organisation.zone)

/** Offices that the list knows: a few for each sentence at the most. */
const officesMax = 10_000

/** Of today, and of yesterday while it is midnight. */
const offices = new StandMemo<Offices>(2)

/** Who answers today: asked for with every list, and the same until somebody is appointed or the day is over. */
export function readOffices({ reader, ...ports }: Here): Promise<Offices> {
  const today = todayOf(ports)
  return offices.of(reader, today, watched => officesOn(today, watched))
}

async function officesOn(today: string, reader: Reader): Promise<Offices> {
  const rows = await reader.query<OfficeRow>('select * from duty_office limit $1', [officesMax])
  const serving = (terms: readonly Term[]) =>
    terms
      .filter(({ from, until }) => from <= today && (until === null || until >= today))
      .filter(({ isAway }) => !isAway)
      .map(({ person }) => person)
  const own = new Map<string, Answering>()
  for (const { role, holders, deputies } of rows) {
    const [held, acting] = [serving(holders), serving(deputies)]
    if (held.length > 0) own.set(role, { role, people: held, as: 'holder' })
    else if (acting.length > 0) own.set(role, { role, people: acting, as: 'deputy' })
  }
  const of = (role: string): Answering =>
    own.get(role) ?? { role, people: own.get(lastRole)?.people ?? [], as: 'vacant' }
  return {
    of,
    heldBy: (person, roles) => roles.filter(role => of(role).people.includes(person)),
  }
}

/** Somebody who is signed in, as the list and the register know him. */
export type Me = Readonly<{
  /** As facts name him in private slots. */
  identifier: string
  /** null: the list has never heard of him. */
  ref: Ref | null
  /** null: he stands in no register, and owes nothing by an office. */
  person: string | null
  can(permission: string): boolean
}>

export async function readMe(
  principal: Principal,
  ports: Here & Pick<Ports, 'isSample'>,
): Promise<Me> {
  const { reader } = ports
  const identifier = personOf(principal)
  const ref = (await reader.refs([identifier])).get(identifier) ?? null
  const rows = await reader.query<PersonRow>(
    'select * from duty_person where ref = $1 and not has_left order by person limit 1',
    [ref],
  )
  const can = (permission: string) => principal.permissions.has(permission)
  // Whoever looks around in a sample stands in no register: he sees what its CISO would.
  const guest =
    ports.isSample && principal.account === null ? (await readOffices(ports)).of(lastRole) : null
  return { identifier, ref, person: rows[0]?.person ?? guest?.people[0] ?? null, can }
}

/** Names of people by their numbers, for who may see them; who has none is not among them. */
export async function readNames(
  people: readonly string[],
  reader: Reader,
): Promise<ReadonlyMap<string, string>> {
  const rows = await reader.query<PersonRow>('select * from duty_person where person = any($1)', [
    [...new Set(people)],
  ])
  const values = await reader.discloseAll(
    rows.map(row => Number(row.details)),
    ['name'],
  )
  return new Map(
    rows.flatMap(row => {
      const { name } = values.get(Number(row.details)) ?? {}
      return name === undefined ? [] : [[row.person, name] as const]
    }),
  )
}

/** More people than this are found by typing a part of their name. */
const foundMax = 20
/** Names that one search looks at: twice those of the largest organisation that we are made for. */
const searchedMax = 200_000

type Choice = Readonly<{ value: string; text: string; hint: string }>
type Found = { choices: Choice[]; found: number }

/** Everybody who is here, with a name that is not erased. */
type Findable = Readonly<{ choice: Choice; folded: string }>

const foldedOf = (text: string): string =>
  text.normalize('NFKC').toLocaleLowerCase().replaceAll(/\s/g, '')

/** Of all who are here, read once for everybody who types while nothing changes. */
const everybody = new StandMemo<readonly Findable[]>(1)

async function readEverybody(reader: Reader): Promise<readonly Findable[]> {
  const rows = await reader.query<PersonRow>(
    'select * from duty_person where not has_left order by person limit $1',
    [searchedMax],
  )
  return (await choicesOf(rows, reader)).map(choice => ({ choice, folded: foldedOf(choice.text) }))
}

async function choicesOf(rows: readonly PersonRow[], reader: Reader): Promise<readonly Choice[]> {
  const names = await reader.discloseAll(
    rows.map(row => Number(row.details)),
    ['name'],
  )
  return rows.flatMap(({ person, department, details }) => {
    const { name } = names.get(Number(details)) ?? {}
    const hint = [department ?? '', person].filter(part => part !== '').join(' · ')
    return name === undefined ? [] : [{ value: person, text: name, hint }]
  })
}

/** People who are here, by a part of their name; by nothing nobody. */
export async function searchPeople(text: string, reader: Reader): Promise<Found> {
  const wanted = foldedOf(text)
  if (wanted === '') return { choices: [], found: 0 }
  const all = await everybody.of(reader, '', watched => readEverybody(watched))
  const found = all.filter(({ folded }) => folded.includes(wanted))
  return { choices: found.slice(0, foundMax).map(({ choice }) => choice), found: found.length }
}

/** As many as one field of a fact names. */
const calledMax = 256

/** How people are called who are here, by their numbers. */
export async function calledPeople(people: readonly string[], reader: Reader): Promise<Found> {
  const rows = await reader.query<PersonRow>(
    'select * from duty_person where person = any($1) and not has_left',
    [people.slice(0, calledMax)],
  )
  const choices = [...(await choicesOf(rows, reader))]
  return { choices, found: choices.length }
}

/**
 * The identifier under which facts name somebody of the register, by his number: his staff number with where
 * it comes from, as an import names him, or alone. What leads to somebody else is none.
 *
 * @throws OkiteError `DUTY_PERSON`
 */
export async function identifierOf(person: string, reader: Reader): Promise<string> {
  const [row] = await reader.query<PersonRow>(
    'select * from duty_person where person = $1 and not has_left',
    [person],
  )
  const joined = Number(row?.joined ?? -1)
  const fact = row === undefined ? null : await reader.fact(joined)
  const number = await reader.disclose(joined, 'staff')
  if (row === undefined || fact === null || number === null) throw new OkiteError('DUTY_PERSON')
  const asked = [number, `${fact.source.replace(/^import /, '')}:${number}`]
  const refs = await reader.refs(asked)
  const found = asked.find(one => refs.get(one) === row.ref)
  if (found === undefined) throw new OkiteError('DUTY_PERSON')
  return found
}

/** Whether somebody of this number is here. */
export async function isHere(person: string, reader: Reader): Promise<boolean> {
  const rows = await reader.query('select from duty_person where person = $1 and not has_left', [
    person,
  ])
  return rows.length === 1
}

export const nowOf = ({ clock }: Pick<Ports, 'clock'>): Instant => toInstant(clock.nowMs())
