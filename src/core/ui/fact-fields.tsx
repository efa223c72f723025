import type { ReactNode } from 'react'
import type { Field } from '../record/fields.ts'
import { Button } from './button.tsx'
import { EntryField } from './choice-field.tsx'
import { SeveralCombobox } from './combobox.tsx'
import { DateField } from './date-field.tsx'
import { countName, isPlainList, itemsMax, itemsOf, pathIn } from './fact-values.ts'
import type { FieldProps } from './field.tsx'
import type { FormState, Values } from './form.tsx'
import { CheckBox, type Option, TextArea, TextInput } from './inputs.tsx'
import { InstantField } from './instant-field.tsx'
import { OneOf, selectMax } from './one-of.tsx'
import { useWords } from './words.tsx'

/** How an entry of a register is found: who knows more ways than the register itself brings them. */
export type EntryInput = (
  props: FieldProps &
    Readonly<{
      value: string
      onChange(value: string): void
      register: string
      /** Of several: what stands between each two. */
      between?: string
    }>,
) => ReactNode

type Props = Readonly<{
  fields: readonly Field[]
  form: FormState<Values>
  Entry?: EntryInput
  /** Of the fields of a list's item: where that stands. */
  item?: string
  /** They stand in a group that may be left out whole: then none of them has to be filled in. */
  isOptional?: boolean
}>

/** The fields of a fact, as its schema has them. */
export function Fields({ fields, form, item, isOptional = false, Entry = EntryField }: Props) {
  return fields.map(field => (
    <One key={field.path} {...{ field, form, isOptional, Entry }} item={item ?? null} />
  ))
}

type OneProps = Readonly<{
  field: Field
  form: FormState<Values>
  item: string | null
  isOptional: boolean
  Entry: EntryInput
}>

function One(props: OneProps) {
  const { t } = useWords()
  const { field, form, item, isOptional, Entry } = props
  const path = pathIn(field, item)
  const { label, kind } = field
  const required = field.isRequired && !isOptional
  // What a list's item does not have yet is empty.
  const text = () => {
    const given = form.field(path, { label, required, ...hintOf(field, t) })
    return { ...given, value: String(given.value ?? '') }
  }
  switch (kind) {
    // Documents are chosen among the files of evidence.
    case 'file':
      return null
    case 'group':
      return (
        <Group label={label}>
          <Fields
            {...{ fields: field.fields, form, Entry }}
            isOptional={isOptional || !field.isRequired}
            {...(item === null ? {} : { item })}
          />
        </Group>
      )
    case 'list':
      return isPlainList(field) ? (
        <PlainList {...{ field, form, path, Entry }} />
      ) : (
        <List {...{ field, form, path, Entry }} />
      )
    case 'boolean':
      return <CheckBox {...form.field(path, { label })} value={form.values[path] === true} />
    case 'date':
      return <DateField {...text()} />
    case 'instant':
      return <InstantField {...text()} />
    case 'choice':
      return <OneOf {...text()} options={optionsOf(field)} />
    case 'json':
      return <TextArea {...text()} rows={6} />
    case 'integer':
      return <TextInput {...text()} inputMode="numeric" />
    case 'text':
      if (field.register !== null) return <Entry {...text()} register={field.register} />
      return (field.max ?? 0) > 200 ? (
        <TextArea {...text()} rows={3} {...(field.max === null ? {} : { maxLength: field.max })} />
      ) : (
        <TextInput {...text()} />
      )
  }
}

const optionsOf = ({ choices }: Field): readonly Option[] =>
  choices.map(({ value, label }) => ({ value, text: label }))

type Say = (id: string, values?: Readonly<Record<string, unknown>>) => string

/** What may stand there, in words, where the schema says more than its kind. */
function hintOf({ kind, min, max }: Field, t: Say): Readonly<{ hint?: string }> {
  if (kind !== 'integer' || min === null) return {}
  // The largest number that a program can hold is no limit for a person.
  const hasEnd = max !== null && max < Number.MAX_SAFE_INTEGER
  return { hint: hasEnd ? t('ui.fact.between', { min, max }) : t('ui.fact.from', { min }) }
}

function Group({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className="m-0 grid min-w-0 gap-4 border-0 border-l-4 border-line p-0 pl-4">
      <legend className="float-left mb-2 p-0 text-m font-semibold">{label}</legend>
      {children}
    </fieldset>
  )
}

/** Several of a few: ticked; of many, or of a register: chosen one by one. Several words: one a line. */
function PlainList(
  props: Readonly<{ field: Field; form: FormState<Values>; path: string; Entry: EntryInput }>,
) {
  const { t } = useWords()
  const { field, form, path, Entry } = props
  const { register, choices } = field
  const isTyped = register === null && choices.length === 0
  const given = form.field(path, {
    ...{ label: field.label, required: field.isRequired && (field.min ?? 0) > 0 },
    ...(isTyped && { hint: t('ui.fact.lines') }),
  })
  const value = String(given.value ?? '')
  if (register !== null) return <Entry {...{ ...given, value, register }} between={'\n'} />
  if (isTyped) return <TextArea {...{ ...given, value }} rows={3} />
  if (choices.length > selectMax)
    return (
      <SeveralCombobox
        {...given}
        values={value.split('\n').filter(Boolean)}
        onChange={values => form.set(path, values.join('\n'))}
        options={optionsOf(field)}
      />
    )
  const chosen = new Set(
    String(given.value ?? '')
      .split('\n')
      .filter(Boolean),
  )
  const tick = (value: string, on: boolean) => {
    if (on) chosen.add(value)
    else chosen.delete(value)
    form.set(path, [...chosen].join('\n'))
  }
  return (
    <Group label={field.label}>
      {field.choices.map(one => (
        <CheckBox
          key={one.value}
          label={one.label}
          value={chosen.has(one.value)}
          onChange={on => tick(one.value, on)}
        />
      ))}
    </Group>
  )
}

/** A list whose items have fields of their own: they are added and taken away at the end. */
function List(
  props: Readonly<{ field: Field; form: FormState<Values>; path: string; Entry: EntryInput }>,
) {
  const { t } = useWords()
  const { field, form, path, Entry } = props
  const items = itemsOf(field, path, form.values)
  const set = (count: number) => form.set(countName(path), String(count))
  return (
    <Group label={field.label}>
      {items.map((item, nth) => (
        <Group key={item} label={t('ui.fact.nth', { nth: nth + 1 })}>
          <Fields {...{ fields: field.fields, form, item, Entry }} />
        </Group>
      ))}
      <div className="flex flex-wrap gap-2">
        <Button disabled={items.length >= itemsMax} onClick={() => set(items.length + 1)}>
          {t('ui.fact.add', { label: field.label })}
        </Button>
        {items.length === 0 ? null : (
          <Button look="quiet" onClick={() => set(items.length - 1)}>
            {t('ui.fact.remove')}
          </Button>
        )}
      </div>
    </Group>
  )
}
