import { OkiteError } from '../error.ts'
import { fromBase64, fromDecimal, fromUtf8, toBase64, type Verifier } from './bytes.ts'
import { type Checkpoint, openCheckpoint, type TrustedLog } from './checkpoint.ts'
import { hashBytes, hashLeaf, verifyInclusion } from './merkle.ts'

/** Offline proofs, c2sp.org/tlog-proof. Runs in a browser. */

export type Proof = Readonly<{
  /** Not authenticated by anything; `null` when there is none. */
  extra: Uint8Array | null
  pos: number
  hashes: readonly Uint8Array[]
  /** The signed note, as it was issued. */
  checkpoint: string
}>

export function formatProof(proof: Proof): string {
  const extra = proof.extra === null ? '' : `extra ${toBase64(proof.extra)}\n`
  const hashes = proof.hashes.map(hash => `${toBase64(hash)}\n`).join('')
  return `${firstLine}\n${extra}index ${proof.pos}\n${hashes}\n${proof.checkpoint}`
}

/** Reads the form; nothing in it may be believed before `verifyProof`. @throws OkiteError `LEDGER_PROOF_MALFORMED` */
export function parseProof(proof: Uint8Array | string): Proof {
  if (proof.length > proofBytesMax) throw malformed('size')
  const whole = typeof proof === 'string' ? proof : fromUtf8(proof)
  const split = whole.indexOf('\n\n')
  if (split < 0) throw malformed('form')
  const [first, ...lines] = whole.slice(0, split).split('\n')
  if (first !== firstLine) throw malformed('first line')
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift()?.slice(6) ?? '') : null
  const index = lines.shift()
  if (index === undefined || !index.startsWith('index ')) throw malformed('index')
  if (lines.length > hashCountMax) throw malformed('hashes')
  const hashes = lines.map(line => fromBase64(line))
  if (hashes.some(hash => hash.length !== hashBytes)) throw malformed('hashes')
  return { extra, pos: fromDecimal(index.slice(6)), hashes, checkpoint: whole.slice(split + 2) }
}

/**
 * Answers the position that these exact leaf bytes have on the trusted list, with the checkpoint
 * that says so.
 *
 * @throws OkiteError of `parseProof`, `openCheckpoint` and `verifyInclusion`
 */
export async function verifyProof(
  proof: Uint8Array | string,
  leaf: Uint8Array,
  log: TrustedLog,
  verifier: Verifier,
): Promise<Readonly<{ pos: number; leaf: Uint8Array; checkpoint: Checkpoint }>> {
  const { pos, hashes, checkpoint: note } = parseProof(proof)
  const checkpoint = await openCheckpoint(note, log, verifier)
  const leafHash = await hashLeaf(leaf, verifier.sha256)
  const { size, root } = checkpoint
  await verifyInclusion({ pos, size, leafHash, root }, hashes, verifier.sha256)
  return { pos, leaf, checkpoint }
}

const firstLine = 'c2sp.org/tlog-proof@v1'

/** A note of the largest size, and the hashes above it. */
const proofBytesMax = 320 * 1024

/** A tree of 2^53 leaves is 53 levels deep; the format's own limit is 63. */
const hashCountMax = 63

const malformed = (why: string) => new OkiteError('LEDGER_PROOF_MALFORMED', { why })
