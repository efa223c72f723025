import type { ReactNode } from 'react'
import { useEffect, useState } from 'react'
import { filterInSlices, fold, sortInSlices } from './find.ts'

export type Column<Row> = Readonly<{
  id: string
  title: string
  /** What it is found and ordered by; null where there is none, which comes last. */
  value(row: Row): string | number | null
  /** How it is shown, where the value alone does not say it. */
  cell?(row: Row): ReactNode
  align?: 'end'
  sorts?: false
  /** Not shown until it is asked for. */
  hidden?: true
}>

export type Order = Readonly<{ id: string; desc: boolean }>

/**
 * The rows that match, in order. What is on the screen stays until the next is found: a letter typed
 * never waits for the one before it.
 *
 * @param asked null: the server has done it
 */
export function useRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  asked: Readonly<{ filter: string; order: Order | null }> | null,
  locale: string,
): readonly Row[] {
  const [found, setFound] = useState<readonly Row[] | null>(null)
  const filter = fold(asked?.filter.trim() ?? '')
  const orderId = asked?.order?.id ?? null
  const desc = asked?.order?.desc ?? false
  const isPlain = filter === '' && orderId === null
  useEffect(() => {
    if (isPlain) return
    const abort = new AbortController()
    const run = async () => {
      const texts = haystack(rows, columns)
      const kept =
        filter === ''
          ? rows
          : await filterInSlices(
              rows,
              row => textOf(texts, row, columns).includes(filter),
              abort.signal,
            )
      const column = columns.find(each => each.id === orderId)
      const sorted =
        kept && column
          ? await sortInSlices(kept, compareBy(column, desc, locale), abort.signal)
          : kept
      if (sorted && !abort.signal.aborted) setFound(sorted)
    }
    void run()
    return () => abort.abort()
  }, [rows, columns, filter, orderId, desc, isPlain, locale])
  return isPlain ? rows : (found ?? rows)
}

type Texts = WeakMap<object, string>
/** What each row is searched in, made when it is first looked at. */
const known = new WeakMap<readonly unknown[], { columns: unknown; texts: Texts }>()

function haystack<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Texts {
  const before = known.get(rows)
  if (before?.columns === columns) return before.texts
  const texts: Texts = new WeakMap()
  known.set(rows, { columns, texts })
  return texts
}

function textOf<Row>(texts: Texts, row: Row, columns: readonly Column<Row>[]): string {
  const key = row as object
  let text = texts.get(key)
  if (text === undefined) {
    text = fold(columns.map(column => column.value(row) ?? '').join('\n'))
    texts.set(key, text)
  }
  return text
}

/** By the order of the reader's language, numbers within words as numbers; what is not there last. */
export function compareBy<Row>(
  column: Pick<Column<Row>, 'value'>,
  desc: boolean,
  locale: string,
): (a: Row, b: Row) => number {
  const { compare } = new Intl.Collator(locale, { numeric: true })
  const sign = desc ? -1 : 1
  return (a, b) => {
    const [x, y] = [column.value(a), column.value(b)]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    if (typeof x === 'number' && typeof y === 'number') return sign * (x - y)
    return sign * compare(String(x), String(y))
  }
}
