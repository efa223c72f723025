import assert from 'node:assert/strict'
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readConfig } from '../config.ts'
import { readPair } from './certificate.ts'
import { exposureOf } from './exposure.ts'
import { createIssuer, missing } from './testing-tls.ts'

const skip = missing('openssl')
let issuer: ReturnType<typeof createIssuer>
before(() => {
  issuer = createIssuer()
})
after(() => issuer.remove())

const exposed = (lines: readonly string[]) => {
  writeFileSync(join(issuer.folder, 'okite.yaml'), lines.join('\n'))
  const { values } = readConfig({
    ...{ dataDir: issuer.folder, environment: {}, flags: {}, modules: [] },
  })
  return exposureOf(values, issuer.folder)
}

const origin = 'publicUrl: https://okite.example.jp'
const tls = ['tlsCertificateFile: cert.pem', 'tlsKeyFile: key.pem']
const proxy = 'trustedProxies: [192.0.2.4]'

test('ASVS V12.2.1 beyond loopback only with TLS or a named proxy, and one https origin', () => {
  const beyond = 'listen: 192.0.2.1:8443'
  for (const [code, ...lines] of [
    ['LISTEN_UNSAFE', beyond],
    ['LISTEN_UNSAFE', 'listen: 0.0.0.0'],
    ['LISTEN_UNSAFE', "listen: '::'"],
    ['LISTEN_UNSAFE', "listen: '::ffff:192.0.2.1'"],
    ['LISTEN_UNSAFE', 'listen: 127.0.0.2'],
    ['LISTEN_UNSAFE', beyond, origin],
    ['LISTEN_TLS', beyond, origin, 'tlsCertificateFile: cert.pem'],
    ['LISTEN_TLS', beyond, origin, 'tlsKeyFile: key.pem'],
    ['LISTEN_ORIGIN', beyond, ...tls],
    ['LISTEN_ORIGIN', beyond, proxy],
    ['LISTEN_ORIGIN', beyond, proxy, 'publicUrl: http://okite.example.jp'],
    ['LISTEN_ORIGIN', beyond, proxy, 'publicUrl: https://okite.example.jp/okite'],
    ['LISTEN_ORIGIN', beyond, proxy, 'publicUrl: https://okite.example.jp/?a'],
    ['LISTEN_ORIGIN', beyond, proxy, 'publicUrl: https://a@okite.example.jp'],
    ['LISTEN_ORIGIN', beyond, proxy, 'publicUrl: https://okite.example.jp.'],
    ['LISTEN_ORIGIN', beyond, proxy, 'publicUrl: https://192.0.2.1'],
    ['LISTEN_ORIGIN', beyond, proxy, "publicUrl: 'https://[2001:db8::1]'"],
    ['LISTEN_ADDRESS', 'listen: okite.example.jp'],
    ['LISTEN_ADDRESS', 'listen: localhost'],
    ['LISTEN_ADDRESS', 'listen: 192.0.2.1:70000'],
    ['LISTEN_ADDRESS', "listen: '2001:db8::1]:80'"],
    ['LISTEN_ADDRESS', "listen: 'fe80::1%eth0'"],
    ['LISTEN_PROXY', origin, 'trustedProxies: [proxy.example.jp]'],
    ['LISTEN_PROXY', origin, 'trustedProxies: [0.0.0.0/0]'],
    ['LISTEN_PROXY', origin, "trustedProxies: ['::/0']"],
    ['LISTEN_PROXY', origin, 'trustedProxies: [10.0.0.0/33]'],
    ['LISTEN_PROXY', origin, 'trustedProxies: [10.0.0.0/8/8]'],
    ['LISTEN_PROXY', origin, "trustedProxies: ['192.0.2.4, 192.0.2.5']"],
  ] as const) {
    assert.throws(() => exposed(lines), { code }, lines.join(' '))
  }
})

test('what is safe is taken as it is written', () => {
  const loopback = { address: null, origin: null, tls: null, proxies: null }
  assert.deepEqual(exposed([]), { ...loopback, port: 8420 })
  // Links in mails may lead elsewhere without anything listening there.
  assert.deepEqual(exposed([origin]), { ...loopback, port: 8420 })
  assert.deepEqual(exposed(['listen: 127.0.0.1:9000']), { ...loopback, port: 9000 })
  const { folder } = issuer
  const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const own = exposed(["listen: '[2001:DB8::1]:443'", `${origin}:8443/`, ...tls])
  assert.deepEqual(own, {
    ...{ address: '2001:db8::1', port: 443, origin: 'https://okite.example.jp:8443' },
    ...{ tls: { ...files, hostname: 'okite.example.jp' }, proxies: null },
  })
  const behind = exposed(['port: 9000', `${origin}:443`, proxy, 'proxyHeader: forwarded'])
  assert.equal(behind.origin, 'https://okite.example.jp')
  assert.equal(behind.proxies?.header, 'forwarded')
  assert.equal(behind.proxies?.has('192.0.2.4'), true)
  assert.equal(behind.proxies?.has('192.0.2.5'), false)
})

test('ASVS V12.2.2 a certificate that a browser would refuse, or a key that others read, is refused', {
  skip,
}, () => {
  const { folder } = issuer
  const good = issuer.issue('good', '*.example.jp')
  const read = (pair: { certificate: string; key: string }, hostname = 'okite.example.jp') =>
    readPair({ ...pair, hostname }, Date.now())
  assert.equal(read(good).cert.includes('BEGIN CERTIFICATE'), true)
  assert.throws(() => read(good, 'example.jp'), { code: 'TLS_NAME' })
  assert.throws(() => read(good, 'a.b.example.jp'), { code: 'TLS_NAME' })
  const nowMs = Date.now()
  for (const days of [-2, 30]) {
    const at = nowMs + days * 86_400_000
    assert.throws(() => readPair({ ...good, hostname: 'okite.example.jp' }, at), {
      code: 'TLS_EXPIRED',
    })
  }
  const other = issuer.issue('other', 'okite.example.jp')
  assert.throws(() => read({ ...good, key: other.key }), { code: 'TLS_PAIR' })
  assert.throws(() => read({ ...good, key: good.certificate }), { code: 'TLS_KEY_READABLE' })
  assert.throws(() => read({ ...good, certificate: join(folder, 'none') }), { code: 'TLS_FILE' })
  assert.throws(() => read({ ...good, certificate: folder }), { code: 'TLS_FILE' })
  for (const text of [
    '',
    'x',
    `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    'x'.repeat(300_000),
  ]) {
    writeFileSync(join(folder, 'bad.pem'), text)
    assert.throws(() => read({ ...good, certificate: join(folder, 'bad.pem') }), {
      code: 'TLS_FILE',
    })
  }
  for (const mode of [0o604, 0o602, 0o660, 0o644]) {
    chmodSync(good.key, mode)
    assert.throws(() => read(good), { code: 'TLS_KEY_READABLE' }, mode.toString(8))
  }
  // The mode that counts is that of the file, wherever a link to it lies.
  symlinkSync(good.key, join(folder, 'link.key'))
  assert.throws(() => read({ ...good, key: join(folder, 'link.key') }), {
    code: 'TLS_KEY_READABLE',
  })
  chmodSync(good.key, 0o400)
  assert.doesNotThrow(() => read({ ...good, key: join(folder, 'link.key') }))
})
