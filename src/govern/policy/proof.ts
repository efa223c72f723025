import { OkiteError } from '../../core/error.ts'
import { toBase64 } from '../../core/ledger/bytes.ts'
import { canonicalize } from '../../core/ledger/canonical.ts'
import { decodeLeaf } from '../../core/ledger/leaf.ts'
import { readVkey } from '../../core/ledger/note.ts'
import { verifyProof } from '../../core/ledger/proof.ts'
import { webVerifier } from '../../core/ledger/verify-web.ts'
import type { FactView } from './explain.ts'
import { factView } from './fact-view.ts'

/**
 * Checks that a fact is on a signed list, with WebCrypto: the same code in the terminal and in the
 * browser, and nobody is asked.
 *
 * What it shows: the holder of the named key has signed a list that has these bytes at this position.
 * What it cannot show: that he shows everybody the same list. For that, checkpoints are compared.
 */

export type ProofInput = Readonly<{
  /** The leaf as text; its UTF-8 is what was hashed. */
  leaf: string
  /** C2SP tlog-proof. */
  proof: string
  /** The key that is trusted: `<origin>+<key id>+<key>`. */
  vkey: string
  /** The fact that a person looks at: the leaf must say the same, at the same position. */
  shown: FactView
}>

export type Proven = Readonly<{ pos: number; size: number; root: string; signer: string }>

/**
 * @throws OkiteError `PROOF_OF_ANOTHER`, `PROOF_NOT_SHOWN`, and those of `core/ledger` for a proof that
 *   shows nothing
 */
export async function checkProof(input: ProofInput): Promise<Proven> {
  const key = await readVkey(input.vkey, webVerifier)
  const log = { origin: key.name, keys: [key] }
  const leaf = new TextEncoder().encode(input.leaf)
  const { pos, checkpoint } = await verifyProof(input.proof, leaf, log, webVerifier)
  if (pos !== input.shown.pos) throw new OkiteError('PROOF_OF_ANOTHER', { pos })
  // The proof is of the leaf; what is shown must be what the leaf says.
  const said = factView({ ...decodeLeaf(leaf), pos })
  if (canonicalize(said) !== canonicalize(input.shown))
    throw new OkiteError('PROOF_NOT_SHOWN', { pos })
  return { pos, size: checkpoint.size, root: toBase64(checkpoint.root), signer: key.name }
}
