import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { OkiteError } from '../error.ts'
import { fromBase64 } from './bytes.ts'
import { openPrivateFile } from './private-file.ts'

/**
 * The secrets that must not lie in the database. Trusted for confidentiality: who has them and the
 * database can read every value that is not erased, but can change nothing unnoticed.
 */
export type Secrets = Readonly<{
  /** Tells these secrets from others without telling anything of them; the list remembers its own. */
  fingerprint: string
  /** HMAC under the ledger secret: salts of derived facts, the same on every replay (L4). */
  derive(label: string, parts: readonly (string | number)[]): Buffer
  /** Under which a person is found again, without his identifier being stored. */
  lookup(person: string): Buffer
  /** A new data key for a person, wrapped so that it opens for this subject only. */
  newPersonKey(subject: string): Buffer
  /** Seals under the person's key, or under a key of the ledger's for text of no one person. */
  seal(owner: Owner, plain: string, context: Uint8Array): Buffer
  /** Wraps a key of one thing's own, so that it opens for this name only. */
  wrapKey(name: string, key: Uint8Array): Buffer
  /** @throws OkiteError `LEDGER_SEAL_BROKEN` */
  unwrapKey(name: string, wrapped: Uint8Array): Buffer
  /** @throws OkiteError `LEDGER_SEAL_BROKEN` */
  open(owner: Owner, sealed: Uint8Array, context: Uint8Array): string
  /** The same for several texts of one owner, whose key is unwrapped once. @throws OkiteError `LEDGER_SEAL_BROKEN` */
  openerOf(owner: Owner): (sealed: Uint8Array, context: Uint8Array) => string
}>

/** Whose key: a subject with its wrapped key, or null for text of no one person. */
export type Owner = Readonly<{ subject: string; wrappedKey: Uint8Array }> | null

/** @throws OkiteError `LEDGER_KEY_RIGHTS`, `LEDGER_KEY_FORM` */
export function openSecrets(path: string): Secrets {
  const text = openPrivateFile(path, () => secretsText(() => randomBytes(keyBytes)))
  const [ledger, person, wrap] = readKeys(text)
  const textKey = hmac(wrap, 'okite/text-key/v1')
  const thingKey = hmac(wrap, 'okite/thing-key/v1')
  const keyOf = (owner: Owner): Uint8Array =>
    owner === null ? textKey : decrypt(wrap, owner.wrappedKey, Buffer.from(owner.subject))
  const openerOf: Secrets['openerOf'] = owner => {
    const key = keyOf(owner)
    return (sealed, context) => decrypt(key, sealed, context).toString()
  }
  const derive: Secrets['derive'] = (label, parts) =>
    hmac(ledger, JSON.stringify([`okite/${label}/v1`, ...parts]))
  return {
    fingerprint: createHmac('sha256', derive('fingerprint', []))
      .update(person)
      .update(wrap)
      .digest('hex'),
    derive,
    lookup: name => hmac(person, `okite/person/v1\0${name}`),
    newPersonKey: subject => encrypt(wrap, randomBytes(keyBytes), Buffer.from(subject)),
    seal: (owner, plain, context) => encrypt(keyOf(owner), Buffer.from(plain), context),
    // Under a key of its own kind: what is wrapped here opens as no person's key, nor the other way round.
    wrapKey: (name, key) => encrypt(thingKey, key, Buffer.from(name)),
    unwrapKey: (name, wrapped) => decrypt(thingKey, wrapped, Buffer.from(name)),
    open: (owner, sealed, context) => openerOf(owner)(sealed, context),
    openerOf,
  }
}

/** A new file of secrets. */
export const secretsText = (keyOf: (name: string) => Buffer): string =>
  names.map(name => `${name} ${keyOf(name).toString('base64')}\n`).join('')

/** One line each, in this order: derived salts, person lookup, key encryption. */
const names = ['ledger', 'person', 'wrap'] as const
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

function readKeys(text: string): [Uint8Array, Uint8Array, Uint8Array] {
  const lines = text.split('\n')
  const keys = names.map((name, i) => {
    const [label, encoded = ''] = lines[i]?.split(' ') ?? []
    const key = label === name ? fromBase64(encoded) : new Uint8Array()
    if (key.length !== keyBytes) throw new OkiteError('LEDGER_KEY_FORM')
    return key
  })
  if (lines.length !== names.length + 1) throw new OkiteError('LEDGER_KEY_FORM')
  return keys as [Uint8Array, Uint8Array, Uint8Array]
}

const hmac = (key: Uint8Array, message: string): Buffer =>
  createHmac('sha256', key).update(message).digest()

/**
 * AES-256-GCM, nonce ‖ text ‖ tag. Nonces are random: a person's key seals far fewer than the 2^32
 * messages at which NIST SP 800-38D section 8.3 ends the life of a key.
 */
function encrypt(key: Uint8Array, plain: Uint8Array, context: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Uint8Array, sealed: Uint8Array, context: Uint8Array): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new OkiteError('LEDGER_SEAL_BROKEN')
  const [nonce, text, tag] = [
    sealed.subarray(0, nonceBytes),
    sealed.subarray(nonceBytes, -tagBytes),
    sealed.subarray(-tagBytes),
  ]
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  try {
    decipher.setAAD(context).setAuthTag(tag)
    return Buffer.concat([decipher.update(text), decipher.final()])
  } catch (cause) {
    throw new OkiteError('LEDGER_SEAL_BROKEN', {}, { cause })
  }
}
