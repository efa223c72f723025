import { useEffect, useState } from 'react'

/**
 * The server's clock as this page knows it. A laptop may be wrong by a day; what was told with an
 * answer (RFC 9110 §6.6.1) is right to a second, also after the lid was closed, because the next
 * answer tells it again. Written by `heardFrom` and by nothing else.
 */
let offsetMs = 0

/** @param date the `Date` of an answer; without one nothing is known better than before */
export function heardFrom(date: string | null): void {
  const ms = Date.parse(date ?? '')
  // The header counts whole seconds: half of one is the best guess for the rest.
  if (!Number.isNaN(ms)) offsetMs = ms + 500 - Date.now()
}

/** By how much the clock of this machine is ahead of the server's (negative: behind). */
export const aheadMs = (): number => -offsetMs

export const serverNowMs = (): number => Date.now() + offsetMs

/** The server's time, renewed so often; a minute is as fine as relative times are told. */
export function useNow(everyMs = 60_000): number {
  const [nowMs, setNowMs] = useState(serverNowMs)
  useEffect(() => {
    const renew = () => setNowMs(serverNowMs())
    renew()
    const timer = setInterval(renew, everyMs)
    // Timers rest while the lid is closed.
    document.addEventListener('visibilitychange', renew)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', renew)
    }
  }, [everyMs])
  return nowMs
}
