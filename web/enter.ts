import { send } from '../src/core/ui/client.ts'
import type { Session } from '../src/core/ui/house.tsx'
import type { Problem } from '../src/core/ui/problem.ts'

/**
 * Takes the one-time token out of the address, before anything else can see it, and enters with it.
 * A token that was already used is no error while an earlier session still lasts.
 */
export async function enterWithLink(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token === null) return
  history.replaceState(null, '', location.pathname)
  await send({ method: 'post', path: '/session', body: { token } })
}

/** Who is signed in, or why nobody is. */
export async function readSession(): Promise<Session | Problem> {
  const outcome = await send<Session>({ method: 'get', path: '/session' })
  return outcome.ok ? outcome.value : outcome.problem
}

/** The token of a set-up, an invitation or a reset, taken out of the address before anything else can see it. */
export function takeEnrolmentToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('enrol')
  if (token !== null) history.replaceState(null, '', location.pathname)
  return token
}
