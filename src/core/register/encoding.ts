import { isUtf8 } from 'node:buffer'
import { OkiteError } from '../error.ts'

/** What a register may be written in. `shift_jis` is CP932 and `big5` has the HKSCS, as WHATWG has them. */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'shift_jis', 'big5'] as const
export type Encoding = (typeof encodings)[number]

/** A byte of a file: its line, and its place in that line, both counted from 1. */
export type Place = Readonly<{ line: number; byte: number }>

/**
 * Bytes decoded at once. A chunk ends where a line ends: in none of these encodings is a line feed part
 * of another character, so that each chunk is decoded by itself and its mistakes can be placed.
 */
const chunkBytes = 64 * 1024

/** Enough of a file to see its header and the shape of its bytes. */
const headBytes = 4_096

/**
 * Recognises the encoding of a whole file: by its mark; by the zero bytes of UTF-16; as UTF-8 when all
 * of it is; and else by which of Shift_JIS and Big5 decodes all of it. Where both do, the one under
 * which the first line is a header that we know; then what only the other could not mean. What is still
 * doubtful is refused: names that are read wrongly look right to nobody who can tell.
 *
 * @param told by the person; it is then only checked
 * @param isHeader whether a first line has our columns
 * @throws OkiteError `TABLE_ENCODING` with the place of the first wrong byte, `TABLE_ENCODING_DOUBTFUL`
 */
export function recogniseEncoding(
  bytes: Uint8Array,
  told: Encoding | null,
  isHeader: (line: string) => boolean,
): Encoding {
  const marked = markOf(bytes)
  const certain = told ?? marked ?? utf16Of(bytes)
  if (certain !== null) {
    if (marked !== null && marked !== certain) throw wrong(certain, { line: 1, byte: 1 })
    const place = firstWrong(bytes, certain)
    if (place !== null) throw wrong(certain, place)
    return certain
  }
  if (isUtf8(bytes)) return 'utf-8'
  if (hasUtf8Line(bytes)) throw wrong('utf-8', firstWrong(bytes, 'utf-8') ?? { line: 1, byte: 1 })
  const places = (['shift_jis', 'big5'] as const).map(encoding => ({
    encoding,
    place: firstWrong(bytes, encoding),
  }))
  const whole = places.filter(({ place }) => place === null).map(({ encoding }) => encoding)
  const [one, other] = whole
  if (one !== undefined && other === undefined) return one
  if (one !== undefined) return chooseLegacy(bytes, isHeader)
  // Of a file that is none of them, the one that went furthest is what it was meant to be.
  const utf8 = { encoding: 'utf-8' as Encoding, place: firstWrong(bytes, 'utf-8') }
  const furthest = [utf8, ...places].reduce((a, b) => (isBefore(a.place, b.place) ? b : a))
  throw wrong(furthest.encoding, furthest.place ?? { line: 1, byte: 1 })
}

/** The text in pieces that end where a line ends, without its mark. @throws OkiteError `TABLE_ENCODING` */
export function* decodeText(bytes: Uint8Array, encoding: Encoding): Generator<string> {
  const decoder = decoderOf(encoding)
  for (const [from, to] of chunksOf(bytes, encoding, skipMark(bytes, encoding))) {
    const chunk = bytes.subarray(from, to)
    let text: string
    try {
      text = decoder.decode(chunk)
    } catch (cause) {
      const error = wrong(encoding, placeIn(bytes, from, to, encoding))
      error.cause = cause
      throw error
    }
    yield text
  }
}

const wrong = (encoding: Encoding, { line, byte }: Place) =>
  new OkiteError('TABLE_ENCODING', { encoding, line, byte })

const decoderOf = (encoding: Encoding) =>
  new TextDecoder(encoding, { fatal: true, ignoreBOM: true })

const marks: Readonly<Partial<Record<Encoding, readonly number[]>>> = {
  'utf-8': [0xef, 0xbb, 0xbf],
  'utf-16le': [0xff, 0xfe],
  'utf-16be': [0xfe, 0xff],
}

function markOf(bytes: Uint8Array): Encoding | null {
  for (const [encoding, mark] of Object.entries(marks)) {
    if (mark.every((byte, at) => bytes[at] === byte)) return encoding as Encoding
  }
  return null
}

const skipMark = (bytes: Uint8Array, encoding: Encoding): number =>
  markOf(bytes) === encoding ? (marks[encoding]?.length ?? 0) : 0

/** Without a mark: the delimiters and line feeds of a table have a zero byte, always on the same side. */
function utf16Of(bytes: Uint8Array): Encoding | null {
  let [even, odd] = [0, 0]
  for (const [at, byte] of bytes.subarray(0, headBytes).entries()) {
    if (byte !== 0) continue
    if (at % 2 === 0) even += 1
    else odd += 1
  }
  // One zero byte is damage; a table in UTF-16 has several in its first line.
  if (odd >= 3 && even === 0) return 'utf-16le'
  return even >= 3 && odd === 0 ? 'utf-16be' : null
}

/**
 * Much of UTF-8 is also Shift_JIS, as other characters. Lines that are UTF-8 with two characters of East
 * Asia in them were meant as that, so that a file which is not UTF-8 as a whole was put together of two.
 */
function hasUtf8Line(bytes: Uint8Array): boolean {
  let wide = 0
  for (const [from, to] of linesOf(bytes, 'utf-8', 0, bytes.length)) {
    const line = bytes.subarray(from, to)
    if (line.every(byte => byte < 0x80) || !isUtf8(line)) continue
    for (const byte of line) if (byte >= 0xe3 && byte <= 0xef) wide += 1
    if (wide >= 2) return true
  }
  return false
}

function chooseLegacy(bytes: Uint8Array, isHeader: (line: string) => boolean): Encoding {
  const [first] = linesOf(bytes, 'shift_jis', 0, bytes.length)
  const line = bytes.subarray(0, first?.[1] ?? 0)
  const known = (['shift_jis', 'big5'] as const).filter(encoding =>
    isHeader(decoderOf(encoding).decode(line)),
  )
  const [one, other] = known
  if (one !== undefined && other === undefined) return one
  const { halfKana, others, rare, common } = countLegacy(bytes)
  // Big5 read as Shift_JIS is mostly half-width kana; no Japanese table is without kanji or full-width kana.
  if (halfKana > others && rare === 0) return 'big5'
  // Shift_JIS read as Big5 falls outside the characters of Big5 proper; no Chinese table is without those.
  if (halfKana === 0 && rare > common) return 'shift_jis'
  throw new OkiteError('TABLE_ENCODING_DOUBTFUL', { encodings: ['shift_jis', 'big5'] })
}

/** Characters outside ASCII: as Shift_JIS half-width kana or others, as Big5 outside of it (HKSCS) or in it. */
function countLegacy(bytes: Uint8Array) {
  const count = { halfKana: 0, others: 0, rare: 0, common: 0 }
  for (const text of decodeText(bytes, 'shift_jis')) {
    for (const letter of text) {
      if (letter < '\u0080') continue
      if (letter >= '\uff61' && letter <= '\uff9f') count.halfKana += 1
      else count.others += 1
    }
  }
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] ?? 0
    if (lead < 0x81) continue
    if (lead >= 0xa1 && lead <= 0xf9) count.common += 1
    else count.rare += 1
    at += 1
  }
  return count
}

function firstWrong(bytes: Uint8Array, encoding: Encoding): Place | null {
  const decoder = decoderOf(encoding)
  for (const [from, to] of chunksOf(bytes, encoding, skipMark(bytes, encoding))) {
    try {
      decoder.decode(bytes.subarray(from, to))
    } catch {
      return placeIn(bytes, from, to, encoding)
    }
  }
  return null
}

/** Of the first wrong byte in a chunk that does not decode. */
function placeIn(bytes: Uint8Array, from: number, to: number, encoding: Encoding): Place {
  let line = 1
  for (const _ of linesOf(bytes, encoding, 0, from)) line += 1
  for (const [begin, end] of linesOf(bytes, encoding, from, to)) {
    const length = wrongLength(bytes.subarray(begin, end), encoding)
    if (length !== null) return { line, byte: length }
    line += 1
  }
  return { line, byte: 1 }
}

/** The shortest beginning that is already wrong, by halving; null when all of it is right. */
function wrongLength(bytes: Uint8Array, encoding: Encoding): number | null {
  const isRight = (length: number, stream: boolean): boolean => {
    try {
      decoderOf(encoding).decode(bytes.subarray(0, length), { stream })
      return true
    } catch {
      return false
    }
  }
  if (isRight(bytes.length, false)) return null
  let [right, wrong] = [0, bytes.length]
  while (wrong - right > 1) {
    const middle = (right + wrong) >> 1
    if (isRight(middle, true)) right = middle
    else wrong = middle
  }
  return wrong
}

function* chunksOf(
  bytes: Uint8Array,
  encoding: Encoding,
  from: number,
): Generator<readonly [number, number]> {
  for (let begin = from; begin < bytes.length; ) {
    const end = endOfLine(bytes, encoding, Math.min(begin + chunkBytes, bytes.length))
    yield [begin, end]
    begin = end
  }
}

function* linesOf(
  bytes: Uint8Array,
  encoding: Encoding,
  from: number,
  to: number,
): Generator<readonly [number, number]> {
  for (let begin = from; begin < to; ) {
    const end = Math.min(endOfLine(bytes, encoding, begin), to)
    yield [begin, end]
    begin = end
  }
}

/** Where the line that holds this byte ends, its line feed included. */
function endOfLine(bytes: Uint8Array, encoding: Encoding, from: number): number {
  const isWide = encoding === 'utf-16le' || encoding === 'utf-16be'
  for (let at = bytes.indexOf(10, from); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (!isWide) return at + 1
    if (encoding === 'utf-16le' && at % 2 === 0 && bytes[at + 1] === 0) return at + 2
    if (encoding === 'utf-16be' && at % 2 === 1 && bytes[at - 1] === 0) return at + 1
  }
  return bytes.length
}

function isBefore(a: Place | null, b: Place | null): boolean {
  if (a === null || b === null) return b === null && a !== null
  return a.line < b.line || (a.line === b.line && a.byte < b.byte)
}
