import { get } from '../../../core/ui/client.ts'
import { useNow } from '../../../core/ui/clock.ts'
import { DataTable } from '../../../core/ui/data-table.tsx'
import { Empty, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import type { Column } from '../../../core/ui/rows.ts'
import { Time } from '../../../core/ui/time.tsx'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords, type Words } from '../../../core/ui/words.tsx'
import type { GetOutages } from '../routes.ts'
import { Cut } from './cut.tsx'
import { whyText } from './why.ts'

type Row = Awaited<ReturnType<GetOutages['run']>>['outages'][number]

const minuteMs = 60_000

export function Outages() {
  const words = useWords()
  const { t } = words
  const nowMs = useNow()
  const read = useRead(get<GetOutages>('/availability/outages'))
  const { value } = read
  if (value === null)
    return read.problem ? (
      <ProblemNotice problem={read.problem} again={read.again} />
    ) : (
      <Skeleton rows={3} />
    )
  return (
    <section className="grid gap-3">
      <h2 className="text-l font-bold">{t('availability.outages.title')}</h2>
      {value.isCut ? <Cut /> : null}
      <DataTable
        label={t('availability.outages.title')}
        columns={columnsOf(words, nowMs)}
        rows={value.outages}
        idOf={row => row.outage}
        hrefOf={row => `/evidence/${row.pos}`}
        empty={
          <Empty
            title={t('availability.outages.none')}
            text={t('availability.outages.none.text')}
          />
        }
      />
    </section>
  )
}

function columnsOf(words: Words, nowMs: number): readonly Column<Row>[] {
  const { t } = words
  const minutesOf = ({ began, ended }: Row) =>
    Math.max(
      0,
      Math.ceil(((ended === null ? nowMs : Date.parse(ended)) - Date.parse(began)) / minuteMs),
    )
  return [
    { id: 'service', title: t('availability.column.service'), value: row => row.service },
    {
      id: 'began',
      title: t('availability.column.began'),
      value: row => row.began,
      cell: row => <At instant={row.began} />,
    },
    {
      id: 'ended',
      title: t('availability.column.ended'),
      value: row => row.ended,
      cell: row =>
        row.ended === null ? (
          <span className="font-semibold whitespace-nowrap text-broken">
            <VerdictMark status="broken" /> {t('availability.outage.lasts')}
          </span>
        ) : (
          <At instant={row.ended} />
        ),
    },
    {
      id: 'length',
      title: t('availability.column.length'),
      value: minutesOf,
      cell: row => lengthText(words, minutesOf(row)),
      align: 'end',
    },
    {
      id: 'why',
      title: t('availability.column.why'),
      value: row => whyText(words, row.why),
    },
  ]
}

const At = ({ instant }: { instant: string }) => (
  <span className="whitespace-nowrap">
    <Time at={instant} relative={false} />
  </span>
)

const lengthText = ({ t }: Words, minutes: number): string =>
  minutes < 60
    ? t('availability.length.minutes', { minutes })
    : t('availability.length.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
