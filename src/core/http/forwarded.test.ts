import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { clientOf, readAddress } from './address.ts'
import { readForwarded, toldBy } from './forwarded.ts'
import { readProxies } from './proxies.ts'

const proxies = readProxies(['192.0.2.4', '10.0.0.0/8', '2001:db8:1::/48'])
const told = (fields: Record<string, string>) =>
  toldBy('forwarded' in fields ? 'forwarded' : 'x-forwarded', new Headers(fields), proxies)
const refused = (fields: Record<string, string>) =>
  assert.throws(() => told(fields), { code: 'HTTP_FORWARDED' }, JSON.stringify(fields))

test('ASVS V4.1.3 a chain is read from its end: what the client wrote in front is nobody’s word', () => {
  for (const [chain, client] of [
    ['198.51.100.7', '198.51.100.7'],
    ['203.0.113.1, 198.51.100.7', '198.51.100.7'],
    ['10.0.0.1, 198.51.100.7', '198.51.100.7'],
    ['198.51.100.7, 10.0.0.1, 192.0.2.4', '198.51.100.7'],
    ['<script>, 127.0.0.1 x, 198.51.100.7', '198.51.100.7'],
    ['10.0.0.1', '10.0.0.1'],
    ['198.51.100.7:4711', '198.51.100.7'],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    ['2001:DB8::7', '2001:db8::7'],
    ['198.51.100.7, ::ffff:10.0.0.1', '198.51.100.7'],
    [`${'203.0.113.1, '.repeat(1_000)}198.51.100.7`, '198.51.100.7'],
  ] as const) {
    assert.equal(told({ 'x-forwarded-for': chain }).client, client, chain.slice(0, 60))
  }
})

test('ASVS V4.1.3 a field that cannot be read in one way is refused', () => {
  for (const chain of [
    ...['', ',', 'unknown', '198.51.100.7,', '198.51.100.7, unknown', '198.51.100', '0x7f.0.0.1'],
    ...['[198.51.100.7]', '198.51.100.7:', '[::1', '::1]', 'fe80::1%eth0', '010.0.0.1', '_hidden'],
    ...['198.51.100.7 203.0.113.1', '198.51.100.7;', 'localhost', 'for=198.51.100.7'],
    // Nobody has so many proxies, all of them trusted.
    '10.0.0.1,'.repeat(64) + '10.0.0.2',
  ]) {
    refused({ 'x-forwarded-for': chain })
  }
  refused({})
})

test('ASVS V4.1.3 RFC 7239: the element of the client says what he asked for', () => {
  const mine = 'for=198.51.100.7;proto=https;host=okite.example.jp'
  for (const [text, client, protos, hosts] of [
    [mine, '198.51.100.7', ['https'], ['okite.example.jp']],
    [`For="[2001:db8::7]:47011"; Proto=HTTPS`, '2001:db8::7', ['https'], []],
    [
      `for=203.0.113.1;proto=http;host=evil.example, ${mine}`,
      '198.51.100.7',
      ['https'],
      ['okite.example.jp'],
    ],
    [
      `${mine}, for=10.0.0.1;proto=http;host=inside`,
      '198.51.100.7',
      ['https'],
      ['okite.example.jp'],
    ],
    [`for=198.51.100.7;by=_proxy;x="a\\"b, for=1.2.3.4"`, '198.51.100.7', [], []],
  ] as const) {
    assert.deepEqual(told({ forwarded: text }), { client, protos, hosts }, text)
  }
  for (const text of [
    ...[
      '',
      ';',
      'for',
      'for=',
      'for=[::1]',
      'for="198.51.100.7',
      '"for"=198.51.100.7',
      'for=unknown',
    ],
    ...[
      'for=198.51.100.7;for=203.0.113.1',
      'for=198.51.100.7;',
      'for=198.51.100.7,',
      'proto=https',
    ],
    // An open quote of a client must not swallow what the proxy says after it.
    `for="203.0.113.1, ${mine}`,
    `for="x\u0000", ${mine}`.replaceAll('\u0000', '\u0080'),
    `${'for=10.0.0.1,'.repeat(40)}for=198.51.100.7`,
  ]) {
    refused({ forwarded: text })
  }
})

test('ASVS V4.1.3 only the fields of the chosen kind are read', () => {
  const both = new Headers({ 'x-forwarded-for': '198.51.100.7', forwarded: 'for=203.0.113.9' })
  assert.equal(toldBy('x-forwarded', both, proxies).client, '198.51.100.7')
  assert.equal(toldBy('forwarded', both, proxies).client, '203.0.113.9')
})

describe('properties', () => {
  test('whatever a client puts in front, the address that the proxy adds is the client’s', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'0123456789.:[], ;="\\for%x'.split('')),
      maxLength: 80,
    })
    fc.assert(
      fc.property(text, given => {
        const chain = given.trim() === '' ? '198.51.100.7' : `${given}, 198.51.100.7`
        assert.equal(told({ 'x-forwarded-for': chain }).client, '198.51.100.7')
      }),
    )
  })

  test('what is read of a field and written again is read the same; anything else is refused', () => {
    const noise = fc.string({
      unit: fc.constantFrom(...'for=;,"\\ a1.[]:'.split('')),
      maxLength: 60,
    })
    fc.assert(
      fc.property(noise, text => {
        const elements = readForwarded(text)
        if (elements === null) return
        const again = elements
          .map(element =>
            [...element].map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(';'),
          )
          .join(',')
        assert.deepEqual(readForwarded(again), elements)
      }),
    )
  })
})

test('API4 one client of IPv6 is its network; an address has one spelling', () => {
  for (const [given, client] of [
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::ffff:192.0.2.9', '192.0.2.9'],
    ['192.0.2.9', '192.0.2.9'],
    ['', ''],
  ] as const) {
    assert.equal(clientOf(given), client, given)
  }
  assert.equal(readAddress('::FFFF:c000:0209'), '192.0.2.9')
  assert.equal(readAddress('2001:DB8:0:0::1'), '2001:db8::1')
})
