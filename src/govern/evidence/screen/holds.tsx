import { useState } from 'react'
import { Button } from '../../../core/ui/button.tsx'
import { get, post } from '../../../core/ui/client.ts'
import { useForm } from '../../../core/ui/form.tsx'
import { Select, TextInput } from '../../../core/ui/inputs.tsx'
import { Empty, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { useWords, type Words } from '../../../core/ui/words.tsx'
import type { GetHolds, ProposeChange } from '../routes.ts'
import { AskDialog, Reason, useOnce } from './ask.tsx'

/** Whose values nobody may erase. Two persons place a hold, and two lift it. */
export function Holds() {
  const { t } = useWords()
  const read = useRead(get<GetHolds>('/evidence/holds'))
  const [isPlacing, setPlacing] = useState(false)
  const [lifted, setLifted] = useState<number | null>(null)
  const place = <Button onClick={() => setPlacing(true)}>{t('evidence.hold')}</Button>
  return (
    <div className="grid gap-5">
      {read.value === null ? (
        read.problem ? (
          <ProblemNotice problem={read.problem} again={read.again} />
        ) : (
          <Skeleton rows={3} />
        )
      ) : read.value.holds.length === 0 ? (
        <Empty title={t('evidence.holds.none')} text={t('evidence.holds.none.text')}>
          {place}
        </Empty>
      ) : (
        <>
          <div>{place}</div>
          <ul className="border-t border-line-2">
            {read.value.holds.map(hold => (
              <li key={hold.hold} className="grid gap-1 border-b border-line px-2 py-3 text-m">
                <p className="flex flex-wrap items-center gap-3">
                  <bdi className="font-semibold">{hold.person ?? t('evidence.private.erased')}</bdi>
                  <a className="numbers" href={`/evidence/${hold.hold}`}>
                    #{hold.hold}
                  </a>
                  <Button look="quiet" onClick={() => setLifted(hold.hold)}>
                    {t('evidence.release')}
                  </Button>
                </p>
                <p className="whitespace-pre-wrap">
                  <bdi>{hold.reason}</bdi>
                </p>
              </li>
            ))}
          </ul>
        </>
      )}
      {isPlacing ? <AskForPerson kind="hold" close={() => setPlacing(false)} /> : null}
      {lifted === null ? null : <Release hold={lifted} close={() => setLifted(null)} />}
    </div>
  )
}

/** Why somebody's values are to go, by the law that says so. */
const grounds = ['gdpr.17.1', 'appi.35', 'pdpa.11', 'consent.withdrawn'] as const

/** By the name of the law; another ground that was given is said as it stands. */
export const groundText = ({ t, has }: Pick<Words, 't' | 'has'>, ground: string): string =>
  has(`evidence.ground.${ground}`) ? t(`evidence.ground.${ground}`) : ground

/** Asks for an erasure, or for a hold, of one person's values. */
export function AskForPerson({ kind, close }: { kind: 'erase' | 'hold'; close(): void }) {
  const { t } = useWords()
  const form = useForm(`evidence ${kind}`, { person: '', ground: '', reason: '' })
  const key = useOnce()
  return (
    <AskDialog
      {...{ form, close }}
      title={t(`evidence.${kind}`)}
      submit={({ person, ground, reason }) =>
        post<ProposeChange>('/evidence/changes', {
          body: {
            ...{ kind, target: null, body: null, person: person.trim(), reason, key },
            ground: kind === 'erase' ? ground : null,
          },
        })
      }
      submitText={t('evidence.propose')}
      doneText={t('evidence.proposed')}
    >
      <p className="text-m">{t(`evidence.${kind}.text`)}</p>
      <TextInput
        {...form.field('person', {
          ...{ label: t('evidence.person'), hint: t('evidence.person.hint') },
          required: true,
        })}
      />
      {kind === 'erase' ? (
        <Select
          {...form.field('ground', { label: t('evidence.ground'), required: true })}
          none={t('evidence.choose')}
          options={grounds.map(value => ({ value, text: t(`evidence.ground.${value}`) }))}
        />
      ) : null}
      <Reason form={form} />
    </AskDialog>
  )
}

function Release({ hold, close }: { hold: number; close(): void }) {
  const { t } = useWords()
  const form = useForm(`evidence release ${hold}`, { reason: '' })
  const key = useOnce()
  return (
    <AskDialog
      {...{ form, close }}
      title={t('evidence.release')}
      submit={({ reason }) =>
        post<ProposeChange>('/evidence/changes', {
          body: {
            ...{ kind: 'release', target: hold, body: null, ground: null, person: null },
            ...{ reason, key },
          },
        })
      }
      submitText={t('evidence.propose')}
      doneText={t('evidence.proposed')}
    >
      <Reason form={form} />
    </AskDialog>
  )
}
