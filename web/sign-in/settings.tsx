import type { Locale } from '../../src/core/i18n/locale.ts'
import { locales } from '../../src/core/i18n/locale.ts'
import type { Words } from '../../src/core/ui/words.tsx'
import { Field } from './parts.tsx'

/** What the first administrator says of himself and of the organisation. */
export type Settings = Readonly<{
  owner: Readonly<{ name: string; mail: string }>
  isCiso: boolean
  organisation: Readonly<{
    name: string
    zone: string
    calendar: string
    fiscalYearMonth: number
    languages: readonly Locale[]
  }>
}>

/** Guessed from where the browser is; all of it can be changed. */
export function firstSettings(locale: Locale): Settings {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const isTaiwan = timeZone === 'Asia/Taipei' || locale === 'zh-TW'
  const organisation = {
    name: '',
    zone: timeZone,
    calendar: isTaiwan ? 'tw' : 'jp',
    // A fiscal year begins in January in Taiwan and mostly in April in Japan.
    fiscalYearMonth: isTaiwan ? 1 : 4,
    languages: [locale],
  }
  return { owner: { name: '', mail: '' }, isCiso: true, organisation }
}

const calendars = ['jp', 'tw']
const months = Array.from({ length: 12 }, (_, at) => at + 1)
const languageNames: Record<Locale, string> = { ja: '日本語', 'zh-TW': '繁體中文', en: 'English' }

export function SettingsFields(props: {
  words: Words
  settings: Settings
  change(settings: Settings): void
}) {
  const { words, settings, change } = props
  const { owner, organisation } = settings
  const ofOwner = (more: Partial<Settings['owner']>) =>
    change({ ...settings, owner: { ...owner, ...more } })
  const ofOrganisation = (more: Partial<Settings['organisation']>) =>
    change({ ...settings, organisation: { ...organisation, ...more } })
  const toggle = (language: Locale) => {
    const without = organisation.languages.filter(each => each !== language)
    const languages =
      without.length === organisation.languages.length ? [...without, language] : without
    if (languages.length > 0) ofOrganisation({ languages })
  }
  return (
    <>
      <Field
        {...{ name: 'organisation', autoComplete: 'organization', value: organisation.name }}
        label={words.t('account.organisation.name')}
        change={name => ofOrganisation({ name })}
      />
      <Choice
        {...{ name: 'zone', value: organisation.zone, values: Intl.supportedValuesOf('timeZone') }}
        label={words.t('account.organisation.zone')}
        change={zone => ofOrganisation({ zone })}
      />
      <Choice
        {...{ name: 'calendar', value: organisation.calendar, values: calendars }}
        label={words.t('account.organisation.calendar')}
        said={value => words.t(`account.calendar.${value}`)}
        change={calendar => ofOrganisation({ calendar })}
      />
      <Choice
        {...{ name: 'month', value: String(organisation.fiscalYearMonth) }}
        values={months.map(String)}
        label={words.t('account.organisation.month')}
        change={month => ofOrganisation({ fiscalYearMonth: Number(month) })}
      />
      <fieldset className="sign-in-choice">
        <legend>{words.t('account.organisation.languages')}</legend>
        {locales.map(each => (
          <label key={each} lang={each}>
            <input
              type="checkbox"
              checked={organisation.languages.includes(each)}
              onChange={() => toggle(each)}
            />
            {languageNames[each]}
          </label>
        ))}
      </fieldset>
      <Field
        {...{ name: 'name', autoComplete: 'name', value: owner.name }}
        label={words.t('account.name')}
        change={name => ofOwner({ name })}
      />
      <Field
        {...{ name: 'mail', type: 'email', autoComplete: 'username', value: owner.mail }}
        label={words.t('account.mail')}
        change={mail => ofOwner({ mail })}
      />
      <label className="sign-in-check">
        <input
          type="checkbox"
          checked={settings.isCiso}
          onChange={event => change({ ...settings, isCiso: event.target.checked })}
        />
        {words.t('account.set-up.ciso')}
      </label>
    </>
  )
}

function Choice(props: {
  label: string
  name: string
  value: string
  values: readonly string[]
  said?(value: string): string
  change(value: string): void
}) {
  const { label, name, value, values, said = String, change } = props
  return (
    <label className="sign-in-field">
      <span>{label}</span>
      <select {...{ name, value }} onChange={event => change(event.target.value)}>
        {values.map(each => (
          <option key={each} value={each}>
            {said(each)}
          </option>
        ))}
      </select>
    </label>
  )
}
