import { useState } from 'react'
import { Button, Link } from '../../../core/ui/button.tsx'
import { get } from '../../../core/ui/client.ts'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { Empty, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { Time } from '../../../core/ui/time.tsx'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { ListDrills } from '../drill/routes.ts'
import type { DrillHead } from '../drill/view.ts'
import { DrillPage } from './drill.tsx'
import { Exercises } from './exercises.tsx'
import { DrillState, Page, Part, useTook } from './parts.tsx'
import { StartDialog } from './start.tsx'

/** Drills: those that run, those that were held, and exercises with partners; or one of them. */
export default function DrillsPage() {
  const { rest } = useHouse()
  return rest.length === 0 ? <Drills /> : <DrillPage key={rest.join('/')} id={rest.join('/')} />
}

function Drills() {
  const { t } = useWords()
  const { search, go } = useHouse()
  const read = useRead(get<ListDrills>('/drills'))
  const mayLead = useMay('drill.lead')
  // A runbook leads here with its number.
  const [isStarting, setStarting] = useState(search['runbook'] !== undefined)
  const { value, problem } = read
  const running = value?.drills.filter(({ state }) => state === 'running') ?? []
  const past = value?.drills.filter(({ state }) => state !== 'running') ?? []
  const startButton = mayLead ? (
    <Button look={running.length === 0 ? 'next' : 'plain'} onClick={() => setStarting(true)}>
      {t('drill.start')}
    </Button>
  ) : null
  return (
    <Page>
      <header className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-bold">{t('drill.title')}</h1>
        {value !== null && value.drills.length === 0 ? null : startButton}
      </header>
      {problem && value === null ? <ProblemNotice problem={problem} again={read.again} /> : null}
      {value === null && problem === null ? <Skeleton rows={6} /> : null}
      {running.length === 0 ? null : (
        <Part title={t('drill.running')}>
          <ul className="grid gap-3">
            {running.map(drill => (
              <li key={drill.drill}>
                <Running drill={drill} />
              </li>
            ))}
          </ul>
        </Part>
      )}
      {value === null ? null : value.drills.length === 0 ? (
        <Empty title={t('drill.none')} text={t('drill.none.text')}>
          {startButton}
        </Empty>
      ) : (
        <Part title={t('drill.past')}>
          <Past drills={past} />
        </Part>
      )}
      {value === null ? null : <Exercises exercises={value.exercises} />}
      {value === null || value.misfits.length === 0 ? null : <Misfits misfits={value.misfits} />}
      {isStarting && value !== null && mayLead ? (
        <StartDialog
          scenarios={value.scenarios}
          runbook={search['runbook'] ?? ''}
          close={() => {
            setStarting(false)
            if (search['runbook'] !== undefined)
              go([], { replace: true, search: { runbook: undefined } })
          }}
        />
      ) : null}
    </Page>
  )
}

/** A plan that cannot come true is seen where it is tried. */
function Misfits({ misfits }: Pick<Awaited<ReturnType<ListDrills['run']>>, 'misfits'>) {
  const { t } = useWords()
  const sees = useMay('register.service.read')
  return (
    <Part title={t('drill.misfits')}>
      <ul className="grid gap-2 text-m">
        {misfits.map(({ service, fit, slowest }) => (
          <li key={service} className="flex flex-wrap items-center gap-x-3">
            <VerdictMark status="broken" />
            {sees ? (
              <Link href={`/registers/service/${service}`}>{service}</Link>
            ) : (
              <bdi>{service}</bdi>
            )}
            <span>{t(`service.fit.${fit}`)}</span>
            {slowest === null ? null : <bdi className="text-ink-2">{slowest}</bdi>}
          </li>
        ))}
      </ul>
    </Part>
  )
}

/** What runs is the first thing to see, and leads to its page. */
function Running({ drill }: { drill: DrillHead }) {
  const { t } = useWords()
  return (
    <a
      href={`/drills/${drill.drill}`}
      className="grid gap-1 rounded-md border border-l-4 border-line-2 border-l-due bg-paper px-4 py-3 no-underline hover:bg-paper-2"
    >
      <span className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="text-l font-bold underline underline-offset-2">
          {t(`choice.scenario.${drill.scenario}`)}
        </span>
        <DrillState state={drill.state} />
      </span>
      <bdi className="text-m text-ink-2">{drill.services.join(' · ')}</bdi>
      <span className="flex flex-wrap gap-x-4 text-m">
        <span>{t('drill.progress', { done: drill.done, steps: drill.steps })}</span>
        <Time at={drill.began} />
      </span>
    </a>
  )
}

/** One line each on a wide page, some on a narrow one. */
function Past({ drills }: { drills: readonly DrillHead[] }) {
  const { t } = useWords()
  const took = useTook()
  if (drills.length === 0) return <p className="text-m text-ink-2">{t('drill.none')}</p>
  return (
    <ul className="grid border-t border-line">
      {drills.map(drill => (
        <li
          key={drill.drill}
          className="grid items-baseline gap-x-5 gap-y-0.5 border-b border-line py-2.5 text-m sm:grid-cols-[minmax(0,14rem)_11rem_6rem_minmax(0,1fr)]"
        >
          <Link href={`/drills/${drill.drill}`} className="text-l font-semibold">
            {t(`choice.scenario.${drill.scenario}`)}
          </Link>
          <DrillState state={drill.state} />
          <span className="numbers">{drill.ended === null ? '–' : took(drill.seconds)}</span>
          <span className="flex flex-wrap gap-x-4 text-ink-2">
            <Time at={drill.began} day relative={false} />
            {drill.steps === 0 ? null : (
              <span>{t('drill.progress', { done: drill.done, steps: drill.steps })}</span>
            )}
            {drill.lessons === 0 ? null : (
              <span>{t('drill.lessons.count', { count: drill.lessons })}</span>
            )}
            <bdi>{drill.services.join(' · ')}</bdi>
            {drill.isDoubtful ? (
              <span className="inline-flex items-center gap-1.5 font-semibold text-due">
                <VerdictMark status="due" />
                {t('drill.doubtful')}
              </span>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  )
}
