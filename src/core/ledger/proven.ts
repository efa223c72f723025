import { OkiteError } from '../error.ts'
import { turningText } from '../turning.ts'
import { toBase64 } from './bytes.ts'
import { canonicalize } from './canonical.ts'
import { decodeLeaf, type Envelope } from './leaf.ts'
import { readVkey } from './note.ts'
import { verifyProof } from './proof.ts'
import { webVerifier } from './verify-web.ts'

/** What was found out here about one fact, in the browser or at the terminal: nobody is asked. */
export type ProvenFact = Readonly<{ size: number; root: string; signer: string; leaf: Envelope }>

/**
 * Checks with WebCrypto that the holder of a key has signed a list that has this leaf at this position, and
 * answers what the leaf says: only that may be held to be proven. It cannot show that he shows everybody
 * the same list. For that, checkpoints are compared.
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

/**
 * The proof is of the leaf: what a person looks at must be what the leaf says.
 *
 * @throws OkiteError `PROOF_NOT_SHOWN`
 */
export function requireShown(pos: number, said: unknown, shown: unknown): void {
  // A page shows what would turn its text around as something else.
  const [one, other] = [said, shown].map(value => turningText(canonicalize(value)))
  if (one !== other) throw new OkiteError('PROOF_NOT_SHOWN', { pos })
}
