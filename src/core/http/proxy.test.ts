import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Exposure } from './exposure.ts'
import { readProxies } from './proxies.ts'
import { startEdge } from './testing.ts'
import {
  createIssuer,
  freePort,
  missing,
  type Run,
  run,
  startProxy,
  type TestPair,
} from './testing-tls.ts'

const skip = missing('openssl', 'curl', 'nginx')
const hostname = 'okite.example.test'

let issuer: ReturnType<typeof createIssuer>
let pair: TestPair
let edge: ReturnType<typeof startEdge>
const proxies: { stop(): Promise<void> }[] = []
let port = 0
let origin = ''
let inside = ''

/** As docs/operate.md says it. */
const asDocumented = (to: string) =>
  `proxy_pass ${to}; proxy_set_header Host $http_host;
   proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
   proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $http_host;`

before(async () => {
  if (skip) return
  issuer = createIssuer()
  pair = issuer.issue('own', hostname)
  port = await freePort()
  origin = `https://${hostname}:${port}`
  const exposure: Exposure = {
    ...{ address: '127.0.0.1', port: 0, origin, tls: null },
    proxies: { ...readProxies(['127.0.0.1']), header: 'x-forwarded' },
  }
  const rateToken = { burst: 3, perSecond: 0.001 }
  edge = startEdge({ exposure, limits: { rateToken, streamPauseMs: 5 } })
  const own = await freePort()
  inside = `http://127.0.0.1:${own}`
  assert.equal(await edge.http.listen(own), `${origin}/`)
  proxies.push(await startProxy(issuer.folder, pair, port, asDocumented(inside)))
})
after(async () => {
  for (const proxy of proxies) await proxy.stop()
  await edge?.http.close()
  issuer?.remove()
})

/** From another address than the proxy's: whoever asks from that one is a proxy himself. */
const curl = (path: string, ...more: string[]): Promise<Run> =>
  run('curl', [
    ...['-sS', '-i', '--cacert', pair.certificate, '--resolve', `${hostname}:${port}:127.0.0.1`],
    ...['--interface', '127.0.0.7', ...more, `${origin}${path}`],
  ])

const statusOf = ({ out }: Run) => Number(/^HTTP\/1\.1 (\d+)/.exec(out)?.[1])
const fields = (given: Record<string, string>) =>
  Object.entries(given).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
const json = () => fields({ 'content-type': 'application/json', origin })

test('ASVS V4.1.3 through nginx the page is served, under the public origin', {
  skip,
}, async () => {
  assert.equal(statusOf(await curl('/')), 200)
  const link = new URL(await edge.http.link())
  assert.equal(link.origin, origin)
  const body = JSON.stringify({ token: link.hash.replace('#token=', '') })
  const entered = await curl('/api/session', ...json(), '-d', body)
  assert.equal(statusOf(entered), 200, entered.out)
  const [, cookie = ''] = /^set-cookie: (__Host-okite=[^;]*);.*secure/im.exec(entered.out) ?? []
  assert.match(entered.out, /^strict-transport-security: /im)
  assert.equal(statusOf(await curl('/api/session', ...fields({ cookie }))), 200)

  // Events come through as they happen: nginx is told to keep none of them back.
  const streamed = curl('/api/events', ...fields({ cookie }), '-N', '--max-time', '2')
  const grow = setInterval(() => edge.http.grown(Math.floor(Math.random() * 1e6)), 50)
  const { out } = await streamed
  clearInterval(grow)
  assert.match(out, /event: grown/)
})

test('ASVS V4.1.3 what a client says of himself is not believed', { skip }, async () => {
  const forged = [
    { 'x-forwarded-for': '127.0.0.1' },
    { 'x-forwarded-for': '"><script>' },
    { 'x-forwarded-for': Array(200).fill('203.0.113.9').join(', ') },
    { 'x-forwarded-proto': 'http' },
    { 'x-forwarded-host': 'evil.example' },
    { forwarded: 'for=127.0.0.1;proto=http;host=evil.example' },
    { 'x-real-ip': '127.0.0.1', 'x-forwarded-port': '1', 'x-forwarded-server': 'evil.example' },
  ]
  for (const given of forged) {
    assert.equal(statusOf(await curl('/', ...fields(given))), 200, JSON.stringify(given))
  }
  // A host that is not ours is refused, whichever field says it.
  assert.equal(statusOf(await curl('/', ...fields({ host: 'evil.example' }))), 421)
})

test('API4 a client that changes what it says of itself is still one client', {
  skip,
}, async () => {
  const statuses = []
  for (let count = 1; count <= 5; count += 1) {
    const headers = fields({
      'x-forwarded-for': `203.0.113.${count}`,
      forwarded: `for=203.0.113.${count}`,
    })
    const tried = await curl('/api/session', ...json(), ...headers, '-d', '{"token":"guess"}')
    statuses.push(statusOf(tried))
  }
  assert.deepEqual(statuses, [401, 401, 401, 429, 429])
})

test('ASVS V4.1.3 nobody is answered who does not come through the proxy, over TLS', {
  skip,
}, async () => {
  const direct = (given: Record<string, string>, ...more: string[]) =>
    run('curl', ['-sS', '-i', ...fields(given), ...more, `${inside}/`])
  const whole = {
    ...{ host: `${hostname}:${port}`, 'x-forwarded-for': '198.51.100.7' },
    ...{ 'x-forwarded-proto': 'https' },
  }
  assert.equal(statusOf(await direct(whole)), 200)
  for (const [status, given] of [
    [400, { ...whole, 'x-forwarded-for': 'unknown' }],
    [400, { host: whole.host, 'x-forwarded-proto': 'https' }],
    [403, { ...whole, 'x-forwarded-proto': 'http' }],
    [403, { ...whole, 'x-forwarded-proto': 'https, http' }],
    [403, { host: whole.host, 'x-forwarded-for': '198.51.100.7' }],
    [421, { ...whole, 'x-forwarded-host': `${hostname}:${port}, evil.example` }],
    [421, { ...whole, host: 'localhost' }],
  ] as const) {
    assert.equal(statusOf(await direct(given)), status, JSON.stringify(given))
  }
  // From another address than the proxy's the same words count for nothing.
  const other = await direct(whole, '--interface', '127.0.0.9')
  assert.equal(statusOf(other), 403)
  assert.match(other.out, /HTTP_PROXY/)
})
