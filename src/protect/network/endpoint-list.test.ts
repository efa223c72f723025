import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../../core/error.ts'
import { endpointsMax, hashOf, parseEndpointFile, parseEndpointWords } from './endpoint-list.ts'
import { parseEndpoint } from './endpoint-name.ts'

const refusal = (work: () => unknown): OkiteError => {
  try {
    work()
  } catch (error) {
    if (error instanceof OkiteError) return error
    throw error
  }
  throw new Error('was not refused')
}

test('E1 an endpoint has one spelling', () => {
  for (const [text, key] of [
    ['www.example.com:443', 'www.example.com:443'],
    ['WWW.Example.COM:443', 'www.example.com:443'],
    ['日本語.example:8443', 'xn--wgv71a119e.example:8443'],
    ['bücher.example:443', 'xn--bcher-kva.example:443'],
    ['localhost:1', 'localhost:1'],
    ['192.0.2.1:65535', '192.0.2.1:65535'],
    ['[2001:DB8:0:0::1]:443', '[2001:db8::1]:443'],
    ['[::1]:8443', '[::1]:8443'],
    ['_smtp.example.com:25', '_smtp.example.com:25'],
  ] as const) {
    assert.equal(parseEndpoint(text).key, key)
    assert.equal(parseEndpoint(key).key, key)
  }
})

test('E2 what is no endpoint is refused with a reason', () => {
  for (const [text, why] of [
    ['www.example.com', 'not host:port'],
    ['https://www.example.com:443', 'character'],
    ['www.example.com:0', 'port'],
    ['www.example.com:65536', 'port'],
    ['www.example.com:0443', 'port'],
    ['www.example.com:+443', 'port'],
    ['www.example.com:443 ', 'character'],
    ['a\u0000b:443', 'character'],
    ['a\u202eb:443', 'character'],
    ['../../etc/passwd:1', 'character'],
    ['-a.example:443', 'host name'],
    ['a..b:443', 'host name'],
    ['example.com.:443', 'host name'],
    [`${'a'.repeat(64)}.example:443`, 'host name'],
    [':443', 'host name'],
    ['0x7f.1:443', 'address'],
    ['2130706433:443', 'address'],
    ['1.2.3:443', 'address'],
    ['2001:db8::1:443', 'not host:port'],
    ['[2001:db8::zz]:443', 'address'],
    ['[fe80::1%eth0]:443', 'character'],
    ['[::ffff:192.0.2.1]:443', 'mapped address'],
    ['x'.repeat(513), 'too long'],
  ] as const) {
    const { code, data } = refusal(() => parseEndpoint(text))
    assert.equal(code, 'NETWORK_ENDPOINT')
    assert.equal(data['why'], why, text)
  }
})

test('E3 a file is taken whole or not at all, and the line is named', () => {
  const file = (text: string) => parseEndpointFile(Buffer.from(text))
  const good = '# ours\r\nwww.example.com:443 # the site\r\n\n[::1]:8443\n'
  assert.deepEqual(
    file(good).map(one => one.key),
    ['www.example.com:443', '[::1]:8443'],
  )
  const data = (text: string) => refusal(() => file(text)).data
  assert.deepEqual(data('a.example:1\nb.example\n')['line'], 2)
  assert.deepEqual(data('a.example:1\n\nA.EXAMPLE:1\n'), {
    why: 'duplicate',
    text: 'a.example:1',
    line: 3,
    first: 1,
  })
  assert.equal(refusal(() => parseEndpointFile(Buffer.of(0xff, 0xfe))).data['why'], 'not UTF-8')
  assert.equal(
    refusal(() => parseEndpointFile(Buffer.alloc(4 * 1024 * 1024 + 1, 0x23))).data['why'],
    'too large',
  )
  const many = Array.from({ length: endpointsMax + 1 }, (_, index) => `h${index}.example:1`)
  assert.equal(refusal(() => file(many.join('\n'))).data['why'], 'too many')
  assert.equal(file(many.slice(1).join('\n')).length, endpointsMax)
  assert.equal(
    refusal(() => parseEndpointWords(['a.example:1', 'a.example:1'])).code,
    'NETWORK_LIST',
  )
})

test('E4 the hash does not depend on the order, and on nothing else than the keys', () => {
  assert.equal(hashOf(['b:1', 'a:1']), hashOf(['a:1', 'b:1']))
  assert.notEqual(hashOf(['a:1']), hashOf(['a:1', 'b:1']))
  assert.notEqual(hashOf(['a:1,b:1']), hashOf(['a:1', 'b:1']))
})

test('E2 10,000 texts are an endpoint that reads as itself, or are refused', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .tuple(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string()), fc.integer())
      .map(([host, port]) => `${host}:${port}`),
    fc.tuple(fc.ipV6(), fc.integer({ min: 1, max: 65_535 })).map(([ip, port]) => `[${ip}]:${port}`),
  )
  fc.assert(
    fc.property(text, text => {
      try {
        const endpoint = parseEndpoint(text)
        assert.deepEqual(parseEndpoint(endpoint.key), endpoint)
        assert.match(endpoint.key, /^[\x21-\x7e]+$/)
      } catch (error) {
        assert(error instanceof OkiteError, String(error))
      }
    }),
    { numRuns: 10_000 },
  )
})

test('E3 10,000 files are a list or are refused', () => {
  const line = fc.oneof(fc.constantFrom('a.example:1', '# x', '', '[::1]:2', 'b:3#'), fc.string())
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(line, { maxLength: 8 }).map(lines => Buffer.from(lines.join('\n'))),
        fc.uint8Array({ maxLength: 64 }).map(bytes => Buffer.from(bytes)),
      ),
      bytes => {
        try {
          assert(Array.isArray(parseEndpointFile(bytes)))
        } catch (error) {
          assert(error instanceof OkiteError, String(error))
        }
      },
    ),
    { numRuns: 10_000 },
  )
})
