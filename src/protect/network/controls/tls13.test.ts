import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { createBench } from '../../../core/control/testing.ts'
import type { Probed } from '../facts.ts'
import { assess } from './assess.ts'
import { tlsForwardSecrecy } from './tls13.ts'

test('M9 with no facts at all nothing is kept', () => {
  assert.equal(createBench([tlsForwardSecrecy]).verdict(tlsForwardSecrecy.id).status, 'unknown')
})

const yes = fc.constantFrom('yes', 'no', 'unknown')
const version = fc.record(
  {
    ...{ accepted: yes, forward: yes, plain: yes },
    suite: fc.constantFrom(
      'TLS_DHE_RSA_WITH_AES_128_CBC_SHA',
      'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
    ),
    group: fc.constantFrom('x25519', 'dh1024', 'dh2048', 'ffdhe3072', 'group9'),
  },
  { requiredKeys: ['accepted', 'forward', 'plain'] },
)
const address = fc.record({
  address: fc.constant('192.0.2.1'),
  versions: fc.record({
    ssl3: version,
    tls10: version,
    tls11: version,
    tls12: version,
    tls13: version,
  }),
  certificate: fc.record({
    status: fc.constantFrom('valid', 'invalid', 'unknown'),
    problems: fc.subarray(['certificate.expired']),
  }),
})

const isFinite = (one: { suite?: string | undefined; group?: string | undefined }): boolean =>
  /^TLS_DHE_/.test(one.suite ?? '') || /^(ff)?dh/.test(one.group ?? '')

test('M9 kept only if every answer that matters is there and right', () => {
  fc.assert(
    fc.property(
      fc.array(address, { maxLength: 3 }),
      fc.constantFrom('1.0', '1.1', '1.2', '1.3'),
      fc.nat(1),
      (addresses, minimumVersion, more) => {
        const probe = {
          ...{ endpoint: 'a:1', addressesFound: addresses.length + more, addresses, leaves: [] },
          ...{ connections: 0, durationMs: 0 },
        } as unknown as Probed
        if (assess(probe, { minimumVersion, certificate: true }) !== true) return
        assert(addresses.length > 0 && more === 0)
        for (const { versions, certificate } of addresses) {
          assert.deepEqual([certificate.status, certificate.problems], ['valid', []])
          const all = Object.values(versions)
          const below = { '1.0': 1, '1.1': 2, '1.2': 3, '1.3': 4 }[minimumVersion]
          assert(all.slice(0, below).every(one => one.accepted === 'no'))
          assert(all.slice(below).every(one => one.plain === 'no' && one.accepted !== 'unknown'))
          assert(all.slice(below).some(one => one.forward === 'yes'))
          const primes = all.slice(below).filter(one => one.forward === 'yes' && isFinite(one))
          assert(primes.every(one => Number(/\d+$/.exec(one.group ?? '')) >= 2048))
        }
      },
    ),
    { numRuns: 10_000 },
  )
})
