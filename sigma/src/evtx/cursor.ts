import { Damage } from './damage.ts'

/** Units that are turned into text at a time: a function takes only so many arguments. */
const unitsAtOnce = 4096
const units = new Uint16Array(unitsAtOnce)

/**
 * Reads a chunk forward, little-endian, never beyond the end it was given.
 *
 * All positions are counted from the beginning of the chunk, as the offsets in it are. Each reading
 * method throws `Damage` with `offset` where the bytes do not suffice.
 */
export class Cursor {
  readonly bytes: Uint8Array
  readonly view: DataView
  at: number
  readonly end: number

  constructor(bytes: Uint8Array, view: DataView, at: number, end: number) {
    this.bytes = bytes
    this.view = view
    this.at = at
    this.end = end
    if (at < 0 || at > end || end > bytes.length) throw new Damage('offset', at)
  }

  /** Another place of the same chunk. */
  within(at: number, end: number): Cursor {
    return new Cursor(this.bytes, this.view, at, end)
  }

  /** The position before the bytes that are skipped. */
  skip(sizeBytes: number): number {
    const { at } = this
    if (sizeBytes > this.end - at) throw new Damage('offset', at)
    this.at = at + sizeBytes
    return at
  }

  /** The next byte, which is not yet taken; zero (the token of the end) where there is none. */
  peek(): number {
    return this.at < this.end ? this.view.getUint8(this.at) : 0
  }

  u8(): number {
    return this.view.getUint8(this.skip(1))
  }

  u16(): number {
    return this.view.getUint16(this.skip(2), true)
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true)
  }

  utf16(count: number): string {
    return utf16(this.view, this.skip(count * 2), count)
  }
}

/**
 * UTF-16 as it stands, with unpaired surrogates: to replace what is not well-formed would make
 * different names equal. The caller has made sure that the units are there.
 */
export function utf16(view: DataView, at: number, count: number): string {
  let text = ''
  for (let done = 0; done < count; done += unitsAtOnce) {
    const size = Math.min(unitsAtOnce, count - done)
    for (let nth = 0; nth < size; nth++) units[nth] = view.getUint16(at + (done + nth) * 2, true)
    text += String.fromCharCode.apply(null, units.subarray(0, size) as unknown as number[])
  }
  return text
}

/** Whether the bytes begin with a signature in ASCII. */
export function beginsWith(bytes: Uint8Array, signature: string): boolean {
  for (let nth = 0; nth < signature.length; nth++)
    if (bytes[nth] !== signature.charCodeAt(nth)) return false
  return true
}
