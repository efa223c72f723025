import { OkiteError } from '../error.ts'
import { fromBase64, fromDecimal, toBase64, type Verifier } from './bytes.ts'
import { hashBytes } from './merkle.ts'
import { type NoteKey, openNote } from './note.ts'

/** Checkpoints, c2sp.org/tlog-checkpoint v1.0.0. Runs in a browser. */

export type Checkpoint = Readonly<{
  origin: string
  size: number
  root: Uint8Array
  /** Opaque lines after the three. Ours has none; they are covered by the signature. */
  extensions: readonly string[]
}>

/** @throws OkiteError `LEDGER_CHECKPOINT_MALFORMED` */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n')
  if (lines.pop() !== '' || lines.length < 3 || lines.includes('')) throw malformed('lines')
  const [origin, size, root, ...extensions] = lines as [string, string, string, ...string[]]
  const checkpoint = { origin, size: fromDecimal(size), root: fromBase64(root), extensions }
  if (checkpoint.root.length !== hashBytes) throw malformed('root')
  return checkpoint
}

export const formatCheckpoint = (origin: string, size: number, root: Uint8Array): string =>
  `${origin}\n${size}\n${toBase64(root)}\n`

/** The log that is believed: its origin, and its keys. */
export type TrustedLog = Readonly<{ origin: string; keys: readonly NoteKey[] }>

/**
 * Answers the checkpoint of a note that the trusted log has signed.
 *
 * @throws OkiteError of `openNote`, `LEDGER_CHECKPOINT_MALFORMED`, `LEDGER_ORIGIN`
 */
export async function openCheckpoint(
  note: Uint8Array | string,
  log: TrustedLog,
  verifier: Verifier,
): Promise<Checkpoint> {
  const { text } = await openNote(note, log.keys, verifier)
  const checkpoint = parseCheckpoint(text)
  if (checkpoint.origin !== log.origin) throw new OkiteError('LEDGER_ORIGIN')
  return checkpoint
}

const malformed = (why: string) => new OkiteError('LEDGER_CHECKPOINT_MALFORMED', { why })
