import { useHouse } from '../../ui/house.tsx'
import type { About, Query } from './asks.ts'

/** What is open over the table. */
const opened = ['entry', 'do'] as const

/** The address of a register: what is asked for, and what is open, so that both can be sent to somebody. */
export function usePlace() {
  const { search, go } = useHouse()
  const show = (changed: Readonly<Record<string, string | undefined>>, replace = false) =>
    go([], { search: { ...search, ...changed }, replace })
  return {
    search,
    show,
    open: (what: Readonly<{ entry?: string; do?: string }>) =>
      show({ entry: undefined, do: undefined, ...what }),
    close: () => show({ entry: undefined, do: undefined }),
    /** The address of this place with an entry open. */
    hrefOf: (id: string) => `?${new URLSearchParams({ ...plain(search), entry: id })}`,
  }
}

const plain = (search: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(search).filter(([name]) => !isOpened(name)))

const isOpened = (name: string) => opened.some(one => one === name)

/** Of the address only what the register knows; the rest may be of a link that is older than its columns. */
export function queryOf(about: About, search: Readonly<Record<string, string>>): Query {
  const columns = new Set(about.columns.map(({ name }) => name))
  const { sort = '', order, text, closed } = search
  const filters = Object.entries(search).filter(([name]) => columns.has(name))
  return {
    ...Object.fromEntries(filters.map(([name, value]) => [name, value === none ? '' : value])),
    ...(columns.has(sort) && { sort, order: order === 'down' ? 'down' : 'up' }),
    ...(text && { text: text.slice(0, 200) }),
    ...(closed === 'yes' && { closed }),
  }
}

/** In an address an empty filter would be none. */
export const none = '-'
