import type { Verifier } from './bytes.ts'
import type { Hmac } from './slot.ts'

/** Verification with WebCrypto, for pages that check proofs in the browser. */
export const webVerifier: Verifier = {
  async sha256(bytes) {
    return new Uint8Array(await crypto.subtle.digest('SHA-256', plain(bytes)))
  },
  async ed25519(key, message, signature) {
    const imported = await crypto.subtle.importKey('raw', plain(key), 'Ed25519', false, ['verify'])
    return crypto.subtle.verify('Ed25519', imported, plain(signature), plain(message))
  },
}

export const webHmac: Hmac = async (key, message) => {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', plain(key), algorithm, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, plain(message)))
}

/** WebCrypto's types refuse shared memory; ours never is. */
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>
