import { formatDay } from '../i18n/time.ts'
import type { FieldProps } from './field.tsx'
import { boxClass, Field } from './field.tsx'
import { useWords } from './words.tsx'

/**
 * A day as `2026-11-23`. The browser's own field takes it in the order its owner is used to; below it
 * stands how Okite read it, with the day of the week, because 03/04 is two days.
 */
export function DateField(
  props: FieldProps &
    Readonly<{ value: string; onChange(value: string): void; min?: string; max?: string }>,
) {
  const { locale } = useWords()
  const { value, onChange, min, max } = props
  // A day has no zone: noon in UTC lies on it.
  const read = value === '' ? null : formatDay(locale, 'UTC', `${value}T12:00:00Z`)
  return (
    <Field {...props} note={props.note ?? read}>
      {wiring => (
        <input
          {...wiring}
          {...{ value, min, max }}
          type="date"
          className={`${boxClass} numbers max-w-56`}
          onChange={event => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
