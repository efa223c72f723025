import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createBench } from '../../../core/control/testing.ts'
import type { Observation } from '../../../core/fact.ts'
import { createIssuer, missing, run } from '../../../core/http/testing-tls.ts'
import { assetListed, discoveryCompleted, registerDeclared } from '../../../identify/asset/facts.ts'
import { severalDataCentres } from '../controls/data-centres.ts'
import { loadSpread } from '../controls/load-spread.ts'
import { type Pools, poolsObserved } from '../facts.ts'
import { seconds, startHaproxy, startOrigin } from './testing-haproxy.ts'
import { createObserver } from './testing-observer.ts'

const skip = missing('haproxy', 'openssl', 'socat')
const issuer = createIssuer()
const opened: Readonly<{ stop(): Promise<void> }>[] = []
after(async () => {
  for (const one of opened) await one.stop()
  issuer.remove()
})
const opening = async <T extends (typeof opened)[number]>(start: Promise<T>): Promise<T> => {
  const one = await start
  opened.push(one)
  return one
}
const folderOf = () => mkdtempSync(join(issuer.folder, 'pools-'))
const web = { pool: 'web', service: 'shop' }

/** What the controls make of what was told, five minutes apart. */
function createJudge() {
  const bench = createBench([loadSpread, severalDataCentres])
  const at = (minute: number) =>
    new Date(Date.parse('2026-11-01T10:00:00.000Z') + minute * 60_000).toISOString()
  bench.adopt({ at: at(-60) })
  const entry = { kind: 'service', owner: null, inScope: true, isImportant: true } as const
  bench.fact(assetListed, { asset: 'shop', ...entry, isTangible: false }, { at: at(-50) })
  const hash = '1'.repeat(64)
  bench.fact(registerDeclared, { assets: 1, hash }, { at: at(-49), trust: 'record' })
  const seen = { part: 1, parts: 1, seen: ['shop'], unlisted: 0, isDeclared: true, hash }
  bench.fact(discoveryCompleted, { kind: 'service', ...seen }, { at: at(-48) })
  let minute = 0
  return {
    tell(told: readonly Observation<any>[]): string {
      minute += 5
      for (const { body } of told)
        bench.fact(poolsObserved, poolsObserved.schema.parse(body), { at: at(minute) })
      return this.verdicts()
    },
    wait(minutes: number): string {
      minute += minutes
      bench.advance(at(minute))
      return this.verdicts()
    },
    verdicts: () =>
      [loadSpread, severalDataCentres]
        .map(({ id }) => bench.verdict(id))
        .map(({ status, reason }) => `${status} ${reason.code}`)
        .join(', '),
  }
}

type Target = Pools[number]['targets'][number]
const targetsOf = (told: readonly Observation<any>[]): readonly Target[] =>
  told[0]?.body.pools[0].targets ?? []
const targetOf = (told: readonly Observation<any>[], name: string): Target | undefined =>
  targetsOf(told).find(({ target }) => target === name)
const say = (target: Target | undefined): string =>
  target === undefined
    ? 'none'
    : [target.role, target.checks === null ? 'unchecked' : String(target.checks.newest)].join(' ')

/** The process must be older than what is compared, and counts in whole seconds. */
const grown = () => seconds(2.2)

test('M10 two servers carry the load, one stops and comes back, and Okite is started again', {
  skip,
}, async () => {
  const [one, two] = [
    await opening(startOrigin('127.0.0.2')),
    await opening(startOrigin('127.0.0.3')),
  ]
  const servers = [`a ${one.place} check`, `b ${two.place} check`]
  const balancer = await opening(startHaproxy({ folder: issuer.folder, servers }))
  const folder = folderOf()
  const settings = {
    balancers: [{ name: 'lb-1', url: balancer.url, pools: [web] }],
    hosts: [
      { address: '127.0.0.2', host: 'host-001', site: 'tpe' },
      { address: '127.0.0.3/32', site: 'kao' },
    ],
  }
  const okite = createObserver(folder, settings)
  const judge = createJudge()
  await grown()
  // The first time there is no difference to tell.
  assert.deepEqual(await okite.run(), [])
  assert.deepEqual(okite.whys(), ['pools.begun first'])
  assert.equal(judge.verdicts(), 'unknown evidence.missing, unknown evidence.missing')
  await balancer.send(30)
  const told = await okite.run()
  assert.deepEqual(targetsOf(told), [
    {
      ...{ target: 'a', host: 'host-001', site: 'tpe', role: 'active', requests: 15 },
      checks: { newest: 'passed', failures: 0, downSeconds: 0 },
    },
    {
      ...{ target: 'b', host: '127.0.0.3', site: 'kao', role: 'active', requests: 15 },
      checks: { newest: 'passed', failures: 0, downSeconds: 0 },
    },
  ])
  assert.equal(judge.tell(told), 'kept holds, kept holds')
  // One server is gone.
  await two.stop()
  await seconds(1.3)
  const broken = await okite.run()
  const down = targetOf(broken, 'b')
  assert.equal(down?.checks?.newest, 'failed')
  assert((down?.checks?.failures ?? 0) >= 1, JSON.stringify(down))
  assert.equal(judge.tell(broken), 'due repairing, broken availability.sites.few')
  assert.equal(judge.wait(20), 'broken availability.servers.few, broken availability.sites.few')
  // Started again: what was counted goes on. Failures of a server that is down are not counted by HAProxy.
  const again = createObserver(folder, settings)
  await seconds(1.3)
  const still = await again.run()
  assert.equal(still[0]?.body.pools[0].from, broken[0]?.occurred)
  assert.equal(targetOf(still, 'b')?.checks?.newest, 'failed')
  assert.equal(targetOf(still, 'b')?.checks?.failures, 0)
  assert((targetOf(still, 'b')?.checks?.downSeconds ?? 0) >= 1)
  assert.equal(targetOf(still, 'a')?.requests, 0)
  assert.match(judge.tell(still), /^broken/)
  // It is back, but was down for a part of the time; then for none.
  await seconds(1.3)
  await two.again()
  await seconds(0.5)
  const back = await again.run()
  assert.equal(say(targetOf(back, 'b')), 'active passed')
  assert.match(judge.tell(back), /^broken/)
  await seconds(0.5)
  assert.match(judge.tell(await again.run()), /^kept holds/)
  assert.deepEqual(again.whys(), [])
  // Nothing more is heard: after an hour nobody knows.
  await balancer.stop()
  assert.deepEqual(await again.run(), [])
  assert.deepEqual(again.whys(), ['balancer.unread connect.refused'])
  assert.match(judge.wait(60), /^unknown evidence.stale, unknown evidence.stale$/)
})

test('what stands in a pool, by the socket: unchecked, stand-in, drained, in maintenance, tracked', {
  skip,
}, async () => {
  const [one, two] = [
    await opening(startOrigin('127.0.0.2')),
    await opening(startOrigin('127.0.0.3')),
  ]
  const servers = [
    `a ${one.place} check`,
    `unchecked ${two.place}`,
    `spare ${two.place} check backup`,
    `weightless ${two.place} check weight 0`,
    `off ${two.place} check disabled`,
    `follows ${two.place} track web/a`,
    `gone 127.0.0.4:9 check`,
    `local unix@${join(issuer.folder, 'none.sock')} check`,
  ]
  const balancer = await opening(startHaproxy({ folder: issuer.folder, servers }))
  const named = { ...web, servers: [{ server: 'follows', host: 'host-009', site: 'tpe' }] }
  const okite = createObserver(folderOf(), {
    balancers: [{ name: 'lb-1', socket: balancer.socket, pools: [named] }],
  })
  await grown()
  assert.deepEqual(await okite.run(), [])
  const told = await okite.run()
  assert.deepEqual(
    targetsOf(told).map(target => `${target.target}: ${say(target)}`),
    [
      'a: active passed',
      'unchecked: active unchecked',
      'spare: backup passed',
      'weightless: draining passed',
      'off: maintenance null',
      'follows: active passed',
      'gone: active failed',
      'local: active failed',
    ],
  )
  const { host, site } = targetOf(told, 'follows') ?? {}
  assert.deepEqual([host, site], ['host-009', 'tpe'])
  assert.deepEqual([targetOf(told, 'local')?.host, targetOf(told, 'a')?.site], [null, null])
  // Two work by their checks, one of them where nobody said which data centre it is.
  assert.equal(createJudge().tell(told), 'kept holds, unknown availability.site.unknown')
})

test('a reload begins to count anew: nothing is told but from then on', { skip }, async () => {
  const origin = await opening(startOrigin('127.0.0.2'))
  const servers = [`a ${origin.place} check`]
  const balancer = await opening(startHaproxy({ folder: issuer.folder, servers }))
  for (const how of [{ url: balancer.url }, { socket: balancer.socket }]) {
    const folder = folderOf()
    const okite = createObserver(folder, { balancers: [{ name: 'lb-1', ...how, pools: [web] }] })
    await grown()
    await okite.run()
    await balancer.send(5)
    assert.equal(targetOf(await okite.run(), 'a')?.requests, 5)
    await balancer.reload()
    // As much as before, or more: the figures alone would not show it.
    await balancer.send(12)
    okite.whys()
    assert.deepEqual(await okite.run(), [])
    assert.deepEqual(okite.whys(), ['pools.begun restarted'])
    await grown()
    await okite.run()
    await balancer.send(3)
    assert.equal(targetOf(await okite.run(), 'a')?.requests, 3)
    // Counters that are cleared go back while the process goes on.
    const clear = 'clear counters all'
    await run('socat', ['-', `UNIX-CONNECT:${balancer.socket}`], `${clear}\n`)
    okite.whys()
    assert.deepEqual(await okite.run(), [])
    assert.deepEqual(okite.whys(), ['pools.begun restarted'])
  }
})

test('M10 TLS and the password: right, wrong, readable by others, of somebody nobody trusts', {
  skip,
}, async () => {
  const { certificate, key } = issuer.issue('lb', 'localhost')
  const both = join(issuer.folder, 'both.pem')
  writeFileSync(both, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'), {
    mode: 0o600,
  })
  const balancer = await opening(
    startHaproxy({
      ...{ folder: issuer.folder, servers: [], bind: `ssl crt ${both}` },
      statistics: ['stats auth okite:right:one'],
    }),
  )
  const passwordFile = join(issuer.folder, 'password')
  const folder = folderOf()
  const ask = async (password: string, caFile: string | null = certificate) => {
    writeFileSync(passwordFile, password, { mode: 0o600 })
    const one = {
      name: 'lb-1',
      url: `${balancer.url};csv`,
      user: 'okite',
      passwordFile,
      pools: [web],
    }
    const okite = createObserver(folder, { caFile, balancers: [one] })
    assert.deepEqual(await okite.run(), [])
    return okite.whys()
  }
  assert.deepEqual(await ask('right:one\n'), ['pools.begun first'])
  assert.deepEqual(await ask('wrong'), ['balancer.unread password.refused'])
  assert.deepEqual(await ask('right:one', null), ['balancer.unread tls.untrusted'])
  chmodSync(passwordFile, 0o644)
  assert.deepEqual(await ask('right:one'), ['balancer.unread password.file'])
})
