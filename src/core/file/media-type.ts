import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from 'yauzl'
import { OkiteError } from '../error.ts'
import type { Shape, Sniffed } from './sniff.ts'

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
 * @throws OkiteError `FILE_TYPE_CONTRADICTS`, `FILE_ENCODING`, `FILE_LOCKED`, `FILE_ARCHIVE_REFUSED`
 */
export async function mediaTypeOf(
  ending: string,
  { shapes, encodings }: Sniffed,
  bytes: Bytes,
): Promise<string> {
  const { type, shape, part } = allowed[ending]!
  if (shape === 'zip' && shapes.includes('locked')) throw new OkiteError('FILE_LOCKED', { ending })
  if (shape === 'text' && encodings.length > 0)
    throw new OkiteError('FILE_ENCODING', { encodings: encodings.join(', ') })
  if (!shapes.includes(shape)) throw new OkiteError('FILE_TYPE_CONTRADICTS', { ending })
  if (part !== undefined) await checkOffice(bytes, part, ending)
  return type
}

/** An office document has some dozens of parts; pictures and sheets make it hundreds. */
const partsMax = 5_000
/** What it says it unpacks to. It is never unpacked here; whoever opens it must be able to. */
const unpackedBytesMax = 512 * 1024 * 1024

/** The list of content types names each part or ending once. */
const typesBytesMax = 1_048_576

/** Content types and names of parts that run: macros, controls, and the documents that may hold them. */
const programs = /vbaProject|vbaData|macroEnabled|macrosheet|activeX|dialogsheet/i

/**
 * An archive of the Open Packaging Conventions (ISO/IEC 29500-2): its directory lists the content
 * types and the one main part. Programs inside, locked parts and bombs are refused. What a part is says
 * its content type and not its name: without the one of a program no office runs it.
 */
async function checkOffice(bytes: Bytes, part: string, ending: string): Promise<void> {
  const contradicts = (cause?: unknown) =>
    new OkiteError('FILE_TYPE_CONTRADICTS', { ending }, { cause })
  const refused = () => new OkiteError('FILE_ARCHIVE_REFUSED', { ending })
  const names = new Set<string>()
  let unpackedBytes = 0
  let types: string | null = null
  try {
    await eachEntry(bytes, async (entry, zip) => {
      if ((entry.generalPurposeBitFlag & 1) !== 0) throw new OkiteError('FILE_LOCKED', { ending })
      unpackedBytes += entry.uncompressedSize
      const isTooMuch = names.size >= partsMax || unpackedBytes > unpackedBytesMax
      if (isTooMuch || programs.test(entry.fileName)) throw refused()
      // Names are compared without case (ISO/IEC 29500-2, 9.1.1.3): a second one could be the one that counts.
      const name = entry.fileName.toLowerCase()
      if (names.has(name)) throw contradicts()
      names.add(name)
      if (name !== contentTypes) return
      if (entry.uncompressedSize > typesBytesMax) throw refused()
      types = textOf(await unpack(zip, entry))
    })
  } catch (error) {
    throw error instanceof OkiteError ? error : contradicts(error)
  }
  if (types === null || !names.has(part.toLowerCase())) throw contradicts()
  // What a reader of XML would make of a reference or a declaration is not guessed at.
  if (/&#|<!/.test(types)) throw contradicts()
  if (programs.test(types)) throw refused()
}

const contentTypes = '[content_types].xml'

/** XML of an office is in UTF-8 or, with its mark, in UTF-16 (ISO/IEC 29500-2, 8.1.4). */
function textOf(bytes: Buffer): string {
  const [first, second] = bytes
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  const encoding = !isWide ? 'utf-8' : first === 0xff ? 'utf-16le' : 'utf-16be'
  return new TextDecoder(encoding, { fatal: true }).decode(bytes)
}

function unpack(zip: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(error)
      // Its size is checked against what the directory says, so the limit holds for what comes.
      buffer(stream).then(resolve, reject)
    })
  })
}

type Look = (entry: Entry, zip: ZipFile) => Promise<void>

function eachEntry(bytes: Bytes, look: Look): Promise<void> {
  return new Promise((resolve, reject) => {
    const opened = (error: Error | null, zip: ZipFile) => {
      if (error) return reject(error)
      zip.on('error', reject)
      zip.on('end', resolve)
      zip.on('entry', entry => {
        look(entry, zip).then(
          () => zip.readEntry(),
          (refused: Error) => {
            zip.close()
            reject(refused)
          },
        )
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
