import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../ledger/testing.ts'
import { deviceOf } from './device.ts'
import * as facts from './facts.ts'
import {
  admit,
  enrol,
  type Installation,
  ok,
  organisation,
  password,
  type Someone,
  setUp,
  signIn,
  startInstallation,
} from './testing.ts'

/** What is done a second time: accounts opened again, codes made anew, settings changed. */

let server: TestServer
let installation: Installation
let first: Someone

before(async () => {
  server = await startTestServer()
  installation = await startInstallation(server)
  first = await setUp(installation)
})
after(async () => {
  await installation.close()
  await server.stop()
})

test('ACC5 a closed account is opened again by a link; what opened it before opens nothing', async () => {
  const chen = await admit(installation, first, 'p-chen', ['member'])
  const { account: id } = chen
  const again = (roles: readonly string[]) => first.browser.post('/accounts/reopen', { id, roles })
  assert.equal((await again(['member'])).body.code, 'ACCOUNT_UNKNOWN', 'it is open')
  await ok(first.browser.post('/accounts/close', { id }))
  const { link } = (await ok(again(['officer']))).body
  const refused = installation.browser()
  await ok(refused.post('/sign-in'))
  const shown = await refused.post('/sign-in/password', { mail: chen.mail, password })
  assert.equal(shown.body.code, 'ACCOUNT_REFUSED')
  const back = await enrol(installation, link, null)
  const { roles } = (await ok(back.browser.get('/account'))).body
  assert.deepEqual(roles, ['officer'])
  assert.equal((await installation.said(facts.accountInvited)).at(-1)?.['account'], id)
  assert.equal((await again(['officer'])).body.code, 'ACCOUNT_UNKNOWN')

  await ok(first.browser.post('/accounts/close', { id }))
  const anew = await ok(
    first.browser.post('/accounts/invite', { subject: 'p-chen', roles: ['member'] }),
  )
  assert.notEqual(anew.body.account, id)
  assert.equal((await again(['member'])).body.code, 'ACCOUNT_UNKNOWN', 'forgotten for the new one')
})

test('ACC6 new recovery codes: the old ones and the other sessions are gone', async () => {
  const sato = await admit(installation, first, 'p-sato', ['member'])
  const other = await signIn(installation, sato)
  const [old = ''] = sato.recovery
  const { recovery } = (await ok(sato.browser.post('/account/recovery'))).body
  assert.equal(recovery.length, 8)
  assert.equal((await other.get('/account')).status, 401)
  const guest = installation.browser()
  await ok(guest.post('/sign-in'))
  await ok(guest.post('/sign-in/password', { mail: sato.mail, password }))
  assert.equal((await guest.post('/sign-in/recovery', { code: old })).status, 401)
  await ok(guest.post('/sign-in/recovery', { code: recovery[0] }))
  installation.clock.add(11 * 60_000)
  assert.equal((await sato.browser.post('/account/recovery')).body.code, 'ACCOUNT_STALE')
})

test('ACC7 the organisation is changed by who has read it as it stands, and everybody reads it', async () => {
  const { browser } = first
  const stood = (await ok(browser.get('/organisation'))).body.organisation
  assert.deepEqual(stood, organisation)
  const changed = { ...stood, fiscalYearMonth: 10 }
  const change = (from: unknown, to: unknown) =>
    browser.post('/organisation', { stood: from, organisation: to })
  const bad = await change(stood, { ...stood, zone: '+09:00' })
  assert.equal(bad.body.code, 'ACCOUNT_ZONE')
  await ok(change(stood, changed))
  const taken = async () => (await browser.get('/organisation')).body.organisation
  while ((await taken()).fiscalYearMonth !== 10) await new Promise(done => setTimeout(done, 20))
  const late = await change(stood, { ...stood, name: 'Kodama' })
  assert.equal(late.body.code, 'ACCOUNT_ORGANISATION')
  const said = (await installation.said(facts.organisationConfigured)).length
  await ok(change(changed, changed))
  assert.equal((await installation.said(facts.organisationConfigured)).length, said, 'no news')
})

test('a device is two names, whatever a browser claims besides', () => {
  const edge = 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0'
  assert.equal(deviceOf(edge), 'Edge · Windows')
  assert.equal(deviceOf('Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile'), 'Chrome · Android')
  assert.equal(deviceOf('curl/8.0'), null)
  assert.equal(deviceOf(`${'x'.repeat(2_000)} Firefox/1`), null)
  assert.equal(deviceOf(null), null)
})
