import type { ReactNode } from 'react'
import { get } from '../../../core/ui/client.ts'
import { DataTable } from '../../../core/ui/data-table.tsx'
import { Empty, Notice, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import type { Column } from '../../../core/ui/rows.ts'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { GetOverview } from '../overview.ts'

type Counts = Readonly<{ open: number; late: number; accept: number }>
type Line = Counts & Readonly<{ id: string; name: string; beside: string; href: string | null }>

/** Who is late, by office, department and person: numbers side by side, never one score. */
export function Overview() {
  const { t, locale } = useWords()
  const read = useRead(get<GetOverview>('/duties/overview', { query: { locale } }))
  const { value } = read
  if (value === null)
    return read.problem ? (
      <ProblemNotice problem={read.problem} again={read.again} />
    ) : (
      <Skeleton rows={8} />
    )
  const offices = value.offices.map(one => ({
    ...one,
    id: one.role,
    beside: [...(one.as === 'holder' ? [] : [t(`duty.${one.as}`)]), ...one.people].join(' · '),
    href: `/duties?tab=all&role=${encodeURIComponent(one.role)}`,
  }))
  const people = value.people.map(one => ({
    ...one,
    id: one.person,
    name: one.name ?? one.person,
    beside: '',
    href: `/duties?tab=all&person=${encodeURIComponent(one.person)}`,
  }))
  const departments = value.departments.map(one => ({
    ...one,
    id: one.department ?? '',
    name: one.department ?? t('duty.department.none'),
    beside: '',
    href: null,
  }))
  return (
    <div className="grid gap-8">
      {value.isCut ? <Notice title={t('duty.cut')} /> : null}
      <Part title={t('duty.overview.offices')} head={t('duty.filter.role')} rows={offices} />
      <Part title={t('duty.overview.departments')} head={t('duty.department')} rows={departments} />
      <Part title={t('duty.overview.people')} head={t('duty.filter.person')} rows={people} />
    </div>
  )
}

const lateCell = ({ late }: Line): ReactNode =>
  late === 0 ? (
    0
  ) : (
    <span className="inline-flex items-center gap-1.5 font-semibold text-broken">
      <VerdictMark status="broken" />
      {late}
    </span>
  )

function Part({ title, head, rows }: { title: string; head: string; rows: readonly Line[] }) {
  const { t } = useWords()
  const number = (id: keyof Counts): Column<Line> => ({
    id,
    title: t(`duty.filter.state.${id}`),
    value: row => row[id],
    align: 'end',
    ...(id === 'late' ? { cell: lateCell } : {}),
  })
  const hasBeside = rows.some(({ beside }) => beside !== '')
  const columns: Column<Line>[] = [
    { id: 'name', title: head, value: row => row.name },
    number('late'),
    number('open'),
    number('accept'),
    ...(hasBeside
      ? [{ id: 'beside', title: t('duty.answers'), value: (row: Line) => row.beside }]
      : []),
  ]
  return (
    <section className="grid gap-3">
      <h2 className="text-l font-bold">{title}</h2>
      <DataTable
        label={title}
        columns={columns}
        rows={rows}
        idOf={row => row.id}
        {...(rows.every(({ href }) => href === null)
          ? {}
          : { hrefOf: (row: Line) => row.href ?? '' })}
        empty={<Empty title={t('duty.all.empty')} text={t('duty.all.empty.text')} />}
      />
    </section>
  )
}
