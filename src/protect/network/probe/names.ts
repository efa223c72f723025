/**
 * The names of what a server may select. Source: the IANA registry "Transport Layer Security (TLS)
 * Parameters" (cipher suites and supported groups; RFC 5246 A.5, RFC 8446 B.4, RFC 8447), written
 * down here by family because the registry itself is laid out that way. GOST, Kerberos and national
 * suites outside these families are not offered, and the README says so.
 */

/** The protocol versions we ask for, oldest first, with their two bytes on the wire. */
export const versions = {
  ssl3: { wire: 0x0300, number: '3.0', name: 'SSL 3.0' },
  tls10: { wire: 0x0301, number: '1.0', name: 'TLS 1.0' },
  tls11: { wire: 0x0302, number: '1.1', name: 'TLS 1.1' },
  tls12: { wire: 0x0303, number: '1.2', name: 'TLS 1.2' },
  tls13: { wire: 0x0304, number: '1.3', name: 'TLS 1.3' },
} as const

export type VersionId = keyof typeof versions
export const versionIds = Object.keys(versions) as VersionId[]

/** What a suite promises about past traffic once the long-term key is lost. */
export type Exchange =
  /** (EC)DHE with a certificate or a pre-shared key, and encryption. */
  | 'forward'
  /** Key transport, static or anonymous Diffie-Hellman, plain PSK, SRP, export strength, or no encryption. */
  | 'plain'

export type Suite = Readonly<{
  code: number
  name: string
  exchange: Exchange
  /** Needs the hash of TLS 1.2 (RFC 5246 §7.4.9): an older version may not select it. */
  since12: boolean
}>

const table = new Map<number, string>()

/** Enters consecutive codes: one name for each key exchange, in the order of the registry. */
function family(first: number, exchanges: string, ...ciphers: string[]): void {
  let code = first
  for (const exchange of exchanges.split(' ')) {
    for (const cipher of ciphers) table.set(code++, `TLS_${exchange}_WITH_${cipher}`)
  }
}

/** Enters pairs of 128 and 256 bits, as ARIA and Camellia have them. */
function pairs(first: number, exchanges: string, cipher: string, mode: string): void {
  family(first, exchanges, `${cipher}_128_${mode}_SHA256`, `${cipher}_256_${mode}_SHA384`)
}

const six = 'RSA DH_DSS DH_RSA DHE_DSS DHE_RSA DH_anon'
const ellipticFour = 'ECDHE_ECDSA ECDH_ECDSA ECDHE_RSA ECDH_RSA'

family(0x0001, 'RSA', 'NULL_MD5', 'NULL_SHA')
family(0x0003, 'RSA_EXPORT', 'RC4_40_MD5')
family(0x0004, 'RSA', 'RC4_128_MD5', 'RC4_128_SHA')
family(0x0006, 'RSA_EXPORT', 'RC2_CBC_40_MD5')
family(0x0007, 'RSA', 'IDEA_CBC_SHA')
for (const [first, exchange] of [
  [0x0008, 'RSA'],
  [0x000b, 'DH_DSS'],
  [0x000e, 'DH_RSA'],
  [0x0011, 'DHE_DSS'],
  [0x0014, 'DHE_RSA'],
  [0x0019, 'DH_anon'],
] as const) {
  family(first, `${exchange}_EXPORT`, 'DES40_CBC_SHA')
  family(first + 1, exchange, 'DES_CBC_SHA', '3DES_EDE_CBC_SHA')
}
family(0x0017, 'DH_anon_EXPORT', 'RC4_40_MD5')
family(0x0018, 'DH_anon', 'RC4_128_MD5')
family(0x002c, 'PSK DHE_PSK RSA_PSK', 'NULL_SHA')
family(0x002f, six, 'AES_128_CBC_SHA')
family(0x0035, six, 'AES_256_CBC_SHA')
family(0x003b, 'RSA', 'NULL_SHA256', 'AES_128_CBC_SHA256', 'AES_256_CBC_SHA256')
family(0x003e, 'DH_DSS DH_RSA DHE_DSS', 'AES_128_CBC_SHA256')
family(0x0041, six, 'CAMELLIA_128_CBC_SHA')
family(0x0067, 'DHE_RSA', 'AES_128_CBC_SHA256')
family(0x0068, 'DH_DSS DH_RSA DHE_DSS DHE_RSA', 'AES_256_CBC_SHA256')
family(0x006c, 'DH_anon', 'AES_128_CBC_SHA256', 'AES_256_CBC_SHA256')
family(0x0084, six, 'CAMELLIA_256_CBC_SHA')
family(
  0x008a,
  'PSK DHE_PSK RSA_PSK',
  'RC4_128_SHA',
  '3DES_EDE_CBC_SHA',
  'AES_128_CBC_SHA',
  'AES_256_CBC_SHA',
)
family(0x0096, six, 'SEED_CBC_SHA')
family(
  0x009c,
  'RSA DHE_RSA DH_RSA DHE_DSS DH_DSS DH_anon PSK DHE_PSK RSA_PSK',
  'AES_128_GCM_SHA256',
  'AES_256_GCM_SHA384',
)
family(
  0x00ae,
  'PSK DHE_PSK RSA_PSK',
  'AES_128_CBC_SHA256',
  'AES_256_CBC_SHA384',
  'NULL_SHA256',
  'NULL_SHA384',
)
family(0x00ba, six, 'CAMELLIA_128_CBC_SHA256')
family(0x00c0, six, 'CAMELLIA_256_CBC_SHA256')
family(
  0xc001,
  'ECDH_ECDSA ECDHE_ECDSA ECDH_RSA ECDHE_RSA ECDH_anon',
  'NULL_SHA',
  'RC4_128_SHA',
  '3DES_EDE_CBC_SHA',
  'AES_128_CBC_SHA',
  'AES_256_CBC_SHA',
)
for (const [first, cipher] of [
  [0xc01a, '3DES_EDE_CBC_SHA'],
  [0xc01d, 'AES_128_CBC_SHA'],
  [0xc020, 'AES_256_CBC_SHA'],
] as const) {
  family(first, 'SRP_SHA SRP_SHA_RSA SRP_SHA_DSS', cipher)
}
family(0xc023, ellipticFour, 'AES_128_CBC_SHA256', 'AES_256_CBC_SHA384')
family(0xc02b, ellipticFour, 'AES_128_GCM_SHA256', 'AES_256_GCM_SHA384')
family(
  0xc033,
  'ECDHE_PSK',
  'RC4_128_SHA',
  '3DES_EDE_CBC_SHA',
  'AES_128_CBC_SHA',
  'AES_256_CBC_SHA',
  'AES_128_CBC_SHA256',
  'AES_256_CBC_SHA384',
  'NULL_SHA',
  'NULL_SHA256',
  'NULL_SHA384',
)
pairs(0xc03c, `${six} ${ellipticFour}`, 'ARIA', 'CBC')
pairs(0xc050, 'RSA DHE_RSA DH_RSA DHE_DSS DH_DSS DH_anon', 'ARIA', 'GCM')
pairs(0xc05c, ellipticFour, 'ARIA', 'GCM')
pairs(0xc064, 'PSK DHE_PSK RSA_PSK', 'ARIA', 'CBC')
pairs(0xc06a, 'PSK DHE_PSK RSA_PSK', 'ARIA', 'GCM')
pairs(0xc070, 'ECDHE_PSK', 'ARIA', 'CBC')
pairs(0xc072, ellipticFour, 'CAMELLIA', 'CBC')
pairs(0xc07a, 'RSA DHE_RSA DH_RSA DHE_DSS DH_DSS DH_anon', 'CAMELLIA', 'GCM')
pairs(0xc086, ellipticFour, 'CAMELLIA', 'GCM')
pairs(0xc08e, 'PSK DHE_PSK RSA_PSK', 'CAMELLIA', 'GCM')
pairs(0xc094, 'PSK DHE_PSK RSA_PSK ECDHE_PSK', 'CAMELLIA', 'CBC')
family(0xc09c, 'RSA DHE_RSA', 'AES_128_CCM', 'AES_256_CCM')
family(0xc0a0, 'RSA DHE_RSA', 'AES_128_CCM_8', 'AES_256_CCM_8')
family(0xc0a4, 'PSK DHE_PSK', 'AES_128_CCM', 'AES_256_CCM')
family(0xc0a8, 'PSK PSK_DHE', 'AES_128_CCM_8', 'AES_256_CCM_8')
family(0xc0ac, 'ECDHE_ECDSA', 'AES_128_CCM', 'AES_256_CCM', 'AES_128_CCM_8', 'AES_256_CCM_8')
family(
  0xcca8,
  'ECDHE_RSA ECDHE_ECDSA DHE_RSA PSK ECDHE_PSK DHE_PSK RSA_PSK',
  'CHACHA20_POLY1305_SHA256',
)
family(0xd001, 'ECDHE_PSK', 'AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'AES_128_CCM_8_SHA256')
family(0xd005, 'ECDHE_PSK', 'AES_128_CCM_SHA256')

const exchangeOf = (name: string): Exchange =>
  /^TLS_(ECDHE|DHE|PSK_DHE)_/.test(name) && !/_EXPORT_|_WITH_NULL_/.test(name) ? 'forward' : 'plain'

/** The suites of SSL 3.0 to TLS 1.2: certificates first, pre-shared keys and passwords last. */
export const suites: readonly Suite[] = [...table]
  .map(([code, name]) => ({
    code,
    name,
    exchange: exchangeOf(name),
    since12: !/_(SHA|MD5)$/.test(name),
  }))
  .sort((a, b) => rank(a) - rank(b) || a.code - b.code)

/** TLS 1.3 has its own suites, which say nothing about the key exchange (RFC 8446 B.4). */
export const suites13: readonly Suite[] = [
  [0x1302, 'TLS_AES_256_GCM_SHA384'],
  [0x1303, 'TLS_CHACHA20_POLY1305_SHA256'],
  [0x1301, 'TLS_AES_128_GCM_SHA256'],
  [0x1304, 'TLS_AES_128_CCM_SHA256'],
  [0x1305, 'TLS_AES_128_CCM_8_SHA256'],
].map(([code, name]) => ({
  code: code as number,
  name: name as string,
  exchange: 'forward' as const,
  since12: true,
}))

const byCode = new Map([...suites, ...suites13].map(suite => [suite.code, suite]))

export const suiteOf = (code: number): Suite | undefined => byCode.get(code)

/** Common suites first: they answer the question in the first connection with most servers. */
function rank(suite: { name: string }): number {
  if (/PSK|SRP/.test(suite.name)) return 3
  if (/ARIA|CAMELLIA|SEED|CCM/.test(suite.name)) return 2
  return /^TLS_ECDHE_/.test(suite.name) ? 0 : 1
}

/** Supported groups by their number: RFC 8422 §5.1.1, RFC 7919, RFC 8734, and the hybrid ML-KEM groups. */
export const groupNames: ReadonlyMap<number, string> = new Map([
  [0x11ec, 'X25519MLKEM768'],
  [0x11eb, 'SecP256r1MLKEM768'],
  [0x11ed, 'SecP384r1MLKEM1024'],
  [0x001d, 'x25519'],
  [0x0017, 'secp256r1'],
  [0x0018, 'secp384r1'],
  [0x0019, 'secp521r1'],
  [0x001e, 'x448'],
  [0x0100, 'ffdhe2048'],
  [0x0101, 'ffdhe3072'],
  [0x0102, 'ffdhe4096'],
  [0x0103, 'ffdhe6144'],
  [0x0104, 'ffdhe8192'],
  [0x001f, 'brainpoolP256r1tls13'],
  [0x0020, 'brainpoolP384r1tls13'],
  [0x0021, 'brainpoolP512r1tls13'],
  [0x001a, 'brainpoolP256r1'],
  [0x001b, 'brainpoolP384r1'],
  [0x001c, 'brainpoolP512r1'],
  [0x0001, 'sect163k1'],
  [0x0002, 'sect163r1'],
  [0x0003, 'sect163r2'],
  [0x0004, 'sect193r1'],
  [0x0005, 'sect193r2'],
  [0x0006, 'sect233k1'],
  [0x0007, 'sect233r1'],
  [0x0008, 'sect239k1'],
  [0x0009, 'sect283k1'],
  [0x000a, 'sect283r1'],
  [0x000b, 'sect409k1'],
  [0x000c, 'sect409r1'],
  [0x000d, 'sect571k1'],
  [0x000e, 'sect571r1'],
  [0x000f, 'secp160k1'],
  [0x0010, 'secp160r1'],
  [0x0011, 'secp160r2'],
  [0x0012, 'secp192k1'],
  [0x0013, 'secp192r1'],
  [0x0014, 'secp224k1'],
  [0x0015, 'secp224r1'],
  [0x0016, 'secp256k1'],
])

/**
 * Groups offered to TLS 1.2 and older: the elliptic ones of their time. The ffdhe groups are left
 * out, because with them a server must refuse DHE over any other prime (RFC 7919 §4).
 */
export const groupsBefore13 = [0x1d, 0x17, 0x18, 0x19, 0x1e, 0x1a, 0x1b, 0x1c].concat(
  Array.from({ length: 0x16 }, (_, index) => 0x16 - index),
)

/** Groups offered to TLS 1.3. A share is sent at once for the first two only; others by HelloRetryRequest. */
export const groups13 = [
  0x1d, 0x17, 0x11ec, 0x18, 0x19, 0x1e, 0x100, 0x101, 0x102, 0x103, 0x104, 0x1f, 0x20, 0x21,
]

/** Alert descriptions: RFC 8446 §6 and the older ones of RFC 5246 §7.2. */
export const alertNames: ReadonlyMap<number, string> = new Map([
  [0, 'closeNotify'],
  [10, 'unexpectedMessage'],
  [20, 'badRecordMac'],
  [22, 'recordOverflow'],
  [40, 'handshakeFailure'],
  [41, 'noCertificate'],
  [42, 'badCertificate'],
  [43, 'unsupportedCertificate'],
  [46, 'certificateUnknown'],
  [47, 'illegalParameter'],
  [48, 'unknownCa'],
  [49, 'accessDenied'],
  [50, 'decodeError'],
  [51, 'decryptError'],
  [70, 'protocolVersion'],
  [71, 'insufficientSecurity'],
  [80, 'internalError'],
  [86, 'inappropriateFallback'],
  [90, 'userCanceled'],
  [100, 'noRenegotiation'],
  [109, 'missingExtension'],
  [110, 'unsupportedExtension'],
  [112, 'unrecognizedName'],
  [115, 'unknownPskIdentity'],
  [116, 'certificateRequired'],
  [120, 'noApplicationProtocol'],
])
