import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { startEdge } from './testing.ts'

const edge = startEdge({ limits: { streamPauseMs: 5 } })
let url = ''
let port = 0

before(async () => {
  url = await edge.http.listen(0)
  port = Number(new URL(url).port)
})
after(() => edge.http.close())

/** Sends bytes as they are and answers what came back until the other side closed. */
const exchange = (text: string, host = '127.0.0.1'): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.end(text))
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', chunk => (answer += chunk))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })

const ask = (target: string, headers = `Host: localhost:${port}`) =>
  exchange(`GET ${target} HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`)

test('ASVS V13 it listens on both loopback addresses and nowhere else', async () => {
  assert.match(await ask('/'), /^HTTP\/1\.1 200 /)
  const six = await exchange(
    `GET / HTTP/1.1\r\nHost: [::1]:${port}\r\nConnection: close\r\n\r\n`,
    '::1',
  ).catch((error: NodeJS.ErrnoException) => error.code ?? '')
  assert.match(six, /^HTTP\/1\.1 200 |^EADDRNOTAVAIL|^ECONNREFUSED/)
})

test('ASVS V4 traversal on the wire is refused before any parser makes it harmless', async () => {
  for (const target of [
    '/../../etc/passwd',
    '/..%2f..%2fetc/passwd',
    '//etc/passwd',
    '/%2e%2e/x',
  ]) {
    assert.match(await ask(target), /^HTTP\/1\.1 400 /, target)
  }
})

test('ASVS V4.2 malformed messages end with an answer and the next one is served', async () => {
  const hostile = [
    'GET / HTTP/1.1\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nHost: evil.example\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    `POST /api/session HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `POST /api/session HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: -1\r\n\r\n`,
    '\0\0\0\0\r\n\r\n',
    'LIST / HTTP/1.1\r\n\r\n',
  ]
  for (const text of hostile) {
    const answer = await exchange(text).catch((error: NodeJS.ErrnoException) => error.code ?? '')
    assert.match(answer, /^HTTP\/1\.1 4|^ECONNRESET|^EPIPE|^$/, text.slice(0, 80))
  }
  assert.match(await ask('/'), /^HTTP\/1\.1 200 /)
})

test('a port that is taken is said, with its number', async () => {
  const other = startEdge()
  await assert.rejects(other.http.listen(port), { code: 'HTTP_PORT_TAKEN' })
  await other.http.close()
})

test('the link leads in once; events tell the size of the list and nothing else', async () => {
  const link = new URL(await edge.http.link())
  assert.equal(link.search, '', 'the token is in the fragment, which is never sent')
  const entered = await fetch(`${url}api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: link.hash.replace('#token=', '') }),
  })
  assert.equal(entered.status, 200)
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''

  assert.equal((await fetch(`${url}api/events`)).status, 401)
  const abort = new AbortController()
  const { body } = await fetch(`${url}api/events`, { headers: { cookie }, signal: abort.signal })
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
  assert.equal((await reader.read()).value, 'retry: 3000\n\n')
  edge.http.grown(41)
  edge.http.grown(42)
  assert.equal((await reader.read()).value, 'event: grown\ndata: {"size":42}\n\n')
  abort.abort()
  await reader.closed.catch(() => undefined)
})
