import type { Directory, Reader } from '../../core/module.ts'
import { identifierOf, peopleByNumber } from './register.ts'
import type { PersonRow } from './show.ts'

/**
 * For whom an account may be opened: who stands in the register, has not left, and has a mail address in
 * it. He is asked for by his staff number, as the register shows it, or by the register's own number. Facts
 * name him by his staff number, as the register does, so that what he does and what is said of him are of
 * one person.
 */
export async function findOwner(asked: string, reader: Reader): ReturnType<Directory> {
  const row = await find(asked, reader)
  if (row === null) return null
  const [joined, details] = [Number(row.joined), Number(row.details)]
  const values = await reader.discloseAll([joined, details], ['staff', 'name', 'mail'])
  const number = values.get(joined)?.['staff']
  const { name, mail } = values.get(details) ?? {}
  // Who was erased, or has no address in the register, cannot be written to. The envelope names the
  // import, the identifier its source.
  if (number === undefined || name === undefined || mail === undefined) return null
  const person = identifierOf(row.source.replace(/^import /, ''), number)
  return { subject: row.person, owner: { name, mail, person } }
}

async function find(asked: string, reader: Reader): Promise<PersonRow | null> {
  const [own] = await reader.query<PersonRow>(
    'select * from person_register where person = $1 and not closed',
    [asked],
  )
  if (own !== undefined) return own
  const number = asked.normalize('NFKC')
  const [one, ...others] = (await peopleByNumber([number], reader)).get(number) ?? []
  // Two staff systems may give one number to two persons: then only the register's own says who is meant.
  return one === undefined || others.length > 0 ? null : one
}
