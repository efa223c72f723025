import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
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
  const der = Buffer.concat([ed25519Pkcs8Prefix, seed])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const key = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32)
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
  if (!isKeyName(name)) throw new OkiteError('LEDGER_KEY_FORM')
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)
  const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
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

/** PrivateKeyInfo of RFC 8410 up to the 32 bytes of the seed. */
const ed25519Pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
