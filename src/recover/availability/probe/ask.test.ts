import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createSecureContext } from 'node:tls'
import { createIssuer, freePort, missing } from '../../../core/http/testing-tls.ts'
import { isRefused } from './address.ts'
import { ask, type Probe } from './ask.ts'
import { createNames } from './names.ts'
import type { Tools } from './reach.ts'
import { createRounds } from './round.ts'
import { readTarget } from './target.ts'
import { type Server, startNginx, startResolver, startScripted } from './testing-servers.ts'

const skip = missing('nginx', 'openssl')
const issuer = createIssuer()
const opened: Server[] = []
const never = new AbortController().signal
const scripted = async (script: Parameters<typeof startScripted>[0]): Promise<number> => {
  const server = await startScripted(script)
  opened.push(server)
  return server.port
}
after(async () => {
  for (const server of opened) await server.stop()
  issuer.remove()
})

const plain = { statuses: [], text: null, followsRedirects: false }
const toolsOf = (also: Partial<Tools> = {}): Tools => ({
  names: createNames([]),
  rules: { loopback: true, linkLocal: false },
  trust: createSecureContext({}),
  timeoutMs: 500,
  ...also,
})

/** In a word what came of it. */
async function say(probe: Partial<Probe> & Pick<Probe, 'kind' | 'target'>, tools = toolsOf()) {
  const answer = await ask({ ...plain, ...probe }, tools, never)
  return answer.kind === 'answered' ? 'answered' : `${answer.kind} ${answer.why}`
}

let port = 0
let securePort = 0
let good: ReturnType<typeof issuer.issue>
const startPages = () =>
  startNginx(
    issuer.folder,
    port,
    `listen 127.0.0.1:${port};
     location = / { return 200 "all is well"; }
     location = /wrong { return 503 "no"; }
     location = /go { return 302 http://localhost:${port}/; }
     location = /round { return 302 http://localhost:${port}/round; }
     location = /inside { return 302 http://169.254.169.254/latest/meta-data/; }`,
  )
before(async () => {
  if (skip) return
  port = await freePort()
  securePort = await freePort()
  good = issuer.issue('good', 'localhost')
})

test('a page: its status, its text, where it leads, and that it is gone', { skip }, async () => {
  const server = await startPages()
  const at = (path: string, also: Partial<Probe> = {}) =>
    say({ kind: 'http', target: `http://localhost:${port}${path}`, ...also })
  assert.equal(await at('/'), 'answered')
  assert.equal(await at('/', { text: 'is well' }), 'answered')
  assert.equal(await at('/', { text: 'is bad' }), 'failed text.missing')
  assert.equal(await at('/wrong'), 'failed status.unexpected')
  assert.equal(await at('/wrong', { statuses: ['200', '503'] }), 'answered')
  assert.equal(await at('/go'), 'failed status.unexpected')
  assert.equal(await at('/go', { statuses: ['302'] }), 'answered')
  assert.equal(await at('/go', { followsRedirects: true, text: 'well' }), 'answered')
  assert.equal(await at('/round', { followsRedirects: true }), 'failed redirect.refused')
  // What a page leads to is looked at as what is registered is.
  assert.equal(await at('/inside', { followsRedirects: true }), 'blind address.refused')
  await server.stop()
  assert.equal(await at('/'), 'failed connect.refused')
  const again = await startPages()
  assert.equal(await at('/'), 'answered')
  await again.stop()
})

/** Signed by itself, for a day that is over. */
function issueExpired() {
  const file = (name: string) => join(issuer.folder, name)
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const key = file('expired.key')
  openssl(
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', key, '-out', file('expired.csr'), '-subj', '/CN=localhost'],
  )
  writeFileSync(file('expired.ext'), 'subjectAltName=DNS:localhost\n')
  openssl(
    ...['x509', '-req', '-in', file('expired.csr'), '-signkey', key, '-days', '-1'],
    ...['-extfile', file('expired.ext'), '-out', file('expired.pem')],
  )
  return { certificate: file('expired.pem'), key }
}

test('TLS: a chain, a name and a time that are right, and each of them wrong', {
  skip,
}, async () => {
  const { certificate, key } = good
  const server = await startNginx(
    issuer.folder,
    securePort,
    `listen 127.0.0.1:${securePort} ssl; ssl_certificate ${certificate};
     ssl_certificate_key ${key}; return 200 "safe";`,
  )
  const trust = createSecureContext({ ca: readFileSync(certificate) })
  const trusting = toolsOf({ trust })
  const tls = { kind: 'tls', target: `localhost:${securePort}` } as const
  const page = { kind: 'http', target: `https://localhost:${securePort}/` } as const
  assert.equal(await say(tls, trusting), 'answered')
  assert.equal(await say({ ...page, text: 'safe' }, trusting), 'answered')
  assert.equal(await say(tls), 'failed tls.untrusted')
  assert.equal(
    await say({ ...tls, target: `127.0.0.1:${securePort}` }, trusting),
    'failed tls.name',
  )
  await server.stop()

  const expired = issueExpired()
  const old = await startNginx(
    issuer.folder,
    securePort,
    `listen 127.0.0.1:${securePort} ssl; ssl_certificate ${expired.certificate};
     ssl_certificate_key ${expired.key}; return 200 "old";`,
  )
  const believing = toolsOf({
    trust: createSecureContext({ ca: readFileSync(expired.certificate) }),
  })
  assert.equal(await say(tls, believing), 'failed tls.expired')
  assert.equal(await say(page, believing), 'failed tls.expired')
  await old.stop()
})

test('M10 a port that accepts and says nothing, says too much, or something else', async () => {
  const silent = await scripted(() => {})
  const place = `127.0.0.1:${silent}`
  assert.deepEqual(
    await Promise.all([
      say({ kind: 'tcp', target: place }),
      say({ kind: 'tcp', target: place, text: '220' }),
      say({ kind: 'tls', target: place }),
      say({ kind: 'http', target: `http://${place}/` }),
    ]),
    ['answered', 'failed answer.silent', 'failed tls.silent', 'failed answer.silent'],
  )
  const greets = await scripted(socket => socket.write('220 mail.example.test\r\n'))
  const mail = { kind: 'tcp', target: `127.0.0.1:${greets}` } as const
  assert.equal(await say({ ...mail, text: '220 ' }), 'answered')
  const shouts = await scripted(socket => socket.end('x'.repeat(5_000)))
  assert.equal(
    await say({ kind: 'tcp', target: `127.0.0.1:${shouts}`, text: '220' }),
    'failed text.missing',
  )
  const page = (port: number) => say({ kind: 'http', target: `http://127.0.0.1:${port}/` })
  assert.equal(await page(shouts), 'failed answer.malformed')
  const flood = await scripted(socket => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const more = setInterval(() => socket.write(`x-${'a'.repeat(2_000)}: b\r\n`), 1)
    socket.on('close', () => clearInterval(more))
  })
  assert.equal(await page(flood), 'failed answer.malformed')
  const drips = await scripted(socket => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n')
    const more = setInterval(() => socket.write('.'), 20)
    socket.on('close', () => clearInterval(more))
  })
  assert.equal(await page(drips), 'failed answer.silent')
  const cut = await scripted(socket => {
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')
  })
  assert.equal(await page(cut), 'failed connection.reset')
  const endless = await scripted(socket => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const more = () => {
      while (socket.writable && socket.write('y'.repeat(65_536)));
    }
    socket.on('drain', more)
    more()
  })
  assert.equal(await page(endless), 'answered')
})

test('a name: unknown, not answered for, and nobody to ask', async () => {
  const resolver = await startResolver({
    'web.example.test': { address: '127.0.0.1' },
    'broken.example.test': { code: 2 },
    'lost.example.test': 'silence',
    'cloud.example.test': { address: '169.254.169.254' },
    '': { code: 5 },
  })
  opened.push(resolver)
  const server = await scripted(() => {})
  const names = createNames([`127.0.0.1:${resolver.port}`], 100)
  const tools = toolsOf({ names, timeoutMs: 4_000 })
  const of = (host: string, by = tools) => say({ kind: 'tcp', target: `${host}:${server}` }, by)
  const nobody = await freePort()
  const deaf = toolsOf({ names: createNames([`127.0.0.1:${nobody}`], 100), timeoutMs: 4_000 })
  assert.deepEqual(
    await Promise.all([
      of('web.example.test'),
      of('none.example.test'),
      of('broken.example.test'),
      of('lost.example.test'),
      of('cloud.example.test'),
      of('web.example.test', deaf),
    ]),
    [
      ...['answered', 'failed name.unknown', 'failed name.failed', 'failed name.failed'],
      ...['blind address.refused', 'blind resolver.silent'],
    ],
  )
})

test('addresses that no target leads to, however they are written', () => {
  const rules = { loopback: false, linkLocal: false }
  const refused = [
    '127.0.0.1',
    '127.8.8.8',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '0.0.0.0',
  ]
  const inside = ['169.254.169.254', 'fe80::1', 'fd00:ec2::254', '100.100.100.200', '::']
  for (const address of [...refused, ...inside, '224.0.0.1', 'ff02::1', '255.255.255.255'])
    assert.equal(isRefused(address, rules), true, address)
  for (const address of ['192.0.2.1', '10.1.2.3', '2001:db8::1', '::ffff:192.0.2.1'])
    assert.equal(isRefused(address, rules), false, address)
  assert.equal(isRefused('127.0.0.1', { loopback: true, linkLocal: false }), false)
  assert.equal(isRefused('fe80::1', { loopback: false, linkLocal: true }), false)
  assert.equal(isRefused('224.0.0.1', { loopback: true, linkLocal: true }), true)
})

test('M10 a target is read strictly, and no secret stands in it', () => {
  const http = (text: string) => readTarget('http', text)
  for (const [text, why] of [
    ['https://me:secret@example.com/', 'with credentials'],
    ['https://example.com/@x', 'with credentials'],
    ['https://example.com/#a', 'with fragment'],
    ['ftp://example.com/', 'no web address'],
    ['example.com', 'no web address'],
    ['https:///x', 'no web address'],
    ['https://exa mple.com/', 'odd character'],
    ['https://example.com\\x', 'odd character'],
    [`https://example.com/${'a'.repeat(500)}`, 'too long'],
  ] as const)
    assert.equal(http(text), why, text)
  for (const text of ['host', 'host:0', 'host:65536', 'host:x', 'a@b:1', 'a/b:1', ':1', 'h:01'])
    assert.equal(readTarget('tcp', text), 'no host and port', text)
  assert.deepEqual(readTarget('tls', '[2001:DB8::1]:443'), {
    kind: 'tls',
    host: '2001:db8::1',
    port: 443,
  })
  assert.deepEqual(readTarget('tcp', '0x7f.1:80'), { kind: 'tcp', host: '127.0.0.1', port: 80 })
  assert.deepEqual(readTarget('tcp', '例え.テスト:80'), {
    kind: 'tcp',
    host: 'xn--r8jz45g.xn--zckzah',
    port: 80,
  })
})

test('200 services at once, a quarter of them silent, are asked in seconds', async () => {
  const web = createServer((_request, response) => response.end('here'))
  web.listen(0, '127.0.0.1')
  await once(web, 'listening')
  const webPort = (web.address() as { port: number }).port
  const silent = await scripted(() => {})
  const rounds = createRounds({
    ...{ timeoutMs: 1_000, loopback: true, linkLocal: false, resolvers: [], caFile: null },
    reference: [],
  })
  const probes = new Map(
    Array.from({ length: 200 }, (_, nth) => {
      const target = `http://127.0.0.1:${nth % 4 === 0 ? silent : webPort}/`
      return [`service-${nth}`, { ...plain, kind: 'http' as const, target, text: 'here' }]
    }),
  )
  const beganMs = performance.now()
  const found = await rounds.askAll(probes, never)
  const tookMs = performance.now() - beganMs
  web.close()
  const of = (kind: string) => [...found.values()].filter(one => one.kind === kind).length
  assert.deepEqual([found.size, of('answered'), of('failed')], [200, 150, 50])
  assert(tookMs < 45_000, `${tookMs} ms`)
})

test('where no place of others can be reached, a failure is our own', async () => {
  const closed = await freePort()
  const there = await scripted(() => {})
  const probes = new Map([
    ['gone', { ...plain, kind: 'tcp' as const, target: `127.0.0.1:${closed}` }],
    ['there', { ...plain, kind: 'tcp' as const, target: `127.0.0.1:${there}` }],
  ])
  const of = async (reference: readonly string[]) => {
    const rounds = createRounds({
      ...{ timeoutMs: 1_000, loopback: true, linkLocal: false, resolvers: [], caFile: null },
      reference,
    })
    const found = await rounds.askAll(probes, never)
    return ['gone', 'there'].map(service => found.get(service)?.kind)
  }
  assert.deepEqual(await of([`127.0.0.1:${there}`]), ['failed', 'answered'])
  assert.deepEqual(await of([`127.0.0.1:${closed}`]), ['blind', 'answered'])
})
