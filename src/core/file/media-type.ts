import { Readable } from 'node:stream'
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from 'yauzl'
import { OkiteError } from '../error.ts'
import type { Shape } from './sniff.ts'

const office = 'application/vnd.openxmlformats-officedocument'

/** What may be kept, by the end of its name: the type, what its bytes must be, and what an archive holds. */
const allowed: Readonly<Record<string, Readonly<{ type: string; shape: Shape; part?: string }>>> = {
  pdf: { type: 'application/pdf', shape: 'pdf' },
  png: { type: 'image/png', shape: 'png' },
  jpg: { type: 'image/jpeg', shape: 'jpeg' },
  jpeg: { type: 'image/jpeg', shape: 'jpeg' },
  docx: { type: `${office}.wordprocessingml.document`, shape: 'zip', part: 'word/document.xml' },
  xlsx: { type: `${office}.spreadsheetml.sheet`, shape: 'zip', part: 'xl/workbook.xml' },
  csv: { type: 'text/csv', shape: 'text' },
  txt: { type: 'text/plain', shape: 'text' },
  eml: { type: 'message/rfc822', shape: 'mail' },
}

const known = Object.keys(allowed).join(', ')

/** The end of a file's name, if files of that name may be kept. @throws OkiteError `FILE_TYPE_REFUSED` */
export function endingOf(name: string): string {
  const ending = /\.([A-Za-z0-9]{1,8})$/.exec(name)?.[1]?.toLowerCase() ?? ''
  if (!Object.hasOwn(allowed, ending)) throw new OkiteError('FILE_TYPE_REFUSED', { known })
  return ending
}

/** The bytes of a file, from anywhere. */
export type Bytes = Readonly<{
  sizeBytes: number
  read(from: number, to: number): AsyncIterable<Uint8Array>
}>

/**
 * The type of a file whose name and bytes say the same.
 *
 * @throws OkiteError `FILE_TYPE_CONTRADICTS`
 */
export async function mediaTypeOf(
  ending: string,
  shapes: readonly Shape[],
  bytes: Bytes,
): Promise<string> {
  const { type, shape, part } = allowed[ending]!
  if (!shapes.includes(shape)) throw new OkiteError('FILE_TYPE_CONTRADICTS', { ending })
  if (part !== undefined) await checkOffice(bytes, part, ending)
  return type
}

/** An office document has some dozens of parts; pictures and sheets make it hundreds. */
const partsMax = 5_000
/** What it says it unpacks to. It is never unpacked here; whoever opens it must be able to. */
const unpackedBytesMax = 512 * 1024 * 1024

/**
 * An archive of the Open Packaging Conventions (ISO/IEC 29500-2): its directory lists the content
 * types and the one main part. Programs inside, locked parts and bombs are refused.
 */
async function checkOffice(bytes: Bytes, part: string, ending: string): Promise<void> {
  const contradicts = (cause?: unknown) =>
    new OkiteError('FILE_TYPE_CONTRADICTS', { ending }, { cause })
  const names = new Set<string>()
  let unpackedBytes = 0
  try {
    await eachEntry(bytes, entry => {
      const isLocked = (entry.generalPurposeBitFlag & 1) !== 0
      unpackedBytes += entry.uncompressedSize
      const isTooMuch = names.size >= partsMax || unpackedBytes > unpackedBytesMax
      if (isLocked || isTooMuch || /vbaProject/i.test(entry.fileName))
        throw new OkiteError('FILE_ARCHIVE_REFUSED', { ending })
      names.add(entry.fileName)
    })
  } catch (error) {
    throw error instanceof OkiteError ? error : contradicts(error)
  }
  if (!names.has('[Content_Types].xml') || !names.has(part)) throw contradicts()
}

function eachEntry(bytes: Bytes, look: (entry: Entry) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const opened = (error: Error | null, zip: ZipFile) => {
      if (error) return reject(error)
      zip.on('error', reject)
      zip.on('end', resolve)
      zip.on('entry', entry => {
        try {
          look(entry)
          zip.readEntry()
        } catch (refused) {
          zip.close()
          reject(refused as Error)
        }
      })
      zip.readEntry()
    }
    const reader = new BytesReader(bytes)
    const options = { lazyEntries: true, validateEntrySizes: true }
    fromRandomAccessReader(reader, bytes.sizeBytes, options, opened)
  })
}

class BytesReader extends RandomAccessReader {
  private readonly bytes: Bytes

  constructor(bytes: Bytes) {
    super()
    this.bytes = bytes
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.bytes.read(start, end))
  }
}
