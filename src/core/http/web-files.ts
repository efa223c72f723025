import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join, posix } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { OkiteError } from '../error.ts'

/** One file of the built shell, in every form it is sent in. */
export type WebFile = Readonly<{
  type: string
  etag: string
  /** Its name holds its hash: it never changes under this name. */
  immutable: boolean
  bytes: Buffer
  br: Buffer | null
  gzip: Buffer | null
}>

/**
 * The built shell, by URL path. All of it is read at start: what a browser asks for is looked up in
 * this map and never joined to a folder, so no path can lead out of it.
 */
export type WebFiles = ReadonlyMap<string, WebFile>

/** A file of another kind does not belong into the shell. */
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** The whole shell stays in memory, so it may not be larger than this. */
const sizeBytesMax = 32 * 1024 * 1024

/**
 * @param folder where the build put the shell; absent or empty gives no files
 * @throws OkiteError `HTTP_WEB_FILES` for a file of an unknown kind or a shell that is too large
 */
export function readWebFiles(folder: string): WebFiles {
  const paths = walk(folder, '')
  const known = new Set(paths)
  const read = (path: string) => readFileSync(join(folder, path))
  const packed = (path: string): Packed | undefined =>
    known.has(`${path}.br`) && known.has(`${path}.gz`)
      ? { br: read(`${path}.br`), gzip: read(`${path}.gz`) }
      : undefined
  const plain = paths.filter(path => !/\.(br|gz)$/.test(path) || !known.has(path.slice(0, -3)))
  return webFilesOf(plain.map(path => [path, read(path), packed(path)]))
}

/** Writes beside the files of a shell what they are sent as, so that no start has to make it. */
export function packWebFiles(folder: string): void {
  for (const path of walk(folder, '')) {
    const type = types[extname(path)]
    if (type === undefined || !isPackable(type)) continue
    const { br, gzip } = pack(readFileSync(join(folder, path)))
    writeFileSync(join(folder, `${path}.br`), br)
    writeFileSync(join(folder, `${path}.gz`), gzip)
  }
}

type Found = readonly [path: string, bytes: Buffer, packed?: Packed | undefined]

/** The same from what is in memory already. */
export function webFilesOf(found: readonly Found[]): WebFiles {
  const files = new Map<string, WebFile>()
  let sizeBytes = 0
  for (const [path, bytes, packed] of found) {
    sizeBytes += bytes.byteLength
    const type = types[extname(path)]
    if (type === undefined) throw new OkiteError('HTTP_WEB_FILES', { file: path })
    if (sizeBytes > sizeBytesMax) throw new OkiteError('HTTP_WEB_FILES', { sizeBytesMax })
    files.set(`/${path}`, webFile(bytes, type, path.startsWith('assets/'), packed))
  }
  return files
}

function walk(folder: string, below: string): string[] {
  let entries
  try {
    entries = readdirSync(join(folder, below), { withFileTypes: true })
  } catch {
    return []
  }
  // A link could lead anywhere: only files and folders are taken.
  return entries.flatMap(entry => {
    const path = posix.join(below, entry.name)
    if (entry.isDirectory()) return walk(folder, path)
    return entry.isFile() ? [path] : []
  })
}

type Packed = Readonly<{ br: Buffer; gzip: Buffer }>

const isPackable = (type: string): boolean => !/^(image\/png|font\/)/.test(type)

/** Quality 9: the highest of both takes a second for a shell of 500 KB and saves two per cent. */
const pack = (bytes: Buffer): Packed => ({
  br: brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: windowBits(bytes.byteLength),
    },
  }),
  gzip: gzipSync(bytes, { level: 9 }),
})

/**
 * As wide as the text, with the 16 bytes that a window of brotli is short of (RFC 7932, 9.1). Above 16 bits
 * its tables alone take some 40 ms to clear, a hundred times what a catalogue takes to pack.
 */
const windowBits = (sizeBytes: number): number => {
  const bits = Math.ceil(Math.log2(sizeBytes + 16))
  const { BROTLI_MIN_WINDOW_BITS: least, BROTLI_DEFAULT_WINDOW: most } = constants
  return Math.min(Math.max(bits, least), most)
}

/** @param packed what it is sent as, where that was made before */
export function webFile(bytes: Buffer, type: string, immutable: boolean, packed?: Packed): WebFile {
  return {
    type,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    immutable,
    bytes,
    ...(isPackable(type) ? (packed ?? pack(bytes)) : { br: null, gzip: null }),
  }
}

/** Answers a GET or HEAD for the shell; a path without a dot in its last part is a place in it. */
export function answerWeb(files: WebFiles, request: Request, path: string): Response {
  const last = path.slice(path.lastIndexOf('/') + 1)
  // A browser that goes to a page says so: the name of a host at the end of an address is no file.
  const isPlace =
    !last.includes('.') ||
    /^[0-9.]+$/.test(last) ||
    (!path.startsWith('/assets/') && /\btext\/html\b/.test(request.headers.get('accept') ?? ''))
  const file = files.get(path) ?? (isPlace ? files.get('/index.html') : undefined)
  if (file === undefined) throw new OkiteError(files.size === 0 ? 'HTTP_NO_WEB' : 'HTTP_NOT_FOUND')
  return answerFile(file, request)
}

/** One file in the form that the browser takes, or 304 when it has it already. */
export function answerFile(file: WebFile, request: Request): Response {
  const headers = new Headers({
    'content-type': file.type,
    etag: file.etag,
    vary: 'Accept-Encoding',
    // A year: the longest that RFC 9111 §1.2.2 suggests caches to honour.
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  if (request.headers.get('if-none-match') === file.etag) {
    return new Response(null, { status: 304, headers })
  }
  const accepted = request.headers.get('accept-encoding') ?? ''
  const coding = (['br', 'gzip'] as const).find(
    name => file[name] && new RegExp(`\\b${name}\\b(?!\\s*;\\s*q=0(\\.0*)?(,|$))`).test(accepted),
  )
  if (coding) headers.set('content-encoding', coding)
  const bytes = coding ? (file[coding] ?? file.bytes) : file.bytes
  headers.set('content-length', String(bytes.byteLength))
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(bytes), { headers })
}
