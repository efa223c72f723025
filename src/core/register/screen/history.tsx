import { Time } from '../../ui/time.tsx'
import { useWords } from '../../ui/words.tsx'
import type { About, Entry } from './asks.ts'
import { cellText, labelOf } from './words.ts'

/** What was said of an entry, the newest first: when, by whom, why, and what it changed. */
export function History({ about, entry }: { about: About; entry: Entry }) {
  const words = useWords()
  const { t, has } = words
  const columns = new Map(about.columns.map(column => [column.name, column]))
  const shown = (name: string, value: string) => {
    const column = columns.get(name)
    return column === undefined || value === ''
      ? t('register.none')
      : cellText(about, column, value, words)
  }
  return (
    <section className="grid gap-2">
      <h3 className="text-l font-bold">{t('register.history')}</h3>
      <ol className="grid gap-3">
        {entry.history.map(fact => (
          <li key={fact.pos} className="grid gap-0.5 border-l-2 border-line-2 pl-3 text-m">
            <p className="flex flex-wrap items-baseline gap-x-3">
              <b>{has(`fact.${fact.type}`) ? t(`fact.${fact.type}`) : fact.type}</b>
              <span className="numbers text-s text-ink-2">
                {t('register.at', { pos: fact.pos })}
              </span>
            </p>
            <p className="text-s text-ink-2">
              <Time at={fact.occurred} relative={false} />
              {fact.by === null ? null : (
                <bdi className="ml-2">{t('register.by', { by: fact.by })}</bdi>
              )}
            </p>
            {fact.reason === null ? null : (
              <p>
                <bdi>{t('register.reason', { reason: fact.reason })}</bdi>
              </p>
            )}
            {fact.changes.length === 0 ? null : (
              <ul className="grid gap-0.5">
                {fact.changes.map(({ column, was, is }) => (
                  <li key={column} className="[overflow-wrap:anywhere]">
                    <span className="text-ink-2">
                      {labelOf(columns.get(column)?.label ?? column, words)}{' '}
                    </span>
                    {was === '' ? null : (
                      <>
                        <del className="text-ink-2">
                          <bdi>{shown(column, was)}</bdi>
                        </del>
                        {' → '}
                      </>
                    )}
                    <ins className="no-underline">
                      <bdi>{shown(column, is)}</bdi>
                    </ins>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}
