import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Drawer } from '../../ui/dialog.tsx'
import { useHouse } from '../../ui/house.tsx'
import { Notice, ProblemNotice, Skeleton } from '../../ui/notice.tsx'
import { useRead } from '../../ui/read.ts'
import { Badge } from '../../ui/verdict.tsx'
import { useWords, type Words } from '../../ui/words.tsx'
import { type About, asks, type Entry } from './asks.ts'
import { ChangeEntry, DoWith } from './entry-acts.tsx'
import { typedColumns } from './entry-form.tsx'
import { History } from './history.tsx'
import { cellText, labelOf, officeOf } from './words.ts'

/** One entry: what stands there, what can be done with it, and how it came to be so. */
export function EntryDrawer({ about, id, close }: { about: About; id: string; close(): void }) {
  const words = useWords()
  const { t } = words
  const entry = useRead(asks.entry(about.name, id))
  const { value, problem } = entry
  return (
    <Drawer
      open
      title={value === null ? t(`${about.name}.title`) : nameOf(about, value, words)}
      close={close}
    >
      {problem && value === null ? <ProblemNotice problem={problem} again={entry.again} /> : null}
      {value === null && problem === null ? <Skeleton rows={6} /> : null}
      {value === null ? null : <Opened {...{ about, entry: value, again: entry.again }} />}
    </Drawer>
  )
}

/** By its first column that says something. */
const nameOf = (about: About, { id, values }: Entry, words: Words): string =>
  about.columns
    .map(column => cellText(about, column, values[column.name] ?? '', words))
    .find(text => text !== '') ?? id

function Opened(props: { about: About; entry: Entry; again(): void }) {
  const { about, entry, again } = props
  const { t } = useWords()
  const { tell } = useHouse()
  // `change`, `close`, or one of the register's own actions.
  const [doing, setDoing] = useState<string | null>(null)
  const done = (text: string) => {
    tell({ text })
    setDoing(null)
    again()
  }
  const back = () => setDoing(null)
  if (doing === 'change') return <ChangeEntry {...{ about, entry, again, back, done }} />
  if (doing !== null) return <DoWith what={doing} {...{ about, entry, again, back, done }} />
  const actions = about.actions.filter(({ name }) => entry.actions.includes(name))
  return (
    <div className="grid gap-6">
      {entry.closed ? <Notice title={t('register.closed')} /> : null}
      <Values {...{ about, entry }} />
      {entry.closed ? null : (
        <div className="flex flex-wrap gap-2 print:hidden">
          {about.may.write && typedColumns(about, false).length > 0 ? (
            <Button onClick={() => setDoing('change')}>{t('register.change')}</Button>
          ) : null}
          {actions.map(({ name, label }, at) => (
            <Button key={name} look={at === 0 ? 'next' : 'plain'} onClick={() => setDoing(name)}>
              {t(label)}
            </Button>
          ))}
          {about.may.close ? (
            <Button look="danger" onClick={() => setDoing('close')}>
              {t('register.close')}
            </Button>
          ) : null}
        </div>
      )}
      <History {...{ about, entry }} />
    </div>
  )
}

/** Who answers for it today, and the number under which a file names the office. */
function Holder({ about, office }: { about: About; office: string }) {
  const { t } = useWords()
  const found = officeOf(about, office)
  return (
    <span className="block text-s text-ink-2">
      {found?.holder ? (
        <bdi className="mr-3">{t('register.office.holder', { name: found.holder })}</bdi>
      ) : null}
      {found === null ? (
        t('register.office.unknown')
      ) : (
        <span className="numbers">{t('register.office.number', { id: office })}</span>
      )}
    </span>
  )
}

function Values({ about, entry }: { about: About; entry: Entry }) {
  const words = useWords()
  return (
    <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-5 gap-y-1.5 text-m">
      {about.columns.map(column => {
        const text = cellText(about, column, entry.values[column.name] ?? '', words)
        return (
          <div
            key={column.name}
            className="col-span-2 grid grid-cols-subgrid border-b border-line pb-1.5"
          >
            <dt className="text-ink-2">{labelOf(column.label, words)}</dt>
            <dd className="m-0 min-w-0">
              {text === '' ? (
                <span className="text-ink-2">{words.t('register.none')}</span>
              ) : (
                <bdi className="[overflow-wrap:anywhere]">{text}</bdi>
              )}
              {column.kind === 'office' && !column.isFixed && text !== '' ? (
                <Holder about={about} office={entry.values[column.name] ?? ''} />
              ) : null}
              {column.isPersonal ? (
                <span className="ml-2">
                  <Badge title={words.t('register.personal.means')}>
                    {words.t('register.personal')}
                  </Badge>
                </span>
              ) : null}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
