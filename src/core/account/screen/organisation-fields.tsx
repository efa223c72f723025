import type { Locale } from '../../i18n/locale.ts'
import { languageNames, locales } from '../../i18n/locale.ts'
import { Combobox } from '../../ui/combobox.tsx'
import { FieldSet } from '../../ui/field.tsx'
import { CheckBox, Select, TextInput } from '../../ui/inputs.tsx'
import { useWords } from '../../ui/words.tsx'
import type { Organisation } from '../organisation.ts'

/** Guessed from where the browser is; all of it can be changed. */
export function firstOrganisation(locale: Locale): Organisation {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const isTaiwan = timeZone === 'Asia/Taipei' || locale === 'zh-TW'
  return {
    name: '',
    zone: zones.includes(timeZone) ? timeZone : isTaiwan ? 'Asia/Taipei' : 'Asia/Tokyo',
    calendar: isTaiwan ? 'tw' : 'jp',
    // A fiscal year begins in January in Taiwan and mostly in April in Japan.
    fiscalYearMonth: isTaiwan ? 1 : 4,
    languages: [locale],
  }
}

const zones = Intl.supportedValuesOf('timeZone')
const calendars = ['jp', 'tw']
const months = Array.from({ length: 12 }, (_, at) => at + 1)

/** `4月`, `April`. */
const monthName = (locale: Locale, month: number): string =>
  new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2026, month - 1, 1),
  )

/** What the organisation says of itself, at set-up and later. */
export function OrganisationFields(props: {
  organisation: Organisation
  change(organisation: Organisation): void
}) {
  const { organisation, change } = props
  const { t, locale } = useWords()
  const having = (more: Partial<Organisation>) => change({ ...organisation, ...more })
  return (
    <>
      <TextInput
        {...{ name: 'organisation', autoComplete: 'organization', value: organisation.name }}
        required
        maxLength={120}
        label={t('account.organisation.name')}
        onChange={name => having({ name })}
      />
      <Combobox
        {...{ name: 'zone', value: organisation.zone }}
        options={zones.map(zone => ({ value: zone, text: zone }))}
        label={t('account.organisation.zone')}
        hint={t('account.organisation.zone.hint')}
        onChange={zone => having({ zone })}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        <Select
          {...{ name: 'calendar', value: organisation.calendar }}
          options={calendars.map(value => ({ value, text: t(`account.calendar.${value}`) }))}
          label={t('account.organisation.calendar')}
          onChange={calendar => having({ calendar })}
        />
        <Select
          {...{ name: 'month', value: String(organisation.fiscalYearMonth) }}
          options={months.map(month => ({
            value: String(month),
            text: monthName(locale, month),
          }))}
          label={t('account.organisation.month')}
          onChange={month => having({ fiscalYearMonth: Number(month) })}
        />
      </div>
      <FieldSet
        label={t('account.organisation.languages')}
        hint={t('account.organisation.languages.hint')}
      >
        {locales.map(each => (
          <CheckBox
            key={each}
            name={each}
            label={languageNames[each]}
            value={organisation.languages.includes(each)}
            onChange={on => {
              // In the order of the program; the last one stays.
              const languages = locales.filter(one =>
                one === each ? on : organisation.languages.includes(one),
              )
              if (languages.length > 0) having({ languages })
            }}
          />
        ))}
      </FieldSet>
    </>
  )
}
