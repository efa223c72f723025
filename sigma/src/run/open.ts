import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import { runLimits } from './limits.ts'

/** `-` is what comes through the standard input. */
export const standardInput = '-'

/**
 * Bytes of a file, unpacked and as UTF-8 without a byte order mark, and the first of them. Whoever
 * does not read to the end closes it.
 */
export type Opened = Readonly<{
  peek: Uint8Array
  chunks: AsyncIterable<Uint8Array>
  /** Whether these are the very bytes of the file, so that places in it are places here. */
  isPlain: boolean
  close(): Promise<void>
}>

/**
 * Opens a file; gzip and Zstandard are known by their first bytes and unpacked, UTF-16 with a byte
 * order mark becomes UTF-8. `from` is a place in a plain file. `read` is told how many bytes were
 * read from the disk.
 *
 * @throws Error with `code`: ZSTD_MISSING, or one of node:fs or node:zlib; so does the iteration
 */
export async function openBytes(
  path: string,
  read: (bytes: number) => void = () => {},
  from = 0,
): Promise<Opened> {
  const raw = await peeked(rawBytes(path, read, from), magicBytes)
  // In the middle of a file nothing begins.
  if (from > 0) return raw
  const packing = packingOf(raw.peek)
  const plain = packing === null ? raw : await peeked(unpacked(raw.chunks, packing), magicBytes)
  const isPlain = packing === null && !isUtf16(plain.peek) && !isMarked(plain.peek)
  return { ...(await peeked(asUtf8(plain), runLimits.peekBytes)), isPlain }
}

const magicBytes = 4

async function* rawBytes(
  path: string,
  read: (bytes: number) => void,
  start: number,
): AsyncGenerator<Uint8Array> {
  const highWaterMark = runLimits.readBytes
  const stream =
    path === standardInput
      ? createReadStream('', { fd: 0, autoClose: false, highWaterMark })
      : // A pipe has no places, not even the first.
        createReadStream(path, start === 0 ? { highWaterMark } : { start, highWaterMark })
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    read(chunk.length)
    yield chunk
  }
}

type Packing = 'gzip' | 'zstd'

function packingOf(peek: Uint8Array): Packing | null {
  const begins = (...magic: number[]): boolean => magic.every((byte, at) => peek[at] === byte)
  if (begins(0x1f, 0x8b)) return 'gzip'
  return begins(0x28, 0xb5, 0x2f, 0xfd) ? 'zstd' : null
}

async function* unpacked(
  chunks: AsyncIterable<Uint8Array>,
  packing: Packing,
): AsyncGenerator<Uint8Array> {
  const unpacker = packing === 'gzip' ? zlib.createGunzip({ chunkSize }) : zstdUnpacker()
  // Errors of either end come out of the iteration.
  pipeline(Readable.from(chunks), unpacker, () => {})
  for await (const chunk of unpacker as AsyncIterable<Uint8Array>) yield chunk
}

const chunkSize = 256 * 1024

function zstdUnpacker(): NodeJS.ReadWriteStream {
  // Node 20 has no such function, so that an import of its name would fail there.
  const create = zlib.createZstdDecompress as typeof zlib.createZstdDecompress | undefined
  if (create !== undefined) return create({ chunkSize })
  const message = `Node.js ${process.versions.node} cannot unpack Zstandard (22.15 and newer can); unpack the file first`
  throw Object.assign(new Error(message), { code: 'ZSTD_MISSING' })
}

/** The code and words of an error of the system or of an unpacker; null for any other: a bug. */
export function readingError(error: unknown): { code: string; detail: string } | null {
  if (!(error instanceof Error)) return null
  const { code } = error as NodeJS.ErrnoException
  if (typeof code !== 'string' || code.startsWith('ERR_')) return null
  return { code, detail: error.message }
}

async function* asUtf8({
  peek,
  chunks,
}: Pick<Opened, 'peek' | 'chunks'>): AsyncGenerator<Uint8Array> {
  if (isUtf16(peek)) {
    const decoder = new TextDecoder(peek[0] === 0xff ? 'utf-16le' : 'utf-16be')
    for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }))
    yield Buffer.from(decoder.decode())
    return
  }
  let skip = isMarked(peek) ? 3 : 0
  for await (const chunk of chunks) {
    const skipped = Math.min(skip, chunk.length)
    skip -= skipped
    yield skipped === 0 ? chunk : chunk.subarray(skipped)
  }
}

/** Whether UTF-8 begins with a byte order mark. */
const isMarked = ([first, second, third]: Uint8Array): boolean =>
  first === 0xef && second === 0xbb && third === 0xbf

const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

/** The first bytes, as many as were asked for if there are so many, and then all. */
async function peeked(chunks: AsyncGenerator<Uint8Array>, size: number): Promise<Opened> {
  const first: Uint8Array[] = []
  let known = 0
  while (known < size) {
    const next = await chunks.next()
    if (next.done) break
    first.push(next.value)
    known += next.value.length
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first.splice(0)
    yield* chunks
  }
  return {
    peek: Buffer.concat(first).subarray(0, size),
    chunks: all(),
    isPlain: true,
    close: async () => void (await chunks.return(undefined)),
  }
}
