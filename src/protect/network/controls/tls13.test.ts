import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { createBench } from '../../../core/control/testing.ts'
import type { Instant, Trust } from '../../../core/fact.ts'
import { findingClosed, findingOpened } from '../../../core/facts.ts'
import type { Params } from '../../../core/judge.ts'
import type { Probed } from '../facts.ts'
import module from '../module.ts'
import { assess } from './assess.ts'
import { tlsForwardSecrecy } from './tls13.ts'

type Given =
  | Readonly<{ at: Instant; adopt: Params }>
  | Readonly<{ advance: Instant }>
  | Readonly<{ at: Instant; type: string; trust?: Trust; body: unknown }>

type Want =
  | Readonly<{ status: string; code: string }>
  | Readonly<{ finding: string; code: string; args: Readonly<Record<string, unknown>> }>

const folder = new URL('fixtures/', import.meta.url)
const read = <T>(name: string): T[] =>
  readFileSync(new URL(name, folder), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T)

const names = readdirSync(folder)
  .filter(name => name.endsWith('.given.jsonl'))
  .map(name => name.replace('.given.jsonl', ''))

function run(given: readonly Given[]) {
  const bench = createBench([tlsForwardSecrecy])
  const id = tlsForwardSecrecy.id
  for (const one of given) {
    if ('advance' in one) bench.advance(one.advance)
    else if ('adopt' in one) bench.adopt({ at: one.at, params: { [id]: one.adopt } })
    else {
      const type = module.facts?.find(type => type.name === one.type)
      assert(type !== undefined, one.type)
      bench.fact(type, one.body, { at: one.at, trust: one.trust ?? 'instrument' })
    }
  }
  return bench
}

for (const name of names) {
  test(`M12 ${name}`, () => {
    const bench = run(read<Given>(`${name}.given.jsonl`))
    const [verdict, ...findings] = read<Want>(`${name}.want.jsonl`)
    const { status, reason } = bench.verdict(tlsForwardSecrecy.id)
    assert.deepEqual({ status, code: reason.code }, verdict)
    const open = bench
      .facts(findingOpened)
      .filter(({ body }) => !bench.facts(findingClosed).some(f => f.body.subject === body.subject))
      .filter(({ body }) => body.status === 'broken')
      .map(({ body }) => ({
        finding: body.subject,
        code: body.reason.code,
        args: body.reason.args,
      }))
    assert.deepEqual(open, findings)
  })
}

test('M12 there is a fixture for kept, broken and unknown; due cannot be without a repair time', () => {
  const seen = new Set(names.map(name => name.split('-')[0]))
  assert.deepEqual([...seen].sort(), ['broken', 'kept', 'unknown'])
})

test('M9 with no facts at all nothing is kept', () => {
  assert.equal(createBench([tlsForwardSecrecy]).verdict(tlsForwardSecrecy.id).status, 'unknown')
})

const yes = fc.constantFrom('yes', 'no', 'unknown')
const version = fc.record({ accepted: yes, forward: yes, plain: yes })
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
    problems: fc.constant(['certificate.expired']),
  }),
})

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
          assert.equal(certificate.status, 'valid')
          const all = Object.values(versions)
          const below = { '1.0': 1, '1.1': 2, '1.2': 3, '1.3': 4 }[minimumVersion]
          assert(all.slice(0, below).every(one => one.accepted === 'no'))
          assert(all.slice(below).every(one => one.plain === 'no' && one.accepted !== 'unknown'))
          assert(all.slice(below).some(one => one.forward === 'yes'))
        }
      },
    ),
    { numRuns: 10_000 },
  )
})
