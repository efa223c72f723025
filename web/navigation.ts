import { sessionPermission } from '../src/core/http/permission.ts'
import type { Session } from '../src/core/ui/house.tsx'
import type { Place } from '../src/core/ui/screen.ts'
import { places } from '../src/core/ui/screen.ts'
import type { FoundScreen } from './screens.ts'

/** A place with the screens that this session may open there, the first of which it leads to. */
export type PlaceFound = Readonly<{
  name: Place
  /** Of the shortcut: `g p`. The first letter of each is its own. */
  letter: string
  href: string
  screens: readonly FoundScreen[]
}>

/** Whether a session may open a screen. Where the session is all it takes, it must be of an account. */
export const mayOpen = (session: Session, { permission }: FoundScreen): boolean =>
  permission === sessionPermission
    ? (session.roles ?? []).length > 0
    : session.permissions.includes(permission)

/** Screens of no place: the menu of the account leads to them. */
export const placeless = (screens: readonly FoundScreen[]): readonly FoundScreen[] =>
  screens.filter(screen => screen.place === null).toSorted((a, b) => a.order - b.order)

/** A place without a screen would lead nowhere and is not shown. */
export const placesOf = (screens: readonly FoundScreen[]): readonly PlaceFound[] =>
  places.flatMap(name => {
    const own = screens
      .filter(screen => screen.place === name)
      .toSorted((a, b) => a.order - b.order || (a.path < b.path ? -1 : 1))
    const [first] = own
    return first ? [{ name, letter: name.slice(0, 1), href: first.path, screens: own }] : []
  })

/** The screen that an address belongs to; the longest path that fits. */
export const screenAt = (
  screens: readonly FoundScreen[],
  pathname: string,
): FoundScreen | undefined =>
  screens
    .filter(({ path }) => pathname === path || pathname.startsWith(`${path}/`))
    .toSorted((a, b) => b.path.length - a.path.length)[0]
