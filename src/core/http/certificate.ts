import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { codeOf, OkiteError } from '../error.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../time.ts'

/** Where certificate and key lie, and the name that the certificate must bear. */
export type TlsFiles = Readonly<{ certificate: string; key: string; hostname: string }>

export type Pair = Readonly<{ cert: string; key: string; digest: string }>

/** A chain of ten certificates with large keys is 30 KiB. */
const fileBytesMax = 256 * 1024

/**
 * Reads certificate and key. The key is trusted completely: whoever has it is this program to every
 * browser. So nobody but its owner may read it, or root's chosen group.
 *
 * @throws OkiteError `TLS_FILE`, `TLS_KEY_READABLE`, `TLS_PAIR`, `TLS_EXPIRED`, `TLS_NAME`
 */
export function readPair(files: TlsFiles, nowMs: number): Pair {
  const cert = readPem(files.certificate)
  const key = readPem(files.key, requirePrivate)
  const { certificate, secret } = parse(files, cert, key)
  if (!certificate.checkPrivateKey(secret)) throw new OkiteError('TLS_PAIR', { path: files.key })
  const { validFromDate, validToDate } = certificate
  if (nowMs < validFromDate.getTime() || nowMs >= validToDate.getTime()) {
    throw new OkiteError('TLS_EXPIRED', {
      path: files.certificate,
      from: validFromDate.toISOString(),
      until: validToDate.toISOString(),
    })
  }
  // Browsers look at the alternative names only (RFC 9525, 2).
  if (certificate.checkHost(files.hostname, { subject: 'never' }) === undefined) {
    throw new OkiteError('TLS_NAME', { path: files.certificate, name: files.hostname })
  }
  return { cert, key, digest: createHash('sha256').update(`${cert}\0${key}`).digest('hex') }
}

function parse(files: TlsFiles, cert: string, key: string) {
  let path = files.certificate
  try {
    const certificate = new X509Certificate(cert)
    path = files.key
    const secret: KeyObject = createPrivateKey(key)
    path = files.certificate
    // What follows the certificate in its file is looked at as well, by who will use it.
    createSecureContext({ cert })
    return { certificate, secret }
  } catch (error) {
    // OpenSSL's message may quote the file; its code does not.
    throw new OkiteError('TLS_FILE', { path, reason: codeOf(error) })
  }
}

function readPem(
  path: string,
  check: (mode: number, uid: number, path: string) => void = () => {},
) {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    throw new OkiteError('TLS_FILE', { path, reason: codeOf(error) })
  }
  try {
    // Asked of the open file: another one cannot be put in its place in between.
    const { mode, uid, size } = fstatSync(descriptor)
    check(mode, uid, path)
    if (size > fileBytesMax) throw new OkiteError('TLS_FILE', { path, reason: 'large' })
    return readFileSync(descriptor, 'utf8')
  } catch (error) {
    if (error instanceof OkiteError) throw error
    throw new OkiteError('TLS_FILE', { path, reason: codeOf(error) })
  } finally {
    closeSync(descriptor)
  }
}

/** As PostgreSQL asks of its key: others never; a group only where root has given it to one. */
function requirePrivate(mode: number, uid: number, path: string): void {
  const group = (mode & 0o070) !== 0 && (uid !== 0 || (mode & 0o020) !== 0)
  if ((mode & 0o007) !== 0 || group) throw new OkiteError('TLS_KEY_READABLE', { path })
}

/** Whoever renews certificates writes new files and tells nobody: they are looked at this often. */
export const rereadMs = 60_000

/**
 * Gives a renewed pair to the servers. One that could not have been started with is left alone and told
 * once: the old one may have days left.
 */
export function followPair(
  files: TlsFiles,
  first: Pair,
  options: Readonly<{ clock: Clock; log: Log; everyMs: number; take(pair: Pair): void }>,
): Readonly<{ stop(): void }> {
  const { clock, log, everyMs, take } = options
  let current = first.digest
  let refused = ''
  const look = () => {
    try {
      const pair = readPair(files, clock.nowMs())
      refused = ''
      if (pair.digest === current) return
      take(pair)
      current = pair.digest
      log.info('tls.certificate.renewed', {})
    } catch (error) {
      const code = codeOf(error)
      if (code !== refused) log.warn('tls.certificate.refused', { code })
      refused = code
    }
  }
  const timer = setInterval(look, everyMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
