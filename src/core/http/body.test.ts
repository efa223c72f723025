import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { parseBody } from './body.ts'
import { httpLimits } from './limits.ts'
import { codeOf, startEdge } from './testing.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const parse = (text: string) => parseBody(bytes(text), httpLimits)
const refusal = (run: () => unknown): string => {
  try {
    run()
  } catch (thrown) {
    assert.ok(thrown instanceof OkiteError, String(thrown))
    assert.equal(thrown.code, 'HTTP_BODY_INVALID')
    const { why } = thrown.data
    return typeof why === 'string' ? why : assert.fail('it does not say why')
  }
  return ''
}

const hostile: readonly (readonly [string, string])[] = [
  ['{"__proto__":{"admin":true}}', 'a key is not allowed'],
  ['{"\\u005f\\u005fproto__":1}', 'a key is not allowed'],
  ['[{"constructor":{"prototype":{}}}]', 'a key is not allowed'],
  ['{"a":1,"a":2}', 'a key stands twice'],
  ['{"a":1,"\\u0061":2}', 'a key stands twice'],
  ['{"a":{"b":1},"a":2}', 'a key stands twice'],
  [`${'['.repeat(13)}${']'.repeat(13)}`, 'too deep'],
  [`${'{"a":'.repeat(100_000)}`, 'too deep'],
  [`[${'0,'.repeat(5000)}0]`, 'too many elements'],
  ['"\\u0000"', 'a string holds no Unicode text'],
  ['"\\ud800"', 'a string holds no Unicode text'],
  ['{"a":"\\udc00"}', 'a string holds no Unicode text'],
  ['\uFEFF{}', 'not JSON'],
  ['{"a":1', 'not JSON'],
  ['{"a":01}', 'not JSON'],
  ['{"a":NaN}', 'not JSON'],
  ["{'a':1}", 'not JSON'],
  ['{"a":1,}', 'not JSON'],
  ['// {}\n{}', 'not JSON'],
  ['"a\nb"', 'not JSON'],
  ['"abc', 'not JSON'],
  ['', 'not JSON'],
  ['{} {}', 'not JSON'],
]

test('ASVS V1.5 hostile bodies are refused with the reason', () => {
  for (const [text, why] of hostile) {
    assert.equal(
      refusal(() => parse(text)),
      why,
      text.slice(0, 60),
    )
  }
  assert.equal(
    refusal(() => parseBody(Uint8Array.of(0x22, 0xc3, 0x28, 0x22), httpLimits)),
    'not UTF-8',
  )
})

test('ASVS V1.5 what any JSON writer writes is read as it was, or refused for its shape', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), text => {
      const why = refusal(() => assert.deepEqual(parse(text), JSON.parse(text)))
      assert.ok(
        ['', 'a key is not allowed', 'a string holds no Unicode text'].includes(why),
        `${why}: ${text}`,
      )
    }),
    { numRuns: 10_000 },
  )
})

test('ASVS V1.5 no bytes whatever end in anything but a value or a refusal, or touch a prototype', () => {
  const piece = fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '__proto__', '1', 'a', ' ')
  const text = fc.array(piece, { maxLength: 60 }).map(pieces => bytes(pieces.join('')))
  fc.assert(
    fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 80 })), input => {
      refusal(() => parseBody(input, httpLimits))
      assert.equal(({} as Record<string, unknown>)['a'], undefined)
    }),
    { numRuns: 10_000 },
  )
})

test('API4 a body is refused by its type, its coding and its size, whatever it says of itself', async () => {
  const edge = startEdge()
  const cookie = await edge.enter()
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/json; charset=utf-16',
    'application/jsonx',
    '',
  ]
  for (const type of types) {
    const response = await edge.post('/api/echo', { text: 'a' }, { cookie, 'content-type': type })
    assert.equal(response.status, 415, type)
  }
  const coded = await edge.post('/api/echo', { text: 'a' }, { cookie, 'content-encoding': 'gzip' })
  assert.equal(coded.status, 415)
  const large = JSON.stringify({ text: 'a'.repeat(httpLimits.bodyBytesMax) })
  assert.equal((await edge.post('/api/echo', large, { cookie })).status, 413)
  const lying = await edge.post('/api/echo', large, { cookie, 'content-length': '3' })
  assert.equal(lying.status, 413, 'a stream is counted as it comes')
  assert.equal(
    await codeOf(await edge.post('/api/echo', '{"text":"a"', { cookie })),
    'HTTP_BODY_INVALID',
  )
})
