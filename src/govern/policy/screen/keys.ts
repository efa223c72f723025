import { useEffect, useRef } from 'react'

export type KeyActions = Readonly<{
  step(by: 1 | -1): void
  close(): void
  search(): void
  prove(): void
  help(): void
}>

/** Keys of the policy page. They rest while something is being typed or a modifier is held. */
export function useKeys(actions: KeyActions): void {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      const target = event.target instanceof HTMLElement ? event.target : null
      const typing = target?.matches('input, textarea, select, [contenteditable]') ?? false
      if (event.key === 'Escape') {
        if (typing) target?.blur()
        else latest.current.close()
        return
      }
      if (typing) return
      const { step, search, prove, help } = latest.current
      const action = { j: () => step(1), k: () => step(-1), '/': search, p: prove, '?': help }[
        event.key
      ]
      if (!action) return
      event.preventDefault()
      action()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}
