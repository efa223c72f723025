import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { buildWeb, openChromium, skip } from '../../core/ui/testing.ts'
import type { Fixture } from './testing.ts'
import { startSample } from './testing-sample.ts'

let web: Awaited<ReturnType<typeof buildWeb>>
let sample: Fixture
let browser: Browser
let page: Page
let url = ''
const errors: string[] = []

/** The clock of the sample stands still, and with it the bucket of the session. */
const refill = () => {
  sample.clock.ms += 10_000
}

before(async () => {
  if (skip) return
  web = await buildWeb()
  sample = await startSample(web.folder)
  url = await sample.http.listen(0)
  browser = await openChromium()
  page = await browser.newPage({ locale: 'ja', viewport: { width: 1440, height: 900 } })
  page.on('console', message => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', error => errors.push(error.message))
})
after(async () => {
  await browser?.close()
  await sample?.stop()
  web?.drop()
})

test('without a session there is only the door, in words', { skip }, async () => {
  await page.goto(`${url}policy/5.1.1`)
  await page.waitForSelector('h1')
  assert.match(await page.innerText('main'), /リンク/)
  assert.equal(await page.locator('.policy-sentence').count(), 0)
  // The browser itself writes a line for the 401 that brought us here.
  errors.length = 0
})

test('the link leads in, leaves no token in the address, and shows all 159 with four verdicts', {
  skip,
}, async () => {
  await page.goto(await sample.http.link())
  await page.waitForSelector('.policy-sentence')
  assert.equal(new URL(page.url()).hash, '')
  assert.equal(new URL(page.url()).pathname, '/policy')
  assert.equal(await page.locator('.policy-sentence').count(), 159)
  for (const [status, count] of Object.entries({ kept: 3, due: 1, broken: 1, unknown: 154 })) {
    assert.equal(await page.locator(`.policy-sentence.is-${status}`).count(), count, status)
    assert.equal(await page.innerText(`.policy-figures .is-${status} b`), String(count))
  }
})

test('a click opens the evidence, and this browser proves every fact', { skip }, async () => {
  await page.click('#statement-5\\.1\\.1 a')
  await page.waitForSelector('.policy-fact')
  assert.equal(new URL(page.url()).pathname, '/policy/5.1.1')
  const inspector = await page.innerText('.policy-inspector')
  for (const text of [
    '破られている',
    '3件中2件',
    'mail.example.jp:465',
    'UTC+8',
    '機械による測定',
  ]) {
    assert.ok(inspector.includes(text), text)
  }
  await page.click('#policy-prove')
  await page.waitForSelector('.policy-prove .is-kept')
  assert.match(await page.innerText('.policy-prove'), /7件中7件/)

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page
      .locator('.policy-fact')
      .first()
      .evaluate(element => {
        element.setAttribute('open', '')
        element.querySelector<HTMLAnchorElement>('.policy-download a')?.click()
      }),
  ])
  assert.equal(download.suggestedFilename(), 'okite-18.tlog-proof')
})

test('a forged fact is not proven, and that cannot be overlooked', { skip }, async () => {
  await page.route('**/api/facts/18', async route => {
    const response = await route.fetch()
    const body = (await response.json()) as { leaf: string }
    await route.fulfill({ json: { ...body, leaf: body.leaf.replace('"accepted"', '"refused"') } })
  })
  await page.click('#policy-prove')
  await page.waitForSelector('.policy-prove .is-broken')
  assert.match(await page.innerText('.policy-prove'), /7件中6件/)
  await page.unroute('**/api/facts/18')
})

test('keys: j and k step, / searches, Esc closes, ? helps', { skip }, async () => {
  const place = () => new URL(page.url()).pathname
  await page.keyboard.press('j')
  await page.waitForURL('**/policy/5.1.2')
  await page.keyboard.press('k')
  await page.waitForURL('**/policy/5.1.1')
  await page.keyboard.press('Escape')
  await page.waitForURL('**/policy')
  await page.keyboard.press('?')
  await page.waitForSelector('dialog[open]')
  assert.match(await page.innerText('dialog[open]'), /次の文/)
  await page.keyboard.press('Escape')
  await page.waitForSelector('dialog[open]', { state: 'detached' })
  await page.keyboard.press('/')
  await page.keyboard.type('TLS')
  assert.equal(await page.locator('.policy-sentence').count(), 1, 'j in a field is a letter')
  assert.equal(place(), '/policy')
  await page.fill('#policy-search', '')
  await page.click('.policy-figures .is-broken')
  assert.equal(await page.locator('.policy-sentence').count(), 1)
  await page.click('.policy-figures .is-broken')
})

test('what is asked for stands in the address: owner, framework, law; a sentence keeps it', {
  skip,
}, async () => {
  const count = () => page.locator('.policy-sentence').count()
  refill()
  await page.goto(`${url}policy?framework=iso27001&requirement=A.5.1`)
  await page.waitForSelector('.policy-sentence')
  assert.ok((await count()) < 10)
  await page.click('.policy-sentence a')
  await page.waitForURL(/policy\/\d[\d.]*\?framework=iso27001&requirement=A\.5\.1/)
  await page.click('.policy-choices button')
  await page.waitForFunction(() => document.querySelectorAll('.policy-sentence').length === 159)
  await page.selectOption('.policy-choices select >> nth=2', 'gdpr')
  await page.waitForURL('**law=gdpr')
  assert.ok((await count()) < 159)
  await page.goBack()
})

test('a day gone by shows what was concluded by then, and says so', { skip }, async () => {
  refill()
  await page.goto(`${url}policy/5.1.1?at=2026-11-23`)
  await page.waitForSelector('.policy-inspector .strip')
  // The endpoint that breaks it was measured two days later; the committee had met by then.
  assert.equal(await page.locator('.policy-sentence.is-broken').count(), 0)
  assert.equal(await page.locator('.policy-sentence.is-kept').count(), 3)
  assert.match(await page.innerText('.policy-inspector'), /2026年11月23日/)
  await page.focus('#policy-history')
  await page.keyboard.press('End')
  await page.waitForSelector('.policy-sentence.is-broken')
  assert.equal(new URL(page.url()).search, '')
})

test('requirements that no sentence serves are named, and no framework is called met', {
  skip,
}, async () => {
  refill()
  await page.goto(`${url}frameworks/iso27001`)
  await page.waitForSelector('[role=tabpanel] h2')
  const text = await page.innerText('main')
  assert.match(text, /支える文がない項目（26）/)
  assert.doesNotMatch(text, /準拠|compliant/i)
  await page.click('[role=tabpanel] ul a[href*="requirement=A.8.24"]')
  await page.waitForURL('**/policy?framework=iso27001&requirement=A.8.24')
  refill()
  await page.goto(`${url}policy/5.1.1`)
  await page.waitForSelector('.policy-fact')
})

test('the page refreshes by itself when a verdict changes', { skip }, async () => {
  await sample.verdict({
    number: 56,
    policy: 0,
    status: 'kept',
    reason: { code: 'holds', args: {} },
    population: { size: 3, checked: 3, kept: 3, due: 0, broken: 0, unknown: 0, excepted: 0 },
    at: '2026-11-25T09:00:00.000Z',
    because: [18],
  })
  await page.waitForSelector('#statement-5\\.1\\.1.is-kept')
  assert.equal(await page.locator('.policy-sentence.is-broken').count(), 0)
})

test('V31a what can no longer be read says so, until it can', { skip }, async () => {
  const grow = () =>
    sample.append({ type: 'meeting.held', at: '2026-11-25T09:00:00.000Z', body: {} })
  const seen = errors.length
  await page.route('**/api/policy?*', route => route.abort())
  await grow()
  await page.waitForSelector('.policy-outdated[role=alert]')
  assert.match(await page.innerText('.policy-outdated'), /2026|11/)
  await page.unroute('**/api/policy?*')
  await grow()
  await page.waitForSelector('.policy-outdated', { state: 'detached' })
  errors.splice(seen)
})

test('the language changes in place and the choice is kept', { skip }, async () => {
  await page.click('header button[aria-haspopup=menu]')
  await page.click('[role=menuitemradio][lang=zh-TW]')
  await page.waitForFunction(() => document.querySelector('h1')?.textContent?.includes('資訊安全'))
  assert.equal(await page.getAttribute('html', 'lang'), 'zh-TW')
  await page.reload()
  await page.waitForSelector('.policy-sentence')
  assert.equal(await page.getAttribute('html', 'lang'), 'zh-TW')
})

test('nothing broke the content security policy or was thrown', { skip }, () => {
  assert.deepEqual(errors, [])
})
