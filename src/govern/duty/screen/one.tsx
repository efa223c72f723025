import { Link } from '../../../core/ui/button.tsx'
import { get } from '../../../core/ui/client.ts'
import { useMay } from '../../../core/ui/house.tsx'
import { Notice, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { Time } from '../../../core/ui/time.tsx'
import type { Status } from '../../../core/ui/verdict.tsx'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { Detail } from '../detail.ts'
import type { GetDuty } from '../routes.ts'
import type { DutyView } from '../view.ts'
import { Delegation } from './delegate.tsx'
import { DoIt } from './do.tsx'
import { Doings } from './doings.tsx'
import { BackToList } from './lists.tsx'
import { Part } from './part.tsx'
import { Due, statusOf } from './row.tsx'
import { Comments } from './talk.tsx'

/** One duty: its sentence, what must be recorded, who does it, how it went and what was said. */
export function One({ id }: { id: string }) {
  const { t, locale } = useWords()
  const read = useRead(get<GetDuty>('/duties/one', { query: { id, locale } }))
  const mayDo = useMay('duty.do')
  const detail = read.value
  const [view] = detail?.owed ?? []
  return (
    <div className="mx-auto grid max-w-6xl grid-cols-[minmax(0,1fr)] gap-5 px-5 py-8">
      <BackToList />
      {detail === null ? (
        read.problem ? (
          <>
            <h1 className="text-2xl font-bold">{t('duty.screen.one')}</h1>
            <ProblemNotice problem={read.problem} again={read.again} />
          </>
        ) : (
          <Skeleton rows={8} />
        )
      ) : (
        <>
          <Head detail={detail} view={view} />
          <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
            <div className="grid min-w-0 content-start gap-8">
              <Sentences detail={detail} />
              {view?.what === 'do' && mayDo ? <DoPart id={id} view={view} /> : null}
              {view === undefined ? (
                <Notice title={t('duty.not.owed')}>
                  <p>{t('duty.not.owed.text')}</p>
                </Notice>
              ) : null}
              <Doings id={id} detail={detail} view={view} />
            </div>
            <aside className="grid min-w-0 content-start gap-8" aria-label={t('duty.about')}>
              {view === undefined ? null : <Delegation view={view} detail={detail} />}
              <Comments id={id} comments={detail.comments} />
              <Past detail={detail} />
            </aside>
          </div>
        </>
      )}
    </div>
  )
}

function DoPart({ id, view }: { id: string; view: DutyView }) {
  const { t } = useWords()
  const mayAny = useMay('duty.do.any')
  // What is still to be recorded for it: another form is needed when that is less.
  const stands = `${view.done} ${view.types.join(' ')}`
  return (
    <Part title={t(view.isLate ? 'duty.do.late' : 'duty.do.title')}>
      {view.done > 0 ? <p className="text-m text-ink-2">{t('duty.begun')}</p> : null}
      {view.types.length === 0 ? (
        <Notice title={t('duty.do.machine')} />
      ) : view.relation === 'subject' && !mayAny ? (
        <>
          <Notice title={t('duty.do.subject')} />
          <DoIt id={id} stands={stands} />
        </>
      ) : (
        <DoIt id={id} stands={stands} />
      )}
    </Part>
  )
}

function Head({ detail, view }: { detail: Detail; view: DutyView | undefined }) {
  const { t } = useWords()
  const last = detail.past.at(-1)
  if (view === undefined) {
    return (
      <header className="grid gap-2">
        <h1 className="text-2xl font-bold">{detail.title}</h1>
        <p className="numbers text-m text-ink-2">{detail.occurrence}</p>
        {last === undefined ? null : (
          <p className="flex items-center gap-2 text-l font-semibold">
            <VerdictMark status={outcomes[last.outcome] ?? 'unknown'} />
            {t(`duty.outcome.${last.outcome}`)}
          </p>
        )}
      </header>
    )
  }
  return (
    <header className="grid gap-2">
      <h1 className="text-2xl font-bold">{detail.title}</h1>
      <p className="flex flex-wrap gap-x-3 text-m text-ink-2">
        <span className="numbers">{detail.occurrence}</span>
        {view.subject === null ? null : <bdi className="numbers">{view.subject}</bdi>}
      </p>
      <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <span
          className={`inline-flex items-center gap-1.5 font-semibold ${view.isLate ? 'text-broken' : 'text-due'}`}
        >
          <VerdictMark status={statusOf(view)} />
          {t(`duty.standing.${view.standing}`)}
        </span>
        <span className="text-m">
          {t('duty.due')} <Due due={view.due} />
        </span>
      </p>
    </header>
  )
}

function Sentences({ detail }: { detail: Detail }) {
  const { t } = useWords()
  if (detail.sentences.length === 0) return null
  return (
    <Part title={t('duty.sentences')}>
      <ul className="grid gap-4">
        {detail.sentences.map(({ number, text, evidence }) => (
          <li key={number} className="grid gap-1 border-l-4 border-line-2 pl-4">
            <p>
              <Link href={`/policy/${number}`} className="numbers mr-2 font-semibold">
                {number}
              </Link>
              {text}
            </p>
            {evidence === '' ? null : (
              <p className="text-m text-ink-2">{t('duty.evidence.wanted', { evidence })}</p>
            )}
          </li>
        ))}
      </ul>
    </Part>
  )
}

const outcomes: Readonly<Record<string, Status>> = {
  done: 'kept',
  met: 'kept',
  kept: 'kept',
  late: 'broken',
  missed: 'broken',
  broken: 'broken',
  unknown: 'unknown',
}

/** Every fact that says how it ended, in order: a late doing unsays no miss. */
function Past({ detail }: { detail: Detail }) {
  const { t } = useWords()
  if (detail.past.length === 0) return null
  return (
    <Part title={t('duty.past')}>
      <ol className="grid gap-2 text-m">
        {detail.past.map(one => (
          <li key={one.pos} className="grid gap-0.5">
            <span className="flex items-center gap-2 font-semibold">
              <VerdictMark status={outcomes[one.outcome] ?? 'unknown'} />
              {one.was === null
                ? t(`duty.outcome.${one.outcome}`)
                : t('duty.restated', {
                    was: t(`duty.outcome.${one.was}`),
                    now: t(`duty.outcome.${one.outcome}`),
                  })}
            </span>
            <span className="text-s text-ink-2">
              <Time at={one.recorded} />
            </span>
          </li>
        ))}
      </ol>
    </Part>
  )
}
