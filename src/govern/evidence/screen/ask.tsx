import { type ReactNode, useState } from 'react'
import { Button } from '../../../core/ui/button.tsx'
import type { Ask } from '../../../core/ui/client.ts'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { Form, type FormState, type Values } from '../../../core/ui/form.tsx'
import { useHouse } from '../../../core/ui/house.tsx'
import { TextArea } from '../../../core/ui/inputs.tsx'
import { useWords } from '../../../core/ui/words.tsx'

/** A form over the page that is sent once, says that it was, and goes. */
export function AskDialog<V extends Values, T>(props: {
  title: string
  form: FormState<V>
  submit(values: V): Ask<T>
  submitText: string
  doneText: string
  close(): void
  children: ReactNode
}) {
  const { t } = useWords()
  const { tell } = useHouse()
  const { title, form, submit, submitText, doneText, close, children } = props
  return (
    <Dialog open close={close} title={title}>
      <Form
        {...{ form, submit, submitText }}
        done={() => {
          tell({ text: doneText })
          close()
        }}
        aside={<Button onClick={close}>{t('evidence.cancel')}</Button>}
      >
        {children}
      </Form>
    </Dialog>
  )
}

/** Why: it stands on the list with what was asked. */
export function Reason({ form }: { form: Pick<FormState<{ reason: string }>, 'field'> }) {
  const { t } = useWords()
  return (
    <TextArea
      {...form.field('reason', { label: t('evidence.reason'), required: true })}
      rows={3}
      maxLength={4_000}
    />
  )
}

/** A button pressed twice, or a request sent again, is one. */
export const useOnce = () => useState(() => crypto.randomUUID())[0]
