import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { OkiteError } from '../error.ts'

/**
 * The bytes of a file that a person names on the command line.
 *
 * @throws OkiteError `codes.missing` for what is no readable file, `codes.tooLarge` beyond the limit
 */
export function readNamedFile(
  path: string,
  limitBytes: number,
  codes: Readonly<{ missing: string; tooLarge: string }>,
): Uint8Array {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (cause) {
    throw new OkiteError(codes.missing, { path }, { cause })
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new OkiteError(codes.missing, { path })
    if (stat.size > limitBytes) throw new OkiteError(codes.tooLarge, { limit: limitBytes })
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}
