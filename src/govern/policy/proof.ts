import { provenFact, requireShown } from '../../core/ledger/proven.ts'
import type { FactView } from './explain.ts'
import { factView } from './fact-view.ts'

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
 * Checks that a fact is on a signed list: the same code in the terminal and in the browser.
 *
 * @throws OkiteError `PROOF_OF_ANOTHER`, `PROOF_NOT_SHOWN`, and those of `core/ledger` for a proof that
 *   shows nothing
 */
export async function checkProof({ shown, ...given }: ProofInput): Promise<Proven> {
  const { pos } = shown
  const { leaf, ...proven } = await provenFact({ ...given, pos })
  requireShown(pos, factView({ ...leaf, pos }), shown)
  return { pos, ...proven }
}
