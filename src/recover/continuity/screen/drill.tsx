import { useState } from 'react'
import { Button, Link } from '../../../core/ui/button.tsx'
import { get, post } from '../../../core/ui/client.ts'
import { useNow } from '../../../core/ui/clock.ts'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { Form, useForm } from '../../../core/ui/form.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { TextArea } from '../../../core/ui/inputs.tsx'
import { Notice, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { Time } from '../../../core/ui/time.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { GetDrill, StopDrill } from '../drill/routes.ts'
import type { DrillView } from '../drill/view.ts'
import { Lessons } from './lessons.tsx'
import { DrillState, Page, useTook } from './parts.tsx'
import { Steps } from './steps.tsx'

/** One drill. It is read in a hurry, on a telephone, by people who do something else meanwhile. */
export function DrillPage({ id }: { id: string }) {
  const { t, locale } = useWords()
  const read = useRead(get<GetDrill>('/drills/one', { query: { id, locale } }))
  const { value, problem } = read
  return (
    <Page>
      <p className="print:hidden">
        <Link href="/drills">{t('drill.back')}</Link>
      </p>
      {value === null ? (
        problem ? (
          <>
            <h1 className="text-2xl font-bold">{t('drill.unknown')}</h1>
            <ProblemNotice problem={problem} again={read.again} />
          </>
        ) : (
          <Skeleton rows={8} />
        )
      ) : (
        <>
          <Head drill={value} />
          <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
            <Steps drill={value} />
            <Lessons drill={value} roles={value.roles} />
          </div>
        </>
      )}
    </Page>
  )
}

function Head({ drill }: { drill: DrillView }) {
  const { t } = useWords()
  const [isStopping, setStopping] = useState(false)
  const mayLead = useMay('drill.lead')
  const isOpen = drill.state === 'running' || drill.state === 'unfinished'
  const next = drill.plan.find(({ done }) => done === null)
  return (
    <header className="grid gap-3">
      <h1 className="text-2xl font-bold">{t(`choice.scenario.${drill.scenario}`)}</h1>
      <p className="flex flex-wrap items-baseline gap-x-5 gap-y-1">
        <DrillState state={drill.state} />
        <Elapsed drill={drill} />
        <span>{t('drill.progress', { done: drill.done, steps: drill.steps })}</span>
      </p>
      <dl className="grid gap-x-4 gap-y-1 text-m sm:grid-cols-[auto_1fr]">
        <dt className="text-ink-2">{t('drill.services')}</dt>
        <dd className="m-0">
          <bdi>{drill.services.join(' · ')}</bdi>
        </dd>
        <dt className="text-ink-2">{t('drill.column.began')}</dt>
        <dd className="m-0">
          <Time at={drill.began} relative={false} />
          {drill.begunBy === null ? null : <bdi className="ml-2">{drill.begunBy}</bdi>}
        </dd>
      </dl>
      {drill.reason === null ? null : (
        <Notice title={t('drill.reason', { reason: drill.reason })} />
      )}
      {drill.isDoubtful ? (
        <Notice tone="failed" title={t('drill.doubtful')}>
          <p>{t('drill.doubtful.text')}</p>
        </Notice>
      ) : null}
      <p className="flex flex-wrap gap-2 print:hidden">
        {drill.state === 'running' && next !== undefined && next !== drill.plan[0] ? (
          <Link look="plain" href={`#step-${next.step}`}>
            {t('drill.jump', next)}
          </Link>
        ) : null}
        <Button onClick={() => print()}>{t('drill.print')}</Button>
        {isOpen && mayLead ? (
          <Button look="danger" onClick={() => setStopping(true)}>
            {t('drill.stop')}
          </Button>
        ) : null}
      </p>
      {isStopping ? <StopDialog id={drill.drill} close={() => setStopping(false)} /> : null}
    </header>
  )
}

/** A clock that runs with the drill, and stands still when it is over. */
function Elapsed({ drill }: { drill: DrillView }) {
  const { t } = useWords()
  const took = useTook()
  const nowMs = useNow(1_000)
  if (drill.ended !== null || drill.state === 'unfinished')
    return drill.ended === null ? null : (
      <span className="numbers">
        {t('drill.column.took')} <b>{took(drill.seconds)}</b>
      </span>
    )
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(drill.began)) / 1_000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3_600)
  const clock = `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return (
    <span role="timer" className="numbers print:hidden">
      {t('drill.elapsed')} <b className="text-xl">{clock}</b>
    </span>
  )
}

function StopDialog({ id, close }: { id: string; close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const form = useForm(`drill stop ${id}`, { reason: '' })
  return (
    <Dialog open close={close} title={t('drill.stop')}>
      <Form
        form={form}
        submit={({ reason }) => post<StopDrill>('/drills/stop', { body: { id, reason } })}
        done={() => {
          tell({ text: t('drill.stopped.told') })
          close()
        }}
        submitText={t('drill.stop')}
        submitLook="danger"
        aside={<Button onClick={close}>{t('ui.close')}</Button>}
      >
        <p className="text-m">{t('drill.stop.text')}</p>
        <TextArea
          {...form.field('reason', { label: t('drill.stop.reason'), required: true })}
          rows={2}
          maxLength={1_000}
        />
      </Form>
    </Dialog>
  )
}
