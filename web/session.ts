import type { QueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { onSessionLost } from '../src/core/ui/client.ts'
import { dropAllDrafts } from '../src/core/ui/draft.ts'
import type { Session } from '../src/core/ui/house.tsx'
import { Problem } from '../src/core/ui/problem.ts'
import { readSession } from './enter.ts'

/** Why he who sits here is to sign in once more; `answer` is whoever waits for it. */
export type Again =
  | Readonly<{ why: 'lost' }>
  | Readonly<{ why: 'asked'; answer(isBack: boolean): void }>

export type SessionState = Readonly<{
  session: Session | Problem
  again: Again | null
  /** Asks the server anew who is signed in. */
  renew(): Promise<void>
  /** Somebody has left on purpose, or nobody came back: nothing of him stays on the page. */
  clear(): void
  signInAgain(): Promise<boolean>
  /** He did, or somebody else: then this page begins anew with him. */
  signedIn(): Promise<void>
  giveUp(): void
}>

const ended = () => new Problem({ code: 'HTTP_SESSION_NEEDED', status: 401 })

/**
 * As long as a flow lives: what was typed waits behind the dialog so long, hidden. Then the page is empty
 * (ASVS 14.3.1), and drafts alone remain, which only the same person gets to see.
 */
const waitMsMax = 15 * 60_000

/** Tabs of one browser share its cookie: what happens to it in one holds for all. */
const channelName = 'okite session'
type Told = 'entered' | 'left'

export function useSession(first: Session | Problem, client: QueryClient): SessionState {
  const [session, setSession] = useState(first)
  const [again, setAgain] = useState<Again | null>(null)
  const channel = useRef<BroadcastChannel | null>(null)
  const current = useRef(first)

  const take = useCallback(
    (next: Session | Problem) => {
      const before = current.current
      const isOther = !(before instanceof Problem) && nameOf(next) !== before.name
      // What was read under one name is not shown under another.
      if (isOther) client.clear()
      current.current = next
      setSession(next)
      return isOther
    },
    [client],
  )
  const settle = useCallback((isBack: boolean) => {
    setAgain(before => {
      if (before?.why === 'asked') before.answer(isBack)
      return null
    })
  }, [])
  const clear = useCallback(() => {
    take(ended())
    settle(false)
  }, [take, settle])
  const renew = useCallback(async () => {
    const next = await readSession()
    const isOther = take(next)
    settle(!(next instanceof Problem) && !isOther)
    void client.invalidateQueries({ queryKey: ['read'] })
  }, [take, settle, client])

  useEffect(
    () =>
      onSessionLost(() => {
        if (current.current instanceof Problem) return
        setAgain(before => (before?.why === 'lost' ? before : { why: 'lost' }))
      }),
    [],
  )
  useEffect(() => {
    const open = new BroadcastChannel(channelName)
    channel.current = open
    open.addEventListener('message', ({ data }: MessageEvent<Told>) => {
      if (data === 'entered') return void renew()
      dropAllDrafts()
      clear()
    })
    return () => open.close()
  }, [renew, clear])
  const isLost = again?.why === 'lost'
  useEffect(() => {
    if (!isLost) return
    const timer = setTimeout(clear, waitMsMax)
    return () => clearTimeout(timer)
  }, [isLost, clear])

  const tell = (told: Told) => channel.current?.postMessage(told)
  return {
    session,
    again,
    renew,
    clear() {
      tell('left')
      clear()
    },
    signInAgain: useCallback(
      () => new Promise<boolean>(answer => setAgain({ why: 'asked', answer })),
      [],
    ),
    async signedIn() {
      await renew()
      tell('entered')
    },
    giveUp: () => (isLost ? clear() : settle(false)),
  }
}

const nameOf = (session: Session | Problem): string | null =>
  session instanceof Problem ? null : session.name
