import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { onSessionLost } from '../src/core/ui/client.ts'
import type { House, Session, Toast } from '../src/core/ui/house.tsx'
import { HouseContext } from '../src/core/ui/house.tsx'
import { Problem } from '../src/core/ui/problem.ts'
import type { Told } from '../src/core/ui/toast.tsx'
import { Toasts } from '../src/core/ui/toast.tsx'
import { listenToEvents } from './connection.ts'
import { Door } from './door.tsx'
import { readSession } from './enter.ts'
import type { Routing } from './routing.tsx'
import type { FoundScreen } from './screens.ts'
import type { ShellParts } from './shell-context.ts'
import { ShellContext } from './shell-context.ts'
import type { SpeechStore } from './speech.tsx'
import { SpeechProvider } from './speech.tsx'

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
  const [session, setSession] = useState<Session | Problem>(first)
  // A session that has ended shows the door; what was typed waits behind it as a draft.
  useEffect(
    () =>
      onSessionLost(() =>
        setSession(before =>
          before instanceof Problem
            ? before
            : new Problem({ code: 'HTTP_SESSION_NEEDED', status: 401 }),
        ),
      ),
    [],
  )
  const signedIn = session instanceof Problem ? null : session
  const [toasts, tell, close] = useToasts()
  const shell = useMemo<ShellParts>(
    () => ({
      screens: screens.filter(each => signedIn?.permissions.includes(each.permission)),
      choose(locale) {
        speech.remember(locale)
        void speech.choose(locale)
      },
      renew: () => void readSession().then(setSession),
    }),
    [screens, signedIn, speech],
  )
  const house = useMemo<House | null>(
    () =>
      signedIn && {
        session: signedIn,
        rest: [],
        search: {},
        go: () => {},
        goTo: address => router.history.push(address),
        tell,
      },
    [signedIn, router, tell],
  )
  return (
    <SpeechProvider speech={speech} zone={signedIn?.zone ?? noZone}>
      <ShellContext value={shell}>
        {house === null || link !== null ? (
          <Door problem={session} link={link} entered={() => setLink(null)} />
        ) : (
          <QueryClientProvider client={client}>
            <HouseContext value={house}>
              <Fresh />
              <RouterProvider router={router} />
              <Toasts toasts={toasts} close={close} />
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
