/**
 * The checksum of RFC 1952 (gzip), which the headers and the records of an event log carry.
 *
 * Four bytes at a time, as every chunk is summed up before it is read: the table holds what a byte
 * does to the sum, and then what it does with one, two and three more bytes behind it.
 */
const table = new Int32Array(1024)
for (let byte = 0; byte < 256; byte++) {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  table[byte] = value
}
for (let nth = 256; nth < 1024; nth++) {
  const value = at(nth - 256)
  table[nth] = (value >>> 8) ^ at(value & 0xff)
}

function at(index: number): number {
  return table[index] as number
}

/**
 * The CRC-32 of the bytes in [from, to) of a view.
 *
 * @param before the checksum of what stands before them, where the sum goes over several stretches
 */
export function crc32(view: DataView, from: number, to: number, before = 0): number {
  let value = ~before
  let next = from
  for (; next + 4 <= to; next += 4) {
    value ^= view.getUint32(next, true)
    value =
      at((value & 0xff) | 0x300) ^
      at(((value >>> 8) & 0xff) | 0x200) ^
      at(((value >>> 16) & 0xff) | 0x100) ^
      at(value >>> 24)
  }
  for (; next < to; next++) value = (value >>> 8) ^ at((value ^ view.getUint8(next)) & 0xff)
  return ~value >>> 0
}
