import { useRouter } from '@tanstack/react-router'
import { createElement, useEffect, useMemo, useRef } from 'react'
import type { House } from '../src/core/ui/house.tsx'
import { HouseContext, useHouse } from '../src/core/ui/house.tsx'
import { Skeleton } from '../src/core/ui/notice.tsx'
import { useCatalogue, useWords } from '../src/core/ui/words.tsx'
import type { PlaceOfScreen } from './address.ts'
import { pathOf, searchText } from './address.ts'
import { useBody } from './body.ts'
import { beginAgain, Nowhere } from './frame.tsx'
import { Guard } from './guard.tsx'
import { mayOpen } from './navigation.ts'
import type { FoundScreen } from './screens.ts'

/** A screen in its place, with its catalogue and its own part of the address. */
export function OpenScreen(props: { screen: FoundScreen; place: PlaceOfScreen }) {
  const { screen } = props
  const { path } = screen
  const { rest, search } = props.place
  const { t } = useWords()
  const outer = useHouse()
  const { history } = useRouter()
  const isReady = useCatalogue(screen.module)
  const title = isReady ? t(screen.title) : ''
  useEffect(() => {
    if (title !== '') document.title = `${title} · Okite`
  }, [title])
  useFocusKept(rest)
  const house = useMemo<House>(
    () => ({
      ...outer,
      rest: rest.split('/').filter(part => part !== ''),
      search: Object.fromEntries(new URLSearchParams(search)),
      go(to, { replace = false, search: asked = {} } = {}) {
        const address = pathOf(path, to) + searchText(asked)
        if (address === location.pathname + location.search) return
        if (replace) history.replace(address)
        else history.push(address)
      },
    }),
    [outer, path, rest, search, history],
  )
  // What a session may not open is as far as it knows not there.
  if (!mayOpen(outer.session, screen)) return <Nowhere screen={screen} />
  return (
    <Guard key={screen.path} words={{ t }}>
      <HouseContext value={house}>
        <Loaded screen={screen} isReady={isReady} />
      </HouseContext>
    </Guard>
  )
}

/** What had the focus may go with what was shown, as a list does for one of its entries. */
function useFocusKept(rest: string): void {
  const before = useRef(rest)
  useEffect(() => {
    if (rest === before.current) return
    before.current = rest
    if (document.activeElement === document.body) beginAgain()
  }, [rest])
}

/** Within the guard, which says if it cannot be loaded. */
function Loaded({ screen, isReady }: { screen: FoundScreen; isReady: boolean }) {
  const body = useBody(screen)
  return body && isReady ? createElement(body) : <Waiting />
}

const Waiting = () => (
  <div className="mx-auto min-h-[70vh] max-w-3xl px-5 py-8">
    <Skeleton rows={6} />
  </div>
)
