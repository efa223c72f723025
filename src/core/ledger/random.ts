import { randomBytes } from 'node:crypto'

/**
 * Random bytes for salts. The generator of the system costs the same for 16 bytes as for
 * thousands, so they are drawn together; no byte is given out twice.
 */
export function randomSalt(sizeBytes: number): Buffer {
  if (used + sizeBytes > drawn.length) {
    drawn = randomBytes(drawnBytes)
    used = 0
  }
  const salt = Buffer.from(drawn.subarray(used, used + sizeBytes))
  drawn.fill(0, used, used + sizeBytes)
  used += sizeBytes
  return salt
}

/** Salts of some hundred entries. */
const drawnBytes = 8192

/** Owned by `randomSalt` alone. */
let drawn = Buffer.alloc(0)
let used = 0
