import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { bringAxe, openChromium, overflows, skip, violations } from '../../src/core/ui/testing.ts'
import { startGallery } from './gallery.ts'

/** The kit and the shell in Chromium, piece by piece; screens of modules have their own tests. */

let gallery: Awaited<ReturnType<typeof startGallery>>
let browser: Browser
let context: BrowserContext
let page: Page
let url = ''
const errors: string[] = []

before(async () => {
  if (skip) return
  gallery = await startGallery()
  url = await gallery.http.listen(0)
  browser = await openChromium()
  context = await browser.newContext({ locale: 'ja', viewport: { width: 1280, height: 800 } })
  page = await context.newPage()
  await bringAxe(page)
  page.on('console', message => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', error => errors.push(error.message))
  await page.goto(await gallery.http.link())
  await page.waitForSelector('main h1')
})
after(async () => {
  await browser?.close()
  await gallery?.stop()
})

const open = async (path: string) => {
  // The gallery's clock stands still, and with it the bucket of the session.
  gallery.clock.ms += 2_000
  await page.goto(url + path)
  await page.waitForSelector('main h1')
}
const place = () => new URL(page.url()).pathname
const noErrors = () => assert.deepEqual(errors.splice(0), [])

test('the first address leads to the first place; places and screens are links', {
  skip,
}, async () => {
  assert.equal(place(), '/forms')
  const names = await page.$$eval('header nav:visible a', all => all.map(each => each.textContent))
  assert.deepEqual(names, ['実施事項', '運用', '台帳', '証明'])
  await page.click('header nav:visible a[href="/registers/tables"]')
  await page.waitForSelector('nav a[href="/registers/empty"]')
  await page.click('nav a[href="/registers/empty"]')
  await page.waitForURL('**/registers/empty')
  await page.goBack()
  await page.waitForURL('**/registers/tables')
  await page.goBack()
  await page.waitForURL('**/forms')
  assert.equal(await page.title(), '実施事項 · Okite')
  noErrors()
})

test('M15 an unknown address and a screen without permission answer kindly, and alike', {
  skip,
}, async () => {
  for (const path of ['nowhere/at/all', 'closed', 'registers']) {
    await page.goto(url + path)
    await page.waitForSelector('main h1')
    assert.match(await page.innerText('main'), /この場所には何もありません/)
  }
  await page.click('main a')
  await page.waitForURL('**/forms')
  noErrors()
})

test('a screen that fails takes nothing else with it', { skip }, async () => {
  await open('broken')
  assert.match(await page.innerText('main [role=alert]'), /不具合/)
  await page.click('header nav:visible a[href="/forms"]')
  await page.waitForSelector('form')
  assert.ok(errors.splice(0).some(error => error.includes('on purpose')))
})

test('what is missing stands on top, linked to its field; the server has the last word', {
  skip,
}, async () => {
  await open('forms')
  await page.click('form button[type=submit]')
  await page.waitForSelector('form [role=alert]')
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('role')),
    'alert',
    'the summary has the focus',
  )
  assert.deepEqual(await page.$$eval('form [role=alert] a', all => all.map(a => a.textContent)), [
    '名称を入力してください',
    '種類を入力してください',
  ])
  await page.click('form [role=alert] a')
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'name')
  await page.keyboard.type('x'.repeat(41))
  await page.selectOption('[name=kind]', 'a')
  await page.click('form button[type=submit]')
  await page.waitForSelector('[name=name][aria-invalid=true]')
  assert.match(await page.innerText('form [role=alert]'), /名称が長すぎる/)
  // The browser writes a line for each refusal.
  errors.length = 0
})

test('what was typed outlives a reload, a lost session and a minute offline; then it is gone', {
  skip,
}, async () => {
  await open('forms')
  await page.fill('[name=name]', '復旧訓練')
  await page.fill('[name=note]', '議事録は後で')
  await page.reload()
  await page.waitForSelector('form')
  assert.equal(await page.inputValue('[name=name]'), '復旧訓練')

  await page.selectOption('[name=kind]', 'a')
  await context.setOffline(true)
  await page.click('form button[type=submit]')
  await page.waitForSelector('form [role=alert]')
  assert.match(await page.innerText('form [role=alert]'), /入力した内容はそのまま残っています/)
  await context.setOffline(false)

  const cookies = await context.cookies()
  await context.clearCookies()
  await page.click('form button[type=submit]')
  await page.waitForSelector('dialog[open]:has-text("リンク")')
  await context.addCookies(cookies)
  await page.reload()
  await page.waitForSelector('form')
  assert.equal(await page.inputValue('[name=note]'), '議事録は後で')

  let sent = 0
  page.on('request', request => (sent += Number(request.url().endsWith('/gallery/things/1'))))
  await page.dblclick('form button[type=submit]')
  await page.waitForSelector('[role=status]:has-text("保存しました: 復旧訓練")')
  assert.equal(sent, 1, 'sent once, however often it is pressed')
  assert.equal(await page.inputValue('[name=note]'), '')
  await page.reload()
  await page.waitForSelector('form')
  assert.equal(await page.inputValue('[name=note]'), '')
  errors.length = 0
})

test('two people edit one thing: the second is told, and keeps what he typed', {
  skip,
}, async () => {
  await open('forms')
  await page.fill('[name=name]', 'taken')
  await page.selectOption('[name=kind]', 'a')
  await page.click('form button[type=submit]')
  await page.waitForSelector('form [role=alert] button')
  assert.match(await page.innerText('form [role=alert]'), /ほかの人が変更しました/)
  await page.click('form [role=alert] button')
  await page.waitForSelector('text=現在の値：theirs')
  assert.equal(await page.inputValue('[name=name]'), 'taken')
  await page.fill('[name=name]', 'mine')
  await page.click('form button[type=submit]')
  await page.waitForSelector('[role=status]:has-text("mine")')
  errors.length = 0
})

test('a combobox by keyboard: full-width digits find half-width ones, Escape changes nothing', {
  skip,
}, async () => {
  await open('forms')
  await page.focus('[name=owner]')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.type('１９')
  await page.waitForSelector('[role=option]:has-text("伊藤 190")')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  assert.match(await page.inputValue('[name=owner]'), / 119$/)
  await page.keyboard.type('zzz')
  await page.keyboard.press('Escape')
  assert.match(await page.inputValue('[name=owner]'), / 119$/)
  await page.fill('[name=owner]', '')
  await page.focus('[name=name]')
  assert.equal(await page.inputValue('[name=owner]'), '', 'what is emptied is empty')
  await page.click('form button:has-text("入力を取り消す")')
  noErrors()
})

test('several are chosen by keyboard, and taken away; what is found nowhere stays as typed', {
  skip,
}, async () => {
  await open('forms')
  const chosen = () => page.locator('[aria-label="選択済み（出席者）"] li').allInnerTexts()
  await page.focus('[name=present]')
  await page.keyboard.type('高橋 3')
  await page.waitForSelector('[role=option]:has-text("高橋 3")')
  await page.keyboard.press('Enter')
  await page.keyboard.type('外部の人')
  await page.keyboard.press('Tab')
  assert.deepEqual(await chosen(), ['佐藤 1', '鈴木 2', '高橋 3', '外部の人'])
  await page.focus('[name=present]')
  await page.keyboard.press('Backspace')
  await page.click('button[aria-label="鈴木 2を外す"]')
  assert.deepEqual(await chosen(), ['佐藤 1', '高橋 3'])
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'present')
  noErrors()
})

test('keys lead to places, never out of a field or out of a word that is being composed', {
  skip,
}, async () => {
  await open('forms')
  await page.keyboard.press('g')
  await page.keyboard.press('r')
  await page.waitForURL('**/registers/tables')
  await page.keyboard.press('g')
  await page.keyboard.press('a')
  await page.waitForURL('**/pieces')
  await page.keyboard.press('g')
  await page.keyboard.press('d')
  await page.waitForURL('**/forms')
  await page.focus('[name=name]')
  await page.keyboard.type('gr?/')
  assert.equal(await page.inputValue('[name=name]'), 'gr?/')
  assert.equal(place(), '/forms')
  // A press while a word is composed belongs to the input method.
  await page.evaluate(() => {
    const field = document.querySelector<HTMLInputElement>('[name=name]')
    const composed = { key: 'k', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true }
    field?.dispatchEvent(new KeyboardEvent('keydown', composed))
  })
  assert.equal(await page.locator('dialog').count(), 0)
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.waitForSelector('dialog[open] kbd')
  await page.keyboard.press('Escape')
  await page.waitForSelector('dialog', { state: 'detached' })
  noErrors()
})

test('the palette finds screens, what a screen can do, and names by their form', {
  skip,
}, async () => {
  await open('forms')
  await page.keyboard.press('Control+k')
  await page.waitForSelector('dialog[open] input')
  await page.keyboard.type('台帳')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/registers/tables')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('４２')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#opened:has-text("42")')
  assert.equal(place(), '/registers/tables/42')
  noErrors()
})

test('a dialog keeps the focus, closes by Escape and gives the focus back', { skip }, async () => {
  await open('pieces')
  for (const name of ['dialog', 'drawer']) {
    await page.click(`#open-${name}`)
    await page.waitForSelector('dialog[open]')
    for (let count = 0; count < 6; count += 1) {
      await page.keyboard.press('Tab')
      const out = await page.evaluate(
        () =>
          document.activeElement !== document.body && !document.activeElement?.closest('dialog'),
      )
      assert.equal(out, false)
    }
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog', { state: 'detached' })
    assert.equal(await page.evaluate(() => document.activeElement?.id), `open-${name}`)
  }
  noErrors()
})

test('a table by keyboard: rows, choosing, order, and the address of a row', { skip }, async () => {
  await open('registers/tables')
  await page.waitForSelector('[data-row="0"]')
  assert.match(await page.innerText('[role=status]:has-text("件中")'), /400件中400件/)
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.waitForFunction(() => document.activeElement?.closest('[data-row="1"]'))
  await page.keyboard.press('x')
  await page.waitForSelector('text=1件を選択中')
  await page.keyboard.press('End')
  await page.waitForFunction(() => document.activeElement?.closest('[data-row="399"]'))
  await page.keyboard.press('Home')
  await page.waitForFunction(() => document.activeElement?.closest('[data-row="0"]'))
  await page.click('th button:has-text("名称")')
  await page.waitForSelector('th[aria-sort=ascending]')
  const names = await page.$$eval('tbody th', all => all.slice(0, 10).map(each => each.textContent))
  assert.deepEqual(names, names.toSorted())
  await page.keyboard.press('/')
  await page.keyboard.press('Escape')
  await page.focus('[data-row="0"] a')
  await page.keyboard.press('Enter')
  // The name of a host ends like a file; the address is a place all the same, also after a reload.
  await page.waitForURL('**/registers/tables/srv-*.example.jp')
  await page.reload()
  await page.waitForSelector('#opened')
  noErrors()
})

// How long its tasks are is measured in `bench/registers.ts`.
test('10^5 rows are filtered and ordered', { skip }, async () => {
  await open('registers/tables?rows=100000')
  await page.waitForSelector('[data-row="0"]')
  await page.focus('input[type=search]')
  await page.keyboard.type('営業 4'.slice(0, 2), { delay: 40 })
  await page.waitForSelector('text=/100,?000件中2\\d,?\\d{3}件/')
  await page.fill('input[type=search]', '')
  await page.click('th button:has-text("所管")')
  await page.waitForSelector('th[aria-sort=ascending]')
  await page.waitForFunction(
    () => document.querySelector('[data-row="0"] td:nth-of-type(2)')?.textContent === '営業一課',
  )
  noErrors()
})

test('a laptop that is wrong by a day shows the right "ago": time is the server\'s', {
  skip,
}, async () => {
  const wrong = await context.newPage()
  await wrong.clock.install({ time: new Date(Date.now() + 26 * 3_600_000) })
  gallery.clock.ms = Date.now()
  await wrong.goto(`${url}pieces`)
  await wrong.waitForSelector('time')
  assert.match(await wrong.innerText('main'), /3 ?時間前/)
  await wrong.close()
})

test('without a connection the page says so, until it is back', { skip }, async () => {
  const told = '[role=status]:has-text("サーバーにつながりません")'
  await open('pieces')
  await context.setOffline(true)
  await page.waitForSelector(told)
  await context.setOffline(false)
  await page.waitForSelector(told, { state: 'detached' })
  errors.length = 0
})

/** Of the pieces as they come, and of what opens in them. */
const opened: readonly (readonly [path: string, click: string, wait: string])[] = [
  ...['forms', 'pieces', 'registers/tables', 'registers/empty', 'broken'].map(
    path => [path, 'main h1', 'main h1'] as const,
  ),
  ['pieces', '#open-dialog', 'dialog[open]'],
  ['pieces', '#open-drawer', 'dialog[open]'],
  ['pieces', '#open-menu', '[role=menu]'],
  ['pieces', '#tell', '[role=status] button'],
  ['forms', 'form button[type=submit]', 'form [role=alert]'],
  ['forms', '[role=combobox]', '[role=option]'],
  ['registers/tables', 'main [aria-haspopup=menu]', '[role=menu]'],
]

test('WCAG 2.2 axe finds nothing in any piece: two colours, the smallest phone', {
  skip,
}, async () => {
  const found: string[] = []
  await page.setViewportSize({ width: 320, height: 800 })
  // Screens in other languages and widths: `every-screen.test.ts`; the kit has no words of its own.
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const [path, click, wait] of opened) {
      await open(path)
      await page.click(click)
      await page.waitForSelector(wait)
      const where = `${colorScheme} ${path} ${click}`
      for (const each of await violations(page)) found.push(`${where}: ${each}`)
      if (await overflows(page)) found.push(`${where}: wider than the window`)
    }
  }
  assert.deepEqual([...new Set(found)], [])
})
