import { createECDH, generateKeyPairSync, randomBytes, randomInt } from 'node:crypto'
import { groups13, groupsBefore13, type Suite, type VersionId, versions } from './names.ts'

/** What one ClientHello asks: one version, and the suites it would take. */
export type Offer = Readonly<{
  version: VersionId
  suites: readonly Suite[]
  /** For SNI (RFC 6066 §3); null when the endpoint is named by an address. */
  serverName: string | null
}>

/** A ClientHello and what the answer has to be compared with. */
type Hello = Readonly<{ records: Buffer; sessionId: Buffer }>

/** What a HelloRetryRequest asks of the second ClientHello (RFC 8446 §4.1.4). */
type Retry = Readonly<{ group: number | null; cookie: Buffer | null; sessionId: Buffer }>

/**
 * Writes a ClientHello that offers exactly one version. TLS 1.3 is offered by `supported_versions`
 * alone (RFC 8446 §4.2.1), older ones by the version field (RFC 5246 §7.4.1.2), SSL 3.0 without
 * extensions (RFC 6101 §5.6.1.2): a server can accept the version that is asked, answer with another,
 * or refuse, and each of these is told apart.
 */
export function clientHello(offer: Offer, retry?: Retry): Hello {
  const version = versions[offer.version]
  const is13 = offer.version === 'tls13'
  // RFC 8446 appendix D.4: a session id makes middleboxes take the handshake for a resumption.
  const sessionId = retry?.sessionId ?? (is13 ? randomBytes(32) : Buffer.alloc(0))
  // TLS_EMPTY_RENEGOTIATION_INFO_SCSV stands for the extension where there are none (RFC 5746 §3.3).
  const codes = [...offer.suites.map(suite => suite.code), ...(is13 ? [] : [0x00ff])]
  const parts = [
    uint16(is13 ? versions.tls12.wire : version.wire),
    randomBytes(32),
    vector8(sessionId),
    vector16(Buffer.concat(codes.map(uint16))),
    vector8(Buffer.of(0)), // no compression
  ]
  if (offer.version !== 'ssl3') parts.push(vector16(extensions(offer, retry)))
  const body = Buffer.concat(parts)
  const message = Buffer.concat([Buffer.of(1), uint24(body.length), body])
  // RFC 8446 §5.1: the record says 0x0301 whatever is offered; an SSL 3.0 server may know only 0x0300.
  const record = uint16(offer.version === 'ssl3' ? 0x0300 : 0x0301)
  return {
    records: Buffer.concat([Buffer.of(22), record, vector16(message)]),
    sessionId,
  }
}

function extensions(offer: Offer, retry: Retry | undefined): Buffer {
  const is13 = offer.version === 'tls13'
  const list: Buffer[] = []
  const add = (type: number, data: Buffer) => list.push(uint16(type), vector16(data))
  if (offer.serverName !== null) {
    const name = Buffer.from(offer.serverName, 'latin1')
    add(0, vector16(Buffer.concat([Buffer.of(0), vector16(name)])))
  }
  const groups = is13 ? groups13 : groupsBefore13
  add(10, vector16(Buffer.concat(groups.map(uint16)))) // supported_groups
  if (!is13) {
    add(11, vector8(Buffer.of(0))) // ec_point_formats: uncompressed
    add(23, Buffer.alloc(0)) // extended_master_secret
  }
  if (is13 || offer.version === 'tls12') {
    add(13, vector16(Buffer.concat(signatureSchemes.map(uint16))))
  }
  if (is13) {
    add(43, vector8(uint16(versions.tls13.wire)))
    // No pre-shared key is offered, so a server that answers proves itself by a certificate; the
    // mode is said because some servers send no ticket, and others nothing at all, without it.
    add(45, vector8(Buffer.of(1)))
    if (retry?.cookie) add(44, retry.cookie)
    const shared = retry === undefined ? groups13.slice(0, 2) : retry.group ? [retry.group] : []
    add(
      51,
      vector16(Buffer.concat(shared.flatMap(group => [uint16(group), vector16(keyShare(group))]))),
    )
  }
  const written = Buffer.concat(list)
  // RFC 7685: some servers hang on a ClientHello of 256 to 511 bytes, so ours is always longer.
  const paddingBytes = 512 - written.length
  if (paddingBytes > 4) add(21, Buffer.alloc(paddingBytes - 4))
  return Buffer.concat(list)
}

/** Every scheme a certificate may need: one that is not offered would be refused for the wrong reason. */
const signatureSchemes = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x081a, 0x081b, 0x081c, 0x0804, 0x0805, 0x0806, 0x0809,
  0x080a, 0x080b, 0x0401, 0x0501, 0x0601, 0x0904, 0x0905, 0x0906, 0x0303, 0x0301, 0x0402, 0x0502,
  0x0602, 0x0302, 0x0203, 0x0201, 0x0202, 0x0101,
]

/** True where `keyShare` can answer a HelloRetryRequest for this group. */
export const canShare = (group: number): boolean => groups13.includes(group)

/**
 * A public value for a group. The handshake is never finished, so nobody needs the private one; a
 * value is valid when the server's own check lets it pass.
 */
function keyShare(group: number): Buffer {
  const curve = curves.get(group)
  if (curve !== undefined) return createECDH(curve).generateKeys()
  const finiteBytes = finiteFieldBytes.get(group)
  if (finiteBytes !== undefined) {
    // Servers check the share (RFC 7919 §3): it must lie in the subgroup that 2 generates. A power of 2
    // below the prime does; any other bytes would be refused half of the time, and not for the group.
    const value = Buffer.alloc(finiteBytes)
    const bit = 8 + randomInt(finiteBytes * 8 - 16)
    value[finiteBytes - 1 - (bit >>> 3)] = 1 << (bit & 7)
    return value
  }
  if (group === 0x1d) return randomBytes(32) // RFC 7748 §5: any 32 bytes are a public key
  if (group === 0x1e) return randomBytes(56)
  if (group === 0x11ec) return Buffer.concat([encapsulationKey(), randomBytes(32)])
  throw new RangeError('no key share for this group')
}

const curves = new Map([
  [0x17, 'prime256v1'],
  [0x18, 'secp384r1'],
  [0x19, 'secp521r1'],
  [0x1f, 'brainpoolP256r1'],
  [0x20, 'brainpoolP384r1'],
  [0x21, 'brainpoolP512r1'],
])

const finiteFieldBytes = new Map([
  [0x100, 256],
  [0x101, 384],
  [0x102, 512],
  [0x103, 768],
  [0x104, 1024],
])

/** The last 1,184 bytes of the SubjectPublicKeyInfo are the ML-KEM-768 encapsulation key (FIPS 203). */
function encapsulationKey(): Buffer {
  const { publicKey } = generateKeyPairSync('ml-kem-768')
  return publicKey.export({ type: 'spki', format: 'der' }).subarray(-1184)
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff)
}

function uint24(value: number): Buffer {
  return Buffer.of(value >> 16, (value >> 8) & 0xff, value & 0xff)
}

const vector8 = (data: Buffer): Buffer => Buffer.concat([Buffer.of(data.length), data])
const vector16 = (data: Buffer): Buffer => Buffer.concat([uint16(data.length), data])
