import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { buildWeb, openChromium, skip } from '../../src/core/ui/testing.ts'
import { startCompany } from './company.ts'

/** The sample company by keyboard alone, in Chinese: the focus is always seen and never lost. */

let web: Awaited<ReturnType<typeof buildWeb>>
let company: Awaited<ReturnType<typeof startCompany>>
let browser: Browser
let page: Page

before(async () => {
  if (skip) return
  web = await buildWeb()
  company = await startCompany(web.folder)
  browser = await openChromium()
  page = await browser.newPage({ locale: 'zh-TW', viewport: { width: 1440, height: 800 } })
  page.setDefaultTimeout(60_000)
  await company.signIn(page.context())
  await page.goto(company.url)
  await settled()
})
after(async () => {
  await browser?.close()
  await company?.close()
  web?.drop()
})

const dialog = 'dialog[open]'

/** The heading is there, and nothing is being read any more. */
async function settled(): Promise<void> {
  await page.waitForSelector('main h1')
  await page.waitForFunction(() => document.querySelector('[role=status] .bg-paper-3') === null)
}

/** What has the focus: never the page as a whole, and always with an edge that is seen. */
const focused = (): Promise<string> =>
  page.evaluate(() => {
    const { activeElement: at } = document
    if (at === null || at === document.body) return 'lost'
    const { outlineStyle } = getComputedStyle(at)
    return outlineStyle === 'none' && at.id !== 'main' ? `unseen: ${at.outerHTML}` : 'seen'
  })

/** Gets there as somebody does who has no mouse. */
async function tabTo(target: Locator): Promise<void> {
  await target.waitFor()
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate(element => element === document.activeElement)) {
      assert.equal(await focused(), 'seen')
      return
    }
    await page.keyboard.press('Tab')
  }
  assert.fail(`no way by keyboard to ${target}`)
}

async function keys(...presses: readonly string[]): Promise<void> {
  for (const press of presses) await page.keyboard.press(press)
}

test('by keyboard alone: to a duty, its dialog and back, and to a fact that is proven', {
  skip,
}, async () => {
  await keys('g', 'd')
  await page.waitForURL('**/duties')
  await tabTo(page.locator('[role=tab][data-state=active]'))
  await keys('End', 'ArrowLeft')
  await tabTo(page.locator('a[data-duty]').first())
  await keys('Enter')
  await page.waitForURL(/duties\/.+/)
  await settled()
  assert.equal(await focused(), 'seen', 'the list has gone, and with it the link that was pressed')
  const delegate = page.locator('aside button').first()
  await tabTo(delegate)
  await keys('Enter')
  await page.waitForSelector(dialog)
  assert.equal(await focused(), 'seen')
  await keys('Escape')
  await page.waitForSelector(dialog, { state: 'detached' })
  assert.ok(await delegate.evaluate(element => element === document.activeElement))
  await keys('g', 'a')
  await page.waitForURL('**/evidence')
  await tabTo(page.locator('main ol li a').first())
  await keys('Enter')
  await page.waitForSelector('[data-proof]', { state: 'attached' })
  assert.equal(await focused(), 'seen')
  const proof = page.locator('section', { has: page.locator('[data-proof]') })
  await tabTo(proof.locator('button').first())
  await keys('Enter')
  await page.waitForSelector('[data-proof=kept]')
  assert.equal(await focused(), 'seen')
})
