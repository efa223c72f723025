import { useState } from 'react'
import { Button } from '../../../core/ui/button.tsx'
import { get, post } from '../../../core/ui/client.ts'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { useHouse } from '../../../core/ui/house.tsx'
import { TextInput } from '../../../core/ui/inputs.tsx'
import { ProblemNotice } from '../../../core/ui/notice.tsx'
import type { Problem } from '../../../core/ui/problem.ts'
import { useRead, useWrite } from '../../../core/ui/read.ts'
import { Time } from '../../../core/ui/time.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { GetCalendar, RevokeCalendar, ShareCalendar } from '../calendar-routes.ts'

/** The secret address for one's own calendar: made, copied once, taken back. */
export function Calendar({ close }: { close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const read = useRead(get<GetCalendar>('/duties/calendar'))
  const [address, setAddress] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const share = useWrite<{ address: string }>()
  const revoke = useWrite<object>()
  const make = async () => {
    const outcome = await share.send(post<ShareCalendar>('/duties/calendar/share', { body: {} }))
    setProblem(outcome.ok ? null : outcome.problem)
    if (outcome.ok) setAddress(outcome.value.address)
  }
  const takeBack = async () => {
    const outcome = await revoke.send(post<RevokeCalendar>('/duties/calendar/revoke', { body: {} }))
    setProblem(outcome.ok ? null : outcome.problem)
    if (!outcome.ok) return
    setAddress(null)
    tell({ text: t('duty.calendar.revoked') })
  }
  const copy = async () => {
    await navigator.clipboard.writeText(address ?? '')
    tell({ text: t('duty.calendar.copied') })
  }
  const since = read.value?.since ?? null
  return (
    <Dialog
      open
      close={close}
      title={t('duty.calendar.title')}
      actions={
        <>
          {since === null ? null : (
            <Button look="danger" busy={revoke.isSending} onClick={() => void takeBack()}>
              {t('duty.calendar.revoke')}
            </Button>
          )}
          <Button look="next" busy={share.isSending} onClick={() => void make()}>
            {t(since === null ? 'duty.calendar.make' : 'duty.calendar.anew')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 text-m">
        <p>{t('duty.calendar.text')}</p>
        {problem === null ? null : <ProblemNotice problem={problem} />}
        {address === null ? null : (
          <div className="grid gap-2">
            <TextInput
              label={t('duty.calendar.address')}
              hint={t('duty.calendar.once')}
              value={address}
              onChange={() => {}}
            />
            <Button className="justify-self-start" onClick={() => void copy()}>
              {t('duty.calendar.copy')}
            </Button>
          </div>
        )}
        {since === null || address !== null ? null : (
          <p className="text-ink-2">
            {t('duty.calendar.since')} <Time at={since} />
          </p>
        )}
      </div>
    </Dialog>
  )
}
