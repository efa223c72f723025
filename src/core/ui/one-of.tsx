import { Combobox } from './combobox.tsx'
import type { FieldProps } from './field.tsx'
import { type Option, Select } from './inputs.tsx'
import { useWords } from './words.tsx'

/** Of more than these one is found by typing. */
export const selectMax = 24

type Props = FieldProps &
  Readonly<{ value: string; onChange(value: string): void; options: readonly Option[] }>

/** One of a few, or of many. What stands there and is none of them stays until somebody chooses. */
export function OneOf(props: Props) {
  const { t } = useWords()
  const { value, options } = props
  if (options.length > selectMax) return <Combobox {...props} />
  const isKnown = value === '' || options.some(option => option.value === value)
  const all = isKnown ? options : [...options, { value, text: value }]
  return <Select {...props} none={t('ui.fact.choose')} options={all} />
}
