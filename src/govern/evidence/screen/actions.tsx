import { useState } from 'react'
import { Button } from '../../../core/ui/button.tsx'
import { post } from '../../../core/ui/client.ts'
import { FileField } from '../../../core/ui/file-field.tsx'
import { useForm } from '../../../core/ui/form.tsx'
import { useMay } from '../../../core/ui/house.tsx'
import { TextArea } from '../../../core/ui/inputs.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { FactDetail } from '../read.ts'
import type { Attach, DecideClaim, ProposeChange } from '../routes.ts'
import { AskDialog, Reason, useOnce } from './ask.tsx'
import { CorrectDialog } from './correct.tsx'
import { Part } from './part.tsx'

type What = 'attach' | 'accept' | 'refuse' | 'retract' | 'correct'

/** 25 MiB, as the server counts by itself; it has the last word. */
const fileBytesMax = 26_214_400
const filesMax = 16

/** What people can do about a fact. Nothing of it changes the fact: each is a fact more. */
export function Actions({ detail }: { detail: FactDetail }) {
  const { t } = useWords()
  const [open, setOpen] = useState<What | null>(null)
  const may = {
    attach: useMay('evidence.attach'),
    accept: useMay('evidence.accept'),
    change: useMay('evidence.change'),
  }
  const { fact } = detail
  const has = (...what: readonly string[]) => fact.said.some(one => what.includes(one.what))
  const isTold = detail.because.length === 0 && detail.range === null
  const all: readonly (readonly [What, boolean])[] = [
    ['accept', may.accept && fact.trust === 'claim' && !has('accepted', 'retracted')],
    ['refuse', may.accept && fact.trust === 'claim' && !has('accepted', 'refused', 'retracted')],
    ['attach', may.attach],
    ['correct', may.change && isTold && !has('retracted', 'corrected')],
    ['retract', may.change && isTold && !has('retracted', 'corrected')],
  ]
  const offered = all.flatMap(([what, isOffered]) => (isOffered ? [what] : []))
  if (offered.length === 0) return null
  const close = () => setOpen(null)
  return (
    <Part title={t('evidence.actions')} className="print:hidden">
      <div className="flex flex-wrap gap-2">
        {offered.map(what => (
          <Button key={what} onClick={() => setOpen(what)}>
            {t(`evidence.${what}`)}
          </Button>
        ))}
      </div>
      {open === 'attach' ? <AttachDialog pos={fact.pos} close={close} /> : null}
      {open === 'accept' || open === 'refuse' ? (
        <DecideDialog pos={fact.pos} which={open} close={close} />
      ) : null}
      {open === 'retract' ? <RetractDialog pos={fact.pos} close={close} /> : null}
      {open === 'correct' ? <CorrectDialog fact={fact} close={close} /> : null}
    </Part>
  )
}

function AttachDialog({ pos, close }: { pos: number; close(): void }) {
  const { t } = useWords()
  const form = useForm(`evidence attach ${pos}`, { links: '', note: '' })
  const [files, setFiles] = useState<readonly File[]>([])
  const key = useOnce()
  return (
    <AskDialog
      {...{ form, close }}
      title={t('evidence.attach')}
      submit={({ links, note }) =>
        post<Attach>('/evidence/attach', {
          body: {
            ...{ target: pos, key },
            links: links.split(/\s+/).filter(link => link !== ''),
            note: note.trim() === '' ? null : note,
          },
          files,
        })
      }
      submitText={t('evidence.attach')}
      doneText={t('evidence.attach.done')}
    >
      <FileField
        label={t('evidence.files')}
        files={files}
        onChange={setFiles}
        sizeBytesMax={fileBytesMax}
        countMax={filesMax}
      />
      <TextArea
        {...form.field('links', {
          label: t('evidence.links'),
          hint: t('evidence.links.hint'),
        })}
        rows={2}
      />
      <TextArea {...form.field('note', { label: t('evidence.note') })} rows={2} maxLength={4_000} />
    </AskDialog>
  )
}

function DecideDialog(props: { pos: number; which: 'accept' | 'refuse'; close(): void }) {
  const { t } = useWords()
  const { pos, which, close } = props
  const form = useForm(`evidence ${which} ${pos}`, { reason: '' })
  const isAccepted = which === 'accept'
  return (
    <AskDialog
      {...{ form, close }}
      title={t(`evidence.${which}.title`)}
      submit={({ reason }) =>
        post<DecideClaim>('/evidence/claims/decide', {
          body: { target: pos, isAccepted, reason: reason.trim() === '' ? null : reason },
        })
      }
      submitText={t(`evidence.${which}`)}
      doneText={t(`evidence.${which}.done`)}
    >
      <p className="text-m">{t(`evidence.${which}.text`)}</p>
      {isAccepted ? null : <Reason form={form} />}
    </AskDialog>
  )
}

function RetractDialog({ pos, close }: { pos: number; close(): void }) {
  const { t } = useWords()
  const form = useForm(`evidence retract ${pos}`, { reason: '' })
  const key = useOnce()
  return (
    <AskDialog
      {...{ form, close }}
      title={t('evidence.retract.title')}
      submit={({ reason }) =>
        post<ProposeChange>('/evidence/changes', {
          body: {
            ...{ kind: 'retract', target: pos, body: null, ground: null, person: null },
            ...{ reason, key },
          },
        })
      }
      submitText={t('evidence.propose')}
      doneText={t('evidence.proposed')}
    >
      <p className="text-m">{t('evidence.retract.text')}</p>
      <Reason form={form} />
    </AskDialog>
  )
}
