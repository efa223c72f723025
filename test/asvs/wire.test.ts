import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startEdge } from '../../src/core/http/testing.ts'
import type { Module } from '../../src/core/module.ts'
import { discoverModules } from '../../src/core/run/discover.ts'
import { everyPermission } from '../../src/core/run/serve.ts'

/** Attacks by a client that sends bytes as it likes, on the edge with the routes of all modules. */

let modules: readonly Module[] = []
let edge: ReturnType<typeof startEdge>
let cookie = ''
let port = 0
let origin = ''

before(async () => {
  modules = (await discoverModules(join(import.meta.dirname, '../../src'))).modules
  const rate = { burst: 1e9, perSecond: 1e9 }
  const permissions = everyPermission(modules)
  edge = startEdge({ modules, permissions, limits: { rate, rateOutside: rate } })
  origin = (await edge.http.listen(0)).replace(/\/$/, '')
  port = Number(new URL(origin).port)
  const entered = await fetch(`${origin}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: await edge.token() }),
  })
  cookie = (entered.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
})
after(() => edge.http.close())

/** What asks for it is closed once it is answered, however long that takes; else silence is the end. */
const silenceOf = (text: string): number => (/^connection: close/im.test(text) ? 20_000 : 300)

/** Bytes as they are; what came back until the other side closed or has been silent for a while. */
const exchange = (text: string, silentMs = silenceOf(text)): Promise<string> =>
  new Promise(resolve => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    const end = () => {
      socket.destroy()
      resolve(answer)
    }
    socket.setEncoding('latin1').setTimeout(silentMs, end)
    socket.on('data', chunk => (answer += chunk))
    socket.on('close', end)
    socket.on('error', end)
  })

const head = (target: string, method = 'GET') =>
  `${method} ${target} HTTP/1.1\r\nHost: localhost:${port}\r\nCookie: ${cookie}\r\n`

const paths = () =>
  Object.entries((edge.http.document as { paths: Record<string, object> }).paths).map(
    ([path, methods]) => ({
      path: path.replaceAll(/\{[^}]*\}/g, '1'),
      methods: Object.keys(methods),
    }),
  )

test('ASVS V3.2.1 ASVS V4.1.1 every answer says what it is, and no route answers with anything that a browser runs', async () => {
  for (const { routes = [] } of modules) {
    for (const { mediaType = 'application/json', path } of routes) {
      assert.doesNotMatch(mediaType, /html|xml|svg|script|css|pdf/, path)
    }
  }
  const wanted = /^(application\/(problem\+)?json|(text\/[a-z-]+|image\/svg\+xml); charset=utf-8)$/i
  const seen = new Set<string>()
  for (const path of [
    '/',
    '/api/openapi.json',
    '/api/messages/ja/core',
    '/api/none',
    '/none.js',
    '/%',
  ]) {
    const answer = await exchange(`${head(path)}Connection: close\r\n\r\n`)
    const [, type = ''] = /^content-type: ([^\r]*)/im.exec(answer) ?? []
    assert.match(type, wanted, path)
    seen.add(type.toLowerCase())
  }
  for (const { path, methods } of paths().filter(each => !each.path.endsWith('/events'))) {
    if (!methods.includes('get')) continue
    const response = await edge.ask(path, { headers: { host: `localhost:${port}`, cookie } })
    await response.arrayBuffer()
    assert.match(response.headers.get('content-type') ?? '', wanted, path)
  }
  assert.ok(seen.size >= 3, [...seen].join())
})

test('ASVS V3.5.3 what changes something is not reached by a method that reads', async () => {
  const changing = paths().filter(({ methods }) => !methods.includes('get'))
  assert.ok(changing.length > 20)
  const tricks = ['', 'X-HTTP-Method-Override: POST\r\n', 'X-Method-Override: POST\r\n']
  for (const { path } of changing) {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE']) {
      const target = method === 'GET' ? `${path}?_method=POST` : path
      const [trick = ''] = tricks.slice(method.length % 3)
      const text = `${head(target, method)}${trick}Connection: close\r\n\r\n`
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(await exchange(text))?.[1])
      // A get of a thing may be spelled like a post without one; then its own rules answer.
      assert.ok([400, 403, 404, 405].includes(status), `${method} ${path}: ${status}`)
    }
  }
  const still = await fetch(`${origin}/api/session`, { headers: { cookie } })
  assert.equal(still.status, 200, 'nor was the session ended')
})

test('ASVS V3.7.2 nothing is ever redirected, wherever a request asks to be led', async () => {
  const there = encodeURIComponent('https://evil.example/')
  const targets = [
    ...['next', 'url', 'redirect', 'return_to', 'continue'].map(name => `/?${name}=${there}`),
    ...[
      `/api/session?redirect=${there}`,
      '//evil.example',
      '/\\evil.example',
      '/policy/',
      '/index.html/',
    ],
    ...['/api', '/api/', '/assets', 'https://evil.example/', `/sign-in?next=${there}`],
    ...paths()
      .map(({ path }) => path)
      .filter(path => !path.endsWith('/events')),
  ]
  for (const target of targets) {
    const answer = await exchange(`${head(target)}Connection: close\r\n\r\n`)
    assert.match(answer, /^HTTP\/1\.1 [245]/, target)
    assert.doesNotMatch(answer, /^(location|refresh):/im, target)
  }
})

test('ASVS V4.2.1 of two requests in one message none is smuggled behind the other', async () => {
  const inner = `GET /api/openapi.json HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`
  const chunked = `0\r\n\r\n${inner}`
  const post = (fields: string, body: string) =>
    `${head('/api/session', 'POST')}Content-Type: application/json\r\n${fields}\r\n${body}`
  const attacks = [
    post(`Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked\r\n`, chunked),
    post(`Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`, chunked),
    post(`Content-Length: 2\r\nContent-Length: ${inner.length + 2}\r\n`, `{}${inner}`),
    post(`Transfer-Encoding: xchunked\r\n`, chunked),
    post(`Transfer-Encoding : chunked\r\n`, chunked),
    post(`Transfer-Encoding:\x0bchunked\r\n`, chunked),
    post(`Transfer-Encoding: chunked, identity\r\n`, chunked),
    post(`Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n`, chunked),
    post(`Content-Length: +2\r\n`, `{}${inner}`),
    post(`Content-Length: 0x2\r\n`, `{}${inner}`),
    post(`Content-Length: 2, 2\r\n`, `{}${inner}`),
    post(`Content-Length\r\n : 2\r\n`, `{}${inner}`),
    post(`X: a\nContent-Length: 2\r\n`, `{}${inner}`),
    post(`X: a\rTransfer-Encoding: chunked\r\n`, chunked),
    post(`Transfer-Encoding: chunked\r\n`, `2;a\nb\r\n{}\r\n0\r\n\r\n`),
    post(`Transfer-Encoding: chunked\r\n`, `-2\r\n{}\r\n${chunked}`),
    post(`Transfer-Encoding: chunked\r\n`, `2\n{}\n0\n\n${inner}`),
  ]
  for (const attack of attacks) {
    const answer = await exchange(attack)
    assert.doesNotMatch(answer, /"openapi"/, attack.slice(120, 260))
    assert.doesNotMatch(answer, /^HTTP\/1\.1 2/m, attack.slice(120, 260))
  }
  // What stands behind a whole message is a message of its own, and answered as one.
  const two = await exchange(post('Content-Length: 2\r\n', `{}${inner}`), 1_000)
  assert.deepEqual(
    [...two.matchAll(/HTTP\/1\.1 (\d+)/g)].map(each => each[1]),
    ['400', '200'],
  )
})

test('ASVS V4.3 there is no GraphQL', async () => {
  assert.ok(paths().every(({ path }) => !/graphql|query$/i.test(path)))
  for (const path of ['/graphql', '/api/graphql', '/api/graphiql', '/api/v1/graphql']) {
    const body = JSON.stringify({ query: '{ __schema { types { name } } }' })
    const headers = { 'content-type': 'application/json', cookie }
    const response = await fetch(`${origin}${path}`, { method: 'POST', headers, body })
    assert.equal(response.status, 405, path)
    assert.doesNotMatch(await response.text(), /__schema|types/)
  }
})

test('ASVS V4.4 no request becomes a WebSocket, whatever it asks to be upgraded to', async () => {
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n'
  for (const path of ['/', '/api/events', '/ws', '/socket.io/']) {
    for (const to of ['websocket', 'h2c', 'TLS/1.0']) {
      const text = `${head(path)}Connection: Upgrade\r\nUpgrade: ${to}\r\n${key}\r\n`
      assert.doesNotMatch(await exchange(text, 100), /^HTTP\/1\.1 101/, `${path} ${to}`)
    }
  }
})
