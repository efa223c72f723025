import { Outlet, useLocation, useRouter } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { Button, Link } from '../src/core/ui/button.tsx'
import { useHouse } from '../src/core/ui/house.tsx'
import { useKeys } from '../src/core/ui/keys.ts'
import { Empty } from '../src/core/ui/notice.tsx'
import { useOpenSeen } from '../src/core/ui/open-seen.ts'
import { useCatalogue, useWords } from '../src/core/ui/words.tsx'
import { AccountMenu } from './account-menu.tsx'
import { Banners } from './banner.tsx'
import { Bar } from './bar.tsx'
import { Help } from './help.tsx'
import type { PlaceFound } from './navigation.ts'
import { placesOf, screenAt } from './navigation.ts'
import { Palette, usePaletteKey } from './palette.tsx'
import type { FoundScreen } from './screens.ts'
import { useShell } from './shell-context.ts'

/** What stands around every screen: its name, the places, the ways to get anywhere. */
export function Frame() {
  const { t } = useWords()
  const { goTo } = useHouse()
  const { screens } = useShell()
  const { pathname } = useLocation()
  const { history } = useRouter()
  const screen = screenAt(screens, pathname)
  const places = placesOf(screens)
  const [open, setOpen] = useState<'palette' | 'help' | null>(null)
  // Names of screens stand in their modules' catalogues.
  useCatalogue(...new Set(screens.map(each => each.module)))

  // Whoever is nothing but an administrator has no place: he begins with the people.
  const home = places[0]?.href ?? screens[0]?.path
  useEffect(() => {
    if (pathname === '/' && home) history.replace(home)
  }, [pathname, home, history])

  usePaletteKey(() => setOpen(before => (before === 'palette' ? null : 'palette')))
  useKeys([
    ...places.map(place => ({
      press: `g ${place.letter}`,
      says: t('shell.keys.go', { place: t(`shell.place.${place.name}`) }),
      run: () => goTo(place.href),
    })),
    { press: '?', says: t('shell.keys.help'), run: () => setOpen('help') },
  ])
  useFocusOnArrival(screen?.path)

  const own = places.find(place => place.name === screen?.place)
  return (
    <>
      <a
        className="absolute top-2 left-4 z-40 -translate-y-24 bg-next px-4 py-2 text-next-ink focus:translate-y-0"
        href="#main"
      >
        {t('shell.skip')}
      </a>
      <Bar below={<Places places={places} own={own} className="md:hidden" />}>
        <Places places={places} own={own} className="hidden md:flex" />
        <div className="ml-auto flex items-center gap-1">
          <Button look="quiet" icon="search" onClick={() => setOpen('palette')}>
            <span className="max-sm:sr-only">{t('shell.palette')}</span>
            <kbd className="max-sm:hidden">{commandKey} K</kbd>
          </Button>
          <AccountMenu />
        </div>
      </Bar>
      <Banners />
      {own && own.screens.length > 1 ? <Siblings own={own} path={screen?.path} /> : null}
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <Palette open={open === 'palette'} close={() => setOpen(null)} />
      <Help open={open === 'help'} close={() => setOpen(null)} />
    </>
  )
}

const commandKey = /mac/i.test(navigator.userAgent) ? '⌘' : 'Ctrl'

/** Whoever hears the page is put at the beginning of a new screen; moving within one leaves him there. */
function useFocusOnArrival(path: string | undefined): void {
  const before = useRef(path)
  useEffect(() => {
    if (path === before.current) return
    const isFirst = before.current === undefined
    before.current = path
    if (!isFirst) beginAgain()
  }, [path])
}

/** At the beginning of what is shown. */
export function beginAgain(): void {
  document.getElementById('main')?.focus({ preventScroll: true })
  scrollTo(0, 0)
}

type PlacesProps = Readonly<{
  places: readonly PlaceFound[]
  own: PlaceFound | undefined
  className: string
}>

function Places({ places, own, className }: PlacesProps) {
  const { t } = useWords()
  return (
    <nav
      aria-label={t('shell.places')}
      className={`flex h-11 gap-1 self-stretch overflow-x-auto px-3 md:h-auto md:px-0 ${className}`}
    >
      {places.map(place => (
        <a
          key={place.name}
          href={place.href}
          aria-current={place === own ? 'page' : undefined}
          className="flex items-center border-y-2 border-transparent px-2.5 whitespace-nowrap text-ink-2 no-underline hover:text-ink aria-[current]:border-b-ink aria-[current]:font-semibold aria-[current]:text-ink"
        >
          {t(`shell.place.${place.name}`)}
        </a>
      ))}
    </nav>
  )
}

/** The other screens of the place. */
function Siblings({ own, path }: { own: PlaceFound; path: string | undefined }) {
  const { t } = useWords()
  const list = useOpenSeen<HTMLElement>(path)
  return (
    <nav
      ref={list}
      aria-label={t('shell.screens', { place: t(`shell.place.${own.name}`) })}
      className="relative flex gap-1 overflow-x-auto border-b border-line bg-paper-2 px-3 py-1 text-m sm:px-5 print:hidden"
    >
      {own.screens.map(screen => (
        <a
          key={screen.path}
          href={screen.path}
          aria-current={screen.path === path ? 'page' : undefined}
          className="rounded px-2.5 py-1 whitespace-nowrap text-ink-2 no-underline hover:text-ink aria-[current]:bg-paper-3 aria-[current]:font-semibold aria-[current]:text-ink"
        >
          {t(screen.title)}
        </a>
      ))}
    </nav>
  )
}

/** An address that leads to nothing, or to nothing that this session may open. */
export function Nowhere({ screen }: { screen?: FoundScreen }) {
  const { t } = useWords()
  const { session } = useHouse()
  const { screens } = useShell()
  const { pathname } = useLocation()
  if (pathname === '/' && screens.length > 0) return null
  // Screens of no place are about accounts.
  const isOfAccounts = session.isSample === true && screen?.place === null
  const why = isOfAccounts ? 'shell.nowhere.sample' : 'shell.nowhere.text'
  return (
    <div className="py-[8vh]">
      <title>{`${t('shell.nowhere')} · Okite`}</title>
      <Empty isPage title={t('shell.nowhere')} text={t(why)}>
        <Link look="next" href="/">
          {t('shell.nowhere.back')}
        </Link>
      </Empty>
    </div>
  )
}
