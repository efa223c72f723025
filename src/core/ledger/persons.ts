import type { ClientBase } from 'pg'
import { OkiteError } from '../error.ts'
import type { Ref } from '../fact.ts'
import type { Entropy } from './random.ts'
import type { Secrets } from './secrets.ts'

/** One person as this list knows him: a subject that is stored, a ref that judges see. */
export type Person = Readonly<{
  subject: string
  ref: Ref
  lookup: Buffer
  wrappedKey: Buffer
  isNew: boolean
}>

/**
 * The persons of one batch. Looked up under the head lock, never from a cache: another process may
 * have erased somebody a moment ago, and nothing may be sealed under a key that is gone. The names
 * stay in the memory of the batch and are written nowhere.
 */
export type Persons = Readonly<{
  /** Finds these persons, and makes up those that are new; the batch writes who it used. */
  find(names: readonly string[]): Promise<void>
  get(name: string): Person
  /** The subjects behind refs that judges named. @throws OkiteError `LEDGER_REF_UNKNOWN` */
  subjects(refs: readonly Ref[]): Promise<ReadonlyMap<Ref, string>>
}>

export function openPersons(tx: ClientBase, secrets: Secrets, entropy: Entropy): Persons {
  const known = new Map<string, Person>()
  return {
    async find(names) {
      const missing = [...new Set(names)].filter(name => !known.has(name))
      if (missing.length === 0) return
      const lookups = missing.map(name => secrets.lookup(name))
      const { rows } = await tx.query<PersonRow>({
        name: 'ledger-persons',
        text: 'select lookup, subject, wrapped_key, ref from ledger.person where lookup = any($1)',
        values: [lookups],
      })
      const found = new Map(rows.map(row => [row.lookup.toString('latin1'), row]))
      for (const [i, name] of missing.entries()) {
        // Two calls of one batch may have asked at the same time; the first answer stands.
        if (known.has(name)) continue
        const lookup = lookups[i] as Buffer
        const row = found.get(lookup.toString('latin1'))
        known.set(name, row === undefined ? newPerson(lookup, secrets, entropy) : fromRow(row))
      }
    },
    get: name => known.get(name) as Person,
    async subjects(refs) {
      const subjects = new Map<Ref, string>()
      for (const person of known.values()) subjects.set(person.ref, person.subject)
      const missing = [...new Set(refs)].filter(ref => !subjects.has(ref))
      if (missing.length === 0) return subjects
      const { rows } = await tx.query<{ ref: Ref; subject: string }>(
        'select ref, subject from ledger.person where ref = any($1)',
        [missing],
      )
      for (const { ref, subject } of rows) subjects.set(ref, subject)
      // A person may have been erased since the judge's state was read: the step is done again.
      if (missing.some(ref => !subjects.has(ref))) throw new OkiteError('LEDGER_REF_UNKNOWN')
      return subjects
    },
  }
}

type PersonRow = { lookup: Buffer; subject: string; wrapped_key: Buffer; ref: Ref }

const fromRow = (row: PersonRow): Person => ({
  subject: row.subject,
  ref: row.ref,
  lookup: row.lookup,
  wrappedKey: row.wrapped_key,
  isNew: false,
})

function newPerson(lookup: Buffer, secrets: Secrets, entropy: Entropy): Person {
  const subject = entropy.uuid()
  const ref = entropy.uuid() as string as Ref
  return { subject, ref, lookup, wrappedKey: secrets.newPersonKey(subject), isNew: true }
}
