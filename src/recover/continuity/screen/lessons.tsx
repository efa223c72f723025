import { useState } from 'react'
import { Button, Link } from '../../../core/ui/button.tsx'
import { post } from '../../../core/ui/client.ts'
import { DateField } from '../../../core/ui/date-field.tsx'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { Form, useForm } from '../../../core/ui/form.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { TextArea } from '../../../core/ui/inputs.tsx'
import { OneOf } from '../../../core/ui/one-of.tsx'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { DrawLesson } from '../drill/routes.ts'
import type { DrillView } from '../drill/view.ts'
import { Part } from './parts.tsx'

type Roles = readonly Readonly<{ value: string; text: string }>[]

/** What a drill taught: who answers for it, by when, and whether it is done. */
export function Lessons({ drill, roles }: { drill: DrillView; roles: Roles }) {
  const { t } = useWords()
  const [isOpen, setOpen] = useState(false)
  const mayLead = useMay('drill.lead')
  const sees = useMay('register.improvement.read')
  const isOver = drill.state === 'restored' || drill.state === 'stopped'
  return (
    <Part title={t('drill.lessons')}>
      {drill.learned.length === 0 ? (
        <p className="text-m text-ink-2">{t('drill.lessons.none')}</p>
      ) : (
        <ul className="grid gap-3">
          {drill.learned.map(lesson => (
            <li key={lesson.item} className="grid gap-1 border-l-4 border-line-2 pl-3 text-m">
              <p>
                <bdi>{lesson.text}</bdi>
              </p>
              <p className="text-ink-2">
                {lesson.ownerName}
                {lesson.person === null ? null : (
                  <>
                    {' · '}
                    <bdi>{lesson.person.name ?? lesson.person.person}</bdi>
                  </>
                )}
              </p>
              <p className="flex flex-wrap items-center gap-x-3">
                <span className="inline-flex items-center gap-1.5">
                  <VerdictMark status={lesson.done === null ? 'due' : 'kept'} />
                  {t(lesson.done === null ? 'drill.lesson.open' : 'drill.lesson.done')}
                </span>
                <span className="numbers">
                  {t('drill.lesson.due')} {lesson.due}
                </span>
                {sees ? (
                  <Link href={`/registers/improvement/${lesson.item}`}>{lesson.item}</Link>
                ) : null}
              </p>
            </li>
          ))}
        </ul>
      )}
      {mayLead ? (
        <Button
          look={isOver && drill.learned.length === 0 ? 'next' : 'plain'}
          className="justify-self-start"
          onClick={() => setOpen(true)}
        >
          {t('drill.lesson.add')}
        </Button>
      ) : null}
      {isOpen ? <LessonDialog id={drill.drill} roles={roles} close={() => setOpen(false)} /> : null}
    </Part>
  )
}

function LessonDialog({ id, roles, close }: { id: string; roles: Roles; close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const form = useForm(`drill lesson ${id}`, { text: '', owner: '', due: '' })
  return (
    <Dialog open close={close} title={t('drill.lesson.add')}>
      <Form
        form={form}
        submit={({ text, owner, due }) =>
          post<DrawLesson>('/drills/lesson', { body: { id, text, owner, due } })
        }
        done={({ value }) => {
          tell({ text: t('drill.lesson.told', value) })
          close()
        }}
        submitText={t('drill.lesson.add')}
        aside={<Button onClick={close}>{t('ui.close')}</Button>}
      >
        <TextArea
          {...form.field('text', { label: t('drill.lesson.text'), required: true })}
          rows={3}
          maxLength={1_000}
        />
        <OneOf
          {...form.field('owner', { label: t('drill.lesson.owner'), required: true })}
          options={roles}
        />
        <DateField {...form.field('due', { label: t('drill.lesson.due'), required: true })} />
      </Form>
    </Dialog>
  )
}
