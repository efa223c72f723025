import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Exposure } from './exposure.ts'
import { startEdge } from './testing.ts'
import { createIssuer, freePort, missing, type Run, run, type TestPair } from './testing-tls.ts'

const skip = missing('openssl', 'curl')
const hostname = 'okite.example.test'

let issuer: ReturnType<typeof createIssuer>
let pair: TestPair
let edge: ReturnType<typeof startEdge>
let port = 0
let origin = ''

before(async () => {
  if (skip) return
  issuer = createIssuer()
  pair = issuer.issue('own', hostname)
  port = await freePort()
  origin = `https://${hostname}:${port}`
  const tls = { ...pair, hostname }
  const exposure: Exposure = { address: '127.0.0.1', port, origin, tls, proxies: null }
  edge = startEdge({ exposure, rereadMs: 50 })
  assert.equal(await edge.http.listen(), `${origin}/`)
})
after(async () => {
  await edge?.http.close()
  issuer?.remove()
})

const client = (version: string): Promise<Run> =>
  run(
    'openssl',
    [
      ...['s_client', '-connect', `127.0.0.1:${port}`, '-servername', hostname, version],
      ...['-verify_hostname', hostname, '-CAfile', pair.certificate, '-verify_return_error'],
    ],
    'Q\n',
  )

const curl = (path: string, ...more: string[]): Promise<Run> =>
  run('curl', [
    ...['-sS', '-i', '--cacert', pair.certificate, '--resolve', `${hostname}:${port}:127.0.0.1`],
    ...[...more, `${origin}${path}`],
  ])

test('ASVS V12.1.1 openssl gets in with TLS 1.3 and with nothing before it', { skip }, async () => {
  const good = await client('-tls1_3')
  assert.match(good.out, /New, TLSv1\.3, Cipher is TLS_/)
  assert.match(good.out, /Verify return code: 0 \(ok\)/)
  for (const version of ['-tls1_2', '-tls1_1', '-tls1']) {
    const refused = await client(version)
    assert.notEqual(refused.status, 0, version)
    assert.match(refused.out, /alert protocol version|no protocols available/, version)
  }
})

test('ASVS V3.3.1 ASVS V3.3.3 ASVS V3.3.4 over TLS the cookie is Secure, of this host alone, and closed to scripts', {
  skip,
}, async () => {
  const link = new URL(await edge.http.link())
  assert.equal(link.origin, origin, 'the link says the name and no address')
  const body = JSON.stringify({ token: link.hash.replace('#token=', '') })
  const json = ['-H', 'content-type: application/json', '-H', `origin: ${origin}`]
  const { out } = await curl('/api/session', ...json, '-d', body)
  assert.match(out, /^HTTP\/1\.1 200 /)
  const [, cookie = '', rest = ''] = /^set-cookie: ([^;]*)(.*)$/im.exec(out) ?? []
  assert.match(cookie, /^__Host-okite=[\w-]{43}$/)
  assert.deepEqual(
    rest
      .toLowerCase()
      .split(';')
      .map(one => one.trim())
      .filter(Boolean)
      .sort(),
    ['httponly', 'max-age=43200', 'path=/', 'samesite=strict', 'secure'],
  )
  const secret = cookie.split('=')[1] ?? ''
  assert.ok(!out.replace(`set-cookie: ${cookie}`, '').includes(secret), 'it is in no body')
  assert.match((await curl('/api/session', '-H', `cookie: ${cookie}`)).out, /^HTTP\/1\.1 200 /)
  // The name that it has on loopback opens nothing here.
  const named = await curl('/api/session', '-H', `cookie: okite-${port}=${secret}`)
  assert.match(named.out, /^HTTP\/1\.1 401 /)
})

test('ASVS V3.4.1 every answer over TLS keeps browsers on TLS, refusals too', {
  skip,
}, async () => {
  for (const path of ['/', '/api/session', '/api/nothing', '/..%2f']) {
    const { out } = await curl(path, '--path-as-is')
    assert.match(out, /^strict-transport-security: max-age=63072000; includeSubDomains\r$/im, path)
  }
})

test('ASVS V3.5.1 the public origin is the only one: another host or page is refused', {
  skip,
}, async () => {
  for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', hostname, `${hostname}:1`]) {
    assert.match((await curl('/', '-H', `host: ${host}`)).out, /^HTTP\/1\.1 421 /, host)
  }
  for (const other of [
    `http://${hostname}:${port}`,
    `https://${hostname}`,
    'null',
    `https://x.${hostname}:${port}`,
  ]) {
    const posted = await curl('/api/session', '-H', `origin: ${other}`, '-d', '{}')
    assert.match(posted.out, /^HTTP\/1\.1 403 /, other)
  }
})

test('ASVS V4.1.2 who talks in the clear is not helped over to TLS', { skip }, async () => {
  const { out } = await run('curl', ['-sS', '-i', `http://127.0.0.1:${port}/`])
  assert.ok(!/^HTTP\/1\.1 (2|3)/m.test(out), out)
  assert.ok(!/location:/i.test(out), out)
})

test('a renewed certificate is taken up while it runs; one that is not good is left', {
  skip,
}, async () => {
  const seen = async () => /serial=(\w+)/.exec((await run('sh', ['-c', serial])).out)?.[1]
  const serial = `openssl s_client -connect 127.0.0.1:${port} </dev/null 2>/dev/null | openssl x509 -noout -serial`
  const before = await seen()
  assert.ok(before)
  issuer.issue('own', 'elsewhere.example.test')
  await until(() => edge.lines.some(line => line.includes('TLS_NAME')))
  assert.equal(await seen(), before)
  issuer.issue('own', hostname)
  await until(() => edge.lines.some(line => line.includes('tls.certificate.renewed')))
  assert.notEqual(await seen(), before)
  assert.match((await curl('/')).out, /^HTTP\/1\.1 200 /)
  const told = edge.lines.filter(line => line.includes('TLS_NAME'))
  assert.equal(told.length, 1, 'told once, not at every look')
})

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    assert.ok(tries < 200, 'it never came')
    await wait(25)
  }
}
