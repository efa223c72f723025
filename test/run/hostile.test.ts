import { strict as assert } from 'node:assert'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, type NetConnectOpts } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { claimInstance, findInstance, type Instance } from '../../src/core/db/instance.ts'
import type { Http } from '../../src/core/http/http.ts'
import { memoryLog } from '../../src/core/ledger/testing.ts'
import { compose, type Okite } from '../../src/core/run/compose.ts'
import { errorDocuments } from '../../src/core/run/explain.ts'
import { controlHandlers, openHttp } from '../../src/core/run/serve.ts'
import { systemClock } from '../../src/core/time.ts'
import { setUpProgram } from '../enter.ts'

/**
 * The program as it runs, and ten thousand requests of somebody who means no good, to each of its two
 * doors: each gets an answer with one of our codes, and nothing breaks or is left half done.
 */

const project = join(import.meta.dirname, '..', '..')
const source = join(project, 'src')
const documented = new Set(errorDocuments(source).keys())
const { log, lines } = memoryLog()

let folder = ''
let instance: Instance
let okite: Okite
let http: Http
let port = 0
let cookie = ''
let stops = 0

/** Nobody is told to wait: what lies behind the limits is what is tried. */
const unhurried = { burst: 1e9, perSecond: 1e9 }

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'okh-'))
  const dataDir = join(folder, 'data')
  instance = claimInstance(dataDir)
  // A page to ask for, whether or not somebody has built the interface here.
  const web = join(folder, 'web')
  mkdirSync(web)
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>Okite</title>')
  const call = { source, project, environment: { OKITE_WEB_OUT: web } }
  const options = { ...call, dataDir, create: true, flags: {}, clock: systemClock, log }
  okite = await compose(options)
  const signal = new AbortController().signal
  const limits = { rate: unhurried, rateOutside: unhurried, rateToken: unhurried }
  http = openHttp(okite, { call, clock: systemClock, log, signal, limits })
  const url = await http.listen(0)
  port = Number(new URL(url).port)
  const running = { url, http, clock: systemClock, stop: () => void (stops += 1) }
  await instance.serve(controlHandlers(okite, running))
  cookie = (await setUpProgram(await http.link())).cookie
})

after(async () => {
  await http?.close()
  await okite?.close()
  await instance?.release()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
})

/** Sends bytes and answers all that came back until the other side closed. */
const exchange = (to: NetConnectOpts, text: string): Promise<string> =>
  new Promise(resolve => {
    let answer = ''
    const socket = connect(to, () => socket.end(Buffer.from(text, 'latin1')))
    socket.setEncoding('utf8').on('data', (part: string) => (answer += part))
    socket.on('error', () => {}).on('close', () => resolve(answer))
  })

/** 200 times 50 at once. */
const numRuns = 200
const atOnce = 50
const many = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: atOnce, maxLength: atOnce })

const noise = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 20 }).map(encodeURIComponent),
  fc.constantFrom(
    '%00',
    '%2e%2e',
    '..',
    '.',
    '%ff',
    '%',
    '//',
    '\\',
    '__proto__',
    '-1',
    '1e9',
    "'--",
  ),
  fc.constantFrom('9'.repeat(20), '0', '5.1.1', '160', 'x'.repeat(3_000), '🙂', '%F0%9F%99%82'),
)

/** Its UTF-8, as the text of bytes that is sent. */
const inBytes = (text: string): string => Buffer.from(text).toString('latin1')

/** A line may hold no line break: what comes after one would be another request's beginning. */
const inLine = (text: string): string => text.replaceAll(/[\r\n]/g, '')

test('10^4 hostile requests over HTTP: path, query, headers and body', async () => {
  const { paths } = http.document as { paths: Record<string, object> }
  const size = await okite.ledger.size()
  const seen = new Set<string>()
  const real = fc.constantFrom(...Object.keys(paths), '/policy')
  const rare = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 3 })
  const target = fc
    .record({
      path: fc.oneof(
        { weight: 4, arbitrary: real },
        noise.map(text => `/${text}`),
      ),
      filling: fc.oneof(noise, fc.constantFrom('1', '56', '5.1.1')),
      more: fc.option(noise, { nil: null, freq: 1 }),
      query: rare(fc.array(fc.tuple(noise, noise), { maxLength: 3 })),
    })
    .map(({ path, filling, more, query }) => {
      const filled = path.replaceAll(/\{[^}]*\}/g, () => filling)
      const asked = query === null ? '' : `?${query.map(pair => pair.join('=')).join('&')}`
      return inLine(`${filled}${more === null ? '' : `/${more}`}${asked}`)
    })
    .filter(text => !text.startsWith('/api/events'))
  const sign = fc.record({ token: noise }).map(one => JSON.stringify(one))
  const request = fc.record({
    line: fc.oneof(
      target.map(text => `GET ${text}`),
      fc.constantFrom('POST /api/sign-in/password', 'POST /api/enrolment', 'POST /api/session/end'),
      fc
        .tuple(fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'X'), target)
        .map(parts => parts.join(' ')),
    ),
    type: fc.constantFrom('application/json', 'application/json', 'text/plain', ''),
    header: rare(fc.tuple(fc.constantFrom('x-a', 'accept', 'origin', 'content-encoding'), noise)),
    isKnown: fc.boolean(),
    lie: rare(fc.constantFrom(-1, 5, 1_000_000)),
    body: fc.oneof(fc.constant(''), fc.json(), noise, sign),
  })
  await fc.assert(
    fc.asyncProperty(many(request), async requests => {
      await Promise.all(
        requests.map(async ({ line, type, header, isKnown, lie, body }) => {
          const head = [
            `${line} HTTP/1.1`,
            `host: localhost:${port}`,
            'connection: close',
            `content-length: ${Buffer.byteLength(body) + (lie ?? 0)}`,
            ...(header === null ? [] : [`${header[0]}: ${inLine(header[1])}`]),
            ...(type === '' ? [] : [`content-type: ${type}`]),
            // Who ends the session is no longer known to anybody after him.
            ...(isKnown && !line.includes('/session/end') ? [`cookie: ${cookie}`] : []),
          ]
          const sent = `${head.join('\r\n')}\r\n\r\n${inBytes(body)}`
          const answer = await exchange({ port, host: '127.0.0.1' }, sent)
          if (answer === '') return
          assert.match(answer, /^HTTP\/1\.1 [234]\d\d /, sent)
          const code = /"code":"([A-Z]\w+)"/.exec(answer.split('\r\n\r\n')[1] ?? '')?.[1]
          seen.add(code ?? answer.slice(9, 12))
          if (code !== undefined) assert.ok(documented.has(code) && code !== 'INTERNAL', answer)
        }),
      )
    }),
    { numRuns },
  )
  for (const one of [
    '200',
    '400',
    'HTTP_PATH',
    'HTTP_INPUT',
    'HTTP_BODY_INVALID',
    'HTTP_NOT_FOUND',
  ]) {
    assert.ok(seen.has(one), `${one}: ${[...seen]}`)
  }
  assert.equal(await okite.ledger.size(), size, 'nobody has written')
  assert.deepEqual(
    lines.filter(line => line.includes('http.failed')),
    [],
  )
  assert.equal(
    (await fetch(`http://localhost:${port}/api/session`, { headers: { cookie } })).status,
    200,
  )
})

test('10^4 hostile requests on the control socket', async () => {
  const seen = new Set<string>()
  const path = join(readlinkSync(join(folder, 'data', 'run')), 'okite.sock')
  const word = fc.oneof(
    { weight: 3, arbitrary: noise },
    fc.constantFrom(
      'list',
      'declare',
      'remove',
      'confirm',
      '--by',
      '--by=A',
      '--file',
      '/etc/passwd',
    ),
    fc.constantFrom('--json', '--explain', '--lang', '--', '56', 'a.example:443', '--explain=1'),
  )
  const command = fc.record({
    name: fc.constantFrom('nothing', 'constructor', 'check', 'endpoint'),
    args: fc.array(word, { maxLength: 4 }),
    locale: fc.constantFrom('ja', 'zh-TW', 'en'),
    cwd: noise,
    terminal: fc.record({ columns: fc.integer({ min: 1 }), color: fc.boolean() }),
  })
  const body = fc.oneof(
    fc.json(),
    noise,
    command.map(one => JSON.stringify(one)),
    fc
      .record({ name: noise, by: noise, from: fc.constant(null), dry: fc.boolean() })
      .map(one => JSON.stringify(one)),
    fc.tuple(command, fc.json()).map(([one, other]) => JSON.stringify({ ...one, args: other })),
  )
  const request = fc.record({
    route: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('POST /command', 'POST /command', 'POST /policy') },
      fc.constantFrom('POST /link', 'POST /stop'),
      fc.constantFrom('GET /status', 'GET /fsck', 'GET /command', 'PUT /policy', 'POST /__proto__'),
      noise.map(text => `POST /${text}`),
      noise,
    ),
    body,
    lie: fc.constantFrom(0, 0, 0, 0, -1, 5, 10_000_000),
  })
  await fc.assert(
    fc.asyncProperty(many(request), async requests => {
      await Promise.all(
        requests.map(async ({ route, body, lie }) => {
          const sizeBytes = Buffer.byteLength(body) + lie
          const head = `${inLine(route)} HTTP/1.1\r\nhost: x\r\ncontent-length: ${sizeBytes}\r\n\r\n`
          const answer = await exchange({ path }, head + inBytes(body))
          if (answer === '') return
          assert.match(answer, /^HTTP\/1\.1 (200|4\d\d) /, head)
          const code = /\{"code":"(\w+)"/.exec(answer)?.[1]
          seen.add(code ?? answer.slice(9, 12))
          if (code === undefined) return
          assert.ok(documented.has(code) && code !== 'CONTROL_FAILED', `${head}${body}\n${answer}`)
        }),
      )
    }),
    { numRuns },
  )
  for (const one of [
    '200',
    '400',
    'CONTROL_UNKNOWN',
    'CONTROL_BODY',
    'COMMAND_UNKNOWN',
    'POLICY_NAME',
  ]) {
    assert.ok(seen.has(one), one)
  }
  for (const one of ['CHECK_USAGE', 'NETWORK_USAGE']) assert.ok(seen.has(one), one)
  assert.ok(stops > 0)
  const running = findInstance(join(folder, 'data'))
  assert(running !== null)
  assert.equal(((await running.ask('GET', '/status')) as { pid: number }).pid, process.pid)
})

test('operate.md names everything that lies in the data folder', async () => {
  const page = readFileSync(join(project, 'docs', 'operate.md'), 'utf8')
  const dataDir = join(folder, 'data')
  const top = readdirSync(dataDir)
  assert.ok(top.length > 5)
  for (const name of top) assert.match(page, new RegExp(`\`${name.replace('.', '\\.')}[\`/]`), name)
  for (const name of readdirSync(join(dataDir, 'keys')))
    assert.ok(page.includes(`keys/${name}`), name)
})

test('after all of it the list is whole, and everything derived again is equal', async () => {
  const found = await okite.integrity()
  assert.equal(found.ok, true, JSON.stringify(found))
})
