import { accountBound, languageChosen, organisationConfigured } from '../../core/account/facts.ts'
import type { Fact, Ref } from '../../core/fact.ts'
import { type Locale, locales } from '../../core/i18n/locale.ts'
import type { Ports, Table } from '../../core/module.ts'

/**
 * In which language people want to be written to, by the list's handle of them. Trusted for nothing but
 * speed. Who says which entry of the register is his keeps his language under the other name.
 */
export const languageTable: Table = {
  name: 'duty_language',
  version: 1,
  columns: 'ref text primary key, language text not null',
  from: [languageChosen, accountBound],
  async apply(fact, table, tx) {
    const { by = '', person = '' } = fact.refs
    if (fact.type === accountBound.name) {
      await tx.query(
        `insert into ${table} select $2, language from ${table} where ref = $1
         on conflict (ref) do update set language = excluded.language`,
        [by, person],
      )
      return
    }
    const { language } = (fact as Fact<{ language: Locale | null }>).body
    if (language === null) await tx.query(`delete from ${table} where ref = $1`, [person])
    else
      await tx.query(
        `insert into ${table} values ($1, $2)
         on conflict (ref) do update set language = excluded.language`,
        [person, language],
      )
  },
}

/** His own, or the one that is set for all, or else the first that the organisation uses. */
export async function languageOf(
  ref: Ref | string | null,
  { settings, reader }: Pick<Ports, 'settings' | 'reader'>,
): Promise<Locale> {
  const rows = await reader.query<{ language: Locale }>(
    'select language from duty_language where ref = $1',
    [ref],
  )
  const chosen = rows[0]?.language ?? (settings['mailLanguage'] as Locale | undefined)
  if (chosen !== undefined) return chosen
  const [organisation] = await reader.latest(organisationConfigured, 1)
  return organisation?.body.languages[0] ?? locales[0]
}
