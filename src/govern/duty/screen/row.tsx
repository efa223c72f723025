import { useHouse } from '../../../core/ui/house.tsx'
import { Time } from '../../../core/ui/time.tsx'
import type { Status } from '../../../core/ui/verdict.tsx'
import { Badge, VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { DutyView } from '../view.ts'

export type Row = DutyView & Readonly<{ alike: number; subjects: number; isOnePeriod: boolean }>

/** How it stands, in the four shapes of verdicts. */
export const statusOf = ({ standing, isLate }: Pick<DutyView, 'standing' | 'isLate'>): Status =>
  isLate ? 'broken' : standing === 'unknown' ? 'unknown' : 'due'

export const hrefOf = (id: string): string =>
  `/duties/${id.split('/').map(encodeURIComponent).join('/')}`

/** What ends at midnight ends on the day before, as people say it. */
export function Due({ due, relative = true }: { due: string | null; relative?: boolean }) {
  const { t, zone } = useWords()
  if (due === null) return <span className="text-ink-2">{t('duty.due.unknown')}</span>
  const last = new Date(Date.parse(due) - 1).toISOString()
  const isDay = isMidnight(due, zone)
  return <Time at={isDay ? last : due} day={isDay} relative={relative} />
}

const isMidnight = (due: string, zone: string): boolean =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, timeStyle: 'medium' }).format(
    Date.parse(due),
  ) === '00:00:00'

/** One line of a list: what, for whom, by when, and who does it. */
export function DutyRow({ row }: { row: Row }) {
  const { t } = useWords()
  const { search } = useHouse()
  const isMany = row.alike > 1
  // Opened, a control shows its subjects, and a subject its periods.
  const isOpened = search['control'] !== undefined
  const query = new URLSearchParams({
    ...search,
    control: row.control,
    ...(isOpened && { subject: row.subject ?? 'org' }),
  })
  const who = row.delegatedTo ?? row.answering.people[0] ?? null
  return (
    <li className="border-b border-line">
      <a
        href={isMany ? `/duties?${query}` : hrefOf(row.id)}
        data-duty=""
        className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-3 gap-y-1 px-2 py-3 no-underline hover:bg-paper-2 md:grid-cols-[1.25rem_minmax(0,1fr)_22rem]"
      >
        <span className="pt-0.5">
          <VerdictMark status={statusOf(row)} label={t(`duty.standing.${row.standing}`)} />
        </span>
        <span className="grid min-w-0 gap-1">
          <span className="font-semibold">
            <bdi>{isOpened ? (row.subject ?? row.occurrence) : row.title}</bdi>
            {isMany ? (
              <span className="numbers ml-2 font-normal text-ink-2">
                {t('duty.alike', { count: row.alike })}
              </span>
            ) : null}
          </span>
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-s text-ink-2">
            {row.isOnePeriod ? <span className="numbers">{row.occurrence}</span> : null}
            {row.subjects > 1 ? (
              <span className="numbers">{t('duty.subjects', { count: row.subjects })}</span>
            ) : row.subject === null || isOpened ? null : (
              <bdi className="numbers">{row.subject}</bdi>
            )}
            <span>
              {row.roleName}
              {who === null ? null : <bdi className="ml-1.5">{who.name ?? who.person}</bdi>}
            </span>
            {row.statements.length === 0 ? null : (
              <span className="numbers">
                {t('duty.statements', { numbers: row.statements.join(', ') })}
              </span>
            )}
            {row.answering.as === 'vacant' ? <Badge>{t('duty.vacant')}</Badge> : null}
            {row.answering.as === 'deputy' ? <Badge>{t('duty.deputy')}</Badge> : null}
            {row.delegatedTo === null ? null : <Badge>{t('duty.delegated')}</Badge>}
            {row.what === 'accept' ? <Badge>{t('duty.standing.accept')}</Badge> : null}
            {row.level > 0 ? <Badge>{t(`duty.level.${row.level}`)}</Badge> : null}
            {row.comments === 0 ? null : (
              <span>{t('duty.comments.count', { count: row.comments })}</span>
            )}
          </span>
        </span>
        <span
          className={`col-start-2 text-m md:col-start-3 md:text-end ${row.isLate ? 'text-broken' : ''}`}
        >
          {isMany && !row.isOnePeriod ? (
            <span className="mr-2 text-ink-2">{t('duty.soonest')}</span>
          ) : null}
          <Due due={row.due} relative={!isMany} />
        </span>
      </a>
    </li>
  )
}
