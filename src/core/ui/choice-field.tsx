import { useEffect, useState } from 'react'
import type { Locale } from '../i18n/locale.ts'
import type { choicesRoute } from '../register/choices.ts'
import type { Ask } from './client.ts'
import { get } from './client.ts'
import { Combobox, SeveralCombobox } from './combobox.tsx'
import type { FieldProps } from './field.tsx'
import { useHouse } from './house.tsx'
import { TextArea, TextInput } from './inputs.tsx'
import { useRead } from './read.ts'
import { useWords } from './words.tsx'

/** What can be chosen, and how it is called: asked of the server as somebody types. */
export type Choosing = Readonly<{
  /** null: nothing is found by so little. */
  search(text: string): Ask<Found> | null
  /** How these are called. */
  named(values: readonly string[]): Ask<Found>
}>

type Found = Readonly<{
  choices: readonly Readonly<{ value: string; text: string; hint: string }>[]
  found: number
}>

type Valued = FieldProps & Readonly<{ value: string; onChange(value: string): void }>

/** Long enough not to ask for every letter. */
const pauseMs = 200

const none: readonly never[] = []

/** Chooses what only the server knows. What is found nowhere stays as it was typed, for the server to judge. */
export function ChoiceField(props: Valued & Readonly<{ from: Choosing }>) {
  const { value, from } = props
  const offer = useOffer(from, value === '' ? none : [value])
  return <Combobox {...props} {...offer} isFree />
}

/** Several of them, in one text with `between` between each two. */
export function SeveralChoiceField(props: Valued & Readonly<{ from: Choosing; between: string }>) {
  const { value, onChange, from, between } = props
  const values = value.split(between).filter(one => one !== '')
  const offer = useOffer(from, values)
  return (
    <SeveralCombobox
      {...props}
      {...{ ...offer, values }}
      isFree
      onChange={next => onChange(next.join(between))}
    />
  )
}

function useOffer(from: Choosing, values: readonly string[]) {
  const [typed, setTyped] = useState<string | null>(null)
  const [asked, setAsked] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed), asked === null ? 0 : pauseMs)
    return () => clearTimeout(timer)
  }, [typed, asked])
  const search = asked === null ? null : from.search(asked.trim())
  const read = useRead(search, asked ?? '')
  const found = search === null ? null : read.value
  // Whoever is chosen has a name, whatever else is looked for meanwhile.
  const unnamed = values.length === 0 ? null : from.named(values)
  const names = useRead(unnamed, values.join(' ')).value?.choices ?? none
  const offered = found?.choices ?? none
  return {
    options: offered,
    textOf: (value: string): string =>
      [...names, ...offered].find(one => one.value === value)?.text ?? value,
    onSearch: setTyped,
    found: found?.found ?? 0,
    isSearching: typed !== asked || read.isReading,
  }
}

type Routes = ReturnType<typeof choicesRoute>

/** The entries of a register. @param by the column that is kept; without it our own number */
export const entriesOf = (register: string, locale: Locale, by?: string): Choosing => {
  const ask = (query: Readonly<{ text?: string; values?: string }>) =>
    get<Routes>(`/registers/${register}/choices`, {
      query: { locale, text: '', ...(by !== undefined && { by }), ...query },
    })
  return { search: text => ask({ text }), named: values => ask({ values: values.join(' ') }) }
}

type EntryProps = Valued & Readonly<{ register: string; by?: string; between?: string }>

/**
 * An entry of a register, or with `between` several: chosen by whoever may read the register, and by others
 * typed by its number, for a form shows nobody more than he sees elsewhere.
 */
export function EntryField(props: EntryProps) {
  const { t, locale } = useWords()
  const { session } = useHouse()
  const { register, by, between } = props
  if (!session.permissions.includes(`register.${register}.read`)) {
    const hint = props.hint ?? t(between === '\n' ? 'ui.fact.lines' : 'ui.entry.typed')
    return between === '\n' ? (
      <TextArea {...props} hint={hint} rows={3} />
    ) : (
      <TextInput {...props} hint={hint} />
    )
  }
  const from = entriesOf(register, locale, by)
  const hint = props.hint ?? t('ui.entry.hint')
  return between === undefined ? (
    <ChoiceField {...props} {...{ from, hint }} />
  ) : (
    <SeveralChoiceField {...props} {...{ from, hint, between }} />
  )
}
