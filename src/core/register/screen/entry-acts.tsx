import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { patch, post } from '../../ui/client.ts'
import { FileField } from '../../ui/file-field.tsx'
import { Form, type FormState, useForm } from '../../ui/form.tsx'
import { TextInput } from '../../ui/inputs.tsx'
import { useWords } from '../../ui/words.tsx'
import type { About, Act, Change, Close, Entry } from './asks.ts'
import { Fields, type Typed, typedColumns, typedOf } from './entry-form.tsx'
import { labelOf } from './words.ts'

type Props = Readonly<{
  about: About
  entry: Entry
  again(): void
  back(): void
  done(text: string): void
}>

/**
 * Changes what was typed over, and nothing else: of two people at one entry each changes his own fields,
 * and who comes second is shown both values before he decides.
 */
export function ChangeEntry({ about, entry, again, back, done }: Props) {
  const { t } = useWords()
  const columns = typedColumns(about, false)
  const stored = typedOf(columns, entry.values)
  const form = useForm<Typed>(`register ${about.name} ${entry.id}`, stored)
  return (
    <Form
      form={form}
      submitText={t('register.save')}
      aside={<Back {...{ back }} />}
      again={again}
      submit={values =>
        patch<Change>(`/registers/${about.name}/entry`, {
          query: { id: entry.id },
          body: { values: changed(values, stored) },
          version: String(entry.version),
        })
      }
      done={() => done(t('register.saved'))}
    >
      <Fields {...{ about, columns, form }} />
    </Form>
  )
}

const changed = (values: Typed, stored: Typed): Typed =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== stored[name]))

/** Ends an entry, or does what its register alone knows. */
export function DoWith({ what, about, entry, again, back, done }: Props & { what: string }) {
  const words = useWords()
  const { t } = words
  const action = about.actions.find(({ name }) => name === what)
  const fields = action?.fields ?? []
  const evidence = action?.evidence ?? null
  const isClose = action === undefined
  const [files, setFiles] = useState<readonly File[]>([])
  const form = useForm<Typed>(
    `register ${about.name} ${entry.id} ${what}`,
    isClose ? { reason: '' } : typedOf(fields),
  )
  const asked = { query: { id: entry.id }, version: String(entry.version) }
  const path = `/registers/${about.name}/entry` as const
  const title = isClose ? t('register.close') : t(action.label)
  return (
    <div className="grid gap-4">
      <h3 className="text-l font-bold">{title}</h3>
      <p className="text-m text-ink-2">
        {t(isClose ? 'register.close.text' : `${action.label}.text`)}
      </p>
      <Form
        form={form}
        submitText={title}
        aside={<Back {...{ back }} />}
        again={again}
        submit={values =>
          isClose
            ? post<Close>(`${path}/close`, { ...asked, body: { reason: values['reason'] ?? '' } })
            : post<Act>(`${path}/${what}`, {
                ...{ ...asked, body: { values } },
                ...(evidence !== null && { files }),
              })
        }
        done={() => done(t('register.done', { title }))}
      >
        {isClose ? (
          <TextInput
            {...form.field('reason', { label: labelOf('reason', words), required: true })}
          />
        ) : (
          <Fields {...{ about, columns: fields, form }} />
        )}
        {evidence === null ? null : <Evidence {...{ evidence, form, files, onChange: setFiles }} />}
      </Form>
    </div>
  )
}

/** The file that shows it: a field of the form, but for its draft, in which no file can be kept. */
function Evidence(props: {
  evidence: NonNullable<About['actions'][number]['evidence']>
  form: FormState<Typed>
  files: readonly File[]
  onChange(files: readonly File[]): void
}) {
  const { evidence, form, files, onChange } = props
  const words = useWords()
  const { id, label, error } = form.field(evidence.name, {
    label: labelOf(evidence.label, words),
  })
  return (
    <FileField
      {...{ id, label, error, files, onChange, sizeBytesMax: evidence.sizeBytesMax }}
      required
    />
  )
}

function Back({ back }: { back(): void }) {
  const { t } = useWords()
  return (
    <Button look="quiet" onClick={back}>
      {t('register.back')}
    </Button>
  )
}
