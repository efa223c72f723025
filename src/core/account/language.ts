import { OkiteError } from '../error.ts'
import type { Visit } from '../http/door.ts'
import type { Locale } from '../i18n/locale.ts'
import { type Context, needAccount, say } from './context.ts'
import { languageChosen } from './facts.ts'

/** In which language somebody is written to; null: in that of the organisation. The same again says nothing. */
export async function chooseLanguage(
  { store, ledger, ...context }: Context,
  visit: Visit,
  language: Locale | null,
): Promise<void> {
  const own = visit.session?.principal.account ?? null
  if (own === null) throw new OkiteError('HTTP_SESSION_NEEDED')
  await ledger.write(async batch => {
    const account = await needAccount({ store, ledger, ...context }, batch.tx, own)
    if (account.language === language) return
    await store.speak(batch.tx, own, language)
    // The commit is the point of no return: what he is sent from here on is in this language.
    const who = account.owner
    await say(batch, languageChosen, { account: own, language }, { by: who, person: who })
  })
}
