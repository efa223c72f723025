import { createHmac, createPublicKey, verify } from 'node:crypto'
import type { Verifier } from './bytes.ts'
import type { Hmac } from './slot.ts'
import { sha256 } from './tree.ts'

/** Verification with Node's own cryptography. */
export const nodeVerifier: Verifier = {
  sha256,
  ed25519(key, message, signature) {
    const der = Buffer.concat([ed25519SpkiPrefix, key])
    return verify(
      null,
      message,
      createPublicKey({ key: der, format: 'der', type: 'spki' }),
      signature,
    )
  },
}

export const nodeHmac = ((key: Uint8Array, message: Uint8Array): Buffer =>
  createHmac('sha256', key).update(message).digest()) satisfies Hmac

/** SubjectPublicKeyInfo of RFC 8410 up to the 32 bytes of the key. */
const ed25519SpkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')
