import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { OkiteError } from '../error.ts'
import type { Route } from '../module.ts'
import { codeOf, echo, moduleOf, origin, port, startEdge } from './testing.ts'

const get = (
  path: string,
  more: Partial<Route<any, any, any, any>>,
): Route<any, any, any, any> => ({
  method: 'get',
  path,
  permission: 'test.read',
  summary: 'Reads',
  response: z.object({}),
  run: async () => ({}),
  ...more,
})

test('ASVS V50 a request that names another host is refused before anything else (DNS rebinding)', async () => {
  const { ask, http } = startEdge()
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    'localhost',
    'localhost:1',
    '',
    `localhost.:${port}`,
  ]) {
    const response = await ask('/api/openapi.json', { headers: { host } })
    assert.equal(response.status, 421, host)
  }
  const without = new Request(`${origin}/`)
  without.headers.delete('host')
  assert.equal((await http.fetch(without, '/')).status, 421)
  for (const host of [
    `localhost:${port}`,
    `127.0.0.1:${port}`,
    `[::1]:${port}`,
    `LOCALHOST:${port}`,
  ]) {
    assert.equal((await ask('/', { headers: { host } })).status, 200, host)
  }
})

test('ASVS V3.5 only our own page may change anything: Origin and Sec-Fetch-Site', async () => {
  const edge = startEdge()
  const cookie = await edge.enter()
  const body = { text: 'a' }
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://localhost:${port + 1}` },
    { origin: `https://localhost:${port}` },
    { origin, 'sec-fetch-site': 'cross-site' },
    { origin, 'sec-fetch-site': 'same-site' },
    { origin, 'sec-fetch-site': 'none' },
  ]
  for (const headers of foreign) {
    const response = await edge.post('/api/echo', body, { cookie, ...headers })
    assert.equal(response.status, 403, JSON.stringify(headers))
    assert.equal(await codeOf(response), 'HTTP_ORIGIN')
  }
  for (const site of ['cross-site', 'same-site']) {
    const headers = { cookie, 'sec-fetch-site': site }
    assert.equal((await edge.ask('/api/session', { headers })).status, 403, 'nor read')
    assert.equal((await edge.ask('/policy', { headers })).status, 200, 'but follow a link to us')
  }
  const own = await edge.post('/api/echo', body, { cookie, 'sec-fetch-site': 'same-origin' })
  assert.equal(own.status, 200)
  const program = await edge.ask('/api/echo', {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.equal(program.status, 200, 'a program that is no browser sends neither')
})

test('ASVS V7 a token opens one session once, within its time, and the cookie is closed to scripts', async () => {
  const edge = startEdge()
  const token = await edge.token()
  const first = await edge.post('/api/session', { token })
  assert.equal(first.status, 200)
  const cookie = first.headers.get('set-cookie') ?? ''
  assert.match(cookie, /^okite-4321=[A-Za-z0-9_-]{43};/)
  for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=43200']) {
    assert.ok(cookie.includes(attribute), attribute)
  }
  assert.equal(await codeOf(await edge.post('/api/session', { token })), 'HTTP_TOKEN')

  const late = await edge.token()
  edge.clock.ms += 15 * 60_000
  assert.equal((await edge.post('/api/session', { token: late })).status, 401)
  for (const wrong of ['', 'x'.repeat(201), 'wrong', { $ne: null }, null]) {
    const response = await edge.post('/api/session', { token: wrong })
    assert.ok([400, 401, 429].includes(response.status))
  }
})

test('ASVS V7 a session ends when left alone, at its end, when left, and at a new entry', async () => {
  const edge = startEdge({ limits: { sessionIdleMs: 1000, sessionAbsoluteMs: 2500 } })
  const statusOf = async (cookie: string) =>
    (await edge.ask('/api/session', { headers: { cookie } })).status

  const idle = await edge.enter()
  assert.equal(await statusOf(idle), 200)
  edge.clock.ms += 1000
  assert.equal(await statusOf(idle), 401)

  const busy = await edge.enter()
  for (let touch = 0; touch < 3; touch += 1) {
    edge.clock.ms += 800
    assert.equal(await statusOf(busy), 200)
  }
  edge.clock.ms += 800
  assert.equal(await statusOf(busy), 401, 'the absolute limit ends a busy one too')

  const left = await edge.enter()
  assert.equal((await edge.post('/api/session/end', {}, { cookie: left })).status, 200)
  assert.equal(await statusOf(left), 401)

  const before = await edge.enter()
  const again = await edge.post('/api/session', { token: await edge.token() }, { cookie: before })
  assert.equal(again.status, 200)
  assert.equal(await statusOf(before), 401, 'a new id at each entry (fixation)')
})

test('ASVS V7 a cookie that was never given opens nothing', async () => {
  const edge = startEdge()
  await edge.enter()
  const names = [`okite-${port}`, 'okite', `okite-${port + 1}`]
  for (const name of names) {
    for (const value of ['', 'x', 'a'.repeat(43), 'a'.repeat(5000), '%00', '__proto__']) {
      const headers = { cookie: `${name}=${value}` }
      assert.equal((await edge.ask('/api/session', { headers })).status, 401)
    }
  }
})

test('M15 every route × who asks: without a session 401, without the permission 403', async () => {
  const routes = [
    get('/things', {}),
    get('/things/{id}', { params: z.strictObject({ id: z.string() }) }),
    echo,
    get('/open', { permission: 'public' }),
    get('/mine', { permission: 'session' }),
  ]
  const want: Record<string, [outside: number, reader: number, writer: number]> = {
    '/things': [401, 200, 403],
    '/things/7': [401, 200, 403],
    '/echo': [401, 403, 200],
    '/open': [200, 200, 200],
    '/mine': [401, 200, 200],
  }
  for (const [index, permissions] of [null, ['test.read'], ['test.write']].entries()) {
    const edge = startEdge({ modules: [moduleOf(...routes)], permissions: permissions ?? [] })
    const cookie = permissions ? await edge.enter() : ''
    for (const [path, statuses] of Object.entries(want)) {
      const response =
        path === '/echo'
          ? await edge.post('/api/echo', { text: 'a' }, { cookie })
          : await edge.ask(`/api${path}`, { headers: { cookie } })
      assert.equal(response.status, statuses[index], `${path} ${permissions}`)
    }
  }
})

test('M15 a declaration that is not safe stops the start, with all complaints at once', () => {
  const wrong = [
    { ...echo, permission: '' },
    { ...echo, path: '/Echo' },
    { ...echo, path: '/session/mine' },
    get('/loose', { query: z.object({ a: z.string() }) }),
    get('/deep', { query: z.strictObject({ a: z.object({ b: z.string() }) }) }),
    get('/named/{id}', {}),
    get('/body', { body: z.strictObject({}) }),
    get('/twice/{a}', { params: z.strictObject({ a: z.string() }) }),
    get('/twice/{b}', { params: z.strictObject({ b: z.string() }) }),
  ]
  assert.throws(
    () => startEdge({ modules: [moduleOf(...wrong)] }),
    (error: OkiteError) => {
      const complaints = error.data['complaints'] as string[]
      assert.equal(error.code, 'HTTP_ROUTES')
      assert.equal(complaints.length, 8, complaints.join('\n'))
      return true
    },
  )
})

test('API3 unknown input is refused, and an output field that nobody declared never leaves', async () => {
  const leaky = get('/leaky', {
    response: z.object({ a: z.int() }),
    run: async () => ({ a: 1, secret: 2 }),
  })
  const wrong = get('/wrong', {
    response: z.object({ a: z.int() }),
    run: async () => ({ a: 'no' }),
  })
  const modules = [moduleOf(echo, leaky, wrong)]
  const edge = startEdge({ modules, permissions: ['test.read', 'test.write'] })
  const cookie = await edge.enter()
  const headers = { cookie }
  assert.deepEqual(await (await edge.ask('/api/leaky', { headers })).json(), { a: 1 })

  const refused = await edge.ask('/api/wrong', { headers })
  assert.equal(refused.status, 500)
  assert.equal(await codeOf(refused), 'HTTP_RESPONSE_INVALID')

  const echoed = await edge.post('/api/echo', { text: 'a', many: [1] }, headers)
  assert.deepEqual(await echoed.json(), { text: 'a' })
  assert.equal((await edge.post('/api/echo', { text: 'a', admin: true }, headers)).status, 400)
  assert.equal((await edge.ask('/api/leaky?debug=1', { headers })).status, 400)
  assert.equal((await edge.ask('/api/leaky?a=1&a=2', { headers })).status, 400)
})

test('ASVS V16.5 an answer to a fault has a code and no stack, path or message', async () => {
  const secret = 'select * from person where name = /etc/passwd'
  const throwing = (thrown: unknown) =>
    get(`/t${routes.length}`, {
      run: () => {
        throw thrown
      },
    })
  const routes: Route<any, any, any, any>[] = []
  for (const thrown of [
    new Error(secret),
    secret,
    null,
    { secret },
    new OkiteError('NEVER_SAID', { secret }),
  ]) {
    routes.push(throwing(thrown))
  }
  const edge = startEdge({ modules: [moduleOf(...routes)], permissions: ['test.read'] })
  const cookie = await edge.enter()
  for (const route of routes) {
    const response = await edge.ask(`/api${route.path}`, { headers: { cookie } })
    const text = await response.text()
    assert.equal(response.status, 500)
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    assert.equal((JSON.parse(text) as { code: string }).code, 'INTERNAL')
    assert.ok(!text.includes('passwd') && !text.includes('\\n'), text)
  }
  assert.ok(!edge.lines.join('').includes('passwd'), 'nor does the log hold it')
})

test('API4 a route that takes too long is given up and its signal aborted', async () => {
  let aborted = false
  const slow = get('/slow', {
    run: (_, { signal }) =>
      new Promise(() => signal.addEventListener('abort', () => (aborted = true))),
  })
  const edge = startEdge({
    modules: [moduleOf(slow)],
    permissions: ['test.read'],
    limits: { requestMsMax: 20 },
  })
  const response = await edge.ask('/api/slow', { headers: { cookie: await edge.enter() } })
  assert.equal(response.status, 503)
  assert.equal(response.headers.get('retry-after'), '5')
  assert.ok(aborted)
})

test('API4 a session that asks too often waits as long as it is told', async () => {
  const edge = startEdge({ limits: { rate: { burst: 3, perSecond: 0.5 } } })
  const headers = { cookie: await edge.enter() }
  for (let count = 0; count < 3; count += 1) {
    assert.equal((await edge.ask('/api/session', { headers })).status, 200)
  }
  const refused = await edge.ask('/api/session', { headers })
  assert.equal(refused.status, 429)
  const waitMs = Number(refused.headers.get('retry-after')) * 1000
  edge.clock.ms += waitMs
  assert.equal((await edge.ask('/api/session', { headers })).status, 200)
})

test('API4 tries at a token are few', async () => {
  const edge = startEdge()
  const statuses = []
  for (let count = 0; count < 12; count += 1) {
    statuses.push((await edge.post('/api/session', { token: `guess${count}` })).status)
  }
  assert.deepEqual(statuses.slice(-2), [429, 429])
  // Who holds a link is not kept out by them, and another client has its own tries.
  assert.equal((await edge.post('/api/session', { token: await edge.token() })).status, 200)
  const other = await edge.post('/api/session', { token: 'guess' }, {}, '192.0.2.1')
  assert.equal(other.status, 401)
})

test('API4 a client that asks too often keeps no other out; only so many are remembered', async () => {
  const rateOutside = { burst: 3, perSecond: 0.5 }
  const edge = startEdge({ limits: { rateOutside, clientsMax: 2 } })
  const ask = async (client: string) => (await edge.ask('/api/messages/en/core', { client })).status
  for (const wanted of [200, 200, 200, 429]) assert.equal(await ask('a'), wanted)
  assert.equal(await ask('b'), 200)
  assert.equal(await ask('a'), 429)
  for (const client of ['b', 'c']) assert.equal(await ask(client), 200)
  assert.equal(await ask('a'), 200, 'forgotten, and begins again')
})

test('what is said comes by owner and language, once: the next answer is 304', async () => {
  const edge = startEdge()
  const first = await edge.ask('/api/messages/ja/core')
  assert.deepEqual(await first.json(), { a: ['ja'] })
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
  assert.equal((await edge.ask('/api/messages/ja/core', { headers })).status, 304)
  assert.deepEqual(await (await edge.ask('/api/messages/ja/nobody')).json(), {})
  for (const path of ['/api/messages/fr/core', '/api/messages/ja']) {
    assert.equal((await edge.ask(path)).status, 404, path)
  }
  // The clock that pages count from is ours, not theirs.
  assert.equal(first.headers.get('date'), new Date(edge.clock.ms).toUTCString())
})

test('ASVS V3.4 every answer carries the headers, and no answer of the API is stored', async () => {
  const edge = startEdge()
  for (const path of [
    '/',
    '/api/session',
    '/api/messages/ja/core',
    '/nothing.js',
    '/api/nothing',
  ]) {
    const { headers } = await edge.ask(path)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /^default-src 'none';/)
    assert.ok(policy.includes("frame-ancestors 'none'") && !policy.includes('unsafe'))
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin')
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
    assert.equal(headers.get('access-control-allow-origin'), null)
    // What the program says is no secret; it is kept, and asked for again by its ETag.
    const stored = path.startsWith('/api/messages/') || !path.startsWith('/api/')
    if (!stored) assert.equal(headers.get('cache-control'), 'no-store')
  }
})

test('ASVS V4 paths with two readings are refused as they stand on the wire', async () => {
  const edge = startEdge()
  const hostile = [
    '/../etc/passwd',
    '/./index.html',
    '/a/..',
    '//evil.example',
    '/a//b',
    '/%2e%2e/etc/passwd',
    '/%2E./x',
    '/a%2fb',
    '/a%5c..%5cb',
    '/%00',
    '/%0d%0aset-cookie:a=b',
    '/%252e%252e/',
    '/a\\..\\b',
    '/a b',
    '/é',
    '/%',
    '/%zz',
    'http://evil.example/',
    '*',
    '',
  ]
  for (const raw of hostile) {
    const response = await edge.ask('/', { raw })
    assert.equal(response.status, 400, raw)
  }
  assert.equal((await edge.ask('/', { raw: `/${'a'.repeat(2048)}` })).status, 414)
})

test('ASVS V4 the shell is a closed set of files: places lead to it, nothing else is found', async () => {
  const edge = startEdge()
  for (const path of ['/', '/policy', '/policy/7.2.1', '/index.html']) {
    assert.equal((await edge.ask(path)).status, 200, path)
  }
  for (const path of ['/package.json', '/assets/x.js', '/.env', '/src/main.ts', '/__proto__.js']) {
    assert.equal((await edge.ask(path)).status, 404, path)
  }
  // The name of a host is no file to a browser that goes to a page.
  const html = { headers: { accept: 'text/html' } }
  assert.equal((await edge.ask('/assets-list/srv-17.example.jp', html)).status, 200)
  assert.equal((await edge.ask('/assets/srv-17.js', html)).status, 404)
  const { headers } = await edge.ask('/', { headers: { 'accept-encoding': 'gzip, br' } })
  assert.equal(headers.get('content-encoding'), 'br')
  const etag = headers.get('etag') ?? ''
  assert.equal((await edge.ask('/', { headers: { 'if-none-match': etag } })).status, 304)
  assert.equal((await edge.ask('/policy', { method: 'POST', headers: { origin } })).status, 405)
  assert.equal(
    (await edge.ask('/api/nothing', { method: 'DELETE', headers: { origin } })).status,
    405,
  )
  const empty = startEdge({ web: new Map() })
  assert.equal(await codeOf(await empty.ask('/')), 'HTTP_NO_WEB')
})
