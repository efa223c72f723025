import { strict as assert } from 'node:assert'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { createBench } from '../../core/control/testing.ts'
import { prober, sighter } from './collect.ts'
import { tlsForwardSecrecy } from './controls/tls13.ts'
import { endpointProbed } from './facts.ts'
import module from './module.ts'
import type { Leaf } from './probe/certificate.ts'
import type { EndpointProbe } from './probe/endpoint.ts'
import {
  type Authority,
  createAuthority,
  missing,
  startOpenssl,
  startScripted,
  stopServers,
} from './probe/testing-servers.ts'
import { bodyOf } from './probed.ts'
import { createPorts } from './testing-ports.ts'

const skip = missing('openssl')
let authority: Authority
before(() => {
  if (!skip) authority = createAuthority()
})
afterEach(stopServers)
after(() => authority?.remove())

/** What the control says about a list that the commands and collectors wrote. */
function judge(list: ReturnType<typeof createPorts>['list']) {
  const bench = createBench([tlsForwardSecrecy])
  const first = list[0]?.recorded ?? '2026-01-01T00:00:00.000Z'
  bench.adopt({ at: new Date(Date.parse(first) - 1).toISOString() })
  for (const fact of list) {
    const type = module.facts?.find(one => one.name === fact.type)
    assert(type !== undefined)
    const { recorded: at, occurred, trust } = fact
    bench.fact(type, fact.body, { at, occurred, trust })
  }
  const { status, reason } = bench.verdict(tlsForwardSecrecy.id)
  return `${status} ${reason.code}`
}

test('D1 declared, probed and sighted: kept; an endpoint made worse: broken; a stranger: unknown', {
  skip,
}, async () => {
  const bench = createPorts({ caFile: authority.caFile, timeoutMs: 2_000 })
  const good = await startOpenssl(authority, { args: ['-tls1_3'] })
  const other = await startOpenssl(authority, { args: ['-tls1_3'] })
  const names = [`localhost:${good.port}`, `127.0.0.1:${other.port}`]
  await bench.type('declare', '--by', 'Aoi Tanaka', ...names)
  await bench.type('probe')
  assert.equal(judge(bench.list), 'unknown population.unconfirmed')

  // The second source as it looks on this host: other programs' sockets are not ours to list.
  await bench.type('confirm', '--by', 'Ming Chen')
  const sightings = await sightedOnly(bench, names)
  assert(sightings.every(fact => fact.body.uncovered === 0 && fact.body.isDeclared))
  assert.equal(judge(bench.list), 'kept holds')

  await other.stop()
  const worse = await startOpenssl(authority, {})
  await bench.type('declare', '--by', 'Aoi Tanaka', names[0] as string, `127.0.0.1:${worse.port}`)
  const now = [names[0] as string, `127.0.0.1:${worse.port}`]
  await bench.collect(prober)
  await bench.type('confirm', '--by', 'Ming Chen')
  await sightedOnly(bench, now)
  assert.equal(judge(bench.list), 'broken tls.version.accepted')

  await bench.type('remove', '--by', 'Aoi Tanaka', `127.0.0.1:${worse.port}`)
  await bench.type('confirm', '--by', 'Ming Chen')
  await sightedOnly(bench, [names[0] as string, `localhost:${worse.port}`])
  assert.equal(judge(bench.list), 'unknown not.registered')
})

/** Runs the sighter, and keeps of what it saw only our own servers: a test host has others. */
async function sightedOnly(bench: ReturnType<typeof createPorts>, keys: readonly string[]) {
  const facts = await bench.collect(sighter)
  const seen = facts.flatMap(fact => fact.body.seen as string[])
  for (const key of keys) assert(seen.includes(key), `${key} was not seen`)
  for (const fact of facts) {
    const body = { ...fact.body, seen: fact.body.seen.filter((key: string) => keys.includes(key)) }
    bench.list[fact.pos] = { ...fact, body }
  }
  return facts
}

test('D2 the prober asks what is due, new ones at once, and not again before its time', {
  skip,
}, async () => {
  const server = await startOpenssl(authority, { args: ['-tls1_3'] })
  const bench = createPorts({ caFile: authority.caFile, timeoutMs: 2_000 })
  await bench.type('declare', '--by', 'A', `127.0.0.1:${server.port}`)
  assert.equal((await bench.collect(prober)).length, 1)
  assert.equal((await bench.collect(prober)).length, 0)
  bench.later(50 * 60_000)
  assert.equal((await bench.collect(prober)).length, 0)
  bench.later(10 * 60_000)
  assert.equal((await bench.collect(prober)).length, 1)
  const { said } = await bench.type('list')
  assert.match(said, /TLS 1\.3; certificate valid/)
})

test('D3 a silent endpoint is told in clear words, and never as a refusal', async () => {
  const server = await startScripted(() => {})
  const bench = createPorts({ timeoutMs: 200 })
  await bench.type('declare', '--by', 'A', `127.0.0.1:${server.port}`)
  const { said } = await bench.type('probe')
  assert.match(said, /takes the connection and stays silent/)
})

test('D4 what cannot be looked at covers nothing, and is said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'okite-seen-'))
  const file = join(folder, 'seen.jsonl')
  const bench = createPorts({ listeners: false, certificatesSeenFile: file })
  await bench.type('declare', '--by', 'A', 'far.example.invalid:443')
  const [unread] = await bench.collect(sighter)
  assert.equal(unread?.body.uncovered, 1)
  assert.deepEqual(bench.warned, ['network.certificates.unreadable'])
  await writeFile(file, '{"names":["far.example.invalid","new.example.invalid"]}\n')
  bench.later(1_000)
  const [read] = await bench.collect(sighter)
  assert.equal(read?.body.uncovered, 0)
  assert.deepEqual(read?.body.seen, ['new.example.invalid:443', 'far.example.invalid:443'])
  assert.equal(read?.body.unlisted, 1)
  await rm(folder, { recursive: true })
})

test('D5 a long list of sightings comes in parts, each small enough for the list', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'okite-seen-'))
  const file = join(folder, 'seen.jsonl')
  const label = 'x'.repeat(60)
  const names = Array.from({ length: 500 }, (_, n) => `h${n}.${label}.${label}.${label}.example`)
  await writeFile(file, names.map(name => JSON.stringify({ names: [name] })).join('\n'))
  const bench = createPorts({ listeners: false, certificatesSeenFile: file })
  const facts = await bench.collect(sighter)
  assert(facts.length > 1)
  assert.equal(facts.flatMap(fact => fact.body.seen).length, names.length)
  for (const { body } of facts) assert(Buffer.byteLength(JSON.stringify(body)) < 12_288)
  await rm(folder, { recursive: true })
})

test('M10 L1 the largest probe that a hostile server can cause fits a leaf, and its keys are allowed', () => {
  const version = {
    accepted: 'yes',
    forward: 'yes',
    plain: 'yes',
    group: 'brainpoolP512r1tls13',
    suite: 'TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384',
    plainSuite: 'TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA_padding',
    reason: 'alert.other unsupportedCertificate',
  } as const
  const leaf = (n: number): Leaf => ({
    fingerprint: String(n).repeat(64),
    issuer: '掟'.repeat(200),
    names: Array.from({ length: 5 }, () => 'n'.repeat(200)),
    namesTotal: 400,
    notBefore: '2026-01-01T00:00:00.000Z',
    notAfter: '2027-01-01T00:00:00.000Z',
    key: 'k'.repeat(40),
    signature: 's'.repeat(40),
  })
  const probe: EndpointProbe = {
    ...{ host: 'h', port: 1, addressesFound: 8, connections: 200 },
    addresses: Array.from({ length: 8 }, (_, n) => ({
      address: `2001:db8:ffff:ffff:ffff:ffff:ffff:fff${n}`,
      versions: { ssl3: version, tls10: version, tls11: version, tls12: version, tls13: version },
      certificate: {
        status: 'invalid',
        problems: ['certificate.chain.invalid', 'certificate.expired', 'certificate.key.weak'],
        reason: 'r'.repeat(60),
        version: 'TLSv1.3',
        leaf: leaf(n),
      },
    })),
  }
  const body = bodyOf('h:1', probe, 1.5)
  endpointProbed.schema.parse(body)
  const text = JSON.stringify(body)
  assert(Buffer.byteLength(text) <= 16_384 - 1_024, `${Buffer.byteLength(text)} bytes`)
  for (const [, key] of text.matchAll(/"([^"]+)":/g))
    assert.match(key as string, /^[a-z][A-Za-z0-9]*$/)
})
