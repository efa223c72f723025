import { useSyncExternalStore } from 'react'

/**
 * The one stream of events from the server: the list has grown. Whether it stands is what the page
 * knows of the network; a browser's own opinion is about the cable.
 */

type State = 'open' | 'lost'

let state: State = 'open'
const listeners = new Set<() => void>()

function become(next: State): void {
  if (next === state) return
  state = next
  for (const listener of listeners) listener()
}

/** A stream that comes back within this time was never missed. */
const patienceMs = 4_000

/** Calls `grown` when the list has grown, and when the stream is back after it was lost. */
export function listenToEvents(grown: () => void): () => void {
  const source = new EventSource('/api/events')
  let timer: ReturnType<typeof setTimeout> | undefined
  source.addEventListener('grown', grown)
  const back = () => {
    if (source.readyState !== EventSource.OPEN) return
    clearTimeout(timer)
    timer = undefined
    if (state === 'lost') grown()
    become('open')
  }
  source.addEventListener('open', back)
  const miss = () => {
    timer ??= setTimeout(() => become('lost'), patienceMs)
  }
  source.addEventListener('error', miss)
  // A stream over a cable that was pulled stays open for minutes; the browser knows at once.
  addEventListener('offline', miss)
  addEventListener('online', back)
  return () => {
    clearTimeout(timer)
    removeEventListener('offline', miss)
    removeEventListener('online', back)
    source.close()
    become('open')
  }
}

export const useConnection = (): State =>
  useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )
