import type { ReactNode } from 'react'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { Look } from './button.tsx'
import { Button } from './button.tsx'
import type { Ask, Outcome } from './client.ts'
import { dropDraft, keepDraft, readDraft } from './draft.ts'
import { useHouse } from './house.tsx'
import { Notice } from './notice.tsx'
import type { Problem } from './problem.ts'
import { problemText } from './problem.ts'
import { useWrite } from './read.ts'
import { useWords } from './words.tsx'

type Value = string | boolean
export type Values = Readonly<Record<string, Value>>

export type FormState<V extends Values> = Readonly<{
  id: string
  values: V
  /** Everything that `TextInput` and its siblings need of one field. */
  field<N extends keyof V & string>(
    name: N,
    told: Readonly<{ label: string; hint?: string; required?: boolean }>,
  ): FieldOf<V[N]>
  set<N extends keyof V & string>(name: N, value: V[N]): void
  /** Whether something was typed that is not sent yet, also before a reload. */
  isDraft: boolean
  /** Gives up what was typed. */
  discard(): void
}> & { readonly inner: Inner }

type FieldOf<T> = Readonly<{
  id: string
  name: string
  label: string
  hint?: string
  required: boolean
  value: T
  onChange(value: T): void
  error: string | undefined
  note?: ReactNode
}>

/** What `Form` and `useForm` share. Labels and required names are learned as the fields are drawn. */
type Inner = {
  labels: Map<string, string>
  required: Set<string>
  errors: ReadonlyMap<string, string>
  setErrors(errors: ReadonlyMap<string, string>): void
}

/**
 * The state of a form, and its draft: what is typed is kept in this tab until it is sent or given up,
 * so that a lost session, a reload or a minute without network loses nothing.
 *
 * @param name names the draft: the form, and the object it is about
 * @param stored what stands there now; where it has changed since the draft was begun, it is told
 */
export function useForm<V extends Values>(name: string, stored: V): FormState<V> {
  const { t, has } = useWords()
  const { session } = useHouse()
  const id = useId()
  const key = `${session.name} ${name}`
  const [draft, setDraft] = useState(() => readDraft<V>(key))
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map())
  const [learned] = useState(() => ({
    labels: new Map<string, string>(),
    required: new Set<string>(),
  }))
  const values = { ...stored, ...draft?.values }
  const set = (field: string, value: Value) => {
    // Others may type in the same instant: what was kept last counts, not what was drawn last.
    setDraft(before => {
      const next = {
        base: before?.base ?? stored,
        values: { ...before?.values, [field]: value } as Partial<V>,
      }
      keepDraft(key, next)
      return next
    })
    if (errors.has(field)) setErrors(new Map([...errors].filter(([each]) => each !== field)))
  }
  const theirs = (field: string): ReactNode => {
    const now = stored[field]
    if (draft === null || now === draft.base[field] || now === values[field]) return undefined
    return t('ui.form.theirs', { value: String(now) })
  }
  return {
    id,
    values,
    isDraft: draft !== null,
    set,
    discard() {
      dropDraft(key)
      setDraft(null)
      setErrors(new Map())
    },
    field(field, { label, hint, required = false }) {
      learned.labels.set(field, label)
      if (required) learned.required.add(field)
      else learned.required.delete(field)
      const code = errors.get(field)
      const note = theirs(field)
      return {
        id: `${id}-${field}`,
        name: field,
        label,
        required,
        value: values[field]!,
        onChange: value => set(field, value),
        error: code === undefined ? undefined : complaintText({ t, has, label, code }),
        ...(hint === undefined ? {} : { hint }),
        ...(note === undefined ? {} : { note }),
      }
    },
    inner: { ...learned, errors, setErrors },
  }
}

type Words = Pick<ReturnType<typeof useWords>, 't' | 'has'>

/** Codes of a schema's complaint that have words of their own; for the rest the field is named. */
const told = ['missing', 'too_small', 'too_big', 'invalid_type', 'invalid_format', 'invalid_value']

function complaintText({ t, has, label, code }: Words & { label: string; code: string }): string {
  const id = `error.${code.replaceAll('_', '-')}`
  // A refusal has words of its own, which say why.
  if (has(id)) return t('ui.form.error.said', { label, why: t(id) })
  return t(`ui.form.error.${told.includes(code) ? code.replaceAll('_', '-') : 'other'}`, { label })
}

/** A form that is done with goes, and with it what has the focus: that is put at the beginning of the page. */
function useFocusLeft() {
  const box = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => {
    const own = box.current
    return () => {
      if (!own?.contains(document.activeElement)) return
      // Once it is gone; a dialog that closes gives the focus back itself.
      queueMicrotask(() => {
        if (document.activeElement === document.body)
          document.getElementById('main')?.focus({ preventScroll: true })
      })
    }
  }, [])
  return box
}

type FormProps<V extends Values, T> = Readonly<{
  form: FormState<V>
  /** What to ask the server for. */
  submit(values: V): Ask<T>
  done(answer: Extract<Outcome<T>, { ok: true }>): void
  /** Reads anew what somebody else has changed meanwhile. */
  again?(): void
  submitText: string
  /** `plain` where it is not the one thing to do next. */
  submitLook?: Look
  /** Stands beside the button: a way back. */
  aside?: ReactNode
  children: ReactNode
}>

/**
 * Fields with a button. What is wrong stands on top, all at once, each a link to its field; the server
 * has the last word. It is sent once, however often the button is pressed.
 */
export function Form<V extends Values, T>(props: FormProps<V, T>) {
  const { form, submit, done, again, submitText, submitLook = 'next', aside, children } = props
  const { t } = useWords()
  const [problem, setProblem] = useState<Problem | null>(null)
  const { send, isSending } = useWrite<T>()
  const lock = useRef(false)
  const summary = useRef<HTMLDivElement>(null)
  const [refusals, setRefusals] = useState(0)
  useEffect(() => {
    if (refusals > 0) summary.current?.focus()
  }, [refusals])
  const refuse = (errors: ReadonlyMap<string, string>, problem: Problem | null) => {
    form.inner.setErrors(errors)
    setProblem(problem)
    setRefusals(count => count + 1)
  }
  const run = async () => {
    // A state would be too late for the second of two quick presses.
    if (lock.current) return
    const missing = [...form.inner.required].filter(name => isEmpty(form.values[name]))
    if (missing.length > 0) return refuse(new Map(missing.map(name => [name, 'missing'])), null)
    lock.current = true
    const outcome = await send(submit(form.values))
    lock.current = false
    if (!outcome.ok)
      return refuse(known(outcome.problem.fields, form.inner.labels), outcome.problem)
    form.discard()
    setProblem(null)
    done(outcome)
  }
  const box = useFocusLeft()
  return (
    <form
      ref={box}
      noValidate
      className="grid max-w-xl gap-5"
      onSubmit={event => {
        event.preventDefault()
        void run()
      }}
    >
      <Summary form={form} problem={problem} box={summary} {...(again ? { again } : {})} />
      {form.isDraft && problem === null && form.inner.errors.size === 0 ? (
        <p className="flex flex-wrap items-center gap-x-3 text-s text-ink-2">
          {t('ui.form.draft')}
          <Button look="quiet" className="min-h-7! px-2!" onClick={form.discard}>
            {t('ui.form.discard')}
          </Button>
        </p>
      ) : null}
      {children}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look={submitLook} busy={isSending}>
          {submitText}
        </Button>
        {aside}
      </div>
    </form>
  )
}

const isEmpty = (value: Value | undefined): boolean =>
  value === undefined || value === false || (typeof value === 'string' && value.trim() === '')

/** Complaints about fields that this form does not have are told as a whole. */
const known = (errors: ReadonlyMap<string, string>, labels: ReadonlyMap<string, string>) =>
  new Map([...errors].filter(([name]) => labels.has(name)))

function Summary<V extends Values>(props: {
  form: FormState<V>
  problem: Problem | null
  box: React.RefObject<HTMLDivElement | null>
  again?(): void
}) {
  const { form, problem, box, again } = props
  const words = useWords()
  const { t } = words
  const errors = [...form.inner.errors]
  if (problem === null && errors.length === 0) return null
  const said = problem && errors.length === 0 ? problemText(words, problem) : null
  // Where there is nothing to read anew, a conflict has its own words.
  const isConflict = problem?.isConflict === true && again !== undefined
  const title = isConflict ? t('ui.form.conflict') : (said?.what ?? t('ui.form.wrong'))
  return (
    <Notice tone="failed" title={title} box={box}>
      {errors.length > 0 ? (
        <ul className="grid gap-1">
          {errors.map(([name, code]) => (
            <li key={name}>
              <a
                className="text-broken underline"
                href={`#${form.id}-${name}`}
                onClick={event => {
                  event.preventDefault()
                  document.getElementById(`${form.id}-${name}`)?.focus()
                }}
              >
                {complaintText({ ...words, label: form.inner.labels.get(name) ?? name, code })}
              </a>
            </li>
          ))}
        </ul>
      ) : null}
      {isConflict ? <p>{t('ui.form.conflict.text')}</p> : <p>{said?.remedy}</p>}
      {problem !== null && errors.length === 0 ? <p>{t('ui.form.kept')}</p> : null}
      {isConflict ? <Button onClick={again}>{t('ui.form.conflict.again')}</Button> : null}
    </Notice>
  )
}
