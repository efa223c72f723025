import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { claimAccepted } from '../facts.ts'
import { startTestServer, type TestServer } from '../ledger/testing.ts'
import * as facts from './facts.ts'
import {
  admit,
  codeAt,
  enrol,
  firstOwner,
  flow,
  ok,
  organisation,
  password,
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

test('ACC1 the set-up link makes the first administrator once, and asks both factors of him', async () => {
  const installation = await startInstallation(server)
  const link = await installation.accounts.setUpLink()
  const late = await installation.accounts.setUpLink()
  const browser = installation.browser()
  const open = (token: string) =>
    browser.post('/enrolment', { token: token.replace(/.*#enrol=/, '') })
  assert.equal((await open(link ?? '')).status, 401, 'a newer link stands for the older one')
  assert.deepEqual((await ok(open(late ?? ''))).body, { purpose: 'set-up', name: null, mail: null })

  const end = { setUp: { owner: firstOwner, organisation, isCiso: true } }
  assert.equal((await browser.post('/enrolment/end', end)).body.code, 'ACCOUNT_INCOMPLETE')
  await ok(browser.post('/enrolment/password', { password, owner: firstOwner }))
  assert.equal((await browser.post('/enrolment/end', end)).body.code, 'ACCOUNT_INCOMPLETE')
  const { secret } = (await ok(browser.post('/enrolment/totp/offer'))).body
  assert.equal(
    (await browser.post('/enrolment/end', end)).body.code,
    'ACCOUNT_INCOMPLETE',
    'unconfirmed',
  )
  assert.equal(
    (await browser.post('/enrolment/totp', { code: '000000' })).body.code,
    'ACCOUNT_CODE',
  )
  await ok(browser.post('/enrolment/totp', { code: codeAt(secret, installation.clock.nowMs()) }))
  const other = { setUp: { ...end.setUp, owner: { name: 'Other', mail: 'other@example.jp' } } }
  assert.equal((await browser.post('/enrolment/end', other)).body.code, 'ACCOUNT_INCOMPLETE')
  const { recovery } = (await ok(browser.post('/enrolment/end', end))).body
  assert.equal(recovery.length, 8)
  assert.equal((await browser.post('/enrolment/end', end)).body.code, 'ACCOUNT_FLOW')

  const me = (await ok(browser.get('/session'))).body
  assert.equal(me.name, firstOwner.name)
  assert.deepEqual(me.roles, ['administrator', 'ciso'])
  assert.equal(await installation.accounts.setUpLink(), null)
  assert.equal((await open(late ?? '')).body.code, 'ACCOUNT_INVITATION')
  assert.deepEqual(await installation.said(facts.organisationConfigured), [organisation])
  assert.equal((await installation.said(facts.accountOpened)).length, 1)
  await installation.close()
})

test('ACC1 an administrator who is not CISO invites the first one by name, and nobody else so', async () => {
  const installation = await startInstallation(server)
  const { browser } = await setUp(installation)
  const invite = (roles: readonly string[], mail = 'abe@example.jp') =>
    browser.post('/accounts/invite', { owner: { name: '阿部 涼', mail }, roles })
  assert.equal((await invite(['member'])).body.code, 'ACCOUNT_PERSON')
  assert.equal((await invite(['ciso'], firstOwner.mail)).body.code, 'ACCOUNT_TAKEN')
  await ok(invite(['ciso']))
  const { link } = (await ok(invite(['ciso']))).body
  assert.equal((await installation.said(facts.accountInvited)).length, 2, 'the link was lost')
  assert.equal((await invite(['ciso'], 'mori@example.jp')).body.code, 'ACCOUNT_PERSON')
  const ciso = await enrol(installation, link, null)
  assert.deepEqual((await ok(ciso.browser.get('/session'))).body.roles, ['ciso'])
  await installation.close()
})

test('ACC1 who was there before the register says which entry is his, once and by the same address', async () => {
  const installation = await startInstallation(server)
  const { browser } = await setUp(installation)
  const { ledger } = installation
  const bind = (number: string) => browser.post('/account/bind', { number })
  assert.equal((await ok(browser.get('/account'))).body.isBound, false)
  assert.equal((await bind('p-nobody')).body.code, 'ACCOUNT_PERSON')
  assert.equal((await bind('p-sato')).body.code, 'ACCOUNT_MAIL_OTHER')
  await ok(bind('p-takahashi'))
  assert.equal((await bind('p-takahashi')).body.code, 'ACCOUNT_BOUND')
  assert.equal((await ok(browser.get('/account'))).body.isBound, true)
  assert.equal((await installation.said(facts.accountBound)).length, 1)
  const speak = (language: string | null) => browser.post('/account/language', { language })
  for (const language of ['zh-TW', 'zh-TW', null]) {
    await ok(speak(language))
    assert.equal((await ok(browser.get('/account'))).body.language, language)
  }
  assert.equal((await speak('fr')).body.code, 'HTTP_INPUT')
  const spoken = await installation.said(facts.languageChosen)
  assert.equal(spoken.length, 2, 'what is chosen again is no news')
  await ok(browser.post('/accounts/invite', { subject: 'p-chen', roles: ['member'] }))
  const last = (await ledger.read(0, 1_000)).findLast(f => f.type === facts.accountInvited.name)
  assert.equal(last?.refs['by'], await ledger.refOf('staff 0004'), 'named as the register does')
  await installation.close()
})

test('ACC1 one person does not become two where two must decide', async () => {
  const installation = await startInstallation(server)
  const { browser } = await setUp(installation)
  const at = new Date(installation.clock.nowMs()).toISOString()
  await installation.ledger.submit('core', {
    ...{ type: claimAccepted, source: 'test', occurred: at, observed: at, trust: 'record' },
    body: { target: 0 },
    private: { by: { value: firstOwner.name, person: firstOwner.mail } },
    identity: 'accepted',
  })
  assert.equal(
    (await browser.post('/account/bind', { number: 'p-takahashi' })).body.code,
    'ACCOUNT_TOLD',
  )
  await installation.close()
})

test('ACC2 what happened stands on the list, without a name, an address or a secret in the open', async () => {
  const installation = await startInstallation(server)
  const first = await setUp(installation)
  const invited = await admit(installation, first, 'p-sato', ['member'])
  await signIn(installation, invited)
  await ok(invited.browser.post('/session/end'))
  const text = await installation.text()
  const secrets = [first.secret, invited.secret, password, ...first.recovery]
  for (const hidden of [...secrets, '佐藤', '高橋', 'example.jp', 'staff 0001', 'argon2']) {
    assert.ok(!text.includes(hidden), hidden)
    assert.ok(!installation.lines.join().includes(hidden), `log: ${hidden}`)
  }
  assert.equal((await installation.said(facts.sessionBegun)).length, 3)
  assert.equal((await installation.said(facts.sessionEnded)).length, 1)
  const { rows } = await installation.pool.query(
    `select string_agg(t::text, '') as all from (select a::text from account.account a union all
       select c::text from account.credential c union all select s::text from account.session s) t`,
  )
  for (const hidden of [...secrets, '佐藤', 'example.jp', 'staff 0001']) {
    assert.ok(!rows[0].all.includes(hidden), `database: ${hidden}`)
    assert.ok(!rows[0].all.includes(Buffer.from(hidden).toString('hex')), `database: ${hidden}`)
  }
  const [begun] = (await installation.ledger.read(0, 1000)).filter(
    fact => fact.type === facts.sessionBegun.name,
  )
  const value = await installation.ledger.disclose(begun?.pos ?? 0, 'by')
  assert.equal(value?.value, firstOwner.name, 'who it was is in a private slot')
  await installation.close()
})

test('ASVS V6.3.3 nobody signs in with a password alone, nor with a code alone', async () => {
  const installation = await startInstallation(server)
  const { secret, mail } = await setUp(installation)
  installation.clock.add(60_000)
  const browser = installation.browser()
  const code = () => codeAt(secret, installation.clock.nowMs())
  assert.equal(
    (await browser.post('/sign-in/password', { mail, password })).body.code,
    'ACCOUNT_FLOW',
  )
  await ok(browser.post('/sign-in'))
  assert.equal((await browser.post('/sign-in/totp', { code: code() })).body.code, 'ACCOUNT_FLOW')
  assert.equal((await browser.post('/sign-in/end')).body.code, 'ACCOUNT_INCOMPLETE')
  assert.deepEqual((await ok(browser.post('/sign-in/password', { mail, password }))).body, {
    next: ['totp', 'recovery'],
  })
  assert.equal((await browser.post('/sign-in/end')).body.code, 'ACCOUNT_INCOMPLETE')
  assert.equal((await browser.get('/session')).status, 401)
  await ok(browser.post('/sign-in/totp', { code: code() }))
  await ok(browser.post('/sign-in/end'))
  assert.equal((await browser.get('/session')).status, 200)
  assert.equal(browser.jar.has(flow), false, 'the flow is used up')
  await installation.close()
})

test('ASVS V6.5.1 a code of an app is taken once, and none of before it; a recovery code once', async () => {
  const installation = await startInstallation(server)
  const someone = await setUp(installation)
  installation.clock.add(60_000)
  const { mail, secret, recovery } = someone
  const code = codeAt(secret, installation.clock.nowMs())
  const before = codeAt(secret, installation.clock.nowMs() - 30_000)
  const attempt = async (path: string, given: string) => {
    const browser = installation.browser()
    await ok(browser.post('/sign-in'))
    await ok(browser.post('/sign-in/password', { mail, password }))
    return (await browser.post(`/sign-in/${path}`, { code: given })).status
  }
  assert.equal(await attempt('totp', ` ${code.slice(0, 3)} ${code.slice(3)}`), 200)
  for (const used of [code, `${code} `, before])
    assert.equal(await attempt('totp', used), 401, used)
  const [first = '', second = ''] = recovery
  assert.equal(await attempt('recovery', first.toLowerCase().replaceAll('-', ' ')), 200)
  assert.equal(await attempt('recovery', first), 401)
  const both = await Promise.all([attempt('recovery', second), attempt('recovery', second)])
  assert.deepEqual(both.sort(), [200, 401], 'of two at once one is right')
  await installation.close()
})

test('ASVS V6.3.1 guesses of one account are few, and keep nobody out of a browser that knows him', async () => {
  const installation = await startInstallation(server)
  const someone = await setUp(installation)
  const known = await signIn(installation, someone)
  const stranger = installation.browser('198.51.100.7')
  await ok(stranger.post('/sign-in'))
  const guess = (mail: string) =>
    stranger.post('/sign-in/password', { mail, password: 'wrong-Guess-11' })
  const codes = []
  for (let count = 0; count < 9; count += 1) codes.push((await guess(someone.mail)).body.code)
  assert.deepEqual([...new Set(codes.slice(0, 8))], ['ACCOUNT_REFUSED'])
  assert.equal(codes.at(-1), 'ACCOUNT_WAIT')
  assert.equal(
    (await guess(' TAKAHASHI@example.jp ')).body.code,
    'ACCOUNT_WAIT',
    'one address, one counter',
  )
  const unknown = []
  for (let count = 0; count < 9; count += 1)
    unknown.push((await guess('nobody@example.jp')).body.code)
  assert.deepEqual(unknown, codes, 'who has no account is counted alike')
  await signIn(installation, someone, known)

  installation.clock.add(16 * 60_000)
  await ok(stranger.post('/sign-in'))
  assert.equal((await guess(someone.mail)).body.code, 'ACCOUNT_REFUSED', 'one more after a while')
  await installation.accounts.close()
  const refused = await installation.said(facts.signInRefused)
  assert.deepEqual(refused.map(fact => fact['count']).sort(), [8, 8], 'counted, not one for each')
  await installation.close()
})

test('ASVS V7.2.4 a new session for every entry; the one before opens nothing (fixation)', async () => {
  const installation = await startInstallation(server)
  const someone = await setUp(installation)
  const browser = someone.browser
  const before = browser.jar.get(session) ?? ''
  await signIn(installation, someone, browser)
  assert.notEqual(browser.jar.get(session), before)
  const old = installation.browser()
  old.jar.set(session, before)
  assert.equal((await old.get('/session')).status, 401)
  const planted = installation.browser()
  planted.jar.set(session, 'a'.repeat(43))
  await signIn(installation, someone, planted)
  assert.notEqual(planted.jar.get(session), 'a'.repeat(43))
  await installation.close()
})

test('ASVS V7.3 a session ends when left alone, and at its end', async () => {
  const limits = { sessionIdleMs: 3_600_000, sessionAbsoluteMs: 9_000_000 }
  const installation = await startInstallation(server, { limits })
  const someone = await setUp(installation)
  const status = async (browser = someone.browser) => (await browser.get('/session')).status
  installation.clock.add(3_500_000)
  assert.equal(await status(), 200)
  installation.clock.add(3_500_000)
  assert.equal(await status(), 200)
  installation.clock.add(2_100_000)
  assert.equal(await status(), 401, 'the absolute limit ends a busy one too')
  const idle = await signIn(installation, someone)
  installation.clock.add(3_600_000)
  assert.equal(await status(idle), 401)
  await installation.close()
})

test('ASVS V7.4 roles, closing, leaving and reset end sessions; the last administrator stays', async () => {
  const installation = await startInstallation(server)
  const first = await setUp(installation)
  const { browser } = first
  const sato = await admit(installation, first, 'p-sato', ['member'])
  const chen = await admit(installation, first, 'p-chen', ['officer'])
  const status = async (someone: { browser: typeof browser }) =>
    (await someone.browser.get('/session')).status

  assert.equal((await sato.browser.get('/accounts')).body.code, 'HTTP_FORBIDDEN')
  await ok(browser.post('/accounts/roles', { id: sato.account, roles: ['auditor'] }))
  assert.equal(await status(sato), 401, 'his rights are others now')
  await signIn(installation, sato, sato.browser)
  assert.deepEqual((await sato.browser.get('/session')).body.roles, ['auditor'])

  await ok(browser.post('/accounts/close', { id: sato.account }))
  assert.equal(await status(sato), 401)
  const again = installation.browser()
  await ok(again.post('/sign-in'))
  const refused = await again.post('/sign-in/password', { mail: sato.mail, password })
  assert.equal(refused.body.code, 'ACCOUNT_REFUSED')

  assert.equal(await installation.accounts.closeLeaver('p-chen'), 1)
  assert.equal(await installation.accounts.closeLeaver('p-chen'), 0, 'done again it does nothing')
  assert.equal(await status(chen), 401)
  assert.deepEqual(
    (await installation.said(facts.accountClosed)).map(fact => fact['why']),
    ['decided', 'left'],
  )

  const own = (await ok(browser.get('/accounts'))).body.accounts[0].id
  assert.equal((await browser.post('/accounts/close', { id: own })).body.code, 'ACCOUNT_OWN')
  assert.equal(
    (await browser.post('/accounts/roles', { id: own, roles: ['ciso'] })).body.code,
    'ACCOUNT_OWN',
  )
  const link = await installation.accounts.resetLink(null)
  assert.equal(await status(first), 401, 'a reset ends what runs')
  const reset = await enrol(installation, link, null)
  assert.equal(await status(reset), 200)
  const withOld = installation.browser()
  await ok(withOld.post('/sign-in'))
  await ok(withOld.post('/sign-in/password', { mail: first.mail, password }))
  installation.clock.add(60_000)
  const code = codeAt(first.secret, installation.clock.nowMs())
  assert.equal(
    (await withOld.post('/sign-in/totp', { code })).status,
    401,
    'the old app opens nothing',
  )
  await installation.close()
})

test('ASVS V7.5 everybody sees and ends his own sessions, and no others', async () => {
  const installation = await startInstallation(server)
  const first = await setUp(installation)
  const sato = await admit(installation, first, 'p-sato', ['member'])
  const laptop = await signIn(installation, sato)
  const own = (await ok(laptop.get('/account'))).body
  assert.equal(own.sessions.length, 2)
  const other = own.sessions.find((each: { isThis: boolean }) => !each.isThis).name
  const foreign = (await ok(first.browser.get('/account'))).body.sessions[0].name
  assert.equal((await laptop.post('/account/session/end', { name: foreign })).status, 404)
  assert.equal((await first.browser.get('/session')).status, 200)
  await ok(laptop.post('/account/session/end', { name: other }))
  assert.equal((await sato.browser.get('/session')).status, 401)
  assert.equal((await laptop.get('/session')).status, 200)
  await signIn(installation, sato)
  await ok(laptop.post('/account/session/end', { name: null }))
  assert.equal((await ok(laptop.get('/account'))).body.sessions.length, 1, 'all others')
  await installation.close()
})

test('ASVS V7.5.1 credentials are changed soon after signing in, one is left, and other sessions end', async () => {
  const installation = await startInstallation(server)
  const first = await setUp(installation)
  const other = await signIn(installation, first)
  installation.clock.add(11 * 60_000)
  assert.equal((await other.post('/account/enrolment')).body.code, 'ACCOUNT_STALE')
  const browser = await signIn(installation, first)
  await ok(browser.post('/account/enrolment'))
  const next = 'Tsuki-to-Kaeru-31-oyogu'
  await ok(browser.post('/enrolment/password', { password: next, owner: null }))
  await ok(browser.post('/enrolment/end', { setUp: null }))
  assert.equal((await other.get('/session')).status, 401)
  assert.equal((await browser.get('/session')).status, 200)
  const again = installation.browser()
  await ok(again.post('/sign-in'))
  const show = (given: string) =>
    again.post('/sign-in/password', { mail: first.mail, password: given })
  assert.equal((await show(password)).status, 401)
  assert.equal((await show(next)).status, 200)
  const { credentials } = (await ok(browser.get('/account'))).body
  const totp = credentials.find((each: { kind: string }) => each.kind === 'totp').id
  await ok(browser.post('/account/credential/remove', { id: totp }))
  const left = (await ok(browser.get('/account'))).body.credentials
  const one = left.find((each: { kind: string }) => each.kind === 'password').id
  assert.equal(
    (await browser.post('/account/credential/remove', { id: one })).body.code,
    'ACCOUNT_INCOMPLETE',
  )
  await installation.close()
})

test('ACC3 an erased person has no account, no name and no credential; his acts stay', async () => {
  const installation = await startInstallation(server)
  const first = await setUp(installation)
  const sato = await admit(installation, first, 'p-sato', ['member'])
  await installation.ledger.write(batch => installation.accounts.forget(batch, 'staff 0001'))
  assert.equal((await sato.browser.get('/session')).status, 401)
  const { accounts } = (await ok(first.browser.get('/accounts'))).body
  const gone = accounts.find((each: { id: string }) => each.id === sato.account)
  assert.deepEqual([gone.name, gone.mail, gone.subject, gone.state], [null, null, null, 'closed'])
  const { rows } = await installation.pool.query(
    'select count(*)::int as left from account.credential where account = $1',
    [sato.account],
  )
  assert.equal(rows[0].left, 0)
  await installation.close()
})
