/**
 * Checks that a fact is on a signed list, from the specifications alone: C2SP tlog-proof, signed-note
 * and tlog-checkpoint, RFC 6962 §2.1.1. It runs in the program and in the browser (WebCrypto), shares
 * no code with the ledger that makes the proofs, and asks nobody anything.
 *
 * What it shows: the holder of the named key has signed a list that has these bytes at this position.
 * What it cannot show: that he shows everybody the same list. For that, checkpoints are compared.
 */

export type ProofInput = Readonly<{
  /** The leaf, byte for byte as UTF-8. */
  leaf: string
  /** The text of the proof. */
  proof: string
  /** The key that is trusted: `<origin>+<key id>+<key>`. */
  vkey: string
  /** The position that the fact must have. */
  pos: number
}>

export type Proven = Readonly<{ pos: number; size: number; root: string; signer: string }>

/** Thrown for a proof that shows nothing; `message` says in which step. */
export class ProofRefused extends Error {
  override readonly name = 'ProofRefused'
}

/** A list with more entries than 2^48 would take longer than the sun. */
const hashesMax = 48
const charsMax = 64 * 1024

/** @throws ProofRefused */
export async function checkProof(input: ProofInput): Promise<Proven> {
  if (input.proof.length > charsMax) refuse('the proof is too long')
  const gap = input.proof.indexOf('\n\n')
  if (gap < 0) refuse('the proof has no checkpoint')
  const { index, path } = readHead(input.proof.slice(0, gap))
  if (index !== input.pos) refuse('the proof is of another position')

  const checkpoint = input.proof.slice(gap + 2)
  const { size, root, signer } = await readCheckpoint(checkpoint, input.vkey)
  const leaf = new TextEncoder().encode(input.leaf)
  const computed = await rootFrom(await hash(0x00, leaf), index, size, path)
  if (!equal(computed, root)) refuse('the path does not lead to the signed root')
  return { pos: index, size, root: toBase64(root), signer }
}

function refuse(why: string): never {
  throw new ProofRefused(why)
}

function readHead(text: string): { index: number; path: Uint8Array<ArrayBuffer>[] } {
  const lines = text.split('\n')
  if (lines.shift() !== 'c2sp.org/tlog-proof@v1') refuse('this is no proof of version 1')
  if (lines[0]?.startsWith('extra ')) lines.shift()
  const index = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '')?.[1]
  if (index === undefined) refuse('the proof names no position')
  if (lines.length > hashesMax) refuse('the path is too long')
  return { index: Number(index), path: lines.map(line => fromBase64(line, 32)) }
}

/** Reads a signed checkpoint and verifies the signature of the trusted key. Other lines are ignored. */
async function readCheckpoint(note: string, vkey: string) {
  const gap = note.lastIndexOf('\n\n')
  if (gap < 0 || !note.endsWith('\n')) refuse('the checkpoint is not signed')
  const text = note.slice(0, gap + 1)
  const [origin = '', sizeText = '', rootText = ''] = text.split('\n')
  if (!/^(0|[1-9]\d{0,15})$/.test(sizeText)) refuse('the checkpoint has no size')

  const key = await readKey(vkey)
  if (origin !== key.name) refuse('the checkpoint is of another list')
  const mark = `\u2014 ${key.name} `
  for (const line of note.slice(gap + 2, -1).split('\n')) {
    if (!line.startsWith(mark)) continue
    const blob = fromBase64(line.slice(mark.length))
    if (!equal(blob.slice(0, 4), key.id)) continue
    if (blob.length !== 68) refuse('the signature has a wrong length')
    const signed = new TextEncoder().encode(text)
    if (!(await crypto.subtle.verify('Ed25519', key.key, blob.slice(4), signed))) {
      refuse('the signature is not of this text')
    }
    return { size: Number(sizeText), root: fromBase64(rootText, 32), signer: key.name }
  }
  return refuse('the trusted key has not signed this')
}

async function readKey(vkey: string) {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey)
  const [, name = '', idText = '', keyText = ''] = match ?? []
  const typed = fromBase64(keyText, 33)
  // signed-note: the id binds the name to the key, so that neither can be exchanged.
  const named = new TextEncoder().encode(`${name}\n`)
  const id = (await sha256(join(named, typed))).slice(0, 4)
  const idShown = [...id].map(byte => byte.toString(16).padStart(2, '0')).join('')
  if (typed[0] !== 0x01 || idShown !== idText) refuse('the trusted key is written wrongly')
  const key = await crypto.subtle.importKey('raw', typed.slice(1), 'Ed25519', false, ['verify'])
  return { name, id, key }
}

/** RFC 9162 §2.1.3.2, which is the same tree as RFC 6962. */
async function rootFrom(
  leafHash: Uint8Array<ArrayBuffer>,
  index: number,
  size: number,
  path: readonly Uint8Array<ArrayBuffer>[],
): Promise<Uint8Array<ArrayBuffer>> {
  if (index >= size) refuse('the position is beyond the signed list')
  // BigInt: positions may pass 2^32, where bitwise operators of numbers end.
  let fn = BigInt(index)
  let sn = BigInt(size) - 1n
  let computed = leafHash
  for (const sibling of path) {
    if (sn === 0n) refuse('the path is too long')
    if ((fn & 1n) === 1n || fn === sn) {
      computed = await hash(0x01, join(sibling, computed))
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n
        sn >>= 1n
      }
    } else {
      computed = await hash(0x01, join(computed, sibling))
    }
    fn >>= 1n
    sn >>= 1n
  }
  if (sn !== 0n) refuse('the path is too short')
  return computed
}

const hash = (prefix: number, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  sha256(join(new Uint8Array([prefix]), bytes))

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])

/** Strict (L8): one spelling for one value, so the last unused bits must be zero. */
function fromBase64(text: string, length?: number): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) refuse('base64 is broken')
  const bytes = Uint8Array.from(atob(text), character => character.charCodeAt(0))
  if (toBase64(bytes) !== text) refuse('base64 is spelled in a second way')
  if (length !== undefined && bytes.length !== length) refuse('a hash or key has a wrong length')
  return bytes
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
