import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../../core/error.ts'
import { covers, parseSeen, readSeen } from './certificate-seen.ts'
import { parseEndpoint } from './endpoint-name.ts'
import { createAuthority, missing } from './probe/testing-servers.ts'
import { compareWithList, type Evidence, resolveAll } from './sighting.ts'

const host = { name: 'web1.example.test', addresses: new Set(['127.0.0.1', '::1', '192.0.2.7']) }
const nothing: Evidence = { listeners: null, names: null, isConfirmed: false }

const addresses = new Map([
  ['localhost', ['127.0.0.1', '::1']],
  ['127.0.0.1', ['127.0.0.1']],
  ['web1.example.test', ['192.0.2.7']],
  ['far.example.test', ['198.51.100.1']],
  ['mixed.example.test', ['192.0.2.7', '198.51.100.1']],
])

const compare = (keys: readonly string[], evidence: Partial<Evidence>) =>
  compareWithList(keys.map(parseEndpoint), addresses, { ...nothing, ...evidence }, host)

const at = (address: string, port = 8443) => ({ address, port })

test('S3 a listener is explained by any name of ours that leads to it', () => {
  for (const [key, listener] of [
    ['localhost:8443', at('127.0.0.1')],
    ['localhost:8443', at('::1')],
    ['127.0.0.1:8443', at('0.0.0.0')],
    ['127.0.0.1:8443', at('::')],
    ['web1.example.test:8443', at('0.0.0.0')],
    ['web1.example.test:8443', at('192.0.2.7')],
  ] as const) {
    assert.deepEqual(
      compare([key], { listeners: [listener] }),
      { seen: [key], unlisted: [], uncovered: [] },
      `${key} ${listener.address}`,
    )
  }
})

test('S4 a listener that no endpoint explains contradicts the list', () => {
  for (const [key, listener, seen] of [
    ['localhost:443', at('127.0.0.1'), 'localhost:8443'],
    ['web1.example.test:8443', at('127.0.0.1'), 'localhost:8443'],
    ['localhost:8443', at('192.0.2.7'), '192.0.2.7:8443'],
    ['far.example.test:8443', at('0.0.0.0'), 'web1.example.test:8443'],
  ] as const) {
    const { unlisted, seen: all } = compare([key], { listeners: [listener] })
    assert.deepEqual(unlisted, [seen])
    assert.equal(all[0], seen, 'contradictions come first')
  }
})

test('S5 what is elsewhere needs a certificate seen or a second person', () => {
  const here = ['localhost:8443']
  const far = ['far.example.test:443', 'mixed.example.test:443']
  assert.deepEqual(compare(here, { listeners: [] }).uncovered, [])
  assert.deepEqual(compare(here, {}).uncovered, here)
  assert.deepEqual(compare(far, { listeners: [] }).uncovered, far)
  assert.deepEqual(compare(far, { isConfirmed: true }).uncovered, [])
  const names = [{ name: '*.example.test', port: null }]
  assert.deepEqual(compare(far, { names }), { seen: far, unlisted: [], uncovered: [] })
  const other = [{ name: 'far.example.test', port: 8443 }]
  assert.deepEqual(compare(far, { names: other }).unlisted, ['far.example.test:8443'])
  assert.deepEqual(compare([], { names }).unlisted, ['*.example.test:443'])
})

test('S5 a wildcard stands for one label', () => {
  assert(covers('*.example.test', 'a.example.test'))
  assert(!covers('*.example.test', 'a.b.example.test'))
  assert(!covers('*.example.test', 'example.test'))
  assert(covers('a.example.test', 'a.example.test'))
})

test('S5 names that do not resolve have no address, and cover nothing', async () => {
  const options = { timeoutMs: 2_000, signal: new AbortController().signal }
  const found = await resolveAll(['no-such-host.invalid', 'localhost', '192.0.2.1'], options)
  assert.deepEqual(found.get('no-such-host.invalid'), [])
  assert.deepEqual(found.get('localhost'), ['127.0.0.1', '::1'])
  assert.deepEqual(found.get('192.0.2.1'), ['192.0.2.1'])
})

const nowMs = Date.parse('2026-11-25T00:00:00Z')
const names = (text: string) => parseSeen(Buffer.from(text), nowMs).map(seen => seen.name)

test('S6 certificates seen are read from JSON lines; expired ones and mail addresses are passed over', () => {
  const lines = [
    { names: ['A.example.test', '*.b.example.test'], port: 8443 },
    { name_value: 'c.example.test\nsomeone@example.test', not_after: '2027-01-01T00:00:00' },
    { name_value: 'old.example.test', not_after: '2025-01-01T00:00:00' },
  ]
  assert.deepEqual(names(lines.map(line => JSON.stringify(line)).join('\n')), [
    'a.example.test',
    '*.b.example.test',
    'c.example.test',
  ])
})

test('S6 what is not such a file is refused, and the line is named', () => {
  for (const [text, line] of [
    ['{}', 1],
    ['{"names":["a.example"]}\nnot json', 2],
    ['{"names":"a.example"}', 1],
    ['{"names":[1]}', 1],
    ['{"names":["a"],"port":0}', 1],
    ['{"names":["a"],"not_after":"soon"}', 1],
    ['[]', 1],
    ['{"__proto__":{"names":["a.example"]}}', 1],
    [`{"names":["${'a'.repeat(70_000)}"]}`, 1],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 1],
    ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', null],
  ] as const) {
    assert.throws(
      () => names(text),
      (error: unknown) =>
        error instanceof OkiteError &&
        error.code === 'NETWORK_CERTIFICATES_SEEN' &&
        error.data['line'] === line,
      text.slice(0, 60),
    )
  }
})

test('S6 10,000 files are names or are refused', () => {
  const line = fc.oneof(
    fc.json({ maxDepth: 4 }),
    fc.record({ names: fc.array(fc.oneof(fc.domain(), fc.string())) }).map(v => JSON.stringify(v)),
    fc.string(),
    fc.constantFrom('-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), lines => {
      try {
        for (const name of names(lines.join('\n'))) assert.match(name, /^[\x21-\x7e]+$/)
      } catch (error) {
        assert(error instanceof OkiteError, String(error))
      }
    }),
    { numRuns: 10_000 },
  )
})

test('S6 a bundle of certificates is read, and a file that nobody renews is not', {
  skip: missing('openssl'),
}, async () => {
  const authority = createAuthority()
  const folder = await mkdtemp(join(tmpdir(), 'okite-seen-'))
  const file = join(folder, 'seen.pem')
  const pem = (['good', 'expired', 'other'] as const).map(name =>
    readFileSync(authority.pair(name).certificate, 'latin1'),
  )
  await writeFile(file, pem.join(''))
  const seen = (await readSeen(file, Date.now()))?.map(one => one.name)
  assert.deepEqual(seen, ['localhost', '127.0.0.1', '::1', 'elsewhere.example.test'])
  const old = new Date(Date.now() - 8 * 86_400_000)
  await utimes(file, old, old)
  assert.equal(await readSeen(file, Date.now()), null)
  await assert.rejects(readSeen(join(folder, 'none'), 0), { code: 'NETWORK_CERTIFICATES_SEEN' })
  await rm(folder, { recursive: true })
  authority.remove()
})
