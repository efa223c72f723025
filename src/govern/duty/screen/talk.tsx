import { useState } from 'react'
import { post } from '../../../core/ui/client.ts'
import { Form, useForm } from '../../../core/ui/form.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { TextArea } from '../../../core/ui/inputs.tsx'
import { Time } from '../../../core/ui/time.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { Detail } from '../detail.ts'
import type { CommentOn } from '../routes.ts'
import { Part } from './part.tsx'

/** What was said of it, the oldest first, and a word more. */
export function Comments({ id, comments }: { id: string; comments: Detail['comments'] }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const may = useMay('duty.comment')
  const form = useForm(`duty comment ${id}`, { text: '' })
  const [key, setKey] = useState(() => crypto.randomUUID())
  return (
    <Part title={t('duty.comments')}>
      {comments.length === 0 ? (
        <p className="text-m text-ink-2">{t('duty.comments.none')}</p>
      ) : null}
      <ol className="grid gap-3 text-m">
        {comments.map(one => (
          <li key={one.pos} className="grid gap-0.5">
            <p className="text-s text-ink-2">
              <bdi>{one.by ?? t('duty.somebody')}</bdi> · <Time at={one.at} />
            </p>
            <p className="whitespace-pre-wrap">
              <bdi>{one.text ?? t('duty.erased')}</bdi>
            </p>
          </li>
        ))}
      </ol>
      {may ? (
        <Form
          form={form}
          submit={({ text }) => post<CommentOn>('/duties/comment', { body: { id, text, key } })}
          done={() => {
            setKey(crypto.randomUUID())
            tell({ text: t('duty.commented') })
          }}
          submitText={t('duty.comment.send')}
          submitLook="plain"
        >
          <TextArea
            {...form.field('text', { label: t('duty.comment'), required: true })}
            rows={2}
            maxLength={4_000}
          />
        </Form>
      ) : null}
    </Part>
  )
}
