import { formatDay, formatInstant } from '../../../core/i18n/time.ts'
import { get } from '../../../core/ui/client.ts'
import { DataTable } from '../../../core/ui/data-table.tsx'
import { useMay } from '../../../core/ui/house.tsx'
import { Empty, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import type { Column } from '../../../core/ui/rows.ts'
import { type Period, Strip } from '../../../core/ui/strip.tsx'
import { type Status, VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords, type Words } from '../../../core/ui/words.tsx'
import type { GetServices } from '../routes.ts'
import { Cut } from './cut.tsx'
import { whyText } from './why.ts'

type Answer = Awaited<ReturnType<GetServices['run']>>
type Row = Answer['services'][number]

/** More of a day than this unseen, and nobody knows the day: as of a month. */
const dayBlindMax = 0.01

export function Services() {
  const words = useWords()
  const { t, locale, zone } = words
  const mayRegister = useMay('register.service-probe.read')
  const read = useRead(get<GetServices>('/availability/services'))
  const { value } = read
  if (value === null)
    return read.problem ? (
      <ProblemNotice problem={read.problem} again={read.again} />
    ) : (
      <Skeleton rows={6} />
    )
  const share = percent(words, value.ratioAtLeast / 1_000_000)
  const span = { from: formatDay(locale, zone, value.month.from), share }
  return (
    <section className="grid gap-3">
      <h2 className="text-l font-bold">{t('availability.services.title')}</h2>
      <p className="text-m text-ink-2">{t('availability.services.month', span)}</p>
      {value.isCut ? <Cut /> : null}
      <DataTable
        label={t('availability.services.title')}
        columns={columnsOf(words)}
        rows={value.services}
        idOf={row => row.service}
        {...(mayRegister && {
          hrefOf: ({ probe, service }: Row) =>
            probe === null
              ? '/registers/service-probe'
              : `/registers/service-probe/${encodeURIComponent(service)}`,
        })}
        empty={
          <Empty
            title={t('availability.services.none')}
            text={t('availability.services.none.text')}
          />
        }
      />
    </section>
  )
}

function columnsOf(words: Words): readonly Column<Row>[] {
  const { t, locale } = words
  const number = (count: number) => new Intl.NumberFormat(locale).format(count)
  const of = (part: number, whole: number) => `${number(part)} / ${number(whole)}`
  return [
    { id: 'service', title: t('availability.column.service'), value: row => row.service },
    {
      id: 'now',
      title: t('availability.column.now'),
      value: row => nowText(row, words),
      cell: row => <Now row={row} />,
    },
    {
      id: 'share',
      title: t('availability.column.share'),
      value: ({ month }) => (month.seen === 0 ? null : (month.seen - month.down) / month.seen),
      cell: ({ month }) => <Share month={month} />,
      align: 'end',
    },
    {
      id: 'answered',
      title: t('availability.column.answered'),
      value: ({ month }) => month.seen - month.down,
      cell: ({ month }) => of(month.seen - month.down, month.seen),
      align: 'end',
    },
    {
      id: 'down',
      title: t('availability.column.down'),
      value: ({ month }) => month.down,
      cell: ({ month }) => of(month.down, month.budget),
      align: 'end',
    },
    {
      id: 'blind',
      title: t('availability.column.blind'),
      value: ({ month }) => month.blind,
      cell: ({ month }) => number(month.blind),
      align: 'end',
    },
    {
      id: 'days',
      title: t('availability.column.days'),
      value: () => null,
      sorts: false,
      cell: row => (
        // What is only read out stays within the table where that is wider than the window.
        <div className="relative">
          <Strip
            label={t('availability.days.of', { service: row.service })}
            periods={row.days.map(day => periodOf(day, words))}
          />
        </div>
      ),
    },
    {
      id: 'target',
      title: t('availability.column.target'),
      value: ({ probe }) => probe?.target ?? null,
    },
  ]
}

const marks: Readonly<Record<Row['now']['state'], Status>> = {
  up: 'kept',
  down: 'broken',
  unknown: 'unknown',
}

function nowText({ now, probe }: Row, words: Words): string {
  const { t } = words
  if (probe === null) return t('availability.state.unprobed')
  const why = whyText(words, now.why)
  const state = t(`availability.state.${now.state}`)
  return why === '' ? state : t('availability.state.why', { state, why })
}

function Now({ row }: { row: Row }) {
  const words = useWords()
  const { t, locale, zone } = words
  const { now } = row
  const at = now.at === null ? '' : formatInstant(locale, zone, now.at)
  const places = now.asked > 1 ? t('availability.places', { ...now }) : ''
  return (
    <span className="whitespace-nowrap" title={[at, places].join(' ').trim()}>
      <VerdictMark status={row.probe === null ? 'unknown' : marks[now.state]} />{' '}
      {nowText(row, words)}
    </span>
  )
}

function Share({ month }: { month: Row['month'] }) {
  const words = useWords()
  const { seen, down, status } = month
  return (
    <span className="whitespace-nowrap">
      <VerdictMark status={status} label={words.t(`status.${status}`)} />{' '}
      {seen === 0 ? '–' : percent(words, (seen - down) / seen)}
    </span>
  )
}

/** Rounded down: 99.4999 % is not 99.5 %. */
function percent({ locale }: Words, share: number): string {
  const floor = Math.floor(share * 100_000 + 1e-6) / 100_000
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 3 }).format(floor)
}

function periodOf(day: Row['days'][number], { t, locale, zone }: Words): Period {
  const { seen, down, blind } = day
  const isUnknown = seen === 0 || blind > dayBlindMax * (seen + blind)
  const status = down > 0 ? 'broken' : isUnknown ? 'unknown' : 'kept'
  const name = t('availability.day', { day: formatDay(locale, zone, day.from), down, blind })
  return { id: day.day, status, name }
}
