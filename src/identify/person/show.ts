import type { Fact } from '../../core/fact.ts'
import { importTable } from '../../core/register/import-facts.ts'
import { keyedTable } from '../../core/register/keyed-table.ts'
import {
  awayBegan,
  awayEnded,
  detailsChanged,
  jobAssigned,
  jobEnded,
  personImportBegun,
  personImportEnded,
  personJoined,
  personLeft,
  personMoved,
} from './facts.ts'

/**
 * Who stands in the register, and how. `ref` is the list's own handle of the person whose staff number
 * was given: by it he is found again in the next file, and with his erasure it becomes another one.
 * Trusted for nothing but speed.
 */
export type PersonRow = Readonly<{
  person: string
  /** As in the envelope of the fact by which he joined. */
  source: string
  ref: string
  kind: string
  department: string | null
  jobs: readonly string[]
  /** When he went on leave; null: he is here. */
  away_since: string | null
  /** Who left stays, so that he is known again when he comes back. */
  has_left: boolean
  /** The facts that hold his staff number, and his newest name and mail address. */
  joined: number
  details: number
}>

type Body = { person: string; kind: string; department: string | null; job: string }

export const personTable = keyedTable<PersonRow>({
  name: 'person_register',
  version: 1,
  columns: `
    person text primary key,
    source text not null,
    ref text not null,
    kind text not null,
    department text,
    jobs text[] not null,
    away_since text,
    has_left boolean not null,
    joined bigint not null,
    details bigint not null,
    unique (ref, person),
    unique (source, person)
  `,
  key: 'person',
  from: [
    ...[personJoined, personMoved, personLeft, detailsChanged],
    ...[awayBegan, awayEnded, jobAssigned, jobEnded],
  ],
  keyOf: fact => (fact as Fact<Body>).body.person,
  step(row, fact) {
    const { person, kind, department, job } = (fact as Fact<Body>).body
    if (fact.type === personJoined.name) {
      return {
        ...{ person, kind, department, source: fact.source, ref: fact.refs['staff'] ?? '' },
        ...{ jobs: row?.jobs ?? [], away_since: null, has_left: false },
        ...{ joined: fact.pos, details: fact.pos },
      }
    }
    if (row === null) return null
    switch (fact.type) {
      case personMoved.name:
        return { ...row, kind, department }
      case personLeft.name:
        return { ...row, jobs: [], away_since: null, has_left: true }
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
