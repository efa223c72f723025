import { useMemo, useState } from 'react'
import { Button } from '../../../core/ui/button.tsx'
import { get, post } from '../../../core/ui/client.ts'
import { modulesOf } from '../../../core/ui/fact-names.ts'
import { useForm } from '../../../core/ui/form.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { Select } from '../../../core/ui/inputs.tsx'
import { Empty, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import type { Problem } from '../../../core/ui/problem.ts'
import { useRead, useWrite } from '../../../core/ui/read.ts'
import { Time } from '../../../core/ui/time.tsx'
import { Badge } from '../../../core/ui/verdict.tsx'
import { useCatalogue, useWords } from '../../../core/ui/words.tsx'
import type { ChangesAnswer, ConfirmChange, DeclineChange, GetChanges } from '../routes.ts'
import { AskDialog, Reason } from './ask.tsx'
import { Difference } from './difference.tsx'
import { AskForPerson, groundText } from './holds.tsx'
import { Line } from './line.tsx'

/** One and the same, so that nothing is reckoned anew while there is nothing. */
const none: readonly never[] = []

const states = ['open', 'confirmed', 'declined'] as const

/** What one person wants changed, and another confirms or declines. */
export function Changes() {
  const { t } = useWords()
  const { search, go } = useHouse()
  const state = states.find(one => one === search['state']) ?? 'open'
  const read = useRead(get<GetChanges>('/evidence/changes', { query: { state } }))
  const changes = read.value?.changes ?? none
  useCatalogue(...useMemo(() => modulesOf(changes.flatMap(({ about }) => about ?? [])), [changes]))
  const mayErase = useMay('evidence.erase')
  const [isErasing, setErasing] = useState(false)
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="w-56">
          <Select
            label={t('evidence.changes.state')}
            value={state}
            onChange={chosen => go([], { search: { ...search, state: chosen } })}
            options={states.map(value => ({ value, text: t(`evidence.changes.${value}`) }))}
          />
        </div>
        {mayErase ? <Button onClick={() => setErasing(true)}>{t('evidence.erase')}</Button> : null}
      </div>
      {read.value === null ? (
        read.problem ? (
          <ProblemNotice problem={read.problem} again={read.again} />
        ) : (
          <Skeleton rows={4} />
        )
      ) : changes.length === 0 ? (
        <Empty title={t('evidence.changes.none')} text={t('evidence.changes.none.text')} />
      ) : (
        <ul className="border-t border-line-2">
          {changes.map(change => (
            <One key={change.proposal} change={change} isOpen={state === 'open'} />
          ))}
        </ul>
      )}
      {isErasing ? <AskForPerson kind="erase" close={() => setErasing(false)} /> : null}
    </div>
  )
}

type Change = ChangesAnswer['changes'][number]

function One({ change, isOpen }: { change: Change; isOpen: boolean }) {
  const words = useWords()
  const { t } = words
  const { tell } = useHouse()
  const [isDeclining, setDeclining] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const write = useWrite<{ pos: number }>()
  const { proposal } = change
  const confirm = async () => {
    const outcome = await write.send(
      post<ConfirmChange>('/evidence/changes/confirm', { body: { proposal } }),
    )
    setProblem(outcome.ok ? null : outcome.problem)
    if (outcome.ok) tell({ text: t('evidence.confirmed') })
  }
  return (
    <li className="grid gap-2 border-b border-line px-2 py-4 text-m">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-semibold">{t(`evidence.kind.${change.kind}`)}</span>
        {change.target === null || change.about !== null ? null : (
          <a className="numbers" href={`/evidence/${change.target}`}>
            #{change.target}
          </a>
        )}
        {change.person === null ? null : <bdi>{change.person}</bdi>}
        {change.ground === null ? null : <Badge>{groundText(words, change.ground)}</Badge>}
        <span className="text-ink-2">
          <bdi>{change.by ?? t('evidence.private.erased')}</bdi> · <Time at={change.recorded} />
        </span>
        {change.decided === null ? null : (
          <a className="numbers" href={`/evidence/${change.decided}`}>
            #{change.decided}
          </a>
        )}
      </p>
      <p className="whitespace-pre-wrap">
        <bdi>{change.reason ?? t('evidence.private.erased')}</bdi>
      </p>
      {change.about === null ? null : (
        <ul>
          <Line fact={change.about} />
        </ul>
      )}
      {change.kind === 'correct' && change.about !== null ? (
        <Difference type={change.about.type} before={change.about.body} after={change.body} />
      ) : null}
      {problem === null ? null : <ProblemNotice problem={problem} />}
      {isOpen ? (
        <div className="flex flex-wrap items-center gap-2">
          {change.mayConfirm ? (
            <Button busy={write.isSending} onClick={() => void confirm()}>
              {t(`evidence.confirm.${change.kind}`)}
            </Button>
          ) : (
            <span className="text-ink-2">{t('evidence.second')}</span>
          )}
          <Button look="quiet" onClick={() => setDeclining(true)}>
            {t('evidence.decline')}
          </Button>
        </div>
      ) : null}
      {isDeclining ? <Decline proposal={proposal} close={() => setDeclining(false)} /> : null}
    </li>
  )
}

function Decline({ proposal, close }: { proposal: number; close(): void }) {
  const { t } = useWords()
  const form = useForm(`evidence decline ${proposal}`, { reason: '' })
  return (
    <AskDialog
      {...{ form, close }}
      title={t('evidence.decline')}
      submit={({ reason }) =>
        post<DeclineChange>('/evidence/changes/decline', { body: { proposal, reason } })
      }
      submitText={t('evidence.decline')}
      doneText={t('evidence.declined')}
    >
      <Reason form={form} />
    </AskDialog>
  )
}
