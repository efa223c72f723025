import type { AccountOwner } from '../../core/account/store.ts'
import type { Key } from '../../core/fact.ts'
import type { Reader } from '../../core/module.ts'
import { identifierOf } from './register.ts'
import type { PersonRow } from './show.ts'

/**
 * For whom an account may be opened: who stands in the register, has not left, and has a mail address in
 * it. Facts name him by his staff number, as the register does, so that what he does and what is said of
 * him are of one person.
 */
export async function findOwner(subject: Key, reader: Reader): Promise<AccountOwner | null> {
  const [row] = await reader.query<Pick<PersonRow, 'source' | 'joined' | 'details'>>(
    'select source, joined, details from show.person_register where person = $1 and not closed',
    [subject],
  )
  if (row === undefined) return null
  const [joined, details] = [Number(row.joined), Number(row.details)]
  const values = await reader.discloseAll([joined, details], ['staff', 'name', 'mail'])
  const number = values.get(joined)?.['staff']
  const { name, mail } = values.get(details) ?? {}
  // Who was erased, or has no address in the register, cannot be written to. The envelope names the
  // import, the identifier its source.
  if (number === undefined || name === undefined || mail === undefined) return null
  return { name, mail, person: identifierOf(row.source.replace(/^import /, ''), number) }
}
