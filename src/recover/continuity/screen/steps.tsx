import { useState } from 'react'
import { formatInstant } from '../../../core/i18n/time.ts'
import { Button } from '../../../core/ui/button.tsx'
import { post } from '../../../core/ui/client.ts'
import { useForm } from '../../../core/ui/form.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { TextArea } from '../../../core/ui/inputs.tsx'
import { localOf } from '../../../core/ui/instant-field.tsx'
import { problemText } from '../../../core/ui/problem.ts'
import { useWrite } from '../../../core/ui/read.ts'
import { type Status, VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { BeginStep, FinishStep } from '../drill/routes.ts'
import type { DrillView, StepView } from '../drill/view.ts'
import { OnPaper, Part, useTook } from './parts.tsx'

type Props = Readonly<{
  drill: DrillView
  step: StepView
  /** It is the first that waits: the one thing to do next. */
  isNext: boolean
}>

/** All steps in their order; what waits is large, what is done is one line. */
export function Steps({ drill }: { drill: DrillView }) {
  const { t } = useWords()
  const next = drill.plan.find(({ done }) => done === null)
  return (
    <Part title={t('drill.steps')}>
      <ol className="grid gap-3">
        {drill.plan.map(step => (
          <li key={step.step} className="break-inside-avoid">
            <Step drill={drill} step={step} isNext={step === next} />
          </li>
        ))}
      </ol>
    </Part>
  )
}

const statusOf = ({ begun, done }: StepView): Status =>
  done !== null ? 'kept' : begun !== null ? 'due' : 'unknown'

function Step({ drill, step, isNext }: Props) {
  const { t } = useWords()
  const isOpen = drill.state === 'running'
  const mayStep = useMay('drill.step')
  const edge = isNext && isOpen ? 'border-l-next' : 'border-l-line-2'
  return (
    <section
      id={`step-${step.step}`}
      aria-label={t('drill.step', { step: step.step })}
      className={`grid gap-2 rounded-md border border-l-4 border-line-2 bg-paper px-4 py-3 ${edge}`}
    >
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h3 className="flex items-center gap-2 text-m font-bold">
          <VerdictMark status={statusOf(step)} />
          {t('drill.step', { step: step.step })}
        </h3>
        <span className="text-m">
          {step.roleName} ·{' '}
          <b>
            <bdi>{step.person === null ? t('drill.nobody') : nameOf(step.person)}</bdi>
          </b>
        </span>
      </header>
      <p className={step.done === null ? 'text-l leading-relaxed' : 'text-m'}>
        <bdi>{step.todo}</bdi>
      </p>
      <p className={`text-m text-ink-2 ${step.done === null ? '' : 'max-sm:hidden print:block'}`}>
        <bdi>{t('drill.sign', { sign: step.sign })}</bdi>
      </p>
      <p className="flex flex-wrap gap-x-4 text-m text-ink-2">
        {step.system === null ? null : <bdi>{t('drill.system', { system: step.system })}</bdi>}
        <span>{t('drill.minutes', { minutes: step.minutes })}</span>
        <bdi className="max-sm:hidden print:inline">
          {step.runbook} · {step.version}
        </bdi>
      </p>
      <Told step={step} />
      {isOpen && step.done === null ? <OnPaper /> : null}
      {isOpen && mayStep && step.done === null ? (
        step.begun === null ? (
          <Begin {...{ drill, step, isNext }} />
        ) : (
          <Finish {...{ drill, step, isNext }} />
        )
      ) : null}
    </section>
  )
}

const nameOf = ({ person, name }: NonNullable<StepView['person']>): string => name ?? person

/** Who began it and did it when, and what is odd about it. */
function Told({ step }: { step: StepView }) {
  const { t } = useWords()
  const took = useTook()
  const { begun, done } = step
  if (begun === null) return null
  const seconds = done === null ? null : (Date.parse(done.at) - Date.parse(begun.at)) / 1_000
  const odd = [
    ...(step.isOutOfOrder ? ['drill.order'] : []),
    ...(begun.isOther || done?.isOther === true ? ['drill.other'] : []),
    ...(seconds !== null && seconds > step.minutes * 60 ? ['drill.slow'] : []),
  ]
  return (
    <div className="grid gap-1 text-m">
      <p className="flex flex-wrap gap-x-5">
        <Tick label={t('drill.tick.begun')} tick={begun} />
        {done === null ? null : <Tick label={t('drill.tick.done')} tick={done} />}
        {seconds === null ? null : (
          <b className="numbers">{t('drill.step.took', { took: took(seconds) })}</b>
        )}
      </p>
      {step.note === null ? null : (
        <p>
          <bdi>{t('drill.note.said', { note: step.note })}</bdi>
        </p>
      )}
      {odd.map(id => (
        <p key={id} className="flex items-center gap-2 font-semibold text-due">
          <VerdictMark status="due" />
          {t(id)}
        </p>
      ))}
    </div>
  )
}

/** The day stands above all steps; here the second counts. */
function Tick({ label, tick }: { label: string; tick: NonNullable<StepView['begun']> }) {
  const { locale, zone } = useWords()
  return (
    <span className="numbers">
      {label}{' '}
      <time dateTime={tick.at} title={formatInstant(locale, zone, tick.at, { seconds: true })}>
        {localOf(tick.at, zone).slice(11)}
      </time>{' '}
      <bdi>{tick.by ?? '–'}</bdi>
    </span>
  )
}

/** Large enough for a thumb. */
const large = 'min-h-12! text-l! max-sm:w-full'

/** Sends a tick and says what came of it; what somebody else has ticked meanwhile is read anew. */
function useTick() {
  const words = useWords()
  const { tell } = useHouse()
  const write = useWrite()
  const send = async (ask: Parameters<typeof write.send>[0], done: string): Promise<boolean> => {
    const outcome = await write.send(ask)
    tell(
      outcome.ok
        ? { text: done }
        : { text: problemText(words, outcome.problem).what, tone: 'failed' },
    )
    return outcome.ok
  }
  return { send, isSending: write.isSending }
}

function Begin({ drill, step, isNext }: Props) {
  const { t } = useWords()
  const tick = useTick()
  const body = { id: drill.drill, step: step.step }
  return (
    <div>
      <Button
        look={isNext ? 'next' : 'plain'}
        className={large}
        busy={tick.isSending}
        aria-label={t('drill.begin.step', body)}
        onClick={() =>
          void tick.send(
            post<BeginStep>('/drills/begin', { body }),
            t('drill.begun.told', { step: step.step }),
          )
        }
      >
        {t('drill.begin')}
      </Button>
    </div>
  )
}

function Finish({ drill, step, isNext }: Props) {
  const { t } = useWords()
  const tick = useTick()
  // What is typed outlives a lost connection and a reload.
  const form = useForm(`drill step ${drill.drill} ${step.step}`, { note: '' })
  const [isNoting, setNoting] = useState(form.isDraft)
  const isLast = drill.plan.every(one => one === step || one.done !== null)
  const finish = async () => {
    const note = form.values.note.trim()
    const body = { id: drill.drill, step: step.step, note: note === '' ? null : note }
    const told = isLast ? t('drill.over.told') : t('drill.done.told', { step: step.step })
    if (await tick.send(post<FinishStep>('/drills/finish', { body }), told)) form.discard()
  }
  return (
    <div className="grid gap-3 print:hidden">
      {isNoting ? (
        <TextArea {...form.field('note', { label: t('drill.note') })} rows={2} maxLength={1_000} />
      ) : null}
      <p className="flex flex-wrap items-center gap-3">
        <Button
          look={isNext ? 'next' : 'plain'}
          className={large}
          busy={tick.isSending}
          aria-label={t('drill.finish.step', { step: step.step })}
          onClick={() => void finish()}
        >
          {t('drill.finish')}
        </Button>
        {isNoting ? null : (
          <Button look="quiet" onClick={() => setNoting(true)}>
            {t('drill.note.add')}
          </Button>
        )}
      </p>
    </div>
  )
}
