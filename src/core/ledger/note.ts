import { OkiteError } from '../error.ts'
import { concatBytes, fromBase64, fromUtf8, toBase64, toUtf8, type Verifier } from './bytes.ts'

/** Signed notes, c2sp.org/signed-note v1.0.0, with Ed25519 keys. Runs in a browser. */

export type NoteKey = Readonly<{ name: string; keyId: number; key: Uint8Array }>

export type NoteSignature = Readonly<{ name: string; keyId: number; signature: Uint8Array }>

export type Note = Readonly<{ text: string; signatures: readonly NoteSignature[] }>

/**
 * Reads the form of a note; nothing in it may be believed before `openNote`.
 *
 * @throws OkiteError `LEDGER_NOTE_MALFORMED`
 */
export function parseNote(note: Uint8Array | string): Note {
  if (note.length > noteBytesMax) throw malformed('size')
  const whole = typeof note === 'string' ? note : fromUtf8(note)
  if (!whole.isWellFormed() || control.test(whole)) throw malformed('characters')
  const split = whole.lastIndexOf('\n\n')
  if (split < 0 || !whole.endsWith('\n')) throw malformed('form')
  const lines = whole.slice(split + 2).split('\n')
  lines.pop()
  if (lines.length === 0 || lines.length > signatureCountMax) throw malformed('signatures')
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignature) }
}

/**
 * Answers the text of a note that at least one of `keys` has signed. Signatures of unknown keys are
 * ignored; one bad signature of a known key condemns the note.
 *
 * @throws OkiteError `LEDGER_NOTE_MALFORMED`, `LEDGER_NOTE_UNSIGNED`, `LEDGER_NOTE_FORGED`
 */
export async function openNote(
  note: Uint8Array | string,
  keys: readonly NoteKey[],
  verifier: Verifier,
): Promise<Readonly<{ text: string; by: readonly NoteKey[] }>> {
  const { text, signatures } = parseNote(note)
  const message = toUtf8(text)
  const by: NoteKey[] = []
  for (const { name, keyId, signature } of signatures) {
    const key = keys.find(known => known.name === name && known.keyId === keyId)
    if (key === undefined) continue
    const isGood =
      signature.length === signatureBytes && (await verifier.ed25519(key.key, message, signature))
    if (!isGood) throw new OkiteError('LEDGER_NOTE_FORGED', { key: name })
    if (!by.includes(key)) by.push(key)
  }
  if (by.length === 0) throw new OkiteError('LEDGER_NOTE_UNSIGNED')
  return { text, by }
}

export function formatNote(text: string, signatures: readonly NoteSignature[]): string {
  if (!text.endsWith('\n') || control.test(text) || !text.isWellFormed()) throw malformed('text')
  const lines = signatures.map(({ name, keyId, signature }) => {
    if (!isKeyName(name)) throw malformed('key name')
    return `— ${name} ${toBase64(concatBytes(uint32(keyId), signature))}\n`
  })
  return `${text}\n${lines.join('')}`
}

/** Reads `<name>+<key id>+<base64(type ‖ key)>`. @throws OkiteError `LEDGER_VKEY` */
export async function readVkey(vkey: string, verifier: Verifier): Promise<NoteKey> {
  // The base64 of a key may itself contain plus signs, names may not.
  const [, name = '', id = '', encoded = ''] =
    /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey) ?? []
  if (!isKeyName(name)) throw new OkiteError('LEDGER_VKEY')
  const material = fromBase64(encoded)
  if (material[0] !== ed25519Type || material.length !== 1 + keyBytes) {
    throw new OkiteError('LEDGER_VKEY')
  }
  const key = material.slice(1)
  const keyId = keyIdFrom(await verifier.sha256(keyIdInput(name, key)))
  if (keyId !== Number.parseInt(id, 16)) throw new OkiteError('LEDGER_VKEY')
  return { name, keyId, key }
}

export function formatVkey({ name, keyId, key }: NoteKey): string {
  const id = keyId.toString(16).padStart(8, '0')
  return `${name}+${id}+${toBase64(concatBytes(new Uint8Array([ed25519Type]), key))}`
}

/** What is hashed to get a key id: name ‖ 0x0A ‖ type ‖ public key. */
export const keyIdInput = (name: string, key: Uint8Array): Uint8Array =>
  concatBytes(toUtf8(`${name}\n`), new Uint8Array([ed25519Type]), key)

export const keyIdFrom = (hash: Uint8Array): number =>
  new DataView(hash.buffer, hash.byteOffset).getUint32(0)

/** Neither Unicode spaces nor plus, so that lines and vkeys can be split. */
export const isKeyName = (name: string): boolean =>
  name.length > 0 && name.isWellFormed() && !/[\s\u0085+]/u.test(name) && !control.test(name)

const ed25519Type = 1
const keyBytes = 32
const signatureBytes = 64

/** 32 signatures of 5 kB (post-quantum ones are nearly that long) and a text; 16 must be accepted. */
const noteBytesMax = 256 * 1024
const signatureCountMax = 32

// biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids all but newline.
const control = /[\u0000-\u0009\u000b-\u001f]/

function parseSignature(line: string): NoteSignature {
  const parts = line.split(' ')
  const [dash, name = '', encoded = ''] = parts
  if (parts.length !== 3 || dash !== '—' || !isKeyName(name)) throw malformed('signature line')
  const bytes = fromBase64(encoded)
  if (bytes.length < 5) throw malformed('signature size')
  return { name, keyId: keyIdFrom(bytes), signature: bytes.slice(4) }
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

const malformed = (why: string) => new OkiteError('LEDGER_NOTE_MALFORMED', { why })
