import type { ReactNode } from 'react'
import { useId } from 'react'
import { Icon } from './icon.tsx'
import { useWords } from './words.tsx'

/** What every field has. `useForm().field(…)` gives most of it. */
export type FieldProps = Readonly<{
  label: string
  /** One sentence, before anything can go wrong. */
  hint?: string
  /** What is wrong, in words. */
  error?: string | undefined
  required?: boolean
  id?: string
  name?: string
  /** Under the field: what stands there now, if somebody else has changed it. */
  note?: ReactNode
  disabled?: boolean
}>

/** To be spread on the element that takes the input. */
export type Wiring = Readonly<{
  id: string
  name?: string
  required: boolean
  disabled: boolean
  'aria-invalid': true | undefined
  'aria-describedby': string | undefined
}>

/** Label, hint and error around one element, wired so that all of them are read out with it. */
export function Field(props: FieldProps & { children(wiring: Wiring): ReactNode }) {
  const own = useId()
  const id = props.id ?? own
  const parts = partsOf(props, id)
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-m font-semibold">
        {props.label}
        <Required required={props.required} />
      </label>
      <Parts {...props} id={id} />
      {props.children({
        id,
        ...(props.name === undefined ? {} : { name: props.name }),
        // The form itself says what is missing, in words and all at once.
        required: props.required ?? false,
        disabled: props.disabled ?? false,
        'aria-invalid': props.error ? true : undefined,
        'aria-describedby': parts,
      })}
      {props.note ? <div className="text-s text-ink-2">{props.note}</div> : null}
    </div>
  )
}

/** The same around several elements that are one question. */
export function FieldSet(props: FieldProps & { children: ReactNode }) {
  const own = useId()
  const id = props.id ?? own
  return (
    <fieldset
      id={id}
      tabIndex={-1}
      disabled={props.disabled}
      className="m-0 grid min-w-0 gap-1.5 border-0 p-0"
      aria-describedby={partsOf(props, id)}
      aria-invalid={props.error ? true : undefined}
    >
      <legend className="p-0 text-m font-semibold">
        {props.label}
        <Required required={props.required} />
      </legend>
      <Parts {...props} id={id} />
      {props.children}
      {props.note ? <div className="text-s text-ink-2">{props.note}</div> : null}
    </fieldset>
  )
}

function Required({ required }: { required: boolean | undefined }) {
  const { t } = useWords()
  return required ? (
    <span className="ml-2 text-s font-normal text-ink-2">{t('ui.required')}</span>
  ) : null
}

function Parts({ id, hint, error }: Pick<FieldProps, 'hint' | 'error'> & { id: string }) {
  return (
    <>
      {hint ? (
        <p id={`${id}-hint`} className="text-s text-ink-2">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p
          id={`${id}-error`}
          className="flex items-baseline gap-1.5 text-s font-semibold text-broken"
        >
          <Icon name="alert" />
          {error}
        </p>
      ) : null}
    </>
  )
}

const partsOf = (props: FieldProps, id: string): string | undefined =>
  [props.hint ? `${id}-hint` : '', props.error ? `${id}-error` : '']
    .filter(part => part !== '')
    .join(' ') || undefined

/** What an element for text looks like. Its edge has 3 : 1 (WCAG 1.4.11). */
export const boxClass =
  'w-full min-h-9 rounded-md border border-edge bg-paper px-2.5 py-1 text-l aria-invalid:border-2 aria-invalid:border-broken disabled:bg-paper-2 disabled:text-ink-2'
