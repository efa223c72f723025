import { languageNames } from '../../i18n/locale.ts'
import { get } from '../../ui/client.ts'
import { useHouse } from '../../ui/house.tsx'
import { Select } from '../../ui/inputs.tsx'
import { ProblemNotice, Skeleton } from '../../ui/notice.tsx'
import { useRead } from '../../ui/read.ts'
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
  const { name, mail, roles, isBound, credentials, sessions } = own.value
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
      <Language />
    </Page>
  )
}

function Language() {
  const { t, locale } = useWords()
  const { speak } = useHouse()
  const offered = useLanguages(locale)
  return (
    <Section title={t('shell.language')} text={t('account.own.language.text')}>
      <div className="max-w-64">
        <Select
          label={t('shell.language')}
          value={locale}
          options={offered.map(value => ({ value, text: languageNames[value] }))}
          onChange={value => {
            const chosen = offered.find(each => each === value)
            if (chosen) speak(chosen)
          }}
        />
      </div>
    </Section>
  )
}
