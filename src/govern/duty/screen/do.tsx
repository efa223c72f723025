import { useMemo, useState } from 'react'
import type { Field, Slot } from '../../../core/record/fields.ts'
import { get, post } from '../../../core/ui/client.ts'
import { Fields } from '../../../core/ui/fact-fields.tsx'
import { bodyOf, emptyOf, slotName } from '../../../core/ui/fact-values.ts'
import { FileField } from '../../../core/ui/file-field.tsx'
import { Form, useForm, type Values } from '../../../core/ui/form.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { CheckBox, Select, TextArea } from '../../../core/ui/inputs.tsx'
import { InstantField, instantOf } from '../../../core/ui/instant-field.tsx'
import { ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { useWords } from '../../../core/ui/words.tsx'
import type { DoDuty, GetForm } from '../routes.ts'
import { DutyEntry, PersonField } from './people.tsx'

type One = Readonly<{
  type: string
  title: string
  fields: readonly Field[]
  slots: readonly Slot[]
  isClaimable: boolean
  given: Readonly<Record<string, string>>
}>
type Limits = Readonly<{ filesMax: number; sizeBytesMax: number }>

/** The form to do it, made from the schema of the fact that the control counts. */
export function DoIt({ id, stands }: { id: string; stands: string }) {
  const { t, locale } = useWords()
  const { search, go, rest } = useHouse()
  const read = useRead(get<GetForm>('/duties/form', { query: { id, locale } }), stands)
  if (read.value === null)
    return read.problem ? (
      <ProblemNotice problem={read.problem} again={read.again} />
    ) : (
      <Skeleton rows={6} />
    )
  const { forms, evidence } = read.value
  const open = forms.find(({ type }) => type === search['type']) ?? forms[0]
  if (open === undefined) return null
  return (
    <div className="grid gap-5">
      {forms.length < 2 ? null : (
        <div className="max-w-xl">
          <Select
            label={t('duty.form.type')}
            hint={t('duty.form.type.hint')}
            value={open.type}
            onChange={type => go(rest, { replace: true, search: { ...search, type } })}
            options={forms.map(one => ({ value: one.type, text: one.title }))}
          />
        </div>
      )}
      <Filled key={open.type} id={id} one={open} limits={evidence} />
    </div>
  )
}

const whenName = 'when '
const anywayName = 'anyway '

function Filled({ id, one, limits }: Readonly<{ id: string; one: One; limits: Limits }>) {
  const { t, locale, zone } = useWords()
  const { tell } = useHouse()
  const mayAnyway = useMay('duty.do.any')
  // What the duty says itself nobody types.
  const fields = useMemo(
    () => one.fields.filter(({ path }) => !Object.hasOwn(one.given, path)),
    [one.fields, one.given],
  )
  const stored = useMemo<Values>(
    () => ({
      ...emptyOf(fields),
      ...Object.fromEntries(one.slots.map(({ slot }) => [slotName(slot), ''])),
      ...{ [whenName]: '', [anywayName]: false },
    }),
    [fields, one.slots],
  )
  const form = useForm<Values>(`duty do ${id} ${one.type}`, stored)
  const [files, setFiles] = useState<readonly File[]>([])
  const keyOf = useKeyOf()
  const documents = fields.filter(({ kind }) => kind === 'file')
  const submit = (values: Values) => {
    const text = (name: string) => String(values[name] ?? '').trim()
    const said = one.slots.filter(({ slot }) => text(slotName(slot)) !== '')
    const pairs = (kind: Slot['kind']) =>
      Object.fromEntries(
        said.filter(slot => slot.kind === kind).map(({ slot }) => [slot, text(slotName(slot))]),
      )
    const asked = {
      ...{ id, locale, type: one.type },
      fields: bodyOf(fields, values, zone) as never,
      // One document is the first file by itself; of several it is said which is which.
      fileFields:
        documents.length < 2
          ? {}
          : Object.fromEntries(
              documents.flatMap(({ path }) => (text(path) === '' ? [] : [[path, text(path)]])),
            ),
      ...{ persons: pairs('person'), texts: pairs('text') },
      when: text(whenName) === '' ? null : instantOf(text(whenName), zone),
      ...{ isAnyway: values[anywayName] === true, isTrial: false },
    }
    const names = files.map(file => `${file.name} ${file.size} ${file.lastModified}`)
    const key = keyOf(JSON.stringify([asked, names]))
    return post<DoDuty>('/duties/do', { body: { ...asked, key }, files })
  }
  const [document] = documents
  const single =
    documents.length === 1 && document !== undefined
      ? form.field(document.path, { label: t('duty.form.files') })
      : null
  return (
    <Form
      form={form}
      submit={submit}
      done={({ value }) => {
        setFiles([])
        const isLeft = value.left.some(left => left.id === id && left.what === 'do')
        tell({ text: t(isLeft ? 'duty.do.partly' : 'duty.do.done') })
      }}
      submitText={t('duty.do.send')}
    >
      <Fields fields={fields} form={form} Entry={DutyEntry} />
      {one.slots.map(slot => {
        const given = form.field(slotName(slot.slot), { label: slot.label })
        const value = String(given.value ?? '')
        return slot.kind === 'person' ? (
          <PersonField key={slot.slot} {...given} value={value} outsiders />
        ) : (
          <TextArea key={slot.slot} {...given} value={value} rows={2} maxLength={4_000} />
        )
      })}
      <FileField
        label={t('duty.form.files')}
        hint={single === null ? t('duty.form.files.hint') : t('duty.form.document.hint')}
        {...(single === null ? {} : { id: single.id, error: single.error })}
        required={single !== null && document?.isRequired === true}
        files={files}
        onChange={setFiles}
        sizeBytesMax={limits.sizeBytesMax}
        countMax={limits.filesMax}
      />
      {documents.length < 2
        ? null
        : documents.map(field => {
            const given = form.field(field.path, {
              ...{ label: field.label, required: field.isRequired },
            })
            return (
              <Select
                key={field.path}
                {...given}
                value={String(given.value ?? '')}
                none={t('ui.fact.choose')}
                options={files.map(({ name }) => ({ value: name, text: name }))}
              />
            )
          })}
      {one.isClaimable || mayAnyway ? (
        <details>
          <summary className="text-m">{t('duty.form.more')}</summary>
          <div className="grid gap-4 pt-3">
            {one.isClaimable ? (
              <InstantField
                {...form.field(whenName, {
                  label: t('duty.form.when'),
                  hint: t('duty.form.when.hint'),
                })}
                value={String(form.values[whenName] ?? '')}
              />
            ) : null}
            {mayAnyway ? (
              <CheckBox
                {...form.field(anywayName, {
                  label: t('duty.form.anyway'),
                  hint: t('duty.form.anyway.hint'),
                })}
                value={form.values[anywayName] === true}
              />
            ) : null}
          </div>
        </details>
      ) : null}
    </Form>
  )
}

/** The same words are the same doing, however often they are sent; other words are another. */
function useKeyOf(): (asked: string) => string {
  const [keys] = useState(() => new Map<string, string>())
  return asked => {
    const key = keys.get(asked) ?? crypto.randomUUID()
    keys.set(asked, key)
    return key
  }
}
