import {
  createRootRoute,
  createRoute,
  createRouter,
  useLocation,
  useParams,
} from '@tanstack/react-router'
import type { PlaceOfScreen } from './address.ts'
import { searchText } from './address.ts'
import { Frame, Nowhere } from './frame.tsx'
import { OpenScreen } from './open-screen.tsx'
import type { FoundScreen } from './screens.ts'

export type Routing = ReturnType<typeof createRouting>

/** Addresses, made of the screens that were found. What follows a screen's path is its own. */
export function createRouting(screens: readonly FoundScreen[]) {
  const root = createRootRoute({ component: Frame, notFoundComponent: () => <Nowhere /> })
  const home = createRoute({ getParentRoute: () => root, path: '/', component: () => null })
  const routes = screens.map(screen => {
    return createRoute({
      getParentRoute: () => root,
      path: `${screen.path}/$`,
      component: () => <OpenScreen key={screen.path} screen={screen} place={usePlace()} />,
    })
  })
  return createRouter({
    routeTree: root.addChildren([home, ...routes]),
    // An address is read by people and mails: `?status=broken`, not JSON.
    parseSearch: text => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: search => searchText(search as Record<string, string>),
    defaultPendingMs: 0,
  })
}

function usePlace(): PlaceOfScreen {
  const { _splat = '' } = useParams({ strict: false }) as { _splat?: string }
  const { search } = useLocation()
  return { rest: _splat, search: searchText(search as Record<string, string>) }
}

/** Lets a link inside the program go without loading the page; all others stay what they are. */
export function followLinks(event: MouseEvent, router: Routing): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  const plain =
    event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
  if (link === null || !plain || event.defaultPrevented || link.origin !== location.origin) return
  if (link.hasAttribute('download') || link.target !== '' || link.pathname.startsWith('/api/'))
    return
  // A place on this very page is the browser's affair.
  if (link.hash !== '' && link.pathname === location.pathname) return
  event.preventDefault()
  router.history.push(link.pathname + link.search + link.hash)
}
