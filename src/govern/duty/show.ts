import type { z } from 'zod'
import type { Fact, Pos } from '../../core/fact.ts'
import type { Table } from '../../core/module.ts'
import { keyedTable } from '../../core/register/keyed-table.ts'
import {
  detailsChanged,
  officeMeasured,
  personJoined,
  personLeft,
  personMoved,
} from '../../identify/person/facts.ts'
import { idOf } from './duty.ts'
import {
  dutyAccepted,
  dutyCommented,
  dutyDelegated,
  dutyDone,
  dutyEscalated,
  dutyRefused,
  noticeFailed,
  noticeIssued,
  noticeSent,
  urgencies,
} from './facts.ts'

/**
 * Tables of this module. Each is trusted for nothing but speed. What is owed stands in none of them: it is
 * read from the rows of the controls.
 */

/** What people have said and done about a duty, whether or not it is owed now. */
export type SaidRow = Readonly<{
  duty: string
  control: string
  subject: string
  occurrence: string
  /** Who is to do it for the one who answers for it, by his number; and who said so, as a ref. */
  delegated_to: string | null
  delegated_by: string | null
  delegated: Pos | null
  comments: readonly Pos[]
  /** By which fact each doing was noted, what it is, and who noted it. */
  doings: readonly Readonly<{ pos: Pos; of: Pos; by: string | null; at: string }>[]
  decisions: readonly Readonly<{ pos: Pos; of: Pos; isAccepted: boolean }>[]
  level: number
  /** The newest of these facts. */
  changed: Pos
}>

/** More comments or doings on one duty than this are not shown; they stay on the list. */
const saidMax = 200

type Said = Readonly<{
  control: string
  subject: string
  occurrence: string
  to?: string | null
  of?: Pos
  level?: number
}>

const first = ({ control, subject, occurrence }: Said): SaidRow => ({
  ...{ duty: idOf({ control, subject, occurrence }), control, subject, occurrence },
  ...{ delegated_to: null, delegated_by: null, delegated: null },
  ...{ comments: [], doings: [], decisions: [], level: 0, changed: 0 },
})

const added = <T>(all: readonly T[], one: T): readonly T[] => [...all, one].slice(-saidMax)

export const saidTable = keyedTable<SaidRow>({
  name: 'duty_said',
  version: 1,
  columns: `
    duty text primary key,
    control text not null,
    subject text not null,
    occurrence text not null,
    delegated_to text,
    delegated_by text,
    delegated bigint,
    comments jsonb not null,
    doings jsonb not null,
    decisions jsonb not null,
    level integer not null,
    changed bigint not null,
    unique (delegated_to, duty),
    unique (delegated_by, duty)
  `,
  key: 'duty',
  from: [dutyDelegated, dutyCommented, dutyAccepted, dutyRefused, dutyEscalated, dutyDone],
  keyOf: fact => idOf((fact as Fact<Said>).body),
  step(before, fact) {
    const { pos, body, refs, type } = fact as Fact<Said>
    const row = { ...(before ?? first(body)), changed: pos }
    const by = refs['by'] ?? null
    switch (type) {
      case dutyDelegated.name: {
        const to = body.to ?? null
        return { ...row, delegated_to: to, delegated_by: to === null ? null : by, delegated: pos }
      }
      case dutyCommented.name:
        return { ...row, comments: added(row.comments, pos) }
      case dutyEscalated.name:
        return { ...row, level: Math.max(row.level, body.level ?? 0) }
      case dutyDone.name: {
        const doing = { pos, of: body.of ?? 0, by, at: fact.recorded }
        return { ...row, doings: added(row.doings, doing) }
      }
      default: {
        const isAccepted = type === dutyAccepted.name
        return { ...row, decisions: added(row.decisions, { pos, of: body.of ?? 0, isAccepted }) }
      }
    }
  },
})

/** Who stands in the register: his number, the list's handle of him, and where his name is. */
export type PersonRow = Readonly<{
  person: string
  ref: string
  has_left: boolean
  department: string | null
  joined: Pos
  details: Pos
}>

export const personTable = keyedTable<PersonRow>({
  name: 'duty_person',
  version: 2,
  columns: `
    person text primary key,
    ref text not null,
    has_left boolean not null,
    department text,
    joined bigint not null,
    details bigint not null,
    unique (ref, person)
  `,
  key: 'person',
  from: [personJoined, personMoved, personLeft, detailsChanged],
  keyOf: fact => (fact as Fact<{ person: string }>).body.person,
  step(row, { type, pos, body, refs }) {
    const { person, department = null } = body as { person: string; department?: string | null }
    if (type === personJoined.name) {
      const ref = refs['staff'] ?? ''
      return { person, ref, has_left: false, department, joined: pos, details: pos }
    }
    if (row === null) return null
    if (type === personMoved.name) return { ...row, department }
    return type === personLeft.name ? { ...row, has_left: true } : { ...row, details: pos }
  },
})

export type Term = Readonly<{
  person: string
  from: string
  until: string | null
  isAway: boolean
}>

/** Who holds each office, and who acts for him: what a judge said of it last. */
export type OfficeRow = Readonly<{
  role: string
  holders: readonly Term[]
  deputies: readonly Term[]
}>

export const officeTable = keyedTable<OfficeRow>({
  name: 'duty_office',
  version: 1,
  columns: 'role text primary key, holders jsonb not null, deputies jsonb not null',
  key: 'role',
  from: [officeMeasured],
  keyOf: fact => (fact as Fact<OfficeRow>).body.role,
  step: (_, fact) => (fact as Fact<OfficeRow>).body,
})

/** Notices, with what became of them; one that is neither sent nor failed is on its way. */
export type NoticeRow = Readonly<{
  notice: string
  person: string
  day: string
  state: 'open' | 'sent' | 'failed'
  code: string | null
}>

type Told = Readonly<{ notice: Pos; person: string; day: string; code?: string }>

export const noticeTable = keyedTable<NoticeRow>({
  name: 'duty_notice',
  version: 1,
  columns: `
    notice text primary key,
    person text not null,
    day text not null,
    state text not null,
    code text
  `,
  key: 'notice',
  from: [noticeIssued, noticeSent, noticeFailed],
  keyOf: fact =>
    String(fact.type === noticeIssued.name ? fact.pos : (fact as Fact<Told>).body.notice),
  step(row, { pos, type, body }) {
    const { person, day, code } = body as Told
    if (type === noticeIssued.name)
      return { notice: String(pos), person, day, state: 'open', code: null }
    if (row === null) return null
    return type === noticeSent.name
      ? { ...row, state: 'sent', code: null }
      : { ...row, state: 'failed', code: code ?? null }
  },
})

/** What somebody has been told of a duty: the most pressing, as its place among the urgencies. */
export const toldTable: Table = {
  name: 'duty_told',
  version: 1,
  columns: `
    person text not null,
    duty text not null,
    urgency integer not null,
    primary key (person, duty)
  `,
  from: [noticeIssued],
  async apply(fact, table, tx) {
    const { person, items } = (fact as Fact<z.infer<typeof noticeIssued.schema>>).body
    for (const item of items) {
      const urgency = urgencies.indexOf(item.urgency)
      await tx.query(
        `insert into ${table} as told (person, duty, urgency) values ($1, $2, $3)
         on conflict (person, duty) do update set urgency = greatest(told.urgency, excluded.urgency)`,
        [person, idOf(item), urgency],
      )
    }
  },
}
