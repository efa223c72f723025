import type { RowData, SortingState } from '@tanstack/react-table'
import {
  columnVisibilityFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import type { ReactNode } from 'react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { IconButton } from './button.tsx'
import { Icon } from './icon.tsx'
import { useKeys } from './keys.ts'
import { Menu, MenuCheck, MenuLabel } from './menu.tsx'
import { useIsPrinting } from './printing.ts'
import type { Column, Order } from './rows.ts'
import { useRows } from './rows.ts'
import { useWords } from './words.tsx'

/** Every row has this height: then 10^5 of them need no measuring. */
const rowPx = 40

/** What is printed beyond is nothing that anybody reads on paper; it can be exported. */
const printedMax = 1_000

const features = tableFeatures({ columnVisibilityFeature, rowSortingFeature })

export type TableProps<Row extends RowData> = Readonly<{
  /** What the table is, for whoever hears it. */
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  idOf(row: Row): string
  hrefOf?(row: Row): string
  /**
   * Where the server filters, orders and cuts: what is asked for now, and how many there are in all.
   * Without it everything is done here.
   */
  server?: Readonly<{
    filter: string
    order: Order | null
    total: number
    onAsk(asked: Readonly<{ filter: string; order: Order | null }>): void
    /** Where it sends what it found piece by piece, as it is looked at; `rows` is then not asked. */
    pieces?: Readonly<{
      found: number
      at(index: number): Row | undefined
      onSee(first: number, last: number): void
    }>
  }>
  /** Stands beside the search: what else is filtered by. */
  filters?: ReactNode
  /** Chosen rows by id. Without it none can be chosen. */
  selected?: ReadonlySet<string>
  onSelect?(selected: ReadonlySet<string>): void
  /** What can be done with the chosen ones, or with all. */
  actions?: ReactNode
  /** Shown instead of rows when there are none at all. */
  empty: ReactNode
}>

/** A register as a table: filtered, ordered, by keyboard, and always "n of N". */
export function DataTable<Row extends RowData>(props: TableProps<Row>) {
  const { label, rows, idOf, hrefOf, server, selected, onSelect, empty } = props
  const { t, locale } = useWords()
  const [own, setOwn] = useState<Readonly<{ filter: string; order: Order | null }>>({
    filter: '',
    order: null,
  })
  const asked = server ?? own
  const ask = (next: Partial<typeof own>) =>
    (server?.onAsk ?? setOwn)({ filter: asked.filter, order: asked.order, ...next })
  const shown = useRows(rows, props.columns, server ? null : own, locale)
  const total = server?.total ?? rows.length
  const pieces = server?.pieces
  const count = pieces?.found ?? shown.length

  const box = useRef<HTMLDivElement>(null)
  const filterField = useRef<HTMLInputElement>(null)
  // Nothing here is compiled by the React compiler, whose memory would be stale.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: 12,
    // Nothing is measured before the first frame; a screen's worth is drawn at once.
    initialRect: { width: 800, height: 600 },
  })
  const items = virtual.getVirtualItems()
  const onSee = pieces?.onSee
  const [top, bottom] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0]
  useEffect(() => onSee?.(top, bottom), [onSee, top, bottom])
  // What has not come yet is a gap: what has come of a stretch is always without one in itself.
  const there = pieces ? items.filter(({ index }) => pieces.at(index) !== undefined) : items
  const isPrinting = useIsPrinting()
  const first = isPrinting ? 0 : (there[0]?.index ?? top)
  const length = isPrinting ? fromTop(count, pieces?.at) : there.length
  // Only what can be seen becomes rows of the table: 10^5 objects a letter would be felt.
  const rowAt = pieces?.at
  const seen = useMemo(
    () =>
      rowAt
        ? Array.from({ length }, (_, nth) => rowAt(first + nth)!)
        : shown.slice(first, first + length),
    [shown, rowAt, first, length],
  )
  const columns = useMemo(
    () =>
      props.columns.map(column => ({
        id: column.id,
        accessorFn: (row: Row) => column.value(row),
        enableSorting: column.sorts !== false,
      })),
    [props.columns],
  )
  const sorting: SortingState = asked.order ? [{ id: asked.order.id, desc: asked.order.desc }] : []
  const hidden = Object.fromEntries(props.columns.map(each => [each.id, each.hidden !== true]))
  const table = useTable({
    features,
    columns,
    data: seen as Row[],
    getRowId: idOf,
    manualSorting: true,
    initialState: { columnVisibility: hidden },
    state: { sorting },
    onSortingChange: update => {
      const [next] = typeof update === 'function' ? update(sorting) : update
      ask({ order: next ? { id: next.id, desc: next.desc } : null })
    },
  })
  const visible = table.getVisibleLeafColumns()
  const columnOf = new Map(props.columns.map(column => [column.id, column]))

  const [at, setAt] = useState(0)
  // Where the focus is on its way to: a key that is pressed before it is there goes on from it.
  const going = useRef<number | null>(null)
  const goTo = (index: number) => {
    const next = Math.max(0, Math.min(count - 1, index))
    going.current = next
    setAt(next)
    virtual.scrollToIndex(next)
    // The row may have to be drawn first.
    requestAnimationFrame(() => {
      box.current
        ?.querySelector<HTMLElement>(`[data-row="${next}"] a, [data-row="${next}"]`)
        ?.focus({ preventScroll: true })
      if (going.current === next) going.current = null
    })
  }
  const step = (by: number) => goTo((going.current ?? at) + by)
  const isHere = () => going.current !== null || isIn(box.current)
  useKeys([
    { press: 'j', says: t('ui.table.keys.next'), run: () => step(isHere() ? 1 : 0) },
    { press: 'k', says: t('ui.table.keys.previous'), run: () => step(-1) },
    { press: '/', says: t('ui.table.keys.filter'), run: () => filterField.current?.focus() },
  ])
  const press = (event: React.KeyboardEvent) => {
    const from = going.current ?? at
    const to = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      Home: 0,
      End: count - 1,
      PageDown: from + 10,
      PageUp: from - 10,
    }[event.key]
    if (to !== undefined && !(event.target as HTMLElement).matches('input')) {
      event.preventDefault()
      goTo(to)
    } else if (event.key === 'x' && selected && shown[at]) toggle(idOf(shown[at]))
  }
  const toggle = (id: string) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    onSelect?.(next)
  }
  const allChosen = shown.length > 0 && shown.every(row => selected?.has(idOf(row)))

  if (total === 0 && asked.filter === '') return empty
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 print:hidden">
        <input
          ref={filterField}
          type="search"
          value={asked.filter}
          aria-label={t('ui.table.filter')}
          placeholder={t('ui.table.filter')}
          className="min-h-9 min-w-40 flex-1 rounded-md border border-edge bg-paper px-2.5 text-m sm:max-w-72"
          onChange={event => ask({ filter: event.target.value })}
          onKeyDown={event => event.key === 'Escape' && event.currentTarget.blur()}
        />
        {props.filters}
        <Counts
          shown={pieces ? count : server ? total : shown.length}
          total={total}
          chosen={selected?.size ?? 0}
        />
        <div className="ml-auto flex items-center gap-2">
          {props.actions}
          <Menu
            label={t('ui.table.columns')}
            trigger={<IconButton icon="columns" label={t('ui.table.columns')} />}
          >
            <MenuLabel>{t('ui.table.columns')}</MenuLabel>
            {table.getAllLeafColumns().map((column, index) => (
              <MenuCheck
                key={column.id}
                on={column.getIsVisible()}
                // The first column names the row; without it nothing can be told apart.
                onChange={on => index > 0 && column.toggleVisibility(on)}
              >
                {columnOf.get(column.id)?.title}
              </MenuCheck>
            ))}
          </Menu>
        </div>
      </div>
      {/* What scrolls must be reached by keyboard (WCAG 2.1.1); its keys move among the rows. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={box}
        role="region"
        aria-label={label}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onKeyDown={press}
        className="max-h-[calc(100dvh-15rem)] min-h-40 overflow-auto border-y border-line print:max-h-none print:overflow-visible"
      >
        <table
          aria-rowcount={count + 1}
          className="w-full border-separate border-spacing-0 text-m print:text-xs"
        >
          <caption className="sr-only">{label}</caption>
          <thead className="sticky top-0 z-10 bg-paper-2 print:static">
            <tr>
              {selected ? (
                <th scope="col" className="w-10 border-b border-line-2 px-2">
                  <input
                    type="checkbox"
                    aria-label={t('ui.table.all')}
                    checked={allChosen}
                    className="mx-auto block size-4.5 accent-next"
                    onChange={() => onSelect?.(new Set(allChosen ? [] : shown.map(idOf)))}
                  />
                </th>
              ) : null}
              {visible.map(column => (
                <Head
                  key={column.id}
                  column={columnOf.get(column.id)!}
                  order={asked.order?.id === column.id ? asked.order : null}
                  sort={column.getCanSort() ? () => column.toggleSorting() : null}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            <Gap px={first * rowPx} />
            {table.getRowModel().rows.map((row, index) => (
              <tr
                key={row.id}
                data-row={first + index}
                aria-rowindex={first + index + 2}
                tabIndex={-1}
                className={`h-10 hover:bg-paper-2 focus-within:bg-paper-2 ${selected?.has(row.id) ? 'bg-paper-3' : ''}`}
                onFocus={() => setAt(first + index)}
              >
                {selected ? (
                  <td className="border-b border-line px-2 text-center">
                    <input
                      type="checkbox"
                      aria-label={t('ui.table.choose', {
                        name: String(props.columns[0]?.value(row.original) ?? ''),
                      })}
                      checked={selected.has(row.id)}
                      className="mx-auto block size-4.5 accent-next"
                      onChange={() => toggle(row.id)}
                    />
                  </td>
                ) : null}
                {visible.map((column, place) => (
                  <Cell
                    key={column.id}
                    column={columnOf.get(column.id)!}
                    row={row.original}
                    href={place === 0 ? hrefOf?.(row.original) : undefined}
                  />
                ))}
              </tr>
            ))}
            {isPrinting ? null : <Gap px={virtual.getTotalSize() - (first + length) * rowPx} />}
          </tbody>
        </table>
        {count === 0 ? <p className="px-4 py-8 text-ink-2">{t('ui.table.none')}</p> : null}
      </div>
      <p className="numbers hidden text-s print:block">
        {t('ui.table.count', { shown: length, total })}
        {length < count ? <span className="ml-3">{t('ui.table.print.rest')}</span> : null}
      </p>
    </div>
  )
}

/** How many rows from the first on can be printed: as far as they have come. */
function fromTop(count: number, at?: (index: number) => unknown): number {
  const most = Math.min(count, printedMax)
  if (at === undefined) return most
  let length = 0
  while (length < most && at(length) !== undefined) length += 1
  return length
}

const isIn = (box: HTMLElement | null): boolean => box?.contains(document.activeElement) ?? false

/** `12 of 400`, never one number without the other. */
function Counts({ shown, total, chosen }: { shown: number; total: number; chosen: number }) {
  const { t } = useWords()
  return (
    <p role="status" className="numbers text-s text-ink-2">
      {t('ui.table.count', { shown, total })}
      {chosen > 0 ? <span className="ml-3">{t('ui.table.chosen', { count: chosen })}</span> : null}
    </p>
  )
}

function Head<Row>(props: { column: Column<Row>; order: Order | null; sort: (() => void) | null }) {
  const { column, order, sort } = props
  const end = column.align === 'end' ? 'flex-row-reverse text-end' : 'text-start'
  return (
    <th
      scope="col"
      aria-sort={order ? (order.desc ? 'descending' : 'ascending') : undefined}
      className="border-b border-line-2 p-0 font-semibold whitespace-nowrap"
    >
      {sort === null ? (
        <span className={`block px-2 py-1.5 ${end}`}>{column.title}</span>
      ) : (
        <button
          type="button"
          onClick={sort}
          className={`flex min-h-9 w-full cursor-pointer items-center gap-1 px-2 hover:bg-paper-3 ${end}`}
        >
          {column.title}
          <span className={order ? '' : 'invisible'}>
            <Icon name={order?.desc ? 'down' : 'up'} />
          </span>
        </button>
      )}
    </th>
  )
}

function Cell<Row>(props: { column: Column<Row>; row: Row; href: string | undefined }) {
  const { column, row, href } = props
  const shape = `border-b border-line px-2 py-0 ${column.align === 'end' ? 'numbers text-end' : ''}`
  const body = column.cell ? column.cell(row) : <bdi>{column.value(row) ?? '–'}</bdi>
  if (href === undefined)
    return (
      <td className={shape}>
        <Line>{body}</Line>
      </td>
    )
  return (
    // The head of a row is no control; its link has the words.
    // oxlint-disable-next-line jsx-a11y/control-has-associated-label
    <th scope="row" className={`${shape} text-start font-normal`}>
      <Line isName>
        <a
          href={href}
          className="line-clamp-1 min-h-6 min-w-6 leading-6 break-all text-ink underline decoration-line-2 underline-offset-2 print:line-clamp-none"
        >
          {body}
        </a>
      </Line>
    </th>
  )
}

/** Rows are of one height: what is longer is cut here and read on the row's own page. Paper has room. */
const Line = ({ isName = false, children }: { isName?: boolean; children: ReactNode }) => (
  <span
    className={`line-clamp-1 max-w-96 break-all print:line-clamp-none print:min-w-0 ${isName ? 'min-w-32' : 'min-w-16'}`}
  >
    {children}
  </span>
)

/** Stands for the rows that are not drawn. */
const Gap = ({ px }: { px: number }) =>
  px <= 0 ? null : (
    <tr aria-hidden="true">
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label */}
      <td style={{ height: px, padding: 0 }} />
    </tr>
  )
