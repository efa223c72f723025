import { z } from 'zod'
import type { Locale } from '../../core/i18n/locale.ts'
import type { Ports } from '../../core/module.ts'
import type { Duty } from './duty.ts'
import { type Relation, relationOf } from './relation.ts'
import type { SaidRow } from './show.ts'
import { occurrenceOf } from './text.ts'
import { type Me, type Offices, readNames } from './who.ts'
import { standingOf, wordsOf } from './words.ts'

const person = z.object({ person: z.string(), name: z.string().nullable() })

/** One duty as a screen shows it in a list. */
export const dutyViewSchema = z.object({
  id: z.string(),
  control: z.string(),
  title: z.string(),
  /** The name of the period, or what is asked for where there is none. */
  occurrence: z.string(),
  /** null: the organisation. */
  subject: z.string().nullable(),
  role: z.string(),
  roleName: z.string(),
  /** Who answers for it now. `vacant`: nobody holds the office, and the last one answers. */
  answering: z.object({ as: z.enum(['holder', 'deputy', 'vacant']), people: z.array(person) }),
  delegatedTo: person.nullable(),
  relation: z.enum(['owner', 'delegate', 'subject', 'none']),
  what: z.enum(['do', 'accept']),
  standing: z.string(),
  isLate: z.boolean(),
  from: z.string(),
  due: z.string().nullable(),
  done: z.int(),
  claim: z.int().nullable(),
  statements: z.array(z.int()),
  types: z.array(z.string()),
  comments: z.int(),
  /** How far it has been escalated: not at all, to its office, to the last one. */
  level: z.int(),
})

export type DutyView = z.infer<typeof dutyViewSchema>

/** The duties of a page, with the names of the people who have to do with them. */
export async function viewsOf(
  duties: readonly Duty[],
  about: Readonly<{
    said: ReadonlyMap<string, SaidRow>
    offices: Offices
    me: Me
    locale: Locale
  }>,
  ports: Pick<Ports, 'messages' | 'policy' | 'reader'>,
): Promise<DutyView[]> {
  const { said, offices, me, locale } = about
  const words = wordsOf({ ...ports, locale })
  const people = duties.flatMap(({ id, role }) => [
    ...offices.of(role).people,
    ...(said.get(id)?.delegated_to == null ? [] : [said.get(id)!.delegated_to!]),
  ])
  const names = await readNames(people, ports.reader)
  const named = (one: string) => ({ person: one, name: names.get(one) ?? null })
  return duties.map(duty => {
    const row = said.get(duty.id)
    const { as, people: holders } = offices.of(duty.role)
    return {
      ...{ id: duty.id, control: duty.control.id, title: words.control(duty.control.id) },
      occurrence: occurrenceOf(duty.occurrence, words),
      subject: duty.subject === 'org' ? null : duty.subject,
      ...{ role: duty.role, roleName: words.role(duty.role) },
      answering: { as, people: holders.map(named) },
      delegatedTo: row?.delegated_to == null ? null : named(row.delegated_to),
      relation: relationOf(duty, row, me, offices) satisfies Relation,
      ...{ what: duty.what, standing: standingOf(duty), isLate: duty.isLate },
      ...{ from: duty.from, due: duty.due, done: duty.done, claim: duty.claim },
      statements: words.statements(duty.control.id).map(({ number }) => number),
      types: duty.types.map(({ name }) => name),
      ...{ comments: row?.comments.length ?? 0, level: row?.level ?? 0 },
    }
  })
}
