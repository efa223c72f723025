import { OkiteError } from '../error.ts'
import { concatBytes, fromBase64, sameBytes, toUtf8 } from './bytes.ts'
import { canonicalize } from './canonical.ts'

/**
 * The commitment of a private slot:
 *
 *   HMAC-SHA-256(key = salt, "okite/slot/v1" ‖ 0x00 ‖ slot ‖ 0x00 ‖ canonical value)
 *
 * Without the salt it tells nothing (hiding); with it, it opens to one value only (binding).
 * HMAC is passed in, so that an auditor's page can check a disclosure in the browser.
 */
export type Hmac = (key: Uint8Array, message: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** Exactly this: HMAC pads short keys, and two keys that differ only by padding would be equal. */
export const slotSaltBytes = 32

export const slotMessage = (slot: string, value: string): Uint8Array => {
  const zero = new Uint8Array(1)
  return concatBytes(toUtf8('okite/slot/v1'), zero, toUtf8(slot), zero, toUtf8(canonicalize(value)))
}

/** What a slot of a derived fact commits to: the person, and no text about him. */
export const subjectValue = (subject: string): string => `urn:uuid:${subject}`

/**
 * Answers the value when salt and value open the commitment that stands in the leaf.
 *
 * @throws OkiteError `LEDGER_DISCLOSURE_INVALID`
 */
export async function verifyDisclosure(
  commitment: string,
  disclosed: Readonly<{ slot: string; value: string; salt: string }>,
  hmac: Hmac,
): Promise<string> {
  const salt = fromBase64(disclosed.salt, 'base64url')
  if (salt.length !== slotSaltBytes) throw new OkiteError('LEDGER_DISCLOSURE_INVALID')
  const opened = await hmac(salt, slotMessage(disclosed.slot, disclosed.value))
  if (!sameBytes(opened, fromBase64(commitment, 'base64url'))) {
    throw new OkiteError('LEDGER_DISCLOSURE_INVALID')
  }
  return disclosed.value
}
