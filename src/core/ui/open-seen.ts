import { useEffect, useRef } from 'react'

/**
 * For a list that on a phone is wider than the window: what is open in it is seen, whatever address led
 * here. The list must be `relative`.
 */
export function useOpenSeen<E extends HTMLElement>(open: string | undefined) {
  const list = useRef<E>(null)
  useEffect(() => {
    const box = list.current
    const one = box?.querySelector<HTMLElement>('[data-state=active], [aria-current=page]')
    if (box && one) box.scrollLeft = one.offsetLeft - (box.clientWidth - one.clientWidth) / 2
  }, [open])
  return list
}
