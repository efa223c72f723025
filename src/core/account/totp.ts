import { Secret, TOTP } from 'otpauth'

/** RFC 6238 as every authenticator app has it: SHA-1, six digits, 30 seconds. */
const form = { issuer: 'Okite', algorithm: 'SHA1', digits: 6, period: 30 } as const

/** 160 bits, as long as the hash (RFC 4226, 4). */
const secretBytes = 20

export const newTotpSecret = (): string => new Secret({ size: secretBytes }).base32

/** What an app reads from a picture, or by hand. */
export const totpUri = (secret: string, label: string): string =>
  new TOTP({ ...form, label, secret: Secret.fromBase32(secret) }).toString()

/**
 * The step of a code that is right now, or null. The step before counts too, for who types slowly
 * (RFC 6238, 5.2); the one after does not, because no clock of ours is behind by that much.
 */
export function totpStep(secret: string, code: string, nowMs: number): number | null {
  const digits = code.normalize('NFKC').replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(digits)) return null
  const totp = new TOTP({ ...form, secret: Secret.fromBase32(secret) })
  const delta = totp.validate({ token: digits, timestamp: nowMs, window: 1 })
  if (delta === null || delta > 0) return null
  return Math.floor(nowMs / 1000 / form.period) + delta
}
