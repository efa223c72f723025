import { useMemo } from 'react'
import type { Field } from '../../../core/record/fields.ts'
import { get, post } from '../../../core/ui/client.ts'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { Fields } from '../../../core/ui/fact-fields.tsx'
import { bodyOf, mended, typedOf } from '../../../core/ui/fact-values.ts'
import { useForm, type Values } from '../../../core/ui/form.tsx'
import { TextArea } from '../../../core/ui/inputs.tsx'
import { ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { useWords } from '../../../core/ui/words.tsx'
import type { Row } from '../read.ts'
import type { GetForm, ProposeChange } from '../routes.ts'
import { AskDialog, useOnce } from './ask.tsx'

/** What a fact should have said: the form of its type, with what stands in it. */
export function CorrectDialog({ fact, close }: { fact: Row; close(): void }) {
  const { t, locale } = useWords()
  const read = useRead(
    get<GetForm>('/evidence/facts/{pos}/form', {
      params: { pos: fact.pos as never },
      query: { locale },
    }),
  )
  if (read.value !== null) return <Filled {...{ fact, close }} fields={read.value.fields} />
  return (
    <Dialog open close={close} title={t('evidence.correct.title')}>
      {read.problem ? (
        <ProblemNotice problem={read.problem} again={read.again} />
      ) : (
        <Skeleton rows={5} />
      )}
    </Dialog>
  )
}

/** No field of a body has a name with a space in it. */
const reasonName = 'reason of correction'
/** Of a type that has changed since there is no form: its body is one field. */
const wholeName = 'whole body'

function Filled(props: { fact: Row; close(): void; fields: readonly Field[] | null }) {
  const { t, zone } = useWords()
  const { fact, close, fields } = props
  const { pos } = fact
  const isWhole = fields === null
  const body = useMemo(() => (isWhole ? { [wholeName]: fact.body } : fact.body), [isWhole, fact])
  const label = t('evidence.correct.body')
  const shown = useMemo(
    () => (fields === null ? [wholeField(label)] : fields.map(asTyped)),
    [fields, label],
  )
  const stored = useMemo<Values>(
    () => ({ ...typedOf(shown, body, zone), [reasonName]: '' }),
    [shown, body, zone],
  )
  const form = useForm<Values>(`evidence correct ${pos}`, stored)
  const key = useOnce()
  const submit = (values: Values) => {
    const next = mended(body, bodyOf(shown, stored, zone), bodyOf(shown, values, zone))
    return post<ProposeChange>('/evidence/changes', {
      body: {
        ...{ kind: 'correct', target: pos, ground: null, person: null, key },
        body: (isWhole ? (next as Record<string, unknown>)[wholeName] : next) as never,
        reason: String(values[reasonName]),
      },
    })
  }
  const reason = form.field(reasonName, { label: t('evidence.reason'), required: true })
  return (
    <AskDialog
      {...{ form, close, submit }}
      title={t('evidence.correct.title')}
      submitText={t('evidence.propose')}
      doneText={t('evidence.proposed')}
    >
      <p className="text-m">{t('evidence.correct.text')}</p>
      <Fields fields={shown} form={form} />
      <TextArea {...reason} value={String(reason.value)} rows={3} maxLength={4_000} />
    </AskDialog>
  )
}

const wholeField = (label: string): Field => ({
  ...{ path: wholeName, label, kind: 'json', isRequired: true, isNullable: false },
  ...{ min: null, max: null, pattern: null, choices: [], register: null, fields: [] },
})

/** A document stands in a fact by its hash; of a correction it is typed, for nothing is sent with it. */
const asTyped = (field: Field): Field => ({
  ...field,
  kind: field.kind === 'file' ? 'text' : field.kind,
  fields: field.fields.map(asTyped),
})
