import { Button } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Empty, ProblemNotice, Skeleton } from '../../ui/notice.tsx'
import { useRead } from '../../ui/read.ts'
import type { Column as TableColumn } from '../../ui/rows.ts'
import { useCatalogue, useWords } from '../../ui/words.tsx'
import { type About, asks, type Row } from './asks.ts'
import { EntryDrawer } from './entry.tsx'
import { Filters } from './filters.tsx'
import { Head } from './head.tsx'
import { NewEntry } from './new-entry.tsx'
import { usePieces } from './pieces.ts'
import { queryOf, usePlace } from './place.ts'
import { WholeDialogs } from './whole-dialogs.tsx'
import { cellText, labelOf, modulesOf } from './words.ts'

/** More columns than these are shown when they are asked for. */
const columnsShown = 7

/** The page of a register, by the word that its routes have. */
export function registerPage(name: string) {
  return function RegisterPage() {
    const about = useRead(asks.about(name))
    const isWorded = useCatalogue(...(about.value === null ? [] : modulesOf(about.value)))
    if (about.value === null || !isWorded) {
      return (
        <div className="mx-auto min-h-[70vh] max-w-5xl px-5 py-8">
          {about.problem ? (
            <ProblemNotice problem={about.problem} again={about.again} />
          ) : (
            <Skeleton rows={8} />
          )}
        </div>
      )
    }
    return <Register about={about.value} />
  }
}

function Register({ about }: { about: About }) {
  const words = useWords()
  const { t, has } = words
  const { search, show, open, close, hrefOf } = usePlace()
  const query = queryOf(about, search)
  const pieces = usePieces(about.name, query)
  const columns = columnsOf(about, words)
  const order = query.sort ? { id: query.sort, desc: query.order === 'down' } : null
  const title = t(`${about.name}.title`)
  const isNarrowed = Object.keys(query).some(one => !['sort', 'order'].includes(one))
  return (
    <div className="mx-auto grid max-w-[96rem] gap-4 px-4 py-6 sm:px-6">
      <Head about={about} query={query} />
      {pieces.problem ? <ProblemNotice problem={pieces.problem} again={pieces.again} /> : null}
      <DataTable<Row>
        label={title}
        columns={columns}
        rows={nothing}
        idOf={({ id }) => id}
        hrefOf={({ id }) => hrefOf(id)}
        filters={<Filters about={about} />}
        server={{
          ...{
            filter: search['text'] ?? '',
            order,
            total: isNarrowed ? pieces.size || 1 : pieces.size,
          },
          onAsk: asked =>
            show(
              {
                text: asked.filter || undefined,
                sort: asked.order?.id,
                order: asked.order?.desc ? 'down' : undefined,
              },
              true,
            ),
          pieces: { found: pieces.found ?? 0, at: pieces.at, onSee: pieces.onSee },
        }}
        empty={
          pieces.found === null ? (
            <Skeleton rows={8} />
          ) : (
            <Empty
              title={t('register.empty')}
              text={t(has(`${about.name}.empty`) ? `${about.name}.empty` : 'register.empty.text')}
            >
              {about.may.write ? (
                <Button onClick={() => open({ do: 'import' })}>{t('register.import')}</Button>
              ) : null}
            </Empty>
          )
        }
      />
      {search['entry'] === undefined ? null : (
        <EntryDrawer key={search['entry']} about={about} id={search['entry']} close={close} />
      )}
      {search['do'] === 'new' && about.may.write ? <NewEntry about={about} close={close} /> : null}
      <WholeDialogs about={about} what={search['do']} close={close} />
    </div>
  )
}

const nothing: readonly Row[] = []

const columnsOf = (about: About, words: ReturnType<typeof useWords>): readonly TableColumn<Row>[] =>
  about.columns.map((column, at) => ({
    id: column.name,
    title: labelOf(column.label, words),
    // What has no number of its own is opened by ours.
    value: ({ id, values }: Row) =>
      cellText(about, column, values[column.name] ?? '', words) || (at === 0 ? id : null),
    ...(column.kind === 'number' && { align: 'end' as const }),
    // Half a day is no day: on a phone the table scrolls instead.
    ...(column.kind === 'date' && {
      cell: ({ values }: Row) => (
        <bdi className="whitespace-nowrap">
          {cellText(about, column, values[column.name] ?? '', words) || '–'}
        </bdi>
      ),
    }),
    ...(at >= columnsShown && { hidden: true as const }),
  }))
