import { suiteOf } from './names.ts'
import { AnswerFault } from './record.ts'

/** A ServerHello or HelloRetryRequest, read strictly (RFC 5246 §7.4.1.3, RFC 8446 §4.1.3). */
export type ServerHello = Readonly<{
  /** The version selected: that of `supported_versions` if the server sent it. */
  version: number
  isRetry: boolean
  sessionId: Buffer
  suite: number
  /** The group of `key_share`; null without one. */
  group: number | null
  cookie: Buffer | null
  /** The server answers with a pre-shared key that nobody offered. */
  hasPreSharedKey: boolean
}>

/** SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3). */
const retryRandom = Buffer.from(
  'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c',
  'hex',
)

export function parseServerHello(body: Buffer): ServerHello {
  const read = createCursor(body)
  let version = read.uint16()
  if (version < 0x0300 || version > 0x0303) malformed()
  const isRetry = read.bytes(32).equals(retryRandom)
  const sessionId = read.vector(read.uint8(), 32)
  const suite = read.uint16()
  if (read.uint8() !== 0) malformed() // compression that was not offered
  let group: number | null = null
  let cookie: Buffer | null = null
  let hasPreSharedKey = false
  if (!read.atEnd()) {
    const extensions = readExtensions(read.vector(read.uint16(), 65_535))
    read.end()
    const selected = extensions.get(43)
    if (selected !== undefined) {
      const cursor = createCursor(selected)
      const chosen = cursor.uint16()
      cursor.end()
      // RFC 8446 §4.2.1: only TLS 1.3 and newer are selected this way, under version 0x0303.
      if (version !== 0x0303 || chosen !== 0x0304) malformed()
      version = chosen
    }
    const share = extensions.get(51)
    if (share !== undefined) group = readShare(share, isRetry)
    const sent = extensions.get(44)
    if (sent !== undefined) cookie = readCookie(sent, isRetry)
    hasPreSharedKey = extensions.has(41)
  }
  if (isRetry && version !== 0x0304) malformed()
  return { version, isRetry, sessionId, suite, group, cookie, hasPreSharedKey }
}

function readExtensions(data: Buffer): ReadonlyMap<number, Buffer> {
  const extensions = new Map<number, Buffer>()
  const read = createCursor(data)
  while (!read.atEnd()) {
    const type = read.uint16()
    if (extensions.has(type)) malformed() // RFC 8446 §4.2: not twice
    extensions.set(type, read.vector(read.uint16(), 65_535))
  }
  return extensions
}

function readShare(data: Buffer, isRetry: boolean): number {
  const read = createCursor(data)
  const group = read.uint16()
  if (!isRetry && read.vector(read.uint16(), 65_535).length === 0) malformed()
  read.end()
  return group
}

/** The extension is sent back whole, as it came (RFC 8446 §4.2.2). */
function readCookie(data: Buffer, isRetry: boolean): Buffer {
  const read = createCursor(data)
  if (!isRetry || read.vector(read.uint16(), 65_535).length === 0) malformed()
  read.end()
  return data
}

/** The certificates of a Certificate message of SSL 3.0 to TLS 1.2, leaf first (RFC 5246 §7.4.2). */
export function parseCertificates(body: Buffer): Buffer[] {
  const read = createCursor(body)
  const list = createCursor(read.vector(read.uint24(), body.length))
  read.end()
  const certificates: Buffer[] = []
  while (!list.atEnd()) {
    // 32: no honest chain is longer, and each one costs a parse.
    if (certificates.length === 32) throw new AnswerFault('answer.too.large')
    const certificate = list.vector(list.uint24(), body.length)
    if (certificate.length === 0) malformed()
    certificates.push(certificate)
  }
  return certificates
}

/** The group of a ServerKeyExchange: a curve's number, or the bits of the prime of DHE (RFC 5246 §7.4.3, RFC 8422 §5.4). */
export function parseServerKeyExchange(
  body: Buffer,
  suite: number,
): Readonly<{ group: number } | { primeBits: number }> | null {
  const name = suiteOf(suite)?.name ?? ''
  const read = createCursor(body)
  if (/PSK/.test(name)) read.vector(read.uint16(), 65_535) // identity hint (RFC 4279 §2)
  if (/^TLS_(ECDHE|ECDH_anon)/.test(name)) {
    if (read.uint8() !== 3) malformed() // named_curve is the only form left (RFC 8422 §5.4)
    const group = read.uint16()
    if (read.vector(read.uint8(), 255).length === 0) malformed()
    return { group }
  }
  if (/^TLS_(DHE|DH_anon|PSK_DHE)/.test(name)) {
    const prime = read.vector(read.uint16(), 65_535)
    const firstByte = prime.findIndex(byte => byte !== 0)
    if (firstByte < 0) malformed()
    read.vector(read.uint16(), 65_535)
    read.vector(read.uint16(), 65_535)
    const lead = Math.clz32(prime[firstByte] as number) - 24
    return { primeBits: (prime.length - firstByte) * 8 - lead }
  }
  return null
}

function malformed(): never {
  throw new AnswerFault('answer.malformed')
}

/** Reads forward only, and never past the end. */
function createCursor(data: Buffer) {
  let at = 0
  const take = (count: number): Buffer => {
    if (at + count > data.length) malformed()
    at += count
    return data.subarray(at - count, at)
  }
  return {
    uint8: () => take(1).readUInt8(),
    uint16: () => take(2).readUInt16BE(),
    uint24: () => take(3).readUIntBE(0, 3),
    bytes: take,
    vector(length: number, lengthMax: number): Buffer {
      if (length > lengthMax) malformed()
      return take(length)
    },
    atEnd: () => at === data.length,
    end(): void {
      if (at !== data.length) malformed()
    },
  }
}
