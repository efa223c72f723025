import { constants, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect as connectTcp, isIP } from 'node:net'
import { checkServerIdentity, connect, getCACertificates } from 'node:tls'
import { OkiteError } from '../../../core/error.ts'
import type { Target } from './ask.ts'

/** What is wrong with a certificate or its chain. */
type CertificateProblem =
  | 'certificate.expired'
  | 'certificate.not.yet.valid'
  | 'certificate.name.mismatch'
  | 'certificate.self.signed'
  | 'certificate.issuer.unknown'
  | 'certificate.chain.expired'
  | 'certificate.chain.invalid'
  | 'certificate.key.weak'
  | 'certificate.signature.weak'

export type CertificateProbe = Readonly<{
  /** `unknown`: no problem was found, but not all could be looked at. */
  status: 'valid' | 'invalid' | 'unknown'
  problems: readonly CertificateProblem[]
  reason?: string
  /** The version of the finished handshake. */
  version?: string
  leaf?: Leaf
}>

export type Leaf = Readonly<{
  /** SHA-256 of the DER, lower-case hexadecimal. */
  fingerprint: string
  issuer: string
  names: readonly string[]
  namesTotal: number
  notBefore: string
  notAfter: string
  key: string
  signature: string
}>

/** Whom a chain may end at: the system's roots, and the operator's own file. */
export type TrustAnchors = readonly string[]

/**
 * @throws OkiteError `NETWORK_CA_FILE` when the file holds no certificate: a prober that silently
 * trusted others than it was told would call every certificate bad, or worse
 */
export function loadAnchors(file: string | null): TrustAnchors {
  const system = getCACertificates('system')
  const roots = system.length > 0 ? system : getCACertificates('bundled')
  return file === null ? roots : [...roots, ...readPem(file, 'NETWORK_CA_FILE')]
}

/** 4 MiB: three times the bundle of all public roots. */
const pemBytesMax = 4 * 1024 * 1024

/** The certificates of a PEM bundle, each one parsed. */
function readPem(file: string, code: string): string[] {
  let text: string
  try {
    text = readFileSync(file, 'latin1')
  } catch (cause) {
    throw new OkiteError(code, { why: 'unreadable' }, { cause })
  }
  if (text.length > pemBytesMax) throw new OkiteError(code, { why: 'too large' })
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw new OkiteError(code, { why: 'no certificate' })
  try {
    for (const block of blocks) new X509Certificate(block)
  } catch (cause) {
    throw new OkiteError(code, { why: 'broken certificate' }, { cause })
  }
  return blocks
}

type Request = Readonly<{
  host: string
  serverName: string | null
  timeoutMs: number
  signal: AbortSignal
  anchors: TrustAnchors
  nowMs: number
}>

/**
 * Finishes one handshake with Node's own TLS, from TLS 1.0 up, to see that the server holds the key
 * of the certificate that it shows, and verifies the chain (RFC 5280), the name (RFC 9525) and the
 * time. A server that Node cannot finish with is judged by the certificate that it sent in the clear
 * (`seen`): its problems are found, but it is never called valid.
 */
export async function probeCertificate(
  target: Target,
  seen: readonly Buffer[],
  request: Request,
): Promise<CertificateProbe> {
  const finished = await handshake(target, request)
  if (typeof finished !== 'string') return judgeChain(finished, request)
  const leaf = parse(seen[0])
  if (leaf === null) return { status: 'unknown', problems: [], reason: finished }
  const problems = judgeLeaf(leaf, request)
  return {
    status: problems.length > 0 ? 'invalid' : 'unknown',
    problems,
    reason: finished,
    leaf: describe(leaf),
  }
}

type Finished = Readonly<{ chain: readonly X509Certificate[]; error: string; version: string }>

function handshake(target: Target, request: Request): Promise<Finished | string> {
  return new Promise(resolve => {
    if (request.signal.aborted) return resolve('stopped')
    const tcp = connectTcp({ host: target.address, port: target.port })
    const secure = connect({
      socket: tcp,
      ...(request.serverName === null ? {} : { servername: request.serverName }),
      // We verify below and report each problem; nothing is sent over this connection.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ca: [...request.anchors],
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
      secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
    })
    const finish = (result: Finished | string) => {
      clearTimeout(timer)
      request.signal.removeEventListener('abort', stop)
      secure.removeAllListeners()
      secure.on('error', () => {})
      tcp.on('error', () => {})
      secure.destroy()
      tcp.destroy()
      resolve(result)
    }
    const stop = () => finish('stopped')
    const timer = setTimeout(() => finish('handshake.timeout'), request.timeoutMs)
    request.signal.addEventListener('abort', stop, { once: true })
    secure.on('secureConnect', () => {
      const chain = chainOf(secure.getPeerX509Certificate())
      const error = (secure.authorizationError as Error & { code?: string }) ?? null
      const code = secure.authorized ? '' : (error?.code ?? String(error))
      finish(
        chain.length === 0
          ? 'handshake.anonymous'
          : { chain, error: code, version: secure.getProtocol() ?? '' },
      )
    })
    secure.on('error', () => finish('handshake.failed'))
    secure.on('close', () => finish('handshake.failed'))
  })
}

/** 16: longer than any chain that verifies. */
const chainMax = 16

function chainOf(leaf: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = []
  for (let at = leaf; at !== undefined && chain.length < chainMax; at = at.issuerCertificate) {
    if (chain.some(earlier => earlier.fingerprint256 === at?.fingerprint256)) break
    chain.push(at)
  }
  return chain
}

function judgeChain(finished: Finished, request: Request): CertificateProbe {
  const leaf = finished.chain[0] as X509Certificate
  const problems = new Set(judgeLeaf(leaf, request))
  // The signature of a root is trusted by its presence, not by its strength (RFC 5280 §6.1).
  const signed = finished.chain.slice(1).filter(one => !one.checkIssued(one))
  if (signed.some(one => isSignatureWeak(one))) problems.add('certificate.signature.weak')
  if (finished.chain.slice(1).some(one => isKeyWeak(one.publicKey))) {
    problems.add('certificate.key.weak')
  }
  const problem = chainProblem(finished.error, problems)
  if (problem !== null) problems.add(problem)
  return {
    status: problems.size > 0 ? 'invalid' : 'valid',
    problems: [...problems].sort(),
    ...(problem === 'certificate.chain.invalid' ? { reason: finished.error.slice(0, 60) } : {}),
    version: finished.version,
    leaf: describe(leaf),
  }
}

/** OpenSSL's verdict on the chain (`X509_verify_cert_error_string`), in our codes. */
function chainProblem(
  code: string,
  known: ReadonlySet<CertificateProblem>,
): CertificateProblem | null {
  switch (code) {
    case '':
      return null
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'certificate.self.signed'
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'certificate.issuer.unknown'
    case 'CERT_HAS_EXPIRED':
      return known.has('certificate.expired') ? null : 'certificate.chain.expired'
    case 'CERT_NOT_YET_VALID':
      return known.has('certificate.not.yet.valid') ? null : 'certificate.chain.expired'
    default:
      return 'certificate.chain.invalid'
  }
}

/** What the leaf alone tells: its time, its names, its key. */
function judgeLeaf(
  leaf: X509Certificate,
  request: Pick<Request, 'host' | 'serverName' | 'nowMs'>,
): CertificateProblem[] {
  const problems: CertificateProblem[] = []
  if (request.nowMs > leaf.validToDate.getTime()) problems.push('certificate.expired')
  if (request.nowMs < leaf.validFromDate.getTime()) problems.push('certificate.not.yet.valid')
  if (!isNamed(leaf, request.serverName ?? request.host)) problems.push('certificate.name.mismatch')
  if (isKeyWeak(leaf.publicKey)) problems.push('certificate.key.weak')
  if (isSignatureWeak(leaf)) problems.push('certificate.signature.weak')
  return problems
}

/**
 * RFC 9525 §6: only the subject alternative names count. Node falls back to the common name where
 * there are none, so a certificate without them is refused first.
 */
function isNamed(leaf: X509Certificate, name: string): boolean {
  const kind = isIP(name) === 0 ? 'DNS:' : 'IP Address:'
  if (!(leaf.subjectAltName ?? '').includes(kind)) return false
  return checkServerIdentity(name, leaf.toLegacyObject()) === undefined
}

/** NIST SP 800-57 part 1 table 2: below 112 bits of security. */
function isKeyWeak(key: KeyObject): boolean {
  const details = key.asymmetricKeyDetails ?? {}
  if (details.modulusLength !== undefined) return details.modulusLength < 2048
  const curve = details.namedCurve
  return curve !== undefined && /(?:1[0-9]{2}|prime192)[a-z]?\d?$|^(?:sect|secp|prime)1/.test(curve)
}

/** RFC 9155, RFC 6151: MD5 and SHA-1 do not resist collisions. */
const isSignatureWeak = (certificate: X509Certificate): boolean =>
  /md[245]|sha-?1(?!\d)/i.test(certificate.signatureAlgorithm ?? '')

/** All names together, so that a fact with eight addresses stays within its 16 KiB. */
const namesBytesMax = 1_024

/**
 * Names and times for the list. Mail addresses and personal names stay out: of the issuer only the
 * organisation and the common name are kept, and of the names only hosts and addresses (L5).
 */
function describe(leaf: X509Certificate): Leaf {
  const all = hostNames(leaf)
  const names: string[] = []
  let bytes = 0
  for (const name of all) {
    bytes += name.length
    if (bytes > namesBytesMax) break
    names.push(name)
  }
  const details = leaf.publicKey.asymmetricKeyDetails ?? {}
  const size = details.modulusLength ?? details.namedCurve ?? ''
  return {
    fingerprint: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
    issuer: plain(
      leaf.issuer
        .split('\n')
        .filter(part => /^(O|CN)=/.test(part) && !part.includes('@'))
        .join(', '),
      200,
    ),
    names,
    namesTotal: all.length,
    notBefore: leaf.validFromDate.toISOString(),
    notAfter: leaf.validToDate.toISOString(),
    key: plain(`${leaf.publicKey.asymmetricKeyType ?? 'unknown'} ${size}`.trim(), 40),
    signature: plain(leaf.signatureAlgorithm ?? 'unknown', 40),
  }
}

/** Host names and addresses of a certificate, lower case, none that is not one. */
export function hostNames(leaf: X509Certificate): string[] {
  const names = (leaf.subjectAltName ?? '').split(', ').flatMap(entry => {
    const match = /^(?:DNS|IP Address):([0-9A-Za-z.*:_-]{1,253})$/.exec(entry)
    return match ? [canonical((match[1] as string).toLowerCase())] : []
  })
  return [...new Set(names)]
}

/** OpenSSL writes IPv6 addresses out in full. */
const canonical = (name: string): string =>
  isIP(name) === 6 ? new URL(`http://[${name}]/`).hostname.slice(1, -1) : name

/** A hostile certificate may hold anything: control characters and lone surrogates do not pass. */
const plain = (text: string, lengthMax: number): string =>
  text
    .toWellFormed()
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
    .slice(0, lengthMax)
    .toWellFormed()

function parse(der: Buffer | undefined): X509Certificate | null {
  try {
    return der === undefined ? null : new X509Certificate(der)
  } catch {
    return null
  }
}
