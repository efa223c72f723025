import { useEffect, useRef, useSyncExternalStore } from 'react'

/** One shortcut of what is open now: shown in `?` and, where it has a name, offered in the palette. */
export type Key = Readonly<{
  /** `j`, `?`, `Escape`, or two in a row: `g p`. */
  press: string
  /** What it does, in words. */
  says: string
  run(): void
}>

/** Two presses make one shortcut when the second comes within this time. */
const pairMs = 1_200

type Layer = { keys: readonly Key[] }

/** Innermost last: what a dialog wants comes before what the screen wants. Owned by this file. */
let layers: readonly Layer[] = []
let first: { key: string; atMs: number } | null = null
const listeners = new Set<() => void>()

function change(next: readonly Layer[]): void {
  layers = next
  for (const listener of listeners) listener()
}

/** The shortcuts of a screen, for as long as it is shown. */
export function useKeys(keys: readonly Key[]): void {
  const layer = useRef<Layer>({ keys })
  const shape = keys.map(key => `${key.press} ${key.says}`).join('\n')
  useEffect(() => {
    layer.current.keys = keys
  })
  useEffect(() => {
    const own = layer.current
    change([...layers, own])
    return () => change(layers.filter(each => each !== own))
  }, [shape])
}

/** All shortcuts that work now, those of the shell first. */
export function useAllKeys(): readonly Key[] {
  const all = useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => layers,
  )
  return all.flatMap(layer => layer.keys)
}

/**
 * Whether a press belongs to whoever is typing: a field, or an input method that composes a word
 * (its Enter and Escape choose among candidates; 229 is what older ones send).
 */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : null
  return (
    event.isComposing ||
    event.keyCode === 229 ||
    (target?.matches('input, textarea, select, [contenteditable], [role=menu] *') ?? false)
  )
}

/** Listens for as long as the page lives; the shell calls it once. */
export function listenToKeys(): () => void {
  addEventListener('keydown', take)
  return () => removeEventListener('keydown', take)
}

function take(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  if (document.querySelector('dialog:modal')) return
  if (isTyping(event)) {
    // The way out of a field, back to the keys of the page.
    const field = event.target as HTMLElement
    if (event.key === 'Escape' && !event.isComposing && !field.closest('[role=menu]')) field.blur()
    return
  }
  // When it was pressed: a busy page hears of it later.
  const nowMs = event.timeStamp
  const pair = first && nowMs - first.atMs < pairMs ? `${first.key} ${event.key}` : null
  const all = layers.flatMap(layer => layer.keys).reverse()
  const key = all.find(each => each.press === pair) ?? all.find(each => each.press === event.key)
  const begins = all.some(each => each.press.startsWith(`${event.key} `))
  first = begins && key?.press !== pair ? { key: event.key, atMs: nowMs } : null
  if (key === undefined) return
  event.preventDefault()
  key.run()
}
