import { randomBytes, randomUUID } from 'node:crypto'

/**
 * The port through which the list gets what nobody may foresee: salts, and the names under which
 * persons are kept. Whoever could foresee a salt could guess the value behind a commitment; a source
 * that can be foreseen is therefore good for made-up people alone.
 */
export type Entropy = Readonly<{
  salt(sizeBytes: number): Buffer
  uuid(): string
}>

/** The generator of the system. */
export const systemEntropy: Entropy = { salt: randomSalt, uuid: randomUUID }

/**
 * Random bytes for salts. The generator of the system costs the same for 16 bytes as for
 * thousands, so they are drawn together; no byte is given out twice.
 */
function randomSalt(sizeBytes: number): Buffer {
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
