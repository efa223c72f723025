import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContext, CDPSession, Locator, Page } from 'playwright-core'
import { readWebFiles } from '../http/web-files.ts'
import { locales } from '../i18n/locale.ts'
import { loadMessages } from '../i18n/messages.ts'
import { startTestServer, type TestServer } from '../ledger/testing.ts'
import { bringAxe, buildWeb, openChromium, overflows, skip, violations } from '../ui/testing.ts'
import * as facts from './facts.ts'
import { codeAt, type Installation, password, startInstallation } from './testing.ts'

let web: Awaited<ReturnType<typeof buildWeb>>
let server: TestServer
let installation: Installation
let browser: Browser
let context: BrowserContext
let page: Page
let keys: CDPSession
let url = ''
let authenticatorId = ''
const errors: string[] = []
const found: string[] = []
/** Of the administrator, once he has an app. */
let ownSecret = ''

before(async () => {
  if (skip) return
  web = await buildWeb()
  server = await startTestServer()
  // The clock stands still, and with it the bucket of a session.
  const rate = { burst: 1e9, perSecond: 1e9 }
  installation = await startInstallation(server, {
    web: readWebFiles(web.folder),
    messages: loadMessages(join(import.meta.dirname, '../..'), []),
    limits: { rate, rateOutside: rate },
  })
  url = (await installation.http.listen(0)).replace(/\/$/, '')
  browser = await openChromium()
  context = await browser.newContext({ locale: 'ja', timezoneId: 'Asia/Tokyo' })
  page = await context.newPage()
  await bringAxe(page)
  page.on('pageerror', error => errors.push(error.message))
  page.on('console', message => {
    // The browser itself writes a line for every refusal.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) {
      errors.push(message.text())
    }
  })
  keys = await context.newCDPSession(page)
  await keys.send('WebAuthn.enable')
})
after(async () => {
  await browser?.close()
  await installation?.close()
  await server?.stop()
  web?.drop()
})

/** A security key as Chromium simulates one. */
const plugIn = () =>
  keys.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  })

const menu = (at: Page) =>
  at.getByRole('button', { name: /^(アカウント|Account)$/ }).and(at.locator('[aria-haspopup=menu]'))
const inside = (at: Page) => menu(at).waitFor({ state: 'visible' })

async function leave(at: Page): Promise<void> {
  await menu(at).click()
  await at.getByRole('menuitem', { name: /^(サインアウト|Sign out)$/ }).click()
  await at.waitForSelector('input[name=mail]')
}

const withPasskey = (at: Page) => at.click('button:has-text("パスキーでサインイン")')

/** Gets there as somebody does who has no mouse. */
async function tabTo(target: Locator, at = page): Promise<void> {
  await target.waitFor({ state: 'visible' })
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate(element => element === document.activeElement)) return
    await at.keyboard.press('Tab')
  }
  assert.fail(`no way by keyboard to ${target}`)
}

async function typeInto(name: string, text: string, at = page): Promise<void> {
  await tabTo(at.locator(`input[name=${name}]`), at)
  await at.keyboard.press('Control+a')
  await at.keyboard.type(text)
}

/** What axe says of the page as it stands: wide and light, narrow and dark. */
async function look(what: string, at = page): Promise<void> {
  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 320],
  ] as const) {
    await at.setViewportSize({ width, height: 800 })
    await at.emulateMedia({ colorScheme })
    const where = `${what} ${colorScheme} ${width}`
    for (const each of await violations(at)) found.push(`${where}: ${each}`)
    if (await overflows(at)) found.push(`${where}: wider than the window`)
  }
  await at.setViewportSize({ width: 1280, height: 800 })
  await at.emulateMedia({ colorScheme: 'light' })
}

// By keyboard alone, as everything here can be.
test('ACC4 set-up with a passkey, then in with it, then out', {
  skip,
}, async () => {
  authenticatorId = (await plugIn()).authenticatorId
  await page.goto(`${url}${await installation.accounts.setUpLink()}`)
  await page.waitForSelector('input[name=organisation]')
  assert.equal(new URL(page.url()).hash, '', 'the token is taken out of the address')
  await typeInto('organisation', '山彦株式会社')
  await typeInto('zone', 'taipei')
  await page.keyboard.press('Enter')
  assert.equal(await page.inputValue('input[name=zone]'), 'Asia/Taipei')
  await tabTo(page.locator('input[name=en]'))
  await page.keyboard.press('Space')
  await look('set-up organisation')
  await tabTo(page.locator('button[type=submit]'))
  await page.keyboard.press('Enter')
  await page.waitForSelector('input[name=mail]')
  await page.goBack()
  assert.equal(await page.inputValue('input[name=organisation]'), '山彦株式会社')
  await page.goForward()
  await typeInto('name', '高橋 誠')
  await typeInto('mail', 'takahashi@example.jp')
  await look('set-up owner')
  await page.keyboard.press('Enter')
  await typeInto('new-password', 'takahashi-2026-A')
  await page.keyboard.press('Enter')
  await page.waitForSelector('main [role=alert]')
  assert.match(await page.innerText('main [role=alert]'), /氏名/)
  await look('set-up password refused')
  assert.equal(await page.inputValue('input[name=new-password]'), 'takahashi-2026-A')
  await page.locator('input[name=new-password]').focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await page.waitForSelector('input[value=passkey]')
  await look('set-up second')
  await tabTo(page.locator('button[type=submit]'))
  await page.keyboard.press('Enter')
  await page.waitForSelector('.recovery-codes')
  assert.equal(await page.locator('.recovery-codes li').count(), 8)
  await look('set-up recovery')
  await tabTo(page.locator('main button').first())
  await page.keyboard.press('Enter')
  await inside(page)
  const [organisation] = await installation.said(facts.organisationConfigured)
  assert.deepEqual(organisation, {
    ...{ name: '山彦株式会社', zone: 'Asia/Taipei', calendar: 'jp' },
    ...{ fiscalYearMonth: 4, languages: ['ja', 'en'] },
  })

  await leave(page)
  await withPasskey(page)
  await inside(page)
  const begun = await installation.said(facts.sessionBegun)
  assert.deepEqual(begun.at(-1)?.['methods'], ['passkey'])
  await page.reload()
  await inside(page)
})

test('ASVS V6.3.3 a passkey that did not check who holds it opens nothing', { skip }, async () => {
  await leave(page)
  await keys.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  // What our page never asks for: the answer of a key that was only touched.
  assert.deepEqual(await answerOf(page, 'discouraged'), { shown: 401, end: 409, has: true })
  await keys.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
  await withPasskey(page)
  await inside(page)
})

test('WebAuthn 3 §6.1.1 a copy of a passkey that has counted less than the key opens nothing', {
  skip,
}, async () => {
  await leave(page)
  const { credentials } = await keys.send('WebAuthn.getCredentials', { authenticatorId })
  const [own] = credentials
  assert(own !== undefined && own.signCount > 1)
  const { credentialId } = own
  const replaceBy = async (signCount: number) => {
    await keys.send('WebAuthn.removeCredential', { authenticatorId, credentialId })
    await keys.send('WebAuthn.addCredential', {
      authenticatorId,
      credential: { ...own, signCount },
    })
  }
  await replaceBy(0)
  assert.deepEqual(await answerOf(page, 'required'), { shown: 401, end: 409, has: true })
  await replaceBy(own.signCount)
  await withPasskey(page)
  await inside(page)
})

/** What comes of a passkey shown to the routes themselves. */
const answerOf = (page: Page, userVerification: 'discouraged' | 'required') =>
  page.evaluate(async asked => {
    const post = (path: string, body: unknown) =>
      fetch(`/api/sign-in${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const offer = (await (await post('/passkey/offer', {})).json()) as { passkey: any }
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({
      ...offer.passkey,
      userVerification: asked,
    })
    const key = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
    const { clientExtensionResults, ...response } = key.toJSON()
    const shown = await post('/passkey', { response: { ...response, clientExtensionResults: {} } })
    const end = await post('/end', {})
    return { shown: shown.status, end: end.status, has: clientExtensionResults !== undefined }
  }, userVerification)

test('ACC4 a person is invited on the page, and comes by the link with an app, in English, by keyboard', {
  skip,
}, async () => {
  await page.goto(`${url}/accounts`)
  await tabTo(page.getByRole('button', { name: '人を招待' }))
  await page.keyboard.press('Enter')
  await typeInto('subject', 'p-nobody')
  await page.keyboard.press('Enter')
  await page.waitForSelector('dialog[open] [role=alert]')
  assert.match(await page.innerText('dialog[open] [role=alert]'), /人員台帳/)
  await page.fill('input[name=subject]', 'p-mori')
  await page.locator('input[name=subject]').press('Enter')
  const link = page.locator('dialog[open] input[readonly]')
  await link.waitFor()
  await look('link made')
  const address = await link.inputValue()
  await page.keyboard.press('Escape')

  const guest = await browser.newContext({ locale: 'en-GB' })
  const other = await guest.newPage()
  await bringAxe(other)
  await other.goto(address)
  await other.waitForSelector('input[name=new-password]')
  assert.match(await other.innerText('main'), /mori@example\.jp/)
  await typeInto('new-password', password, other)
  await other.keyboard.press('Enter')
  await tabTo(other.locator('input[value=passkey]'), other)
  await other.keyboard.press('ArrowDown')
  await other.getByRole('img', { name: 'QR code' }).waitFor()
  const secret = (await other.innerText('.totp-secret')).replaceAll(' ', '')
  await look('invitation app', other)
  await typeInto('code', '000000', other)
  await other.keyboard.press('Enter')
  await other.waitForSelector('main [role=alert]')
  await other.fill('input[name=code]', codeAt(secret, installation.clock.nowMs()))
  await other.locator('input[name=code]').press('Enter')
  await other.waitForSelector('.recovery-codes')
  await tabTo(other.locator('main button').first(), other)
  await other.keyboard.press('Enter')
  await inside(other)
  await leave(other)
  await typeInto('mail', 'mori@example.jp', other)
  await typeInto('password', password, other)
  await other.keyboard.press('Enter')
  await other.waitForSelector('input[name=code]')
  await look('second step', other)
  installation.clock.add(30_000)
  await typeInto('code', codeAt(secret, installation.clock.nowMs()), other)
  await other.keyboard.press('Enter')
  await inside(other)
  // Of what is not his there is neither a way nor a place.
  await other.goto(`${url}/accounts`)
  await other.waitForSelector('main h1')
  assert.equal(await other.locator('table').count(), 0)
  await other.goto(address)
  await other.waitForSelector('main [role=alert]')
  assert.match(await other.innerText('main'), /has been used/)
  await guest.close()
})

test('roles, closing and opening again, from the address of one person', { skip }, async () => {
  await page.goto(`${url}/accounts`)
  await page.click('table a:has-text("Mori Ken")')
  await page.waitForSelector('dialog[open] input[name=auditor]')
  const address = page.url()
  await page.check('dialog[open] input[name=auditor]')
  await page.click('dialog[open] button[type=submit]')
  await page.waitForSelector('[role=status]:has-text("役割を変更しました")')
  const granted = await installation.said(facts.roleGranted)
  assert.equal(granted.at(-1)?.['role'], 'auditor')
  await page.goto(address)
  await page.click('dialog[open] button:has-text("アカウントを停止")')
  const sure = page.locator('dialog[open]').last()
  await sure.locator('footer button').last().click()
  await page.waitForSelector('dialog[open] :text("このアカウントは停止しています")')
  await look('closed person')
  await page.click('dialog[open] button:has-text("再開して")')
  const link = page.locator('dialog[open] input[readonly]')
  await link.waitFor()
  assert.match(await link.inputValue(), /#enrol=/)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.waitForSelector('td:has-text("招待中")')
  assert.equal((await installation.said(facts.accountClosed)).length, 1)
})

test('a session ends in the middle of a form: in again over it, and what was typed is there', {
  skip,
}, async () => {
  await page.goto(`${url}/organisation`)
  await page.fill('input[name=organisation]', '山彦ホールディングス')
  await context.clearCookies()
  await page.click('button[type=submit]')
  await page.waitForSelector('dialog[open] input[name=mail]')
  assert.equal(await page.locator('#main').isVisible(), false, 'nobody reads on behind it')
  await look('session over')
  await page.click('dialog[open] button:has-text("パスキーでサインイン")')
  await page.waitForSelector('dialog[open]', { state: 'detached' })
  assert.equal(await page.inputValue('input[name=organisation]'), '山彦ホールディングス')
  await page.click('main button[type=submit]')
  await page.waitForSelector('[role=status]:has-text("保存しました")')
  const said = await installation.said(facts.organisationConfigured)
  assert.equal(said.at(-1)?.['name'], '山彦ホールディングス')

  // Nobody comes back, or somebody else: the page is empty then.
  await context.clearCookies()
  await page.fill('input[name=organisation]', '誰か')
  await page.click('main button[type=submit]')
  await page.click('dialog[open] button:has-text("サインインせずに離れる")')
  await page.waitForSelector('main input[name=mail]')
  assert.equal(await page.locator('text=誰か').count(), 0)
  await withPasskey(page)
  await inside(page)
})

test('a minute without network: nothing is lost, and it is told', { skip }, async () => {
  await page.goto(`${url}/organisation`)
  await page.fill('input[name=organisation]', '山彦グループ')
  await context.setOffline(true)
  await page.click('main button[type=submit]')
  await page.waitForSelector('main [role=alert]')
  await context.setOffline(false)
  assert.equal(await page.inputValue('input[name=organisation]'), '山彦グループ')
  await page.click('main button[type=submit]')
  await page.waitForSelector('[role=status]:has-text("保存しました")')
  errors.length = 0
})

test('two administrators: the second is told, and keeps what he typed', { skip }, async () => {
  await page.fill('input[name=organisation]', '一番目')
  const stood = (await installation.said(facts.organisationConfigured)).at(-1)
  await page.evaluate(
    async ([before, after]) => {
      await fetch('/api/organisation', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ stood: before, organisation: after }),
      })
    },
    [stood, { ...stood, fiscalYearMonth: 7 }] as const,
  )
  await page.waitForTimeout(300)
  await page.click('main button[type=submit]')
  await page.waitForSelector('main [role=alert]')
  assert.match(await page.innerText('main [role=alert]'), /ほかの人/)
  assert.equal(await page.inputValue('input[name=organisation]'), '一番目')
  await page.click('main button:has-text("変更を取り消す")')
  await page.waitForFunction(
    () => document.querySelector<HTMLSelectElement>('select[name=month]')?.value === '7',
  )
})

test('two tabs: out of one is out of both, and in is in', { skip }, async () => {
  const second = await context.newPage()
  await second.goto(`${url}/account`)
  await second.waitForSelector('h1')
  await page.bringToFront()
  await leave(page)
  await second.waitForSelector('main input[name=mail]')
  assert.equal(await second.locator('text=takahashi').count(), 0)
  await withPasskey(page)
  await inside(page)
  await inside(second)
  await second.close()
})

test('ASVS V7.5.1 a change asks who it is when that is long ago; codes and passkeys are renewed', {
  skip,
}, async () => {
  installation.clock.add(11 * 60_000)
  await page.goto(`${url}/account`)
  await page.click('button:has-text("新しく作り直す")')
  await page.locator('dialog[open] footer button').last().click()
  await page.waitForSelector('dialog[open]:has-text("本人確認") input[name=mail]')
  await look('asked again')
  await page.click('dialog[open]:has-text("本人確認") button:has-text("パスキーで")')
  await page.waitForSelector('.recovery-codes li:nth-child(8)')
  await page.click('dialog[open] button:has-text("保管しました")')
  await page.click('button:has-text("パスワードを変更")')
  await page.waitForSelector('dialog[open] input[name=new-password]')
  await page.fill('input[name=new-password]', 'Yuki-to-Ringo-88-aruku')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=status]:has-text("パスワードを変更しました")')
  assert.equal(await page.locator('dialog[open]').count(), 0)
  await page.click('button:has-text("認証アプリを登録")')
  await page.waitForSelector('.totp-secret')
  ownSecret = (await page.innerText('.totp-secret')).replaceAll(' ', '')
  await page.fill('input[name=code]', codeAt(ownSecret, installation.clock.nowMs()))
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=status]:has-text("認証アプリを登録しました")')
  assert.match(await page.innerText('main'), /Chrome · /)
  const removed = await installation.said(facts.credentialRemoved)
  assert.deepEqual(
    removed.slice(-2).map(one => [one['credential'], one['why']]),
    [
      ['recovery', 'replaced'],
      ['password', 'replaced'],
    ],
  )
})

test('a session begun elsewhere is seen with its device, and ended', { skip }, async () => {
  const guest = await browser.newContext({
    ...{ locale: 'en-GB' },
    userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1',
  })
  const other = await guest.newPage()
  await other.goto(`${url}/account`)
  await other.fill('input[name=mail]', 'takahashi@example.jp')
  await other.fill('input[name=password]', 'Yuki-to-Ringo-88-aruku')
  await other.keyboard.press('Enter')
  await other.waitForSelector('input[name=code]')
  installation.clock.add(30_000)
  await other.fill('input[name=code]', codeAt(ownSecret, installation.clock.nowMs()))
  await other.keyboard.press('Enter')
  await inside(other)
  await page.goto(`${url}/account`)
  await page.waitForSelector('li:has-text("Safari · iPhone")')
  await page.click('li:has-text("Safari · iPhone") button')
  await page.waitForSelector('li:has-text("Safari · iPhone")', { state: 'detached' })
  await other.click('button:has-text("Make new ones")')
  await other.locator('dialog[open] footer button').last().click()
  await other.waitForSelector('dialog[open]:has-text("Please sign in again")')
  await guest.close()
})

test('the clock of a laptop is a day off: it says so', { skip }, async () => {
  const guest = await browser.newContext({
    locale: 'ja',
    storageState: await context.storageState(),
  })
  const other = await guest.newPage()
  await other.clock.install({ time: installation.clock.nowMs() + 26 * 3_600_000 })
  await other.goto(`${url}/account`)
  await other.waitForSelector('[role=status]:has-text("26 時間進んでいます")')
  await guest.close()
})

// What is behind the door is looked at with all other screens.
test('WCAG 2.2 axe finds nothing on the way in: three languages, two colours, two widths', {
  skip,
}, async () => {
  await leave(page)
  for (const locale of locales) {
    await page.evaluate(chosen => localStorage.setItem('okite.locale', chosen), locale)
    await page.reload()
    await page.waitForSelector('input[name=mail]')
    await look(`${locale} sign in`)
  }
  assert.deepEqual([...new Set(found)], [])
})

test('nothing broke the content security policy or was thrown', { skip }, () => {
  assert.deepEqual(errors, [])
})
