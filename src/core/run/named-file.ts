import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { OkiteError } from '../error.ts'

/** 256 KiB: how much more room is made at a time for a file that is longer than it said. */
const growBytes = 262_144

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
    // Without O_NONBLOCK a pipe would hold the program until somebody writes into it.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    throw new OkiteError(codes.missing, { path }, { cause })
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new OkiteError(codes.missing, { path })
    // What says of itself that it is empty may not be (procfs), and it may grow while it is read.
    const bytes = stat.size > limitBytes ? null : readUpTo(file, stat.size, limitBytes)
    if (bytes === null) throw new OkiteError(codes.tooLarge, { limit: limitBytes })
    return bytes
  } finally {
    closeSync(file)
  }
}

/** All that is in a file, or null when that is more than the limit: one byte beyond it is read, no more. */
function readUpTo(file: number, sizeBytes: number, limitBytes: number): Uint8Array | null {
  let bytes = Buffer.alloc(sizeBytes + 1)
  let count = 0
  while (count <= limitBytes) {
    if (count === bytes.length) {
      const roomBytes = Math.min(growBytes, limitBytes + 1 - count)
      bytes = Buffer.concat([bytes, Buffer.alloc(roomBytes)])
    }
    const read = readSync(file, bytes, count, bytes.length - count, null)
    if (read === 0) return bytes.subarray(0, count)
    count += read
  }
  return null
}
