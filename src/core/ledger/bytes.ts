import { OkiteError } from '../error.ts'

/** Byte work that also runs in a browser: nothing of Node is imported here. */

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sizeBytes, part) => sizeBytes + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** For public bytes only; secrets are compared in constant time where they live. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Base64 of RFC 4648 section 4, with padding. */
export const toBase64 = (bytes: Uint8Array): string => bytes.toBase64()

/**
 * L8: one value, one spelling. The decoder of the platform forgives spaces and (without `strict`)
 * unused bits, so what it read is written again and compared.
 */
export function fromBase64(text: string, alphabet: 'base64' | 'base64url' = 'base64'): Uint8Array {
  const isUrl = alphabet === 'base64url'
  let bytes: Uint8Array
  try {
    bytes = Uint8Array.fromBase64(text, {
      alphabet,
      lastChunkHandling: isUrl ? 'loose' : 'strict',
    })
  } catch (cause) {
    throw new OkiteError('LEDGER_BASE64', {}, { cause })
  }
  if (bytes.toBase64({ alphabet, omitPadding: isUrl }) !== text) {
    throw new OkiteError('LEDGER_BASE64')
  }
  return bytes
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Strict UTF-8: what is not well-formed is refused, a byte order mark stays visible. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new OkiteError('LEDGER_UTF8', {}, { cause })
  }
}

export const toUtf8 = (text: string): Uint8Array => encoder.encode(text)

/** Decimal without sign or leading zero, as sizes and positions are written in all C2SP formats. */
export function fromDecimal(text: string): number {
  const value = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new OkiteError('LEDGER_DECIMAL')
  return value
}

export type MaybePromise<T> = T | Promise<T>

/** What verification needs of the platform: `verify-node.ts` and `verify-web.ts` provide it. */
export type Verifier = Readonly<{
  sha256(bytes: Uint8Array): MaybePromise<Uint8Array>
  ed25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): MaybePromise<boolean>
}>
