import { type Locale, languageNames } from '../../i18n/locale.ts'
import { get } from '../../ui/client.ts'
import { useHouse } from '../../ui/house.tsx'
import { Select } from '../../ui/inputs.tsx'
import { ProblemNotice, Skeleton } from '../../ui/notice.tsx'
import { useRead, useWrite } from '../../ui/read.ts'
import { useWords } from '../../ui/words.tsx'
import { Bind } from './bind.tsx'
import { Credentials } from './credentials.tsx'
import { Page, Section } from './section.tsx'
import { Sessions } from './sessions.tsx'
import type { OwnAccount } from './views.ts'
import { useLanguages } from './views.ts'

/** My account: how I sign in, where I am signed in, and in which language. */
export default function OwnAccountPage() {
  const { t } = useWords()
  const own = useRead<OwnAccount>(get('/account'))
  if (own.value === null) {
    return (
      <Page title={t('account.own.title')}>
        {own.problem ? <ProblemNotice problem={own.problem} again={own.again} /> : <Skeleton />}
      </Page>
    )
  }
  const { name, mail, roles, isBound, language, credentials, sessions } = own.value
  return (
    <Page
      title={t('account.own.title')}
      text={
        <>
          <bdi className="font-semibold text-ink">{name}</bdi>
          <bdi className="ml-3">{mail}</bdi>
          <span className="ml-3">
            {roles.map(role => t(`shell.role.${role}`)).join(t('shell.role.and'))}
          </span>
        </>
      }
    >
      {own.problem ? <ProblemNotice problem={own.problem} again={own.again} /> : null}
      {isBound ? null : <Bind changed={own.again} />}
      <Credentials credentials={credentials} changed={own.again} />
      <Sessions sessions={sessions} changed={own.again} />
      <Language mails={language} changed={own.again} />
    </Page>
  )
}

function Language({ mails, changed }: { mails: Locale | null; changed(): void }) {
  const { t, locale } = useWords()
  const { speak, tell } = useHouse()
  const offered = useLanguages(locale)
  const write = useWrite<object>()
  const options = offered.map(value => ({ value, text: languageNames[value] }))
  const choose = async (value: string) => {
    const language = offered.find(each => each === value) ?? null
    const outcome = await write.send({
      ...{ method: 'post', path: '/account/language', body: { language } },
    })
    if (outcome.ok) changed()
    tell(
      outcome.ok
        ? { text: t('account.own.mails.done') }
        : { text: t('account.own.mails.failed'), tone: 'failed' },
    )
  }
  return (
    <Section title={t('shell.language')} text={t('account.own.language.text')}>
      <div className="grid max-w-sm gap-4">
        <Select
          label={t('account.own.language.screen')}
          value={locale}
          options={options}
          onChange={value => {
            const chosen = offered.find(each => each === value)
            if (chosen) speak(chosen)
          }}
        />
        <Select
          label={t('account.own.mails')}
          hint={t('account.own.mails.hint')}
          value={mails ?? ''}
          none={t('account.own.mails.default')}
          options={options}
          onChange={value => void choose(value)}
        />
      </div>
    </Section>
  )
}
