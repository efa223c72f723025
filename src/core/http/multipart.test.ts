import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { FileStore } from '../file/store.ts'
import { pdf } from '../file/testing.ts'
import { openSecrets } from '../ledger/secrets.ts'
import type { Route } from '../module.ts'
import { boundaryOf, readParts } from './multipart.ts'
import { moduleOf, startEdge } from './testing.ts'

const boundary = '----WebKitFormBoundaryx7'
const part = (head: string, body: Uint8Array | string): Buffer =>
  Buffer.concat([Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), Buffer.from(body), crlf])
const crlf = Buffer.from('\r\n')
const end = Buffer.from(`--${boundary}--\r\n`)
const field = (name: string) => `Content-Disposition: form-data; name="${name}"`
const file = (name: string) =>
  `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: x/y`

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(bytes: Uint8Array, size = 7) {
  const found: { name: string; fileName: string | null; bytes: Buffer }[] = []
  for await (const { name, fileName, body } of readParts(inPieces(bytes, size), boundary)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(Buffer.from(chunk))
    found.push({ name, fileName, bytes: Buffer.concat(chunks) })
  }
  return found
}

const refused = async (bytes: Uint8Array, why: string) => {
  await assert.rejects(read(bytes), (error: unknown) => {
    assert.ok(error instanceof OkiteError && error.code === 'HTTP_BODY_INVALID')
    assert.equal(error.data['why'], why)
    return true
  })
}

test('a form is read as it was sent, wherever it is cut and whatever is in it', async () => {
  const tricky = fc
    .array(fc.constantFrom('\r', '\n', '-', boundary, `\r\n--${boundary.slice(0, -1)}`, 'a'))
    .map(pieces => Buffer.from(pieces.join('')))
    .filter(bytes => !bytes.includes(`\r\n--${boundary}`))
  await fc.assert(
    fc.asyncProperty(tricky, tricky, fc.integer({ min: 1, max: 90 }), async (one, two, size) => {
      const form = Buffer.concat([part(field('fields'), one), part(file('a.pdf'), two), end])
      const found = await read(form, size)
      assert.deepEqual(
        found.map(({ name, fileName }) => [name, fileName]),
        [
          ['fields', null],
          ['file', 'a.pdf'],
        ],
      )
      assert.ok(found[0]?.bytes.equals(one) && found[1]?.bytes.equals(two))
    }),
  )
})

test('what is no form of a browser is refused, and says why', async () => {
  await refused(Buffer.from('{}'), 'no form')
  await refused(Buffer.concat([crlf, end]), 'no form')
  await refused(part(field('fields'), '{}'), 'broke off')
  await refused(Buffer.concat([part('X-Other: 1', ''), end]), 'a header is not known')
  await refused(
    Buffer.concat([part(`${field('file')}\r\n${field('file')}`, ''), end]),
    'a header is not known',
  )
  await refused(Buffer.concat([part('Content-Type: a/b', ''), end]), 'a part has no name')
  await refused(Buffer.concat([part(field('a"; filename="'), ''), end]), 'a part has no name')
  await refused(Buffer.concat([part('x'.repeat(5_000), ''), end]), 'a head is too long')
  await refused(Buffer.concat([part(field('fields'), '{}'), end, end]), 'something after its end')
  await refused(Buffer.from(`--${boundary}\r\n${file('a.pdf')}\r\n\r\nabc`), 'broke off')
  const [named] = await read(Buffer.concat([part(file('a%22b 報告.pdf'), 'x'), end]))
  assert.equal(named?.fileName, 'a"b 報告.pdf')
  for (const type of ['application/json', 'multipart/form-data', 'multipart/form-data; boundary=é'])
    assert.throws(() => boundaryOf(type), { code: 'HTTP_BODY_TYPE' })
  assert.equal(boundaryOf('multipart/form-data; boundary="a b"'), 'a b')
})

const folder = mkdtempSync(join(tmpdir(), 'oku-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const store = new FileStore(join(folder, 'evidence'), openSecrets(join(folder, 'secrets')))
const keep: Route<any, any, any, any> = {
  method: 'post',
  path: '/keep',
  permission: 'test.write',
  summary: 'Keeps the first',
  upload: { filesMax: 2, sizeBytesMax: () => 10_000 },
  body: z.strictObject({ by: z.string() }),
  response: z.object({ kept: z.array(z.string()) }),
  run: async ({ body, files }) => {
    const kept = await files[0]?.keep(body.by)
    return { kept: kept ? [kept.sha256] : [] }
  },
}
const fetchFile: Route<any, any, any, any> = {
  method: 'get',
  path: '/kept/{sha256}',
  permission: 'test.write',
  summary: 'Sends it',
  params: z.strictObject({ sha256: z.string().max(100) }),
  sendsFile: true,
  response: z.string(),
  run: async ({ params }) => params.sha256,
}
const edge = startEdge({
  modules: [moduleOf(keep, fetchFile)],
  files: {
    receive: (name, chunks, sizeBytesMax) => store.receive(name, chunks, { sizeBytesMax }),
    keep: async held => {
      await held.keep()
      return held.file
    },
    read: sha256 => store.read(sha256),
  },
})

async function post(form: Uint8Array<ArrayBuffer>) {
  const headers = {
    cookie: await edge.enter(),
    'content-type': `multipart/form-data; boundary=${boundary}`,
  }
  return edge.ask('/api/keep', { method: 'POST', headers, body: form })
}
const left = () => readdirSync(join(folder, 'evidence')).filter(name => name.startsWith('.'))

test('F7 ASVS V5.2 files come sealed, what the route does not keep is gone, and what is kept is sent for saving', async () => {
  const fields = part(field('fields'), '{"by":"x"}')
  const files = [part(file('C:\\a\\one.pdf'), pdf('one')), part(file('two.pdf'), pdf('two'))]
  const answer = await post(Buffer.concat([fields, ...files, end]))
  const { kept } = (await answer.json()) as { kept: string[] }
  assert.equal(kept.length, 1)
  assert.deepEqual(left(), [])
  assert.equal(await store.fault(kept[0]!), null)
  const cookie = await edge.enter()
  const sent = await edge.ask(`/api/kept/${kept[0]}`, { headers: { cookie } })
  assert.match(
    sent.headers.get('content-disposition') ?? '',
    /^attachment; filename="[0-9a-f]{64}"$/,
  )
  assert.equal(sent.headers.get('content-type'), 'application/octet-stream')
  assert.deepEqual(Buffer.from(await sent.arrayBuffer()), Buffer.from(pdf('one')))
  assert.equal(
    (await edge.ask(`/api/kept/${'0'.repeat(64)}`, { headers: { cookie } })).ok,
    false,
    'what is not there is a refusal and no empty file',
  )
})

test('ASVS V5.2 too many, too large, wrong order, unknown parts, wrong types: nothing of them stays', async () => {
  const fields = part(field('fields'), '{"by":"x"}')
  const one = part(file('one.pdf'), pdf('one'))
  const cases: [string, Uint8Array[]][] = [
    ['HTTP_FILES', [fields, one, one, one]],
    ['FILE_TOO_LARGE', [fields, part(file('one.txt'), 'x'.repeat(10_001))]],
    ['HTTP_BODY_INVALID', [one, fields]],
    ['HTTP_BODY_INVALID', [fields, one, fields]],
    ['HTTP_BODY_INVALID', [fields, part(field('other'), 'x')]],
    ['HTTP_INPUT', [part(field('fields'), '{"by":"x","more":1}'), one]],
    ['HTTP_BODY_TOO_LARGE', [part(field('fields'), `"${'x'.repeat(70_000)}"`), one]],
  ]
  for (const [code, parts] of cases) {
    const answer = await post(Buffer.concat([...parts, end]))
    assert.equal(((await answer.json()) as { code: string }).code, code)
    assert.deepEqual(left(), [], code)
  }
})
