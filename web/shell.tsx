import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import type { Locale } from '../src/core/i18n/locale.ts'
import type { House, Session, Toast } from '../src/core/ui/house.tsx'
import { HouseContext } from '../src/core/ui/house.tsx'
import { Problem } from '../src/core/ui/problem.ts'
import type { Told } from '../src/core/ui/toast.tsx'
import { Toasts } from '../src/core/ui/toast.tsx'
import { listenToEvents } from './connection.ts'
import { mayOpen, placesOf } from './navigation.ts'
import type { Routing } from './routing.tsx'
import type { FoundScreen } from './screens.ts'
import { useSession } from './session.ts'
import type { ShellParts } from './shell-context.ts'
import { ShellContext } from './shell-context.ts'
import { SignInAgain } from './sign-in-again.tsx'
import type { SpeechStore } from './speech.tsx'
import { SpeechProvider } from './speech.tsx'

/** Seen by who is not signed in, and by nobody else: it is loaded when it is. */
const Door = lazy(() => import('./door.tsx'))

/** Until somebody is there, instants have no zone of their own. */
const noZone = 'UTC'

type Props = Readonly<{
  screens: readonly FoundScreen[]
  speech: SpeechStore
  router: Routing
  /** Who was signed in when the page was opened. */
  first: Session | Problem
  /** Of a set-up, an invitation or a reset. */
  token: string | null
}>

const client = new QueryClient({
  defaultOptions: {
    // What fails is told at once and asked again by the minute and with the next fact.
    queries: { retry: false, networkMode: 'always', refetchOnWindowFocus: true },
    mutations: { retry: false, networkMode: 'always' },
  },
})

/** Everything: who is there, what language, and then the frame with its screen, or the door. */
export function Shell({ screens, speech, router, first, token }: Props) {
  const [link, setLink] = useState(token)
  const state = useSession(first, client)
  const { session, again, renew, clear, signedIn: entered, signInAgain } = state
  const signedIn = session instanceof Problem ? null : session
  const [toasts, tell, close] = useToasts()
  const speak = useCallback(
    (locale: Locale) => {
      speech.remember(locale)
      void speech.choose(locale)
    },
    [speech],
  )
  const shell = useMemo<ShellParts>(
    () => ({
      screens: screens.filter(each => signedIn !== null && mayOpen(signedIn, each)),
      choose: speak,
      renew: () => void renew(),
      clear,
    }),
    [screens, signedIn, speak, renew, clear],
  )
  const house = useMemo<House | null>(
    () =>
      signedIn && {
        session: signedIn,
        paths: placesOf(shell.screens).flatMap(place => place.screens.map(({ path }) => path)),
        rest: [],
        search: {},
        go: () => {},
        goTo: address => router.history.push(address),
        tell,
        speak,
        signInAgain,
      },
    [signedIn, shell, router, tell, speak, signInAgain],
  )
  return (
    <SpeechProvider speech={speech} zone={signedIn?.zone ?? noZone}>
      <ShellContext value={shell}>
        {house === null || link !== null ? (
          <Suspense>
            <Door
              problem={session}
              link={link}
              enter={() => {
                setLink(null)
                void entered()
              }}
            />
          </Suspense>
        ) : (
          <QueryClientProvider client={client}>
            <HouseContext key={house.session.name} value={house}>
              <Fresh />
              {/* Kept as it is with all that was typed, and seen by nobody until he is back. */}
              <div className={again?.why === 'lost' ? 'invisible' : 'contents'}>
                <RouterProvider router={router} />
              </div>
              <Toasts toasts={toasts} close={close} />
              <SignInAgain state={state} />
            </HouseContext>
          </QueryClientProvider>
        )}
      </ShellContext>
    </SpeechProvider>
  )
}

/** Reads anew what is shown whenever the list has grown. */
function Fresh() {
  useEffect(() => listenToEvents(() => void client.invalidateQueries({ queryKey: ['read'] })), [])
  return null
}

/** More than this at once is noise; the oldest goes first. */
const toastsMax = 4

function useToasts() {
  const [toasts, setToasts] = useState<readonly Told[]>([])
  const tell = useCallback(
    (toast: Toast) =>
      setToasts(before =>
        [...before, { ...toast, id: (before.at(-1)?.id ?? 0) + 1 }].slice(-toastsMax),
      ),
    [],
  )
  const close = useCallback(
    (id: number) => setToasts(before => before.filter(each => each.id !== id)),
    [],
  )
  return [toasts, tell, close] as const
}
