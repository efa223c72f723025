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
  page.setDefaultTimeout(20_000)
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

const isFocused = (target: Locator): Promise<boolean> =>
  target.evaluate(element => element === document.activeElement)

/** Gets there as somebody does who has no mouse. */
async function tabTo(target: Locator, key = 'Tab'): Promise<void> {
  await target.waitFor()
  for (let presses = 0; presses < 80; presses += 1) {
    if (await isFocused(target)) {
      assert.equal(await focused(), 'seen')
      return
    }
    await page.keyboard.press(key)
  }
  assert.fail(`no way by keyboard to ${target}`)
}

async function keys(...presses: readonly string[]): Promise<void> {
  for (const press of presses) await page.keyboard.press(press)
}

const field = (name: string) => page.locator(`main form [name="${name}"]`)

test('by keyboard alone: a dialog and back, a duty done with its form, its sentence opened and proven', {
  skip,
}, async () => {
  await keys('g', 'd')
  await page.waitForURL('**/duties')
  const duty = page.locator('a[data-duty*="department-officer"], a[href*="department-officer"]')
  await duty.waitFor()
  for (let presses = 0; presses < 80 && !(await isFocused(duty)); presses += 1) await keys('j')
  assert.ok(await isFocused(duty))
  assert.equal(await focused(), 'seen')
  await keys('Enter')
  await page.waitForURL(/duties\/.+/)
  await settled()
  assert.equal(await focused(), 'seen', 'the list has gone, and with it the link that was pressed')

  await tabTo(field('as'))
  await keys('ArrowDown')
  await tabTo(field('person'))
  // Many are found by the first letter: the way on is not through their list.
  await keys('o')
  await page.locator('[role=option]').nth(12).waitFor()
  await keys('Tab')
  assert.equal(await focused(), 'seen', 'the list has closed, and with it what lies in it')
  await tabTo(field('person'), 'Shift+Tab')
  await keys('Control+a')
  await page.keyboard.type('Owner')
  await page.waitForFunction(() => document.querySelectorAll('[role=option]').length === 1)
  await keys('Tab')
  assert.equal(await field('person').inputValue(), 'Owner', 'the only one who is called so')
  await tabTo(field('from'))
  await page.keyboard.type('11122026')
  assert.equal(await field('from').inputValue(), '2026-11-12')

  // Somebody looks for another to do it, and thinks better of it: what was typed is there.
  const delegate = page.locator('aside button').first()
  await tabTo(delegate)
  await keys('Enter')
  await page.waitForSelector(dialog)
  assert.equal(await focused(), 'seen')
  await keys('Escape')
  await page.waitForSelector(dialog, { state: 'detached' })
  assert.ok(await isFocused(delegate))
  assert.equal(await field('person').inputValue(), 'Owner')

  const send = page.locator('main form:has([name=from]) button[type=submit]')
  await tabTo(send, 'Shift+Tab')
  await keys('Enter')
  await send.waitFor({ state: 'detached' })
  await page.waitForSelector('main a[href^="/evidence/"]')
  assert.deepEqual(await page.locator('main [role=alert]').allInnerTexts(), [])
  assert.equal(
    await focused(),
    'seen',
    'the form has gone, and with it the button that was pressed',
  )

  await tabTo(page.locator('main a[href^="/policy/"]').first())
  await keys('Enter')
  await page.waitForURL(/policy\/.+/)
  await page.waitForSelector('#policy-prove')
  assert.equal(await focused(), 'seen')
  await keys('p')
  await page.waitForSelector('.policy-prove .is-kept')
  assert.equal(await focused(), 'seen')
  await keys('Escape')
  await page.waitForURL('**/policy')
  assert.equal(await focused(), 'seen')
})
