import { send } from '../src/core/ui/client.ts'

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
