import { chunkBytes } from './chunk.ts'
import { crc32 } from './crc32.ts'

/** Event logs made by hand, for what the real ones at hand do not have. */

export type Value = Readonly<{ type: number; bytes: Uint8Array }>

const fileHeaderBytes = 4096
const headerBytes = 512

/** Writes one chunk. Where something is meant to be wrong, the bytes are changed afterwards. */
export class ChunkWriter {
  readonly bytes = new Uint8Array(chunkBytes)
  readonly view = new DataView(this.bytes.buffer)
  at = headerBytes
  private recordAt = 0

  u8(...values: number[]): this {
    this.bytes.set(values, this.at)
    this.at += values.length
    return this
  }

  u16(value: number): this {
    this.view.setUint16(this.at, value, true)
    this.at += 2
    return this
  }

  u32(value: number): this {
    this.view.setUint32(this.at, value, true)
    this.at += 4
    return this
  }

  u64(value: bigint): this {
    this.view.setBigUint64(this.at, value, true)
    this.at += 8
    return this
  }

  utf16(text: string): this {
    for (let nth = 0; nth < text.length; nth++) this.u16(text.charCodeAt(nth))
    return this
  }

  /** A name where it is first used. */
  name(name: string): this {
    return this.u32(this.at + 4)
      .u32(0)
      .u16(0)
      .u16(name.length)
      .utf16(name)
      .u16(0)
  }

  /** A start tag up to its attributes or its end; within templates with a dependency. */
  open(name: string, { attributes = false, dependency = false } = {}): this {
    this.u8(attributes ? 0x41 : 0x01)
    if (dependency) this.u16(0xffff)
    this.u32(0).name(name)
    return attributes ? this.u32(0) : this
  }

  text(text: string): this {
    return this.u8(0x05, 0x01).u16(text.length).utf16(text)
  }

  /** An instance of a template that stands here; what it consists of is written by `template`. */
  instance(template: () => void, values: readonly Value[]): this {
    this.u8(0x0c, 0x01)
      .u32(0)
      .u32(this.at + 4)
    const sizeAt = this.at + 20
    this.at += 24
    template()
    this.u8(0x00)
    this.view.setUint32(sizeAt, this.at - sizeAt - 4, true)
    return this.values(values)
  }

  values(values: readonly Value[]): this {
    this.u32(values.length)
    for (const { type, bytes } of values) this.u16(bytes.length).u8(type, 0)
    for (const { bytes } of values) this.u8(...bytes)
    return this
  }

  /** A record whose binary XML `event` writes. */
  record(recordId: bigint, event: () => void): this {
    this.recordAt = this.at
    this.u32(0x2a2a).u32(0).u64(recordId).u64(133_000_000_000_000_007n).u8(0x0f, 1, 1, 0)
    event()
    this.u8(0x00)
    this.u32(this.at - this.recordAt + 4)
    this.view.setUint32(this.recordAt + 4, this.at - this.recordAt, true)
    return this
  }

  /** The header and its checksums. */
  finish(): Uint8Array {
    this.bytes.set(new TextEncoder().encode('ElfChnk\0'))
    this.view.setUint32(40, 128, true)
    this.view.setUint32(44, this.recordAt, true)
    this.view.setUint32(48, this.at, true)
    seal(this.bytes)
    return this.bytes
  }
}

/** Computes the checksums of a chunk anew. */
export function seal(chunk: Uint8Array): void {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
  const freeSpace = Math.min(view.getUint32(48, true), chunk.length)
  view.setUint32(52, crc32(view, headerBytes, freeSpace), true)
  view.setUint32(124, crc32(view, 128, headerBytes, crc32(view, 0, 120)), true)
}

/** A file of these chunks. */
export function fileOf(...chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(fileHeaderBytes + chunks.length * chunkBytes)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode('ElfFile\0'))
  view.setUint16(40, fileHeaderBytes, true)
  view.setUint16(42, chunks.length, true)
  view.setUint32(124, crc32(view, 0, 120), true)
  for (const [nth, chunk] of chunks.entries()) bytes.set(chunk, fileHeaderBytes + nth * chunkBytes)
  return bytes
}

/** A chunk with one event: `<Event>`, whose content `write` writes. */
export function chunkWith(write: (chunk: ChunkWriter) => void): Uint8Array {
  const chunk = new ChunkWriter()
  chunk.record(1n, () => {
    chunk.open('Event').u8(0x02)
    write(chunk)
    chunk.u8(0x04)
  })
  return chunk.finish()
}
