import { EntryField } from '../../ui/choice-field.tsx'
import { Combobox } from '../../ui/combobox.tsx'
import { DateField } from '../../ui/date-field.tsx'
import type { FormState } from '../../ui/form.tsx'
import { TextInput } from '../../ui/inputs.tsx'
import { OneOf } from '../../ui/one-of.tsx'
import { useWords, type Words } from '../../ui/words.tsx'
import type { About, Column } from './asks.ts'
import { cellText, labelOf } from './words.ts'

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
    const choices = choicesOf(column)
    if (kind === 'date') return <DateField key={name} {...field} />
    if (column.of !== null) return <EntryField key={name} {...field} {...entryOf(column)} />
    if (choices.length === 0) return <TextInput key={name} {...field} />
    const options = choices.map(value => ({ value, text: cellText(about, column, value, words) }))
    // An office that the policy does not know may be listed; it is known by what is typed.
    if (kind === 'office' && column.isFixed)
      return <Combobox key={name} {...{ ...field, options }} isFree />
    return <OneOf key={name} {...field} options={options} />
  })
}

/** Several stand in a cell with a space between each two. */
const entryOf = ({ of, kind }: Column) => ({
  register: of?.register ?? '',
  ...(of?.by != null && { by: of.by }),
  ...(kind === 'list' && { between: ' ' }),
})

/** What is chosen among; none where it is typed. */
function choicesOf({ kind, choices }: Column): readonly string[] {
  if (kind === 'truth') return ['yes', 'no']
  return kind === 'choice' || kind === 'control' || kind === 'office' ? choices : []
}

function hintOf({ kind, choices, of }: Column, t: Words['t']) {
  if (of !== null) return null
  if (kind === 'list')
    return choices.length > 0
      ? t('register.hint.choices', { choices: choices.join(' ') })
      : t('register.hint.list')
  return kind === 'place' ? t('register.hint.place') : null
}
