import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { z } from 'zod'
import type { Credential, NewCredential } from './store.ts'

/** Some three hundred files of the library's own: read when the first passkey comes, not at each command. */
const webauthn = () => import('@simplewebauthn/server')

/** Where passkeys belong to: a name, never an address (WebAuthn 3, 5.1.3). */
export type Place = Readonly<{ origin: string; rpId: string }>

/** Time to find the key and touch it. */
const ceremonyMs = 3 * 60_000

/** COSE: EdDSA, ES256, RS256. What browsers and keys have today; others are still experiments here. */
const algorithms = [-8, -7, -257]

const text = z.string().max(8192)
const transport = z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'])
const common = {
  id: z.string().min(1).max(1400),
  rawId: z.string().min(1).max(1400),
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  // What extensions answer is not read.
  clientExtensionResults: z.record(z.string().max(64), z.json()),
}

/** What a browser answers, before the library looks into it. */
export const registrationSchema = z.strictObject({
  ...common,
  response: z.strictObject({
    clientDataJSON: text,
    attestationObject: text,
    authenticatorData: text.optional(),
    transports: z.array(transport).max(8).optional(),
    publicKeyAlgorithm: z.int().optional(),
    publicKey: text.optional(),
  }),
})

export const authenticationSchema = z.strictObject({
  ...common,
  response: z.strictObject({
    clientDataJSON: text,
    authenticatorData: text,
    signature: text,
    userHandle: text.optional(),
  }),
})

/** A key that the person finds by itself and that checks that it is he: two factors in one. */
export async function registrationOptions(
  place: Place,
  who: Readonly<{ id: string; mail: string; name: string }>,
  have: readonly string[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await webauthn()
  const options = await generateRegistrationOptions({
    rpName: 'Okite',
    rpID: place.rpId,
    userID: new TextEncoder().encode(who.id),
    userName: who.mail,
    userDisplayName: who.name,
    timeout: ceremonyMs,
    attestationType: 'none',
    supportedAlgorithmIDs: algorithms,
    excludeCredentials: have.map(id => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  return asJson(options)
}

/** It names no key: whoever asks without having one learns nothing of who has. */
export async function authenticationOptions(
  place: Place,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await webauthn()
  const options = { rpID: place.rpId, timeout: ceremonyMs, userVerification: 'required' } as const
  return asJson(await generateAuthenticationOptions(options))
}

/** As it is sent: a field that is undefined is none. */
const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value))

/** The new key, or null when anything about the answer is not as it must be. */
export async function verifyRegistration(
  response: z.infer<typeof registrationSchema>,
  challenge: string,
  place: Place,
): Promise<Extract<NewCredential, { kind: 'passkey' }> | null> {
  const { verifyRegistrationResponse } = await webauthn()
  const verified = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: place.origin,
    expectedRPID: place.rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  }).catch(refused)
  if (!verified?.verified) return null
  const { credential, userVerified } = verified.registrationInfo
  if (!userVerified) return null
  return {
    kind: 'passkey',
    handle: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: response.response.transports ?? [],
  }
}

/** The counter that the key has reached, or null. */
export async function verifyAuthentication(
  response: z.infer<typeof authenticationSchema>,
  challenge: string,
  place: Place,
  credential: Credential,
): Promise<number | null> {
  const { handle, public_key: publicKey, counter } = credential
  if (handle === null || publicKey === null) return null
  const { verifyAuthenticationResponse } = await webauthn()
  const verified = await verifyAuthenticationResponse({
    response: response as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: place.origin,
    expectedRPID: place.rpId,
    requireUserVerification: true,
    credential: { id: handle, publicKey: new Uint8Array(publicKey), counter: Number(counter) },
  }).catch(refused)
  if (!verified?.verified || !verified.authenticationInfo.userVerified) return null
  return verified.authenticationInfo.newCounter
}

/** The library throws at whatever is malformed: that is a refusal like any other. */
const refused = (): null => null
