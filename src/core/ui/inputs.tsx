import type { ComponentProps } from 'react'
import { useId } from 'react'
import type { FieldProps } from './field.tsx'
import { boxClass, Field, FieldSet } from './field.tsx'
import { useWords } from './words.tsx'

/** Controlled: whoever holds the value keeps it. */
type Valued<T> = Readonly<{ value: T; onChange(value: T): void }>

type TextProps = FieldProps &
  Valued<string> &
  Pick<ComponentProps<'input'>, 'type' | 'autoComplete' | 'inputMode' | 'maxLength' | 'placeholder'>

export function TextInput(props: TextProps) {
  const { value, onChange, type = 'text', autoComplete, inputMode, maxLength, placeholder } = props
  return (
    <Field {...props}>
      {wiring => (
        <input
          {...wiring}
          {...{ type, autoComplete, inputMode, maxLength, placeholder, value }}
          className={boxClass}
          onChange={event => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

export function TextArea(
  props: FieldProps & Valued<string> & Readonly<{ rows?: number; maxLength?: number }>,
) {
  const { t } = useWords()
  const { value, onChange, rows = 4, maxLength } = props
  const left = maxLength === undefined ? null : maxLength - value.length
  return (
    <Field {...props}>
      {wiring => (
        <>
          <textarea
            {...wiring}
            {...{ rows, value }}
            className={`${boxClass} field-sizing-content max-h-[60dvh] min-h-24`}
            onChange={event => onChange(event.target.value)}
          />
          {left === null || left > maxLength! / 5 ? null : (
            <p aria-live="polite" className={`text-s ${left < 0 ? 'text-broken' : 'text-ink-2'}`}>
              {left < 0 ? t('ui.too.long', { count: -left }) : t('ui.left', { count: left })}
            </p>
          )}
        </>
      )}
    </Field>
  )
}

export type Option = Readonly<{ value: string; text: string; hint?: string; disabled?: boolean }>

/** The browser's own list: it works on a phone, with a keyboard, and by typing. */
export function Select(
  props: FieldProps & Valued<string> & Readonly<{ options: readonly Option[]; none?: string }>,
) {
  const { value, onChange, options, none } = props
  return (
    <Field {...props}>
      {wiring => (
        <select
          {...wiring}
          value={value}
          className={boxClass}
          onChange={event => onChange(event.target.value)}
        >
          {none === undefined ? null : <option value="">{none}</option>}
          {options.map(option => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

const tick = 'size-4.5 flex-none mt-1 accent-next'

export function CheckBox(props: Omit<FieldProps, 'required'> & Valued<boolean>) {
  const own = useId()
  const { id = own, name, label, hint, error, disabled, value, onChange } = props
  const told = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ')
  return (
    <div className="grid gap-1">
      <label className="flex items-start gap-2.5 py-1 text-l">
        <input
          type="checkbox"
          {...{ id, name, disabled }}
          checked={value}
          className={tick}
          aria-describedby={told || undefined}
          aria-invalid={error ? true : undefined}
          onChange={event => onChange(event.target.checked)}
        />
        {label}
      </label>
      {hint ? (
        <p id={`${id}-hint`} className="ml-7 text-s text-ink-2">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="ml-7 text-s font-semibold text-broken">
          {error}
        </p>
      ) : null}
    </div>
  )
}

export function RadioGroup(
  props: FieldProps & Valued<string> & Readonly<{ options: readonly Option[] }>,
) {
  const own = useId()
  const { value, onChange, options, name = own } = props
  return (
    <FieldSet {...props}>
      {options.map(option => (
        <label key={option.value} className="flex items-start gap-2.5 py-1 text-l">
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={value === option.value}
            disabled={option.disabled}
            className={tick}
            onChange={() => onChange(option.value)}
          />
          <span>
            {option.text}
            {option.hint ? <span className="block text-s text-ink-2">{option.hint}</span> : null}
          </span>
        </label>
      ))}
    </FieldSet>
  )
}
