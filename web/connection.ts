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
  source.addEventListener('open', () => {
    clearTimeout(timer)
    timer = undefined
    if (state === 'lost') grown()
    become('open')
  })
  source.addEventListener('error', () => {
    timer ??= setTimeout(() => become('lost'), patienceMs)
  })
  return () => {
    clearTimeout(timer)
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
