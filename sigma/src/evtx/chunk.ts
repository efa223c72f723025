import { Budget, type Limits } from './budget.ts'
import { crc32 } from './crc32.ts'
import { beginsWith, Cursor } from './cursor.ts'
import { Damage, type Reason } from './damage.ts'
import { Expander } from './expand.ts'
import { Parser } from './parser.ts'
import type { EvtxItem, EvtxRecord, EvtxRemark } from './record.ts'
import { filetimeText } from './time.ts'
import type { TimeDigits } from './value.ts'

/** A chunk has this size whatever it holds; no record goes from one into the next. */
export const chunkBytes = 65_536
const headerBytes = 512
/** Signature, size, identifier and time before the event, and the size again behind it. */
const recordFrameBytes = 28
const recordSignature = 0x00002a2a
/** A bit of the chunk's flags: the writer has computed no checksums. */
const noChecksums = 0x04

export type ChunkOptions = Readonly<{ limits: Limits; timeDigits: TimeDigits }>

/** Whether a chunk begins here. */
export function isChunk(bytes: Uint8Array): boolean {
  return beginsWith(bytes, 'ElfChnk\0')
}

/**
 * The records of one chunk, which begins with the first of the bytes.
 *
 * A record that cannot be read becomes a remark, and the next one is looked for. Where checksums do
 * not hold, every record says so.
 *
 * @param bytes not more than a chunk; fewer where the file ends within it
 * @param fileAt where in the file they stand, for the positions that are told
 */
export function* readChunk(
  bytes: Uint8Array,
  fileAt: number,
  options: ChunkOptions,
): Generator<EvtxItem> {
  if (!isChunk(bytes)) return yield remark('chunk-signature', fileAt)
  if (bytes.length < headerBytes) return yield remark('chunk-truncated', fileAt)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const damages = headerDamages(bytes, view)
  for (const reason of damages) yield remark(reason, fileAt)
  yield* new Walk(bytes, view, fileAt, damages.length === 0, options).items()
}

const remark = (reason: Reason, at: number, recordId: bigint | null = null): EvtxRemark => ({
  kind: 'remark',
  reason,
  at,
  recordId,
})

function headerDamages(bytes: Uint8Array, view: DataView): readonly Reason[] {
  const damages: Reason[] = []
  const isWhole = bytes.length === chunkBytes
  if (!isWhole) damages.push('chunk-truncated')
  const freeSpace = view.getUint32(48, true)
  const isInside = freeSpace >= headerBytes && freeSpace <= chunkBytes
  if (!isInside) damages.push('chunk-free-space')
  if (view.getUint32(120, true) & noChecksums) return damages
  // Without the checksum itself, and the flags before it.
  const header = crc32(view, 128, headerBytes, crc32(view, 0, 120))
  if (header !== view.getUint32(124, true)) damages.push('chunk-header-checksum')
  if (isWhole && isInside && crc32(view, headerBytes, freeSpace) !== view.getUint32(52, true))
    damages.push('chunk-records-checksum')
  return damages
}

/** Goes from record to record. */
class Walk {
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private readonly fileAt: number
  private readonly isIntact: boolean
  private readonly expander: Expander
  /** Where the records end, by the header. */
  private readonly end: number
  /** The identifier of the last record that was whole. */
  private lastId: bigint | null = null

  constructor(
    bytes: Uint8Array,
    view: DataView,
    fileAt: number,
    isIntact: boolean,
    { limits, timeDigits }: ChunkOptions,
  ) {
    this.bytes = bytes
    this.view = view
    this.fileAt = fileAt
    this.isIntact = isIntact
    const budget = new Budget(limits)
    const chunk = new Cursor(bytes, view, 0, bytes.length)
    this.expander = new Expander(chunk, new Parser(budget), budget, timeDigits)
    const freeSpace = view.getUint32(48, true)
    const isInside = freeSpace >= headerBytes && freeSpace <= bytes.length
    this.end = isInside ? freeSpace : bytes.length
  }

  *items(): Generator<EvtxItem> {
    let at = headerBytes
    while (at < this.end || this.continues(at)) {
      const size = this.sizeAt(at)
      if (size === null) {
        if (this.isEmptyFrom(at)) return
        yield remark(this.isRecord(at) ? 'record-size' : 'record-signature', this.fileAt + at)
        at = this.nextFrom(at + 1)
        continue
      }
      const item = this.item(at, size)
      yield item
      if (item.kind === 'remark' && item.reason === 'chunk-budget') return
      at += size
    }
  }

  /**
   * Whether the record here follows upon the last one: while a chunk is being written, its header
   * is older than its records. Behind these may lie older ones, of times when the log was longer.
   */
  private continues(at: number): boolean {
    if (this.isIntact || this.lastId === null || this.sizeAt(at) === null) return false
    return this.view.getBigUint64(at + 8, true) === this.lastId + 1n
  }

  private isRecord(at: number): boolean {
    return at + 4 <= this.bytes.length && this.view.getUint32(at, true) === recordSignature
  }

  /** Null where no record is, or one whose two sizes do not say the same. */
  private sizeAt(at: number): number | null {
    if (at + recordFrameBytes > this.bytes.length || !this.isRecord(at)) return null
    const size = this.view.getUint32(at + 4, true)
    if (size < recordFrameBytes || size > this.bytes.length - at) return null
    return this.view.getUint32(at + size - 4, true) === size ? size : null
  }

  /** Archived logs give the end of the chunk as the end of the records, and have zeros between. */
  private isEmptyFrom(at: number): boolean {
    return this.bytes.subarray(at, this.end).every(byte => byte === 0)
  }

  /** The next record that is whole, or the end. */
  private nextFrom(at: number): number {
    for (let next = at; next < this.end; next++) if (this.sizeAt(next) !== null) return next
    return this.end
  }

  private item(at: number, size: number): EvtxItem {
    const recordId = this.view.getBigUint64(at + 8, true)
    this.lastId = recordId
    try {
      return this.record(at, size, recordId)
    } catch (error) {
      if (!(error instanceof Damage)) throw error
      return remark(error.reason, this.fileAt + error.at, recordId)
    }
  }

  private record(at: number, size: number, recordId: bigint): EvtxRecord {
    const content = this.expander.read(at + recordFrameBytes - 4, at + size - 4)
    const event = content.find(each => each.kind === 'element')
    if (event === undefined) throw new Damage('no-event', at)
    const ticks = this.view.getBigUint64(at + 16, true)
    const written = ticks === 0n ? null : filetimeText(ticks, 7)
    const { isIntact } = this
    return { kind: 'record', recordId, written, isIntact, at: this.fileAt + at, event }
  }
}
