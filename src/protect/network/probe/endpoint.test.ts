import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import type { Socket } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import { loadAnchors, type TrustAnchors } from './certificate.ts'
import { type AddressProbe, type EndpointProbe, probeEndpoint, type Yes } from './endpoint.ts'
import { type VersionId, versionIds } from './names.ts'
import {
  type Authority,
  createAuthority,
  missing,
  type Server,
  startGnutls,
  startNginx,
  startOpenssl,
  startScripted,
  stopServers,
} from './testing-servers.ts'

let authority: Authority
let anchors: TrustAnchors

before(() => {
  if (missing('openssl')) return
  authority = createAuthority()
  anchors = loadAnchors(authority.caFile)
})
afterEach(stopServers)
after(() => authority?.remove())

async function probe(port: number, more: { timeoutMs?: number; host?: string } = {}) {
  const { timeoutMs = 3_000, host = 'localhost' } = more
  const signal = new AbortController().signal
  return probeEndpoint({ host, port, timeoutMs, signal, anchors: anchors ?? [], nowMs: Date.now() })
}

const only = (endpoint: EndpointProbe): AddressProbe => {
  assert.equal(endpoint.addresses.length, 1)
  return endpoint.addresses[0] as AddressProbe
}

/** `yes/no` of acceptance, forward secrecy and its absence, for each version from SSL 3.0 to TLS 1.3. */
const table = ({ versions }: AddressProbe) =>
  versionIds
    .map(id => versions[id])
    .map(({ accepted, forward, plain }) =>
      accepted === 'no' ? '-' : `${letter(accepted)}${letter(forward)}${letter(plain)}`,
    )
    .join(' ')

const letter = (answer: Yes) => ({ yes: 'y', no: 'n', unknown: '?' })[answer]

/** What sslscan says about the same server, in the same form; it cannot ask for SSL 3.0 everywhere. */
function sslscan(port: number): ReadonlyMap<VersionId, string> {
  const xml = execFileSync(
    'sslscan',
    [
      ...['--xml=-', '--no-heartbleed', '--no-compression', '--no-renegotiation', '--no-fallback'],
      ...['--no-groups', '--sni-name=localhost', `127.0.0.1:${port}`],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  ).toString()
  const ids = { '1.0': 'tls10', '1.1': 'tls11', '1.2': 'tls12', '1.3': 'tls13' } as const
  const answers = new Map<VersionId, string>()
  for (const [number, id] of Object.entries(ids)) {
    const protocol = new RegExp(`<protocol type="tls" version="${number}" enabled="([01])"`).exec(
      xml,
    )
    assert(protocol !== null, xml)
    const ciphers = [
      ...xml.matchAll(
        new RegExp(`<cipher [^>]*sslversion="TLSv${number}"[^>]*? cipher="([^"]+)"`, 'g'),
      ),
    ].map(match => match[1] as string)
    const isForward = (name: string) => /^(TLS_|ECDHE|DHE)/.test(name) && !/NULL/.test(name)
    const forward = ciphers.some(isForward) ? 'y' : 'n'
    const plain = ciphers.every(isForward) ? 'n' : 'y'
    answers.set(id, protocol[1] === '1' ? `y${forward}${plain}` : '-')
  }
  return answers
}

type Case = Readonly<{
  name: string
  needs: string
  start(): Promise<Server>
  /** SSL 3.0, TLS 1.0, 1.1, 1.2, 1.3: accepted, forward-secret, without. */
  want: string
  certificate?: string
  also?: (probe: AddressProbe) => void
}>

const openssl = (...args: string[]) => startOpenssl(authority, { args })
const modern = '- - - - yyn'

const cases: readonly Case[] = [
  {
    name: 'OpenSSL, TLS 1.3 only',
    needs: 'openssl',
    start: () => openssl('-tls1_3'),
    want: modern,
    also: ({ versions }) => {
      assert.equal(versions.tls13.suite, 'TLS_AES_256_GCM_SHA384')
      assert.equal(versions.tls13.group, 'x25519')
      assert.equal(versions.tls12.reason, 'protocolVersion')
    },
  },
  {
    name: 'OpenSSL, as it comes: 1.2 and 1.3, and 1.0 and 1.1 declined by internal_error',
    needs: 'openssl',
    start: () => openssl(),
    want: '- - - yyy yyn',
  },
  {
    name: 'OpenSSL, only groups that need a HelloRetryRequest',
    needs: 'openssl',
    start: () => openssl('-tls1_3', '-groups', 'P-521'),
    want: modern,
    also: ({ versions }) => assert.equal(versions.tls13.group, 'secp521r1'),
  },
  {
    name: 'OpenSSL, finite fields only',
    needs: 'openssl',
    start: () => openssl('-tls1_3', '-groups', 'ffdhe3072'),
    want: modern,
    also: ({ versions }) => assert.equal(versions.tls13.group, 'ffdhe3072'),
  },
  {
    name: 'OpenSSL, everything it has from TLS 1.0 up, anonymous and unencrypted too',
    needs: 'openssl',
    start: () =>
      startOpenssl(authority, {
        legacy: true,
        args: ['-cipher', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'],
      }),
    want: '- yyy yyy yyy yyn',
  },
  {
    name: 'OpenSSL, TLS 1.0 and 1.1 only',
    needs: 'openssl',
    start: () =>
      startOpenssl(authority, {
        legacy: true,
        args: ['-no_tls1_2', '-no_tls1_3', '-cipher', 'ECDHE:!aNULL:!eNULL:@SECLEVEL=0'],
      }),
    want: '- yyn yyn - -',
  },
  {
    name: 'OpenSSL, RSA key transport only below 1.3',
    needs: 'openssl',
    start: () =>
      startOpenssl(authority, {
        legacy: true,
        args: ['-no_tls1', '-no_tls1_1', '-cipher', 'AES128-SHA:AES256-GCM-SHA384:@SECLEVEL=0'],
      }),
    want: '- - - yny yyn',
    also: ({ versions }) => assert.match(versions.tls12.plainSuite ?? '', /^TLS_RSA_WITH_/),
  },
  {
    name: 'OpenSSL, DHE only',
    needs: 'openssl',
    start: () => openssl('-tls1_2', '-cipher', 'DHE'),
    want: '- - - yyn -',
    also: ({ versions }) => assert.equal(versions.tls12.group, 'dh2048'),
  },
  ...(['expired', 'other', 'self', 'small'] as const).map(certificate => ({
    name: `OpenSSL, certificate: ${certificate}`,
    needs: 'openssl',
    // The short key needs the lower floor, which takes no version in: TLS 1.3 is the only one.
    start: () =>
      startOpenssl(authority, { certificate, legacy: certificate === 'small', args: ['-tls1_3'] }),
    want: modern,
    certificate: {
      expired: 'certificate.expired',
      other: 'certificate.name.mismatch',
      self: 'certificate.self.signed',
      small: 'certificate.key.weak',
    }[certificate],
  })),
  {
    name: 'nginx, TLS 1.3 only',
    needs: 'nginx',
    start: () => startNginx(authority, { directives: 'ssl_protocols TLSv1.3;' }),
    want: modern,
  },
  {
    name: 'nginx, TLS 1.2 and 1.3, ECDSA',
    needs: 'nginx',
    start: () =>
      startNginx(authority, {
        certificate: 'ec',
        directives: 'ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on;',
      }),
    want: '- - - yyn yyn',
  },
  {
    name: 'nginx, TLS 1.0 and 1.1',
    needs: 'nginx',
    start: () =>
      startNginx(authority, {
        directives: 'ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;',
      }),
    want: '- yyy yyy - -',
  },
  {
    name: 'GnuTLS, TLS 1.3 only',
    needs: 'gnutls-serv',
    start: () => startGnutls(authority, { priority: 'SECURE256:-VERS-ALL:+VERS-TLS1.3' }),
    want: modern,
  },
  {
    name: 'GnuTLS, TLS 1.2 with RSA key transport only',
    needs: 'gnutls-serv',
    start: () => startGnutls(authority, { priority: 'NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA' }),
    want: '- - - yny -',
  },
  {
    name: 'GnuTLS, TLS 1.0 and 1.1',
    needs: 'gnutls-serv',
    start: () =>
      startGnutls(authority, { priority: 'NORMAL:-VERS-ALL:+VERS-TLS1.0:+VERS-TLS1.1:+SHA1' }),
    want: '- yyy yyy - -',
  },
]

for (const { name, needs, start, want, certificate, also } of cases) {
  test(`P6 ${name}`, { skip: missing('openssl', needs) }, async t => {
    const server = await start()
    try {
      const found = only(await probe(server.port))
      assert.equal(table(found), want)
      assert.deepEqual(found.certificate.problems, certificate === undefined ? [] : [certificate])
      assert.equal(found.certificate.status, certificate === undefined ? 'valid' : 'invalid')
      assert(!found.certificate.leaf?.issuer.includes('@'), 'no mail address reaches the list')
      also?.(found)
      if (missing('sslscan')) return t.diagnostic('sslscan is not installed: not compared')
      const [, ...ours] = table(found).split(' ')
      assert.deepEqual(ours, [...sslscan(server.port).values()], 'sslscan sees it otherwise')
    } finally {
      await server.stop()
    }
  })
}

test('P6 without our authority the issuer is unknown', { skip: missing('openssl') }, async () => {
  const server = await openssl('-tls1_3')
  const signal = new AbortController().signal
  const asked = { host: 'localhost', port: server.port, timeoutMs: 3_000, signal }
  const found = only(await probeEndpoint({ ...asked, anchors: [], nowMs: Date.now() }))
  assert.deepEqual(found.certificate.problems, ['certificate.issuer.unknown'])
  const later = Date.now() + 40 * 86_400_000
  const old = only(await probeEndpoint({ ...asked, anchors, nowMs: later }))
  assert.deepEqual(old.certificate.problems, ['certificate.expired'])
  await server.stop()
})

/** No machine is too busy to hear in this time what a server on it says at once. */
const atOnceMs = 10_000

/** All that a server without an answer may be called: unknown, for every version, and why. */
async function whyUnknown(script: (socket: Socket) => void, timeoutMs = atOnceMs) {
  const server = await startScripted(script)
  try {
    const found = only(await probe(server.port, { timeoutMs, host: '127.0.0.1' }))
    assert.equal(table(found), '??? ??? ??? ??? ???')
    assert.equal(found.certificate.status, 'unknown')
    return found.versions.tls13.reason
  } finally {
    await server.stop()
  }
}

const hello = Buffer.from('160303', 'hex')

const hostile: readonly (readonly [string, (socket: Socket) => void, string, number?])[] = [
  ['never answers', () => {}, 'answer.silent', 1_000],
  ['resets', socket => socket.resetAndDestroy(), 'connection.reset'],
  ['closes without alert', socket => socket.end(), 'closed.silently'],
  ['closes after the question', socket => socket.on('data', () => socket.end()), 'closed.silently'],
  ['speaks HTTP', socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'answer.not.tls'],
  ['sends noise', socket => socket.write(Buffer.alloc(100_000, 0xa5)), 'answer.not.tls'],
  [
    'promises too much',
    socket => socket.write(Buffer.from('160303ffff', 'hex')),
    'answer.too.large',
  ],
  [
    'sends without end',
    socket => socket.write(Buffer.alloc(4_000_000, Buffer.from('140303000101', 'hex'))),
    'answer.too.large',
  ],
  ['breaks off', socket => socket.end(Buffer.from('16030300500200', 'hex')), 'answer.truncated'],
  [
    'sends an unknown alert',
    socket => socket.end(Buffer.of(21, 3, 3, 0, 2, 2, 49)),
    'alert.other accessDenied',
  ],
  [
    'says close_notify',
    socket => socket.end(Buffer.of(21, 3, 3, 0, 2, 1, 0)),
    'alert.other closeNotify',
  ],
  [
    'sends an empty record',
    socket => socket.write(Buffer.concat([hello, Buffer.alloc(2)])),
    'answer.malformed',
  ],
]

for (const [name, script, reason, timeoutMs] of hostile) {
  test(`P7 a server that ${name} is unknown: ${reason}`, async () => {
    assert.equal(await whyUnknown(script, timeoutMs), reason)
  })
}

test('P7 a server that drips a byte at a time is cut off in time', async () => {
  const bytes = Buffer.concat([hello, Buffer.from('40000200', 'hex'), Buffer.alloc(16_384)])
  const reason = await whyUnknown(socket => {
    let at = 0
    const timer = setInterval(() => socket.write(bytes.subarray(at, ++at)), 50)
    socket.on('close', () => clearInterval(timer))
  }, 1_000)
  assert.equal(reason, 'answer.slow')
})

test('P7 where nothing listens, nothing was refused', async () => {
  const server = await startScripted(() => {})
  await server.stop()
  const found = only(await probe(server.port, { host: '127.0.0.1' }))
  assert.equal(table(found), '??? ??? ??? ??? ???')
  assert.equal(found.versions.ssl3.reason, 'connect.refused')
})

test('P7 an internal_error counts when it comes twice, and not once', async () => {
  let calls = 0
  const twice = await startScripted(socket => socket.end(Buffer.of(21, 3, 3, 0, 2, 2, 80)))
  assert.equal(table(only(await probe(twice.port, { host: '127.0.0.1' }))), '- - - - -')
  await twice.stop()
  const moody = await startScripted(socket => {
    calls += 1
    if (calls % 2 === 1) socket.end(Buffer.of(21, 3, 3, 0, 2, 2, 80))
    else socket.end()
  })
  assert.equal(table(only(await probe(moody.port, { host: '127.0.0.1' }))), '??? ??? ??? ??? ???')
  await moody.stop()
})

test('P8 each address of a name is asked, and an idle loopback one is left out', async t => {
  const script = (socket: Socket) => void socket.end(Buffer.of(21, 3, 3, 0, 2, 2, 70))
  let server: Server
  try {
    server = await startScripted(script, '::')
  } catch {
    return t.skip('no IPv6 here')
  }
  const found = await probe(server.port)
  await server.stop()
  assert.deepEqual(
    found.addresses.map(one => table(one)),
    found.addresses.map(() => '- - - - -'),
  )
  assert.equal(found.addressesFound, found.addresses.length)
  const one = await startScripted(script)
  const alone = await probe(one.port)
  await one.stop()
  assert.deepEqual(
    alone.addresses.map(({ address }) => address),
    ['127.0.0.1'],
  )
})

test('P8 a name without address is unknown as a whole', async () => {
  const found = await probe(443, { host: 'no-such-host.invalid' })
  assert.deepEqual(found.addresses, [])
  assert.equal(found.reason, 'name.unresolved')
})

test('P7 a probe stops when it is told to, and leaves no socket', async () => {
  const server = await startScripted(() => {})
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 50)
  const found = await probeEndpoint({
    ...{ host: '127.0.0.1', port: server.port, timeoutMs: 30_000, signal: stop.signal },
    ...{ anchors: [], nowMs: Date.now() },
  })
  assert.equal(found.addresses[0]?.versions.tls13.reason, 'stopped')
  await server.stop()
})
