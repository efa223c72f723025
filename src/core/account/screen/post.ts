import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser'
import { startRegistration } from '@simplewebauthn/browser'
import { send } from '../../ui/client.ts'

/** Asks on the way in. Rejects with the `Problem`: a form shows it. */
export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  const outcome = await send<T>({ method: 'post', path, body })
  if (outcome.ok) return outcome.value
  throw outcome.problem
}

/** Lets the browser make a passkey, and shows it to the flow under way. */
export async function makePasskey(
  who: Readonly<{ name?: string; mail?: string }> = {},
): Promise<void> {
  const { passkey } = await post<{ passkey: PublicKeyCredentialCreationOptionsJSON }>(
    '/enrolment/passkey/offer',
    who,
  )
  const response = await startRegistration({ optionsJSON: passkey })
  await post('/enrolment/passkey', { response })
}
