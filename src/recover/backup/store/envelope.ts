import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { OkiteError } from '../../../core/error.ts'

/**
 * One object of a repository, under the envelope that AWS's message format calls suite 0x0478: a key of its
 * own from `HKDF-SHA-512(key, salt = message id, info = header)` (RFC 5869), of which the other half commits
 * to the key and is compared before anything is opened; then AES-256-GCM (NIST SP 800-38D) in frames of
 * 64 KiB. The nonce of a frame is its number and whether it is the last, so that frames can be neither moved,
 * repeated nor cut off. Each message has its own key, so no nonce comes twice under one, however many objects
 * a repository holds.
 *
 *     magic ‖ key id (8) ‖ message id (32) ‖ commitment (32) ‖ frame…    frame = text ‖ tag (16)
 *
 * What an object is (`context`, its name in the repository) is authenticated with it: none can be put in
 * another's place.
 */
const magic = Buffer.from('okite-backup-1\n')
const keyIdBytes = 8
const messageIdBytes = 32
const commitmentBytes = 32
const prefixBytes = magic.length + keyIdBytes + messageIdBytes
const headBytes = prefixBytes + commitmentBytes
const tagBytes = 16
const frameBytes = 65_536

/** A key of backups, and what tells it from others without telling anything of it. */
export class BackupKey {
  readonly id: Buffer
  private readonly key: Buffer
  private readonly nameKey: Buffer

  /** @param key 32 bytes */
  constructor(key: Uint8Array) {
    if (key.length !== 32) throw new OkiteError('BACKUP_KEY_FORM')
    this.key = Buffer.from(key)
    this.id = this.derive('id').subarray(0, keyIdBytes)
    this.nameKey = this.derive('name')
  }

  /** The name of a piece: the same of the same bytes, and nobody without the key can tell what it holds. */
  nameOf(piece: Uint8Array): string {
    return createHmac('sha256', this.nameKey).update(piece).digest('hex')
  }

  /** For a thread of this program. */
  copy(): Uint8Array {
    return new Uint8Array(this.key)
  }

  seal(context: string, plain: Uint8Array): Buffer {
    const prefix = Buffer.concat([magic, this.id, randomBytes(messageIdBytes)])
    const { key, commitment } = this.ofMessage(prefix)
    const head = Buffer.concat([prefix, commitment])
    const aad = Buffer.concat([head, Buffer.from(context)])
    const frames = Math.max(1, Math.ceil(plain.length / frameBytes))
    const sealed = [head]
    for (let nth = 0; nth < frames; nth++) {
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(nth, nth === frames - 1))
      cipher.setAAD(aad)
      sealed.push(cipher.update(plain.subarray(nth * frameBytes, (nth + 1) * frameBytes)))
      cipher.final()
      sealed.push(cipher.getAuthTag())
    }
    return Buffer.concat(sealed)
  }

  /** @throws OkiteError `BACKUP_KEY_WRONG`, `BACKUP_OBJECT_ALTERED` */
  open(context: string, sealed: Uint8Array): Buffer {
    const head = Buffer.from(sealed.subarray(0, headBytes))
    if (sealed.length < headBytes + tagBytes || !head.subarray(0, magic.length).equals(magic)) {
      throw new OkiteError('BACKUP_OBJECT_ALTERED', { object: context })
    }
    const { key, commitment } = this.ofMessage(head.subarray(0, prefixBytes))
    if (!timingSafeEqual(commitment, head.subarray(prefixBytes))) {
      // A header that was altered is no other key: then this key's id stands in it all the same.
      const isOurs = timingSafeEqual(
        this.id,
        head.subarray(magic.length, magic.length + keyIdBytes),
      )
      throw new OkiteError(isOurs ? 'BACKUP_OBJECT_ALTERED' : 'BACKUP_KEY_WRONG', {
        object: context,
      })
    }
    const aad = Buffer.concat([head, Buffer.from(context)])
    const body = sealed.subarray(headBytes)
    const frames = Math.ceil(body.length / (frameBytes + tagBytes))
    const plain: Buffer[] = []
    try {
      for (let nth = 0; nth < frames; nth++) {
        const frame = body.subarray(
          nth * (frameBytes + tagBytes),
          (nth + 1) * (frameBytes + tagBytes),
        )
        const options = { authTagLength: tagBytes }
        const nonce = nonceOf(nth, nth === frames - 1)
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, options)
        decipher.setAAD(aad).setAuthTag(frame.subarray(-tagBytes))
        plain.push(decipher.update(frame.subarray(0, -tagBytes)), decipher.final())
      }
    } catch (cause) {
      throw new OkiteError('BACKUP_OBJECT_ALTERED', { object: context }, { cause })
    }
    return Buffer.concat(plain)
  }

  /** Whether these bytes say that they are sealed so; that they are, only `open` shows. */
  static isSealed(bytes: Uint8Array): boolean {
    return bytes.length > headBytes && magic.equals(bytes.subarray(0, magic.length))
  }

  private derive(label: string): Buffer {
    return Buffer.from(hkdfSync('sha512', this.key, '', `okite/backup/${label}/v1`, 32))
  }

  private ofMessage(prefix: Uint8Array): Readonly<{ key: Buffer; commitment: Buffer }> {
    const salt = prefix.subarray(-messageIdBytes)
    const both = Buffer.from(hkdfSync('sha512', this.key, salt, prefix, 32 + commitmentBytes))
    return { key: both.subarray(0, 32), commitment: both.subarray(32) }
  }
}

function nonceOf(count: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(count, 5, 6)
  nonce[11] = isLast ? 1 : 0
  return nonce
}
