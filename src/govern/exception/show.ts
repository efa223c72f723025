import { stepException } from '../../core/control/population.ts'
import type { Fact, Instant, Pos, Ref } from '../../core/fact.ts'
import { exceptionEnded, exceptionGranted } from '../../core/facts.ts'
import { importTable } from '../../core/register/import-facts.ts'
import { type Kept, registerTable } from '../../core/register/register-table.ts'
import {
  exceptionDeclined,
  exceptionRequested,
  exceptionRevoked,
  idOf,
  requestImportBegun,
  requestImportEnded,
} from './facts.ts'

export const imports = importTable('exception_import', [requestImportBegun, requestImportEnded])

export type ExceptionRow = Kept &
  Readonly<{
    id: string
    control: string
    subject: string | null
    /** The last request: where it stands, and who asked. null: it was granted without one. */
    request: Pos | null
    /** What it asks for, as long as nobody has decided. */
    wanted: string | null
    /** The grant that counts, and its span. */
    granted: Pos | null
    since: Instant | null
    until: Instant | null
  }>

type About = Readonly<{ control: string; subject: string | null }>

/** A row for a control and a subject: what is asked, and what is in force. Trusted for nothing but speed. */
export const exceptionTable = registerTable<ExceptionRow>({
  name: 'exception_register',
  version: 2,
  columns: `
    id text primary key,
    control text not null,
    subject text,
    request bigint,
    wanted text,
    granted bigint,
    since text,
    until text`,
  key: 'id',
  from: [exceptionRequested, exceptionDeclined, exceptionRevoked, exceptionGranted, exceptionEnded],
  // Other modules' controls find these by their subject.
  unkeyed: [exceptionGranted, exceptionEnded],
  keyOf: ({ body }) => idOf(body as About),
  step(before, fact) {
    const row = before ?? blank(fact as Fact<About>)
    switch (fact.type) {
      case exceptionRequested.name: {
        const { until } = (fact as Fact<{ until: string }>).body
        return { ...row, request: fact.pos, wanted: until }
      }
      case exceptionDeclined.name:
        return row.granted === null ? null : { ...row, wanted: null }
      case exceptionGranted.name:
        return grant(row, fact)
      case exceptionRevoked.name:
        return before
      // Of what was never in force it says nothing.
      default:
        return row.granted === null ? before : null
    }
  },
})

const blank = ({ body: { control, subject } }: Fact<About>) => ({
  ...{ id: idOf({ control, subject }), control, subject },
  ...{ request: null, wanted: null, granted: null, since: null, until: null },
})

type Row = Omit<ExceptionRow, keyof Kept>

/** As the controls see it: what they do not take is no exception here either (V13). */
function grant(row: Row, fact: Fact): Row | null {
  const span = row.since && row.until ? { from: row.since, until: row.until } : null
  const now = stepException(span, fact)
  if (now === span || now === null) return row.request === null ? null : row
  return { ...row, wanted: null, granted: fact.pos, since: now.from, until: now.until }
}
