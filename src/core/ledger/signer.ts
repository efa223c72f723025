import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import { hostname } from 'node:os'
import { OkiteError } from '../error.ts'
import { fromBase64, toBase64 } from './bytes.ts'
import { formatVkey, isKeyName, keyIdFrom, keyIdInput } from './note.ts'
import { openPrivateFile } from './private-file.ts'
import { sha256 } from './tree.ts'

/**
 * The one who signs checkpoints. Trusted: its holder can sign two histories, which is noticed only
 * by a witness that is not his. It may live in another process or in a token, so nobody but the
 * signer ever sees the key.
 */
export type Signer = Readonly<{
  /** Name of the key and origin of the list: `<host>/okite/<ledger id>`. */
  name: string
  keyId: number
  /** The public half, in the form of c2sp.org/signed-note. */
  vkey: string
  /** Ed25519 over exactly these bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}>

/**
 * A signer whose key is a file. The file is made once, with a random ledger id in the key's name:
 * two installations never share an origin, and a lost key never comes back under the old name.
 *
 * @throws OkiteError `LEDGER_KEY_RIGHTS`, `LEDGER_KEY_FORM`
 */
export function openFileSigner(path: string, options: { host?: string } = {}): Signer {
  const host = options.host ?? hostname()
  const text = openPrivateFile(path, () =>
    newKeyLine(`${host}/okite/${randomBytes(8).toString('hex')}`),
  )
  const { name, seed } = readKeyLine(text)
  const privateKey = privateKeyOf(seed)
  const key = publicKeyOf(privateKey)
  const keyId = keyIdFrom(sha256(keyIdInput(name, key)))
  return {
    name,
    keyId,
    vkey: formatVkey({ name, keyId, key }),
    sign: async bytes => sign(null, bytes, privateKey),
  }
}

/** The form that tools of signed notes use: `PRIVATE+KEY+<name>+<id>+<base64(type ‖ seed)>`. */
function newKeyLine(name: string): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  return keyLine(name, privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32))
}

/** The line of a key that follows from its 32 bytes of seed (RFC 8032). */
export function keyLine(name: string, seed: Uint8Array): string {
  if (!isKeyName(name)) throw new OkiteError('LEDGER_KEY_FORM')
  const key = publicKeyOf(privateKeyOf(seed))
  const id = keyIdFrom(sha256(keyIdInput(name, key)))
    .toString(16)
    .padStart(8, '0')
  return `PRIVATE+KEY+${name}+${id}+${toBase64(Buffer.concat([new Uint8Array([1]), seed]))}\n`
}

function readKeyLine(text: string): { name: string; seed: Uint8Array } {
  const [, name = '', encoded = ''] =
    /^PRIVATE\+KEY\+([^+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/=]+)\n$/.exec(text) ?? []
  const material = isKeyName(name) ? fromBase64(encoded) : new Uint8Array()
  if (material.length !== 33 || material[0] !== 1) throw new OkiteError('LEDGER_KEY_FORM')
  return { name, seed: material.subarray(1) }
}

const privateKeyOf = (seed: Uint8Array): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([ed25519Pkcs8Prefix, seed]),
    format: 'der',
    type: 'pkcs8',
  })

const publicKeyOf = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)

/** PrivateKeyInfo of RFC 8410 up to the 32 bytes of the seed. */
const ed25519Pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
