import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { RoleName } from '../../core/account/roles.ts'
import type { Trust } from '../../core/fact.ts'
import { pdf } from '../../core/file/testing.ts'
import { type Locale, locales } from '../../core/i18n/locale.ts'
import { provenFact } from '../../core/ledger/proven.ts'
import { openTestDesk } from '../../core/run/testing-desk.ts'
import {
  bringAxe,
  buildWeb,
  openChromium,
  overflows,
  skip,
  violations,
} from '../../core/ui/testing.ts'

/** A duty from open to proven, in the browser of each who has to do with it. */

type Doing = Readonly<{
  doer: string
  role: RoleName
  trust: Trust
  id: string
  typed: Readonly<Record<string, string>>
  chosen: Readonly<Record<string, string>>
  persons: Readonly<Record<string, string>>
}>

/** What is done in each language: the duty, what is typed, and the sentence that rests on it. */
const doings: Readonly<Record<Locale, Doing>> = {
  ja: {
    id: 'govern.policy.committee-meets-monthly/2026-12',
    ...{ doer: 'hr:p-2', role: 'member', trust: 'record', chosen: {} },
    typed: { meeting: 'm-12', members: '7', present: '5', reviewed: '3', decisions: '1' },
    persons: { chair: 'Name p-2' },
  },
  'zh-TW': {
    // What is about somebody he does himself where that is his to tell; it is a claim then.
    ...{ doer: 'hr:p-4', role: 'member', trust: 'claim' },
    id: 'protect.awareness.trained-monthly/2026-12/p-4',
    typed: { course: 'c-1', version: 'v1', minutes: '30' },
    chosen: { program: 'monthly' },
    persons: {},
  },
  en: {
    id: 'protect.awareness.newsletter-monthly/2026-12',
    ...{ doer: 'hr:p-1', role: 'ciso', trust: 'record', chosen: {} },
    typed: { issue: 'n-12', staff: '4', addressed: '4', accepted: '4' },
    persons: {},
  },
}

let desk: Awaited<ReturnType<typeof openTestDesk>>
let web: Awaited<ReturnType<typeof buildWeb>>
let browser: Browser
let url = ''
const errors: string[] = []

const joined = (person: string) => ({
  type: 'person.joined',
  body: { person, kind: 'employee', department: 'care' },
  private: {
    staff: { person: `hr:${person}` },
    name: { person: `hr:${person}`, value: `Name ${person}` },
  },
})
const appointed = (role: string, person: string) => ({
  type: 'role.holder.appointed',
  body: { role, person, from: '2026-01-01', until: null },
})

before(async () => {
  if (skip) return
  web = await buildWeb()
  desk = await openTestDesk('2026-12-01T03:00:00.000Z', { OKITE_WEB_OUT: web.folder })
  await desk.record('hr@example.jp', ...['p-1', 'p-2', 'p-3', 'p-4'].map(joined))
  await desk.record(
    'hr@example.jp',
    ...['ciso', 'committee'].map(role => ({ type: 'role.listed', body: { role } })),
    ...[appointed('ciso', 'p-1'), appointed('committee', 'p-2')],
  )
  url = (await desk.http.listen(0)).replace(/\/$/, '')
  browser = await openChromium()
})
after(async () => {
  await browser?.close()
  await desk?.close()
  web?.drop()
})

const permissionsOf = (role: RoleName): readonly string[] =>
  desk.okite.modules.modules.flatMap(({ permissions = {} }) =>
    Object.entries(permissions).flatMap(([name, roles]) => (roles.includes(role) ? [name] : [])),
  )

/** Somebody's own browser. */
async function enter(person: string, role: RoleName, locale: Locale): Promise<Page> {
  const page = await browser.newPage({ locale, viewport: { width: 1280, height: 900 } })
  await bringAxe(page)
  page.on('pageerror', error => errors.push(error.message))
  await page.goto(await desk.enterAs(person, permissionsOf(role)))
  await page.waitForSelector('main h1')
  return page
}

/** The clock of the test stands still, and with it the bucket of a session. */
async function open(page: Page, path: string): Promise<void> {
  desk.clock.add(5_000)
  await page.goto(url + path)
  await page.waitForSelector('main h1')
}

/** What the server itself answers. */
const status = (page: Page, path: string, body?: object): Promise<number> =>
  page.evaluate(
    async ([where, text]) => {
      const init =
        text === null
          ? {}
          : { method: 'POST', body: text, headers: { 'content-type': 'application/json' } }
      return (await fetch(`/api${where}`, init)).status
    },
    [path, body === undefined ? null : JSON.stringify(body)] as const,
  )

async function choose(page: Page, slot: string, name: string): Promise<void> {
  await page.fill(`[name="slot ${slot}"]`, name)
  await page.locator('[role=option]:visible', { hasText: name }).first().click()
}

async function sentenceOf(page: Page, id: string): Promise<{ number: number; status: string }> {
  const answer = await page.evaluate(async duty => {
    const one = await fetch(`/api/duties/one?locale=en&id=${encodeURIComponent(duty)}`)
    const policy = await fetch('/api/policy?locale=en')
    return [await one.json(), await policy.json()]
  }, id)
  const [{ sentences }, { sections }] = answer as [any, any]
  const all = sections.flatMap((s: any) => s.groups.flatMap((g: any) => g.statements))
  const found = all.find((s: any) => s.number === sentences[0].number)
  return { number: found.number, status: found.verdict.status }
}

describe('a duty, from open to proven', { skip }, () => {
  for (const locale of locales) {
    test(`${locale}: done with evidence by one, accepted by another, and the sentence tells`, async () => {
      const { id, typed, chosen, persons, trust, ...who } = doings[locale]
      const doer = await enter(who.doer, who.role, locale)
      await open(doer, '/duties')
      await doer.click(`a[data-duty][href="/duties/${id}"]`)
      await doer.waitForSelector('form [type=file]')
      for (const [name, value] of Object.entries(typed)) await doer.fill(`[name="${name}"]`, value)
      for (const [name, value] of Object.entries(chosen))
        await doer.selectOption(`[name="${name}"]`, value)
      // What is typed is kept, whatever happens to the page.
      await doer.reload()
      await doer.waitForSelector('form [type=file]')
      for (const [name, value] of Object.entries(typed))
        assert.equal(await doer.inputValue(`[name="${name}"]`), value)
      const form = doer.locator('form', { has: doer.locator('[type=file]') })
      const first = Object.keys(typed).at(-1)!
      await doer.fill(`[name="${first}"]`, '')
      await form.locator('[type=submit]').click()
      await doer.waitForSelector('[role=alert] a')
      await doer.fill(`[name="${first}"]`, typed[first]!)
      for (const [slot, name] of Object.entries(persons)) await choose(doer, slot, name)
      const bytes = Buffer.from(pdf(`of ${id}`))
      await doer.setInputFiles('[type=file]', {
        ...{ name: 'minutes.pdf', mimeType: 'application/pdf' },
        buffer: bytes,
      })
      await form.locator('[type=submit]').click()
      // Nothing is owed any more.
      await doer.waitForFunction(
        () => !document.querySelector('form [type=file]') || document.querySelector('[role=alert]'),
      )
      assert.deepEqual(await doer.locator('[role=alert]').allInnerTexts(), [])
      await doer.waitForSelector('text=minutes.pdf')
      const title = await doer.innerText('main h1')
      assert.doesNotMatch(await doer.innerText('main'), /\b(duty|ui|evidence)\.[a-z]/)

      const officer = await enter('officer@example.jp', 'officer', locale)
      await open(officer, `/duties/${id}`)
      await officer.waitForSelector('text=minutes.pdf')
      await officer.getByRole('button', { name: acceptText[locale], exact: true }).click()
      await officer.waitForSelector('dialog[open] form')
      await officer.click('dialog[open] [type=submit]')
      await officer.waitForSelector('dialog[open]', { state: 'detached' })
      await officer.waitForSelector(`text=${acceptedText[locale]}`)
      const { number, status: now } = await sentenceOf(officer, id)
      if (locale === 'ja') assert.equal(now, 'kept', title)
      await open(officer, `/policy/${number}`)
      await officer.waitForSelector(`.policy-sentence.is-${now} [aria-current=true]`)
      await prove(officer, id, trust)
      await Promise.all([doer.close(), officer.close()])
    })
  }

  test('a member sees his own and nothing else; an auditor reads and cannot write', async () => {
    const nurse = await enter('hr:p-4', 'member', 'ja')
    await open(nurse, '/duties')
    await nurse.waitForSelector('a[data-duty]')
    const mine = await nurse.$$eval('a[data-duty]', all => all.map(one => one.getAttribute('href')))
    assert.ok(mine.every(href => href?.endsWith('/p-4')))
    // Of a pledge others see to it that it is signed.
    const pledge = mine.find(href => href?.includes('pledge') || href?.includes('undertaking'))
    assert.ok(pledge)
    await open(nurse, pledge)
    await nurse.waitForSelector('[role=alert]')
    assert.equal(await nurse.locator('form [type=file]').count(), 0)
    const { id } = doings.ja
    assert.equal(await status(nurse, `/duties/one?locale=ja&id=${encodeURIComponent(id)}`), 404)
    for (const path of ['/duties?locale=ja', '/duties/overview?locale=ja', '/evidence/facts'])
      assert.equal(await status(nurse, path), 403, path)
    desk.clock.add(5_000)
    await nurse.goto(`${url}/evidence`)
    await nurse.waitForSelector('main h2')
    assert.doesNotMatch(await nurse.innerText('main'), /証拠/)

    const auditor = await enter('auditor@example.jp', 'auditor', 'ja')
    await open(auditor, `/duties/${id}`)
    await auditor.waitForSelector('text=minutes.pdf')
    assert.equal(await auditor.locator('main form').count(), 0)
    assert.equal(await auditor.locator('main button').count(), 0)
    const body = { id, text: 'x', key: '12345678' }
    assert.equal(await status(auditor, '/duties/comment', body), 403)
    const change = { kind: 'retract', target: 1, reason: 'x', key: '12345678' }
    assert.equal(await status(auditor, '/evidence/changes', change), 403)
    await Promise.all([nurse.close(), auditor.close()])
  })

  test('a calendar is shared, shown once, and taken back', async () => {
    const page = await enter('hr:p-2', 'member', 'en')
    await open(page, '/duties')
    await page.click('main header button')
    await page.click('dialog[open] footer button')
    const address = await page.inputValue('dialog[open] input')
    const { pathname, search } = new URL(address)
    const first = await fetch(`${url}${pathname}${search}`)
    assert.equal(first.status, 200)
    assert.match(await first.text(), /^BEGIN:VCALENDAR/)
    await page.click('dialog[open] footer button:first-child')
    await page.waitForSelector('dialog[open] footer button:nth-child(2)', { state: 'detached' })
    assert.equal((await fetch(`${url}${pathname}${search}`)).status, 404)
    await page.close()
  })

  test('WCAG 2.2 axe finds nothing: two colours, three languages, two widths, dialogs open', async () => {
    const found: string[] = []
    const page = await enter('officer@example.jp', 'ciso', 'ja')
    const see = async (what: string) => {
      for (const each of await violations(page)) found.push(`${what}: ${each}`)
      if (await overflows(page)) found.push(`${what}: wider than the window`)
    }
    const { id } = doings.ja
    // One way through all languages, colours and widths: each place is seen in each of them once.
    const looks = [
      ['ja', 'light', 1280],
      ['zh-TW', 'dark', 320],
      ['en', 'light', 320],
    ] as const
    for (const [locale, colorScheme, width] of looks) {
      await page.setViewportSize({ width, height: 800 })
      await page.emulateMedia({ colorScheme })
      await page.evaluate(chosen => localStorage.setItem('okite.locale', chosen), locale)
      const where = `${locale} ${colorScheme} ${width}`
      for (const path of ['/duties?tab=overview', '/duties?tab=all', '/duties?tab=notices']) {
        await open(page, path)
        await page.waitForTimeout(400)
        await see(`${where} ${path}`)
      }
      await open(page, '/duties/govern.report.metrics-reviewed-monthly/2026-12')
      await page.waitForSelector('form [type=file]')
      await see(`${where} form`)
      await page.locator('aside button').first().click()
      await page.waitForSelector('dialog[open]')
      await see(`${where} delegate`)
      await open(page, `/duties/${id}`)
      await see(`${where} done`)
      await open(page, '/evidence')
      await page.waitForSelector('main ol li')
      await see(`${where} search`)
      await page.locator('main ol li a').first().click()
      await page.waitForSelector('[data-proof]', { state: 'attached' })
      await see(`${where} fact`)
      await page.locator('aside button').last().click()
      await page.waitForSelector('dialog[open]')
      await see(`${where} action`)
      for (const tab of ['changes', 'holds', 'ledger']) {
        await open(page, `/evidence?tab=${tab}`)
        await page.waitForTimeout(300)
        await see(`${where} ${tab}`)
      }
    }
    await page.close()
    assert.deepEqual([...new Set(found)], [])
    assert.deepEqual(errors, [])
  })
})

const acceptText = { ja: '認める', 'zh-TW': '認可', en: 'Accept' }
const acceptedText = { ja: '確認済み', 'zh-TW': '已認可', en: 'Accepted' }

/** The fact of the doing is proven by the browser, and its proof by whoever has the saved files. */
async function prove(page: Page, id: string, trust: Trust): Promise<void> {
  await open(page, `/duties/${id}`)
  const link = page.locator('main a[href^="/evidence/"]').first()
  const pos = Number((await link.getAttribute('href'))?.split('/').at(-1))
  await link.click()
  await page.waitForSelector('[data-proof]', { state: 'attached' })
  await page
    .locator('section', { has: page.locator('[data-proof]') })
    .locator('button')
    .click()
  await page.waitForSelector('[data-proof=kept]')
  const saved = async (nth: number) => {
    const links = page.locator('a[download^="okite-"]')
    const [download] = await Promise.all([page.waitForEvent('download'), links.nth(nth).click()])
    return readFileSync(await download.path(), 'utf8')
  }
  const { vkey } = await desk.okite.reader.ledger()
  const proven = await provenFact({ pos, proof: await saved(0), leaf: await saved(1), vkey })
  assert.equal(proven.leaf.trust, trust)
}
