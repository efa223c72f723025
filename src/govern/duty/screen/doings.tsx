import { useState } from 'react'
import { Button, Link } from '../../../core/ui/button.tsx'
import { post } from '../../../core/ui/client.ts'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { sizeText } from '../../../core/ui/file-field.tsx'
import { Form, useForm } from '../../../core/ui/form.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { Icon } from '../../../core/ui/icon.tsx'
import { TextArea } from '../../../core/ui/inputs.tsx'
import { Time } from '../../../core/ui/time.tsx'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { Detail } from '../detail.ts'
import type { Decide } from '../routes.ts'
import type { DutyView } from '../view.ts'
import { Part } from './part.tsx'

type Doing = Detail['doings'][number]

/** What was done for it, with the files that show it, and what a second person said of that. */
export function Doings(props: { id: string; detail: Detail; view: DutyView | undefined }) {
  const { t } = useWords()
  const { id, detail, view } = props
  const claim = view?.what === 'accept' ? view.claim : null
  const [asked, setAsked] = useState<Readonly<{ of: number; isAccepted: boolean }> | null>(null)
  return (
    <>
      {claim === null ? null : (
        <Part title={t('duty.claim.title')}>
          <p>{t('duty.claim.text')}</p>
          <FactLink pos={claim} />
          <DecideButtons of={claim} ask={setAsked} />
        </Part>
      )}
      {detail.doings.length === 0 ? null : (
        <Part title={t('duty.doings')}>
          <ol className="grid gap-5">
            {detail.doings.map(doing => (
              <li key={doing.pos} className="grid gap-2 text-m">
                <DoneBy doing={doing} />
                {doing.decisions.length === 0 ? (
                  <DecideButtons of={doing.of} ask={setAsked} />
                ) : null}
              </li>
            ))}
          </ol>
        </Part>
      )}
      {asked === null ? null : <DecideDialog id={id} {...asked} close={() => setAsked(null)} />}
    </>
  )
}

function FactLink({ pos }: { pos: number }) {
  const { t } = useWords()
  return useMay('evidence.read') ? (
    <Link href={`/evidence/${pos}`} className="numbers text-m">
      {t('duty.fact', { pos })}
    </Link>
  ) : (
    <span className="numbers text-m text-ink-2">{t('duty.fact', { pos })}</span>
  )
}

function DoneBy({ doing }: { doing: Doing }) {
  const { t, locale } = useWords()
  const maySave = useMay('evidence.read')
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-3">
        <bdi className="font-semibold">{doing.by ?? t('duty.somebody')}</bdi>
        <span className="text-ink-2">
          <Time at={doing.at} />
        </span>
        <FactLink pos={doing.of} />
      </p>
      {doing.files.length === 0 ? null : (
        <ul className="grid gap-1">
          {doing.files.map(file => (
            <li key={file.sha256} className="flex flex-wrap items-center gap-2">
              <Icon name="file" />
              {maySave ? (
                <a href={`/api/evidence/files/${file.sha256}`} download={file.name ?? file.sha256}>
                  <bdi>{file.name ?? file.sha256.slice(0, 16)}</bdi>
                </a>
              ) : (
                <bdi>{file.name ?? file.sha256.slice(0, 16)}</bdi>
              )}
              {file.sizeBytes === null ? null : (
                <span className="numbers text-s text-ink-2">
                  {sizeText(locale, file.sizeBytes)}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {doing.decisions.map(one => (
        <div key={one.pos} className="grid gap-0.5 border-l-4 border-line-2 pl-3">
          <p className="flex flex-wrap items-center gap-2">
            <VerdictMark status={one.isAccepted ? 'kept' : 'broken'} />
            <span className="font-semibold">
              {t(one.isAccepted ? 'duty.accepted' : 'duty.refused')}
            </span>
            <bdi>{one.by ?? t('duty.somebody')}</bdi>
            <span className="text-ink-2">
              <Time at={one.at} />
            </span>
          </p>
          {one.text === null ? null : (
            <p className="whitespace-pre-wrap">
              <bdi>{one.text}</bdi>
            </p>
          )}
        </div>
      ))}
    </>
  )
}

function DecideButtons(props: {
  of: number
  ask(asked: Readonly<{ of: number; isAccepted: boolean }>): void
}) {
  const { t } = useWords()
  const { of, ask } = props
  if (!useMay('duty.accept')) return null
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => ask({ of, isAccepted: true })}>{t('duty.accept')}</Button>
      <Button look="quiet" onClick={() => ask({ of, isAccepted: false })}>
        {t('duty.refuse')}
      </Button>
    </div>
  )
}

function DecideDialog(props: { id: string; of: number; isAccepted: boolean; close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const { id, of, isAccepted, close } = props
  const which = isAccepted ? 'accept' : 'refuse'
  const form = useForm(`duty ${which} ${of}`, { note: '' })
  return (
    <Dialog open close={close} title={t(`duty.${which}.title`)}>
      <Form
        form={form}
        submit={({ note }) =>
          post<Decide>('/duties/accept', {
            body: { id, of, isAccepted, note: note.trim() === '' ? null : note },
          })
        }
        done={() => {
          tell({ text: t(`duty.${which}.done`) })
          close()
        }}
        submitText={t(`duty.${which}`)}
        aside={<Button onClick={close}>{t('duty.cancel')}</Button>}
      >
        <p className="text-m">{t(`duty.${which}.text`)}</p>
        <TextArea
          {...form.field('note', {
            label: t(isAccepted ? 'duty.note' : 'duty.refuse.why'),
            required: !isAccepted,
          })}
          rows={3}
          maxLength={4_000}
        />
      </Form>
    </Dialog>
  )
}
