import { OkiteError } from '../error.ts'
import { type Encoding, recogniseEncoding } from '../register/encoding.ts'

/** What the bytes of a file say that it is, while they go by; nothing of them is kept but two ends. */

/** As far as names and first bytes of formats reach: the headers of a mail, at the most. */
const headBytesMax = 16_384
/** The end of a PDF stands in the last kilobyte (ISO 32000-1, appendix H, note 18). */
const tailBytesMax = 1_024

export class Sniffer {
  private head = Buffer.alloc(0)
  private tail = Buffer.alloc(0)
  private readonly decoder = new TextDecoder('utf-8', { fatal: true })
  private isUtf8 = true
  private hasNul = false
  private isLocked = false
  private hasControls = false

  push(bytes: Uint8Array): void {
    if (this.head.length < headBytesMax)
      this.head = Buffer.concat([this.head, bytes.subarray(0, headBytesMax - this.head.length)])
    const end = Buffer.concat([this.tail, bytes.subarray(-tailBytesMax)])
    // Its name may lie in the middle of the bytes, or where two of their pieces meet.
    if (compound.holds(this.head) && !this.isLocked) {
      const seam = Buffer.concat([this.tail, bytes.subarray(0, encryptedPackage.length)])
      this.isLocked = [seam, bytes].some(each => Buffer.from(each).includes(encryptedPackage))
    }
    this.tail = end.subarray(-tailBytesMax)
    this.hasNul ||= bytes.includes(0)
    if (this.isUtf8) this.decode(bytes, true)
  }

  finish(): Sniffed {
    if (this.isUtf8) this.decode(new Uint8Array(), false)
    const shapes = this.shapes()
    const isText = shapes.length === 0 && !this.isUtf8
    return { shapes, encodings: isText ? encodingsOf(this.head) : [] }
  }

  private shapes(): readonly Shape[] {
    if (this.isLocked) return ['locked']
    if (compound.holds(this.head)) return ['compound']
    const binary = binaries.find(({ holds }) => holds(this.head, this.tail))
    // What begins as a picture or a document is no text, though it be spelt in letters.
    if (binary !== undefined) return [binary.shape]
    const shapes: Shape[] = []
    if (this.isUtf8 && !this.hasControls) shapes.push('text')
    if (!this.hasNul && isMail(this.head)) shapes.push('mail')
    return shapes
  }

  private decode(bytes: Uint8Array, stream: boolean): void {
    try {
      this.hasControls ||= controls.test(this.decoder.decode(bytes, { stream }))
    } catch {
      this.isUtf8 = false
    }
  }
}

export type Shape = 'pdf' | 'png' | 'jpeg' | 'zip' | 'text' | 'mail' | 'compound' | 'locked'

export type Sniffed = Readonly<{
  /** Every type that the bytes may be, of those that are known here. */
  shapes: readonly Shape[]
  /** Of a text that is not in UTF-8: what it looks to be written in. */
  encodings: readonly Encoding[]
}>

/** A container of [MS-CFB], 2.2: the older formats of offices, and newer ones behind a password. */
const compound = {
  holds: (head: Buffer) => startsWith(head, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1),
}

/** The stream that holds a document behind a password ([MS-OFFCRYPTO], 2.3.4.4). */
const encryptedPackage = Buffer.from('EncryptedPackage', 'utf16le')

/** Two characters of East Asia: less than that fits any encoding, and would be a guess. */
const foreignBytesMin = 4

/** By the lines at the beginning, as a register is recognised. */
function encodingsOf(head: Buffer): readonly Encoding[] {
  const end = head.length < headBytesMax ? head.length : head.lastIndexOf(0x0a) + 1
  const foreign = head.subarray(0, end).filter(byte => byte >= 0x80 || byte === 0)
  if (foreign.length < foreignBytesMin) return []
  try {
    const encoding = recogniseEncoding(head.subarray(0, end), null, () => false)
    return encoding === 'utf-8' ? [] : [encoding]
  } catch (error) {
    if (!(error instanceof OkiteError)) throw error
    return error.code === 'TABLE_ENCODING_DOUBTFUL' ? ['shift_jis', 'big5'] : []
  }
}

/** No text has these but line ends, tabs and page breaks. */
const controls = /[^\P{Cc}\t\n\f\r\u0085]/u

const startsWith = (head: Buffer, ...bytes: number[]): boolean =>
  head.subarray(0, bytes.length).equals(Buffer.from(bytes))

const binaries: readonly Readonly<{ shape: Shape; holds(head: Buffer, tail: Buffer): boolean }>[] =
  [
    // ISO 32000-1, 7.5.2 and 7.5.5. What is cut off, or is something else first, is none.
    {
      shape: 'pdf',
      holds: (head, tail) =>
        /^%PDF-[12]\.\d/.test(head.toString('latin1', 0, 8)) && tail.includes('%%EOF'),
    },
    // ISO/IEC 15948: the signature, and IHDR first.
    {
      shape: 'png',
      holds: head =>
        startsWith(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) &&
        head.toString('latin1', 12, 16) === 'IHDR',
    },
    // ISO/IEC 10918-1: start of image, and a marker.
    { shape: 'jpeg', holds: head => startsWith(head, 0xff, 0xd8, 0xff) },
    { shape: 'zip', holds: head => startsWith(head, 0x50, 0x4b, 0x03, 0x04) },
  ]

/** RFC 5322: header fields up to an empty line, and among them who wrote it and when. */
function isMail(head: Buffer): boolean {
  const [block = ''] = head.toString('latin1').split(/\r?\n\r?\n/, 1)
  const lines = block.split(/\r?\n/)
  const fields = lines.filter(line => !/^[ \t]/.test(line))
  if (!fields.every(line => /^[!-9;-~]+:/.test(line))) return false
  return ['from', 'date'].every(name =>
    fields.some(line => line.toLowerCase().startsWith(`${name}:`)),
  )
}
