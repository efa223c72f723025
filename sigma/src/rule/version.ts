import { SigmaError } from '../refusal.ts'
import { textAt, type YamlMap } from '../yaml.ts'

/** The major version of the specification that a document is written for. */
export type SigmaVersion = 2 | 3

/**
 * Reads `sigma-version` (SEP 213). Only its first number counts; without it a document is of version
 * 2, so that no older rule changes its meaning.
 *
 * @throws SigmaError VERSION_UNSUPPORTED
 */
export function versionOf(document: YamlMap): SigmaVersion {
  const entry = document.entries.get('sigma-version')
  if (entry === undefined) return 2
  const text = textAt(document, 'sigma-version') ?? ''
  const [major] = text.split('.')
  if (major === '2') return 2
  if (major === '3') return 3
  throw new SigmaError('VERSION_UNSUPPORTED', text, entry.at)
}
