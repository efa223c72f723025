import { type Limits, limitsDefault } from './budget.ts'
import { type ChunkOptions, chunkBytes, isChunk, readChunk } from './chunk.ts'
import { crc32 } from './crc32.ts'
import { beginsWith } from './cursor.ts'
import type { Reason } from './damage.ts'
import type { EvtxItem } from './record.ts'
import type { TimeDigits } from './value.ts'

/** The header's own 128 bytes are followed by empty ones up to here. */
const fileHeaderBytes = 4096
/** A bit of the file's flags: the writer has computed no checksums. */
const noChecksums = 0x04
/** A bit of the file's flags: the header is older than the chunks. */
const dirty = 0x01

/** Bytes that are not all in memory, such as a file's. */
export type EvtxSource = Readonly<{
  sizeBytes: number
  /** Fills `into` from a position on; fewer bytes than it takes are only returned at the end. */
  read(at: number, into: Uint8Array): number
}>

export type EvtxOptions = Readonly<{
  /** What one chunk may cost; each of its members may be given alone. */
  limits?: Partial<Limits>
  /**
   * Digits of a second's fraction in the events: 6 (if nothing is said) as most renderings have it,
   * 7 for all that is written.
   */
  timeDigits?: TimeDigits
}>

/**
 * The records of a Windows event log (EVTX), with remarks where it is damaged.
 *
 * One chunk (64 KiB) is in memory at a time. No content makes it throw: what cannot be read is
 * remarked and left out, and the next record or chunk is read. Chunks that were never used are
 * passed over. The order is that of the file; in a log that went round, older chunks may follow
 * newer ones.
 *
 * The format is the one of the documentation of libevtx, and of [MS-EVEN6] for the binary XML.
 *
 * @throws whatever `source.read` throws
 */
export function* readEvtx(
  source: Uint8Array | EvtxSource,
  options: EvtxOptions = {},
): Generator<EvtxItem> {
  const from = source instanceof Uint8Array ? sourceOf(source) : source
  const limits = { ...limitsDefault, ...options.limits }
  const chunkOptions: ChunkOptions = { limits, timeDigits: options.timeDigits ?? 6 }
  const buffer = new Uint8Array(chunkBytes)
  const header = buffer.subarray(0, from.read(0, buffer.subarray(0, fileHeaderBytes)))
  const damage = headerDamage(header)
  if (damage !== null) yield { kind: 'remark', reason: damage, at: 0, recordId: null }
  const end = damage === null ? usedBytes(header) : from.sizeBytes
  for (let at = fileHeaderBytes; at < from.sizeBytes; at += chunkBytes) {
    const bytes = buffer.subarray(0, from.read(at, buffer))
    // Neither the header nor what follows is of a log: this is some other file, however long.
    if (damage === 'file-signature' && at === fileHeaderBytes && !isChunk(bytes)) return
    if (isChunk(bytes) || (at < end && bytes.some(byte => byte !== 0)))
      yield* readChunk(bytes, at, chunkOptions)
  }
}

function sourceOf(bytes: Uint8Array): EvtxSource {
  const read = (at: number, into: Uint8Array): number => {
    const piece = bytes.subarray(at, at + into.length)
    into.set(piece)
    return piece.length
  }
  return { sizeBytes: bytes.length, read }
}

/**
 * Where the chunks that are in use end. Windows makes a log larger before it has records for it, and
 * the disk may give it anything; but a chunk is read wherever it is.
 */
function usedBytes(header: Uint8Array): number {
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  const isDirty = (view.getUint32(120, true) & dirty) !== 0
  const count = view.getUint16(42, true)
  return isDirty ? Number.POSITIVE_INFINITY : fileHeaderBytes + count * chunkBytes
}

function headerDamage(bytes: Uint8Array): Reason | null {
  if (!beginsWith(bytes, 'ElfFile\0')) return 'file-signature'
  if (bytes.length < fileHeaderBytes) return 'file-truncated'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(120, true) & noChecksums) return null
  return crc32(view, 0, 120) === view.getUint32(124, true) ? null : 'file-checksum'
}
