import { useSyncExternalStore } from 'react'

/** The smallest router that keeps every place a link: parts of the path, and going to them. */

const moved = new EventTarget()

addEventListener('popstate', () => moved.dispatchEvent(new Event('moved')))

const subscribe = (listener: () => void) => {
  moved.addEventListener('moved', listener)
  return () => moved.removeEventListener('moved', listener)
}

const parts = (path: string): readonly string[] =>
  path.split('/').flatMap(part => {
    try {
      return part === '' ? [] : [decodeURIComponent(part)]
    } catch {
      // A path that is no UTF-8 leads nowhere.
      return []
    }
  })

/** Where we are. */
export function usePlace(): readonly string[] {
  const path = useSyncExternalStore(subscribe, () => location.pathname)
  return parts(path)
}

export const pathOf = (place: readonly string[]): string =>
  `/${place.map(encodeURIComponent).join('/')}`

export function go(place: readonly string[], options: { replace?: boolean } = {}): void {
  const path = pathOf(place)
  if (path === location.pathname) return
  if (options.replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  moved.dispatchEvent(new Event('moved'))
}

/** Lets a link inside the program go without loading the page; all others stay what they are. */
export function followLinks(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  const plain =
    event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
  if (link === null || !plain || link.origin !== location.origin) return
  if (link.hasAttribute('download') || link.target !== '' || link.pathname.startsWith('/api/'))
    return
  event.preventDefault()
  go(parts(link.pathname))
}
