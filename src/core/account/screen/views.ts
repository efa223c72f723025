import type { Locale } from '../../i18n/locale.ts'
import { locales } from '../../i18n/locale.ts'
import { get } from '../../ui/client.ts'
import { useRead } from '../../ui/read.ts'
import type { Organisation } from '../organisation.ts'
import type { AccountView, OwnAccountView } from '../routes.ts'

export type OwnAccount = OwnAccountView
export type Credential = OwnAccount['credentials'][number]
export type OwnSession = OwnAccount['sessions'][number]
export type Person = AccountView
export type Configured = Readonly<{ organisation: Organisation | null }>

/** The organisation's languages, and the one that is spoken now, in their order. */
export function useLanguages(now: Locale, isAsked = true): readonly Locale[] {
  const { value } = useRead<Configured>(isAsked ? get('/organisation') : null)
  const chosen = value?.organisation?.languages ?? locales
  return locales.filter(each => each === now || chosen.includes(each))
}
