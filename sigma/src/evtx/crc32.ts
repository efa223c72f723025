/** The checksum of RFC 1952 (gzip), which the headers and the records of an event log carry. */

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/**
 * The CRC-32 of the bytes in [from, to).
 *
 * @param before the checksum of what stands before them, where the sum goes over several stretches
 */
export function crc32(bytes: Uint8Array, from: number, to: number, before = 0): number {
  let value = ~before
  for (let at = from; at < to; at++)
    value = (value >>> 8) ^ (table[(value ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return ~value >>> 0
}
