import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { startTestServer, type TestServer } from '../ledger/testing.ts'
import type { Module } from '../module.ts'
import * as facts from './facts.ts'
import {
  admit,
  type Browser,
  type Installation,
  ok,
  origin,
  password,
  port,
  session,
  setUp,
  signIn,
  startInstallation,
} from './testing.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

/** A module that shows evidence, and something that is none. */
const shown: Module = {
  id: 'test.shown',
  permissions: { 'shown.read': ['officer', 'auditor'] },
  routes: [
    {
      ...{ method: 'get', path: '/shown/{id}', permission: 'shown.read', summary: 'Evidence' },
      params: z.strictObject({ id: z.string().max(20) }),
      response: z.object({ id: z.string() }),
      evidence: ({ params }: { params: { id: string } }) => `shown ${params.id}`,
      run: async ({ params }: { params: { id: string } }) => params,
    },
    {
      ...{ method: 'get', path: '/plain', permission: 'shown.read', summary: 'No evidence' },
      response: z.object({}),
      run: async () => ({}),
    },
  ] as never,
}

test('ACC6 what an auditor reads is a fact, once a minute for each object; of others it says nothing', async () => {
  const installation = await startInstallation(server, { modules: [shown] })
  const first = await setUp(installation)
  const auditor = await admit(installation, first, 'p-sato', ['auditor'])
  const officer = await admit(installation, first, 'p-chen', ['officer'])
  const reads = async () =>
    (await installation.said(facts.evidenceRead)).map(fact => fact['object'])

  // At the start of a minute, so that what follows is within it.
  installation.clock.add(60_000 - (installation.clock.nowMs() % 60_000))
  for (const path of ['/shown/7', '/shown/7', '/shown/8', '/plain', '/shown/7']) {
    await ok(auditor.browser.get(path))
    await ok(officer.browser.get(path))
  }
  assert.deepEqual(await reads(), ['shown 7', 'shown 8'])
  installation.clock.add(60_000)
  await ok(auditor.browser.get('/shown/7'))
  assert.deepEqual(await reads(), ['shown 7', 'shown 8', 'shown 7'])
  assert.equal((await first.browser.get('/shown/7')).status, 403)
  assert.equal((await installation.browser().get('/shown/7')).status, 401)
  assert.equal((await reads()).length, 3, 'who was refused has read nothing')

  const fact = (await installation.ledger.read(0, 1_000)).find(
    each => each.type === facts.evidenceRead.name,
  )
  assert.ok(fact)
  assert.equal((fact.body as { account: string }).account, auditor.account)
  const by = await installation.ledger.disclose(fact.pos, 'by')
  assert.equal(by?.value, '佐藤 花子', 'who it was is in a private slot')
  await installation.close()
})

test('ACC6 evidence whose reading cannot be told is not shown', async () => {
  const installation = await startInstallation(server, { modules: [shown] })
  const first = await setUp(installation)
  const auditor = await admit(installation, first, 'p-sato', ['auditor'])
  await installation.pool.query('alter table ledger.entry rename to entry_gone')
  const answer = await auditor.browser.get('/shown/7')
  await installation.pool.query('alter table ledger.entry_gone rename to entry')
  assert.equal(answer.status, 500)
  assert.equal(answer.body.id, undefined)
  await installation.close()
})

async function streamOf(installation: Installation, browser: Browser) {
  const headers = { host: `localhost:${port}`, cookie: `${session}=${browser.jar.get(session)}` }
  const request = new Request(`${origin}/api/events`, { headers })
  const { body, status } = await installation.http.fetch(request, '/api/events')
  assert.equal(status, 200)
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  await reader.read()
  return reader
}

test('ASVS V7.4.1 the stream of events ends with its session, and only then', async () => {
  const limits = { streamPauseMs: 5, streamBeatMs: 20 }
  const installation = await startInstallation(server, { limits })
  const first = await setUp(installation)
  const sato = await admit(installation, first, 'p-sato', ['member'])
  const left = await streamOf(installation, first.browser)
  const taken = await streamOf(installation, sato.browser)
  const text = async (reader: typeof left) => {
    const { value, done } = await reader.read()
    return done ? null : new TextDecoder().decode(value)
  }
  assert.equal(await text(left), ': beat\n\n')
  assert.equal(await text(taken), ': beat\n\n')

  await ok(first.browser.post('/accounts/roles', { id: sato.account, roles: ['officer'] }))
  let said = await text(taken)
  while (said !== null) said = await text(taken)
  installation.http.grown(7)
  let own = await text(left)
  while (own === ': beat\n\n') own = await text(left)
  assert.equal(own, 'event: grown\ndata: {"size":7}\n\n', 'another’s goes on')

  await ok(first.browser.post('/session/end'))
  installation.http.grown(8)
  let last = await text(left)
  while (last !== null) {
    assert.ok(!last.includes('8'), 'nothing is told after the end')
    last = await text(left)
  }
  await installation.close()
})

test('ASVS V7.4.5 of two administrators who close or demote each other at once, one is left', async () => {
  for (const [path, more] of [
    ['/accounts/close', {}],
    ['/accounts/roles', { roles: ['member'] }],
  ] as const) {
    const installation = await startInstallation(server)
    const first = await setUp(installation)
    const sato = await admit(installation, first, 'p-sato', ['administrator'])
    const { accounts } = (await ok(first.browser.get('/accounts'))).body
    const own = accounts.find((each: { id: string }) => each.id !== sato.account).id
    const answers = await Promise.all([
      first.browser.post(path, { id: sato.account, ...more }),
      sato.browser.post(path, { id: own, ...more }),
    ])
    assert.equal(answers.filter(answer => answer.status === 200).length, 1, path)
    const statuses = await Promise.all(
      [first, sato].map(async ({ browser }) => (await browser.get('/accounts')).status),
    )
    assert.deepEqual(statuses.sort(), [200, 401], path)
    await installation.close()
  }
})

test('ASVS V7.2.4 other rights are another session: the old cookie opens nothing, the new one is new', async () => {
  const installation = await startInstallation(server)
  const first = await setUp(installation)
  const sato = await admit(installation, first, 'p-sato', ['member'])
  const before = sato.browser.jar.get(session) ?? ''
  await ok(first.browser.post('/accounts/roles', { id: sato.account, roles: ['administrator'] }))
  assert.equal((await sato.browser.get('/accounts')).status, 401, 'no session grows in its rights')
  await signIn(installation, sato, sato.browser)
  assert.notEqual(sato.browser.jar.get(session), before)
  assert.equal((await sato.browser.get('/accounts')).status, 200)
  const stale = installation.browser()
  stale.jar.set(session, before)
  assert.equal((await stale.get('/session')).status, 401)
  // The same roles again change nothing, so nothing ends.
  await ok(first.browser.post('/accounts/roles', { id: sato.account, roles: ['administrator'] }))
  assert.equal((await sato.browser.get('/session')).status, 200)
  await installation.close()
})

test('ASVS V7.5.2 sessions are ended soon after signing in; others’ by an administrator', async () => {
  const installation = await startInstallation(server)
  const first = await setUp(installation)
  const sato = await admit(installation, first, 'p-sato', ['member'])
  const laptop = await signIn(installation, sato)
  installation.clock.add(11 * 60_000)
  assert.equal((await laptop.get('/account')).body.sessions.length, 2, 'they are seen at any time')
  const refused = await laptop.post('/account/session/end', { name: null })
  assert.equal(refused.body.code, 'ACCOUNT_STALE')
  assert.equal((await sato.browser.get('/session')).status, 200)
  await signIn(installation, sato, laptop)
  await ok(laptop.post('/account/session/end', { name: null }))
  assert.equal((await sato.browser.get('/session')).status, 401)
  assert.equal((await laptop.get('/session')).status, 200)

  assert.equal((await laptop.post('/accounts/session/end', { id: sato.account })).status, 403)
  await ok(first.browser.post('/accounts/session/end', { id: sato.account }))
  assert.equal((await laptop.get('/session')).status, 401)
  const revoked = await installation.said(facts.sessionRevoked)
  assert.deepEqual(
    revoked.map(fact => [fact['why'], fact['sessions']]),
    [
      ['decided', 1],
      ['decided', 1],
    ],
  )
  await installation.close()
})

test('ASVS V7.2.1 of a session the browser holds nothing but a number', async () => {
  const installation = await startInstallation(server)
  const { browser } = await setUp(installation)
  const secret = browser.jar.get(session) ?? ''
  assert.match(secret, /^[A-Za-z0-9_-]{43}$/, '256 bits')
  for (const changed of [
    secret.slice(0, -1),
    `${secret}A`,
    secret.toLowerCase(),
    '',
    'undefined',
  ]) {
    const other = installation.browser()
    other.jar.set(session, changed)
    if (changed !== secret) assert.equal((await other.get('/session')).status, 401, changed)
  }
  const secrets = new Set<string>()
  const someone = { mail: 'takahashi@example.jp' }
  assert.ok(!Buffer.from(secret, 'base64url').toString('latin1').includes(someone.mail))
  const { rows } = await installation.pool.query('select id from account.session')
  for (const { id } of rows) secrets.add(id.toString('hex'))
  assert.ok(!secrets.has(Buffer.from(secret, 'base64url').toString('hex')), 'kept by its hash')
  await installation.close()
})

test('ASVS V6.3.8 an account that is not there is answered by the same work as one that is', async () => {
  const installation = await startInstallation(server)
  const { mail } = await setUp(installation)
  // The work that takes time is Argon2: how often it is begun says what an answer costs.
  let derived = 0
  const hook = createHook({
    init(_id, type) {
      if (/argon2/i.test(type)) derived += 1
    },
  }).enable()
  const costs = []
  for (const who of [mail, 'nobody@example.jp', '', `${'x'.repeat(180)}@example.jp`]) {
    const browser = installation.browser()
    await ok(browser.post('/sign-in'))
    derived = 0
    const given = { mail: who === '' ? 'p-sato' : who, password: `${password}?` }
    const { status, body } = await browser.post('/sign-in/password', given)
    costs.push([derived, status, body.code])
  }
  hook.disable()
  assert.deepEqual(new Set(costs.map(cost => cost.join(' '))), new Set(['1 401 ACCOUNT_REFUSED']))
  await installation.close()
})

test('ACC8 under a public origin passkeys belong to its name, and links and cookies to it', async () => {
  const own = 'https://okite.example.test:8443'
  const exposure = { address: null, port: 8443, origin: own, tls: null, proxies: null }
  const installation = await startInstallation(server, { exposure })
  const headers = {
    host: 'okite.example.test:8443',
    origin: own,
    'content-type': 'application/json',
  }
  const request = new Request(`${own}/api/sign-in`, { method: 'POST', headers, body: '{}' })
  const response = await installation.http.fetch(request, '/api/sign-in')
  const { passkey } = (await response.json()) as { passkey: { rpId: string } }
  assert.equal(passkey.rpId, 'okite.example.test')
  assert.match(
    response.headers.get('set-cookie') ?? '',
    /^__Host-okite-flow=.*; Secure; SameSite=Strict/,
  )
  assert.ok((await installation.http.link()).startsWith(`${own}/#enrol=`))
  await installation.close()
})
