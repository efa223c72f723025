import type { Fact } from '../../core/fact.ts'
import { importTable } from '../../core/register/import-facts.ts'
import { type Kept, registerTable } from '../../core/register/register-table.ts'
import {
  awayBegan,
  awayEnded,
  deputyAppointed,
  detailsChanged,
  jobAssigned,
  jobEnded,
  personImportBegun,
  personImportEnded,
  personJoined,
  personLeft,
  personMoved,
  roleAppointed,
  roleImportBegun,
  roleImportEnded,
  roleListed,
  roleRemoved,
  roleVacated,
} from './facts.ts'

/**
 * Who stands in the register, and how. `ref` is the list's own handle of the person whose staff number
 * was given: by it he is found again in the next file, and with his erasure it becomes another one.
 * Trusted for nothing but speed.
 */
export type PersonRow = Kept &
  Readonly<{
    person: string
    ref: string
    kind: string
    department: string | null
    jobs: readonly string[]
    /** When he went on leave; null: he is here. */
    away_since: string | null
    /** The facts that hold his staff number, and his newest name and mail address. */
    joined: number
    details: number
  }>

type Body = { person: string; kind: string; department: string | null; job: string }

export const personTable = registerTable<PersonRow>({
  name: 'person_register',
  version: 2,
  columns: `
    person text primary key,
    ref text not null,
    kind text not null,
    department text,
    jobs text[] not null,
    away_since text,
    joined bigint not null,
    details bigint not null,
    unique (ref, person),
    unique (source, person)`,
  key: 'person',
  from: [
    ...[personJoined, personMoved, personLeft, detailsChanged],
    ...[awayBegan, awayEnded, jobAssigned, jobEnded],
  ],
  keyOf: ({ body }) => (body as Body).person,
  step(row, fact) {
    const { person, kind, department, job } = (fact as Fact<Body>).body
    if (fact.type === personJoined.name) {
      return {
        ...{ person, kind, department, ref: fact.refs['staff'] ?? '' },
        ...{ jobs: row?.jobs ?? [], away_since: null, joined: fact.pos, details: fact.pos },
      }
    }
    if (row === null) return null
    switch (fact.type) {
      case personMoved.name:
        return { ...row, kind, department }
      case personLeft.name:
        return null
      case detailsChanged.name:
        return { ...row, details: fact.pos }
      case awayBegan.name:
        return { ...row, away_since: fact.occurred }
      case awayEnded.name:
        return { ...row, away_since: null }
      case jobAssigned.name:
        return { ...row, jobs: [...new Set([...row.jobs, job])].sort() }
      case jobEnded.name:
        return { ...row, jobs: row.jobs.filter(one => one !== job) }
      default:
        return row
    }
  },
})

export const personImports = importTable('person_import', [personImportBegun, personImportEnded])

/** The offices, with the last appointment to each. Whether it still holds, a judge says. */
export type RoleRow = Kept &
  Readonly<{
    role: string
    holder: Appointed | null
    deputy: Appointed | null
  }>

export type Appointed = Readonly<{
  person: string
  from: string
  until: string | null
  pos: number
}>

export const roleTable = registerTable<RoleRow>({
  name: 'role_register',
  version: 2,
  columns: `
    role text primary key,
    holder jsonb,
    deputy jsonb,
    unique (source, role)`,
  key: 'role',
  from: [roleListed, roleRemoved, roleAppointed, roleVacated, deputyAppointed],
  keyOf: ({ body }) => (body as { role: string }).role,
  step(row, fact) {
    const { role, person, from, until } = (fact as Fact<Appointed & { role: string }>).body
    const appointed = { person, from, until, pos: fact.pos }
    switch (fact.type) {
      case roleListed.name:
        return { role, holder: row?.holder ?? null, deputy: row?.deputy ?? null }
      case roleAppointed.name:
        return row && { ...row, holder: appointed }
      case roleVacated.name:
        return row && { ...row, holder: null }
      case deputyAppointed.name:
        return row && { ...row, deputy: appointed }
      default:
        return null
    }
  },
})

export const roleImports = importTable('role_import', [roleImportBegun, roleImportEnded])
