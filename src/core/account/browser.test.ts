import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { readWebFiles } from '../http/web-files.ts'
import { loadMessages } from '../i18n/messages.ts'
import { startTestServer, type TestServer } from '../ledger/testing.ts'
import * as facts from './facts.ts'
import { codeAt, type Installation, password, startInstallation } from './testing.ts'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const skip = existsSync(executablePath) ? false : 'Chromium is not on this machine (CHROMIUM)'
const root = join(import.meta.dirname, '../../..')

let server: TestServer
let installation: Installation
let browser: Browser
let page: Page
let keys: CDPSession
let out = ''
let url = ''
let authenticatorId = ''
const errors: string[] = []

before(async () => {
  if (skip) return
  out = mkdtempSync(join(tmpdir(), 'okite-web-'))
  const outDir = { outDir: out, emptyOutDir: true }
  await build({ configFile: join(root, 'web/vite.config.ts'), logLevel: 'silent', build: outDir })
  server = await startTestServer()
  const messages = loadMessages(join(root, 'src'), [])
  installation = await startInstallation(server, {
    web: readWebFiles(out),
    messages,
  })
  url = await installation.http.listen(0)
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  page = await browser.newPage({ locale: 'ja', timezoneId: 'Asia/Tokyo' })
  page.on('pageerror', error => errors.push(error.message))
  keys = await page.context().newCDPSession(page)
  await keys.send('WebAuthn.enable')
})
after(async () => {
  await browser?.close()
  await installation?.close()
  await server?.stop()
  if (out) rmSync(out, { recursive: true, force: true })
})

/** A security key as Chromium simulates one. */
const plugIn = () =>
  keys.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  })

test('ACC4 set-up with a passkey, then in with it, then out', { skip }, async () => {
  authenticatorId = (await plugIn()).authenticatorId
  await page.goto(`${url.replace(/\/$/, '')}${await installation.accounts.setUpLink()}`)
  await page.waitForSelector('input[name=organisation]')
  assert.equal(new URL(page.url()).hash, '', 'the token is taken out of the address')
  await page.fill('input[name=organisation]', '山彦株式会社')
  await page.fill('input[name=name]', '高橋 誠')
  await page.fill('input[name=mail]', 'takahashi@example.jp')
  await page.fill('input[name=new-password]', 'takahashi-2026-A')
  await page.click('button[type=submit]')
  await page.waitForSelector('[role=alert] p')
  assert.match(await page.innerText('[role=alert]'), /氏名/)
  await page.fill('input[name=new-password]', password)
  await page.click('button[type=submit]')
  await page.waitForSelector('.sign-in-codes')
  assert.equal(await page.locator('.sign-in-codes li').count(), 8)
  await page.click('main button')
  await page.waitForSelector('.shell-leave')
  const [organisation] = await installation.said(facts.organisationConfigured)
  assert.deepEqual(organisation, {
    ...{ name: '山彦株式会社', zone: 'Asia/Tokyo', calendar: 'jp' },
    ...{ fiscalYearMonth: 4, languages: ['ja'] },
  })

  await page.click('.shell-leave')
  await page.waitForSelector('input[name=mail]')
  await page.click('text=パスキーでサインイン')
  await page.waitForSelector('.shell-leave')
  const begun = await installation.said(facts.sessionBegun)
  assert.deepEqual(begun.at(-1)?.['methods'], ['passkey'])
  await page.reload()
  await page.waitForSelector('.shell-leave')
})

test('ASVS V6.3.3 a passkey that did not check who holds it opens nothing', { skip }, async () => {
  await page.click('.shell-leave')
  await page.waitForSelector('input[name=mail]')
  await keys.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  // What our page never asks for: the answer of a key that was only touched.
  const status = await page.evaluate(async () => {
    const post = (path: string, body: unknown) =>
      fetch(`/api/sign-in${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const offer = (await (await post('/passkey/offer', {})).json()) as { passkey: any }
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({
      ...offer.passkey,
      userVerification: 'discouraged',
    })
    const key = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
    const { clientExtensionResults, ...response } = key.toJSON()
    const shown = await post('/passkey', { response: { ...response, clientExtensionResults: {} } })
    const end = await post('/end', {})
    return { shown: shown.status, end: end.status, has: clientExtensionResults !== undefined }
  })
  assert.deepEqual(status, { shown: 401, end: 409, has: true })
  await keys.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
  await page.click('text=パスキーでサインイン')
  await page.waitForSelector('.shell-leave')
})

test('ACC4 an invited person with an app, in English; what was typed stays after a refusal', {
  skip,
}, async () => {
  const invited = await page.evaluate(async () => {
    const answer = await fetch('/api/accounts/invite', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ subject: 'p-mori', roles: ['member'] }),
    })
    return (await answer.json()) as { link: string }
  })
  const other = await browser.newPage({ locale: 'en-GB' })
  const link = `${url.replace(/\/$/, '')}/${new URL(invited.link).hash}`
  await other.goto(link)
  await other.waitForSelector('input[name=new-password]')
  assert.match(await other.innerText('main'), /Mori Ken/)
  await other.fill('input[name=new-password]', password)
  await other.check('input[value=totp]')
  const secret = await other.innerText('.sign-in-secret')
  await other.fill('input[name=code]', '000000')
  await other.click('button[type=submit]')
  await other.waitForSelector('.sign-in-refusal')
  assert.equal(await other.inputValue('input[name=new-password]'), password)
  await other.fill('input[name=code]', codeAt(secret, installation.clock.nowMs()))
  await other.click('button[type=submit]')
  await other.waitForSelector('.sign-in-codes')
  await other.click('main button')
  await other.click('.shell-leave')
  await other.waitForSelector('input[name=mail]')
  await other.fill('input[name=mail]', 'mori@example.jp')
  await other.fill('input[name=password]', password)
  await other.click('text=Continue')
  await other.waitForSelector('input[name=code]')
  installation.clock.add(30_000)
  await other.fill('input[name=code]', codeAt(secret, installation.clock.nowMs()))
  await other.click('main form:first-of-type button[type=submit]')
  await other.waitForSelector('.shell-leave')
  await other.goto(link)
  await other.waitForSelector('.sign-in-refusal')
  assert.match(await other.innerText('main'), /has been used/)
  await other.close()
  assert.deepEqual(errors, [])
})
