import { useState } from 'react'
import { Button } from '../../../core/ui/button.tsx'
import { post } from '../../../core/ui/client.ts'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { Form, useForm } from '../../../core/ui/form.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { TextArea } from '../../../core/ui/inputs.tsx'
import { useWrite } from '../../../core/ui/read.ts'
import { Time } from '../../../core/ui/time.tsx'
import { Badge } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { Detail } from '../detail.ts'
import type { DelegateTo } from '../routes.ts'
import type { DutyView } from '../view.ts'
import { Part } from './part.tsx'
import { PersonField } from './people.tsx'

/** Who answers for it, and who does it for him. */
export function Delegation({ view, detail }: { view: DutyView; detail: Detail }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const [isOpen, setOpen] = useState(false)
  const mayAny = useMay('duty.do.any')
  const may = useMay('duty.delegate') && (view.relation === 'owner' || mayAny)
  const write = useWrite<{ pos: number }>()
  const { delegatedTo, answering } = view
  const takeBack = async () => {
    const body = { id: view.id, to: null, note: null }
    const outcome = await write.send(post<DelegateTo>('/duties/delegate', { body }))
    tell(
      outcome.ok
        ? { text: t('duty.delegate.back.done') }
        : { text: t('duty.delegate.failed'), tone: 'failed' },
    )
  }
  return (
    <Part title={t('duty.answers')}>
      <dl className="grid gap-3 text-m">
        <div>
          <dt className="text-s text-ink-2">{view.roleName}</dt>
          <dd className="flex flex-wrap items-center gap-2 font-semibold">
            {answering.people.map(one => (
              <bdi key={one.person}>{one.name ?? one.person}</bdi>
            ))}
            {answering.as === 'holder' ? null : <Badge>{t(`duty.${answering.as}`)}</Badge>}
            {answering.people.length === 0 ? t('duty.nobody') : null}
          </dd>
        </div>
        {delegatedTo === null ? null : (
          <div>
            <dt className="text-s text-ink-2">{t('duty.delegated.to')}</dt>
            <dd className="font-semibold">
              <bdi>{delegatedTo.name ?? delegatedTo.person}</bdi>
            </dd>
            {detail.delegation === null ? null : (
              <dd className="text-s text-ink-2">
                <Time at={detail.delegation.at} />
                {detail.delegation.text === null ? null : (
                  <p className="whitespace-pre-wrap">
                    <bdi>{detail.delegation.text}</bdi>
                  </p>
                )}
              </dd>
            )}
          </div>
        )}
      </dl>
      {may ? (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setOpen(true)}>{t('duty.delegate')}</Button>
          {delegatedTo === null ? null : (
            <Button look="quiet" busy={write.isSending} onClick={() => void takeBack()}>
              {t('duty.delegate.back')}
            </Button>
          )}
        </div>
      ) : null}
      {isOpen ? <Delegate id={view.id} close={() => setOpen(false)} /> : null}
    </Part>
  )
}

function Delegate({ id, close }: { id: string; close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const form = useForm(`duty delegate ${id}`, { to: '', note: '' })
  return (
    <Dialog open close={close} title={t('duty.delegate')}>
      <Form
        form={form}
        submit={({ to, note }) =>
          post<DelegateTo>('/duties/delegate', {
            body: { id, to, note: note.trim() === '' ? null : note },
          })
        }
        done={() => {
          tell({ text: t('duty.delegate.done') })
          close()
        }}
        submitText={t('duty.delegate.send')}
        aside={<Button onClick={close}>{t('duty.cancel')}</Button>}
      >
        <p className="text-m">{t('duty.delegate.text')}</p>
        <PersonField {...form.field('to', { label: t('duty.delegate.to'), required: true })} />
        <TextArea {...form.field('note', { label: t('duty.note') })} rows={2} maxLength={4_000} />
      </Form>
    </Dialog>
  )
}
