import { Link } from '../../../core/ui/button.tsx'
import { DataTable } from '../../../core/ui/data-table.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { Empty, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import type { Column } from '../../../core/ui/rows.ts'
import { Time } from '../../../core/ui/time.tsx'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords, type Words } from '../../../core/ui/words.tsx'
import type { ListRunbooks } from '../runbook/routes.ts'
import { Page, useRunbooks } from './parts.tsx'
import { RunbookPage } from './runbook.tsx'

/** Which runbooks there are and how far they are written; or one of them. */
export default function RunbooksPage() {
  const { rest } = useHouse()
  return rest.length === 0 ? <Runbooks /> : <RunbookPage key={rest.join('/')} id={rest.join('/')} />
}

type Row = Awaited<ReturnType<ListRunbooks['run']>>['runbooks'][number]

const columnsOf = ({ t }: Pick<Words, 't'>): readonly Column<Row>[] => [
  { ...{ id: 'runbook', title: t('drill.runbook') }, value: ({ runbook }) => runbook },
  { ...{ id: 'about', title: t('runbook.column.about') }, value: ({ about }) => about },
  {
    ...{ id: 'version', title: t('runbook.column.version') },
    value: ({ version }) => version,
    cell: ({ version, steps }) =>
      version === null || steps === 0 ? (
        <span className="inline-flex items-center gap-1.5">
          <VerdictMark status="unknown" />
          {t('runbook.unwritten')}
        </span>
      ) : (
        version
      ),
  },
  {
    ...{ id: 'steps', title: t('runbook.column.steps'), align: 'end' },
    value: ({ steps }) => steps,
  },
  {
    ...{ id: 'minutes', title: t('runbook.column.minutes'), align: 'end' },
    value: ({ minutes }) => minutes,
  },
  {
    ...{ id: 'at', title: t('runbook.column.at'), value: ({ at }) => at },
    cell: ({ at }) => (at === null ? '–' : <Time at={at} relative={false} />),
  },
]

function Runbooks() {
  const words = useWords()
  const { t } = words
  const read = useRunbooks()
  const { value, problem } = read
  const sees = useMay('register.runbook.read')
  const toList = sees ? <Link href="/registers/runbook">{t('runbook.to.list')}</Link> : null
  const columns = columnsOf(words)
  return (
    <Page>
      <header className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-bold">{t('runbook.screen.title')}</h1>
        {toList}
      </header>
      {value === null ? (
        problem ? (
          <ProblemNotice problem={problem} again={read.again} />
        ) : (
          <Skeleton rows={6} />
        )
      ) : (
        <DataTable
          label={t('runbook.screen.title')}
          columns={columns}
          rows={value.runbooks}
          idOf={({ runbook }) => runbook}
          hrefOf={({ runbook }) => `/runbooks/${runbook}`}
          empty={<Empty title={t('runbook.empty')} text={t('runbook.empty.text')} />}
        />
      )}
    </Page>
  )
}
