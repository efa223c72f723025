import { OkiteError } from '../error.ts'
import { toBase64 } from '../ledger/bytes.ts'
import { decodeLeaf, type Envelope } from '../ledger/leaf.ts'
import { readVkey } from '../ledger/note.ts'
import { verifyProof } from '../ledger/proof.ts'
import { webVerifier } from '../ledger/verify-web.ts'

/** What this browser has found out itself about one fact: nobody is asked. */
export type ProvenFact = Readonly<{ size: number; root: string; signer: string; leaf: Envelope }>

/**
 * Checks with WebCrypto that a leaf stands at a position of a signed list, and answers what the leaf says:
 * only that may be held to be proven. It cannot show that everybody is shown the same list.
 *
 * @throws OkiteError `PROOF_OF_ANOTHER`, and those of `core/ledger` for a proof that shows nothing
 */
export async function provenFact(
  given: Readonly<{ pos: number; leaf: string; proof: string; vkey: string }>,
): Promise<ProvenFact> {
  const key = await readVkey(given.vkey, webVerifier)
  const bytes = new TextEncoder().encode(given.leaf)
  const log = { origin: key.name, keys: [key] }
  const { pos, checkpoint } = await verifyProof(given.proof, bytes, log, webVerifier)
  if (pos !== given.pos) throw new OkiteError('PROOF_OF_ANOTHER', { pos })
  const { size, root } = checkpoint
  return { size, root: toBase64(root), signer: key.name, leaf: decodeLeaf(bytes) }
}
