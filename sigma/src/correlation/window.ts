import type { Entry } from './entry.ts'

/** The occurrences of a group that count, oldest first: chained by their `next`, without a list. */
export type Window = { first: Entry | null; last: Entry | null; size: number }

export function push(window: Window, entry: Entry): void {
  if (window.last) window.last.next = entry
  else window.first = entry
  window.last = entry
  window.size++
}

/** Takes the oldest, which must be there. */
export function shift(window: Window): Entry {
  const entry = window.first as Entry
  window.first = entry.next
  if (entry.next === null) window.last = null
  // Whoever still knows it must not keep all that came later.
  entry.next = null
  window.size--
  return entry
}

export function* entriesOf({ first }: Window): Generator<Entry> {
  for (let entry = first; entry !== null; entry = entry.next) yield entry
}
