import { Combobox } from '../../ui/combobox.tsx'
import { DateField } from '../../ui/date-field.tsx'
import type { FormState } from '../../ui/form.tsx'
import { Select, TextInput } from '../../ui/inputs.tsx'
import { useWords, type Words } from '../../ui/words.tsx'
import type { About, Column } from './asks.ts'
import { cellText, labelOf } from './words.ts'

/** Of more than these one is found by typing. */
const selectMax = 24

export type Typed = Readonly<Record<string, string>>

/** What can be typed in. What is fixed is typed once. */
export const typedColumns = (about: About, isNew: boolean): readonly Column[] =>
  about.columns.filter(({ isShownOnly, isFixed }) => !isShownOnly && (isNew || !isFixed))

export const typedOf = (columns: readonly Column[], values: Typed = {}): Typed =>
  Object.fromEntries(columns.map(({ name }) => [name, values[name] ?? '']))

/** A field for each column, as its kind asks for. */
export function Fields(props: {
  about: About
  columns: readonly Column[]
  form: FormState<Typed>
}) {
  const { about, columns, form } = props
  const words = useWords()
  const { t } = words
  return columns.map(column => {
    const { name, kind } = column
    const hint = hintOf(column, t)
    const field = form.field(name, {
      ...{ label: labelOf(column.label, words), required: column.isRequired },
      ...(hint !== null && { hint }),
    })
    const choices = choicesOf(column, field.value)
    if (kind === 'date') return <DateField key={name} {...field} />
    if (choices.length === 0) return <TextInput key={name} {...field} />
    const options = choices.map(value => ({ value, text: cellText(about, column, value, words) }))
    if (options.length > selectMax) return <Combobox key={name} {...field} options={options} />
    return <Select key={name} {...field} options={options} none={t('register.choose')} />
  })
}

/** What is chosen among; none where it is typed. A number is typed once, also that of an office. */
function choicesOf({ kind, choices, isFixed }: Column, value: string): readonly string[] {
  if (kind === 'truth') return ['yes', 'no']
  if (kind === 'choice' || kind === 'control') return choices
  if (kind !== 'office' || isFixed) return []
  // What a file has brought that the policy does not know stays as it is until somebody changes it.
  return value === '' || choices.includes(value) ? choices : [...choices, value]
}

function hintOf({ kind, choices }: Column, t: Words['t']) {
  if (kind === 'list')
    return choices.length > 0
      ? t('register.hint.choices', { choices: choices.join(' ') })
      : t('register.hint.list')
  return kind === 'place' ? t('register.hint.place') : null
}
