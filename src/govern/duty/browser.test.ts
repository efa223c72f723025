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
import { buildWeb, openChromium, skip } from '../../core/ui/testing.ts'

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

const meetingOf = (meeting: string) => ({
  type: 'committee.meeting.minuted',
  body: { meeting, members: 7, present: 5, reviewed: 3, decisions: 1, period: null, hash },
})
const hash = '1'.repeat(64)

before(async () => {
  if (skip) return
  web = await buildWeb()
  // The last hours of a month, of which somebody may still tell in the next one.
  desk = await openTestDesk('2026-11-30T03:00:00.000Z', { OKITE_WEB_OUT: web.folder })
  await desk.record('hr@example.jp', ...['p-1', 'p-2', 'p-3', 'p-4'].map(joined))
  await desk.record(
    'hr@example.jp',
    ...['ciso', 'committee'].map(role => ({ type: 'role.listed', body: { role } })),
    ...[appointed('ciso', 'p-1'), appointed('committee', 'p-2')],
  )
  await desk.record('hr@example.jp', meetingOf('in-november'))
  await desk.advance('2026-12-01T03:00:00.000Z')
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
  page.on('pageerror', error => errors.push(error.message))
  // What is done is not asked for once more.
  page.on('response', response => {
    if (response.status() === 409 && response.url().includes('/api/duties/form'))
      errors.push(`${response.status()} ${response.url()}`)
  })
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
    await nurse.waitForSelector('main h1')
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

  test('what is alike is one line, opened to its subjects, and found among all', async () => {
    const page = await enter('officer@example.jp', 'officer', 'ja')
    await open(page, '/duties?tab=all')
    const lines = () =>
      page.$$eval('a[data-duty]', all => all.map(one => one.getAttribute('href') ?? ''))
    await page.waitForSelector('a[data-duty]')
    const controls = (await lines()).map(href => new URL(href, url).searchParams.get('control'))
    const opened = 'protect.awareness.trained-monthly'
    assert.equal(controls.filter(one => one === opened).length, 1)
    await page.click(`a[data-duty][href*="control=${opened}"]`)
    const ofOne = `/duties/${opened}/2026-12/p-3`
    await page.waitForSelector(`a[data-duty][href="${ofOne}"]`)
    await page.fill('#duty-search', 'P-3')
    await page.waitForURL(/find=P-3/)
    await page.waitForFunction(() => document.querySelectorAll('a[data-duty]').length === 1)
    assert.deepEqual(await lines(), [ofOne])
    await page.close()
  })

  test('V4 a second person sees what waits, looks at each, and accepts several at once', async () => {
    const trained = (person: string) => ({
      ...{ type: 'training.completed', trust: 'claim', occurred: '2026-11-30T05:00:00.000Z' },
      body: {
        ...{ person, course: 'c-1', program: 'monthly', version: 'v1', minutes: 30 },
        test: null,
      },
    })
    await desk.record('hr@example.jp', ...['p-1', 'p-2', 'p-3'].map(trained))
    const page = await enter('officer@example.jp', 'officer', 'ja')
    await open(page, '/duties?tab=waiting')
    await page.waitForSelector('[data-claim]')
    const accept = page.getByRole('button', { name: /件を認める$/ }).first()
    assert.equal(await accept.isDisabled(), true, 'nothing was looked at')
    for (const person of ['p-1', 'p-2']) {
      const claim = page.locator('[data-claim]', { hasText: person })
      await claim.locator('summary').click()
      assert.match(await claim.innerText(), /c-1/)
      await claim.getByRole('checkbox').check()
    }
    await accept.click()
    await page.click('dialog[open] [type=submit]')
    await page.waitForSelector('dialog[open]', { state: 'detached' })
    await page.waitForFunction(() => document.querySelectorAll('[data-claim]').length === 1)
    assert.match(await page.innerText('[data-claim]'), /p-3/)
    await page.close()
  })

  test('V40 E4 a fact is corrected in its form and taken back: one asks, another sees what changes and agrees', async () => {
    const wrong = await desk.record('hanako@example.jp', meetingOf('wrong'))
    const false_ = await desk.record('hanako@example.jp', meetingOf('false'))
    const [first, second] = [await officer('first'), await officer('second')]
    await open(first, `/evidence/${wrong}`)
    await first.getByRole('button', { name: '訂正を申請する' }).click()
    assert.equal(await first.inputValue('dialog [name=present]'), '5')
    await first.fill('dialog [name=present]', '6')
    await ask(first, '出席者の数え間違い')
    await open(first, `/evidence/${false_}`)
    await first.getByRole('button', { name: '取り消しを申請する' }).click()
    await ask(first, '開かれていない')

    await open(first, '/evidence?tab=changes')
    await first.waitForSelector('main table')
    assert.equal(await first.getByRole('button', { name: /承認する/ }).count(), 0, 'not his own')
    await open(second, '/evidence?tab=changes')
    await second.waitForSelector('main table')
    const [, ...cells] = await second.locator('main table tr').allInnerTexts()
    assert.deepEqual(
      cells.map(row => row.split(/\s+/)),
      [['出席した委員の人数', '5', '6']],
    )
    for (const name of ['訂正を承認する', '取り消しを承認する']) {
      await second.getByRole('button', { name }).click()
      await second.getByRole('button', { name }).waitFor({ state: 'detached' })
    }
    for (const [pos, said] of [
      [wrong, '訂正済み'],
      [false_, '取り消し済み'],
    ] as const) {
      await open(second, `/evidence/${pos}`)
      await second.waitForSelector(`main >> text=${said}`)
    }
    await Promise.all([first.close(), second.close()])
  })

  test('V48 E5 a person’s values go when two others say so and no hold forbids it; the proof still verifies', async () => {
    const pos = await desk.record('taro@example.jp', meetingOf('of-taro'))
    const [first, second, taro] = [
      await officer('first'),
      await officer('second'),
      await officer('taro'),
    ]
    const askFor = async (tab: string, button: string, reason: string, isErasure = false) => {
      await open(first, `/evidence?tab=${tab}`)
      await first.getByRole('button', { name: button }).click()
      if (await first.locator('dialog [name=person]').count())
        await first.fill('dialog [name=person]', 'taro@example.jp')
      if (isErasure) await first.selectOption('dialog [name=ground]', 'gdpr.17.1')
      await ask(first, reason)
    }
    const agree = async (name: string) => {
      await open(second, '/evidence?tab=changes')
      await second.getByRole('button', { name }).click()
      await second.getByRole('button', { name }).waitFor({ state: 'detached' })
    }
    await askFor('changes', '個人の値の消去を申請する', '本人からの請求', true)
    await askFor('holds', '消去を禁じる', '訴訟のため')
    await open(taro, '/evidence?tab=changes')
    await taro.waitForSelector('text=本人からの請求')
    const own = taro.getByRole('button', { name: /^(消去|禁止)を承認する/ })
    assert.equal(await own.count(), 0, 'his own case')
    await agree('禁止を承認する')
    await second.getByRole('button', { name: /^消去を承認する/ }).click()
    await second.waitForSelector('[role=alert] >> text=消去が禁じられています')
    await askFor('holds', '解除を申請する', '訴訟の終結')
    await agree('解除を承認する')
    await open(second, `/evidence/${pos}`)
    await second.waitForSelector('main >> text=taro@example.jp')
    await agree('消去を承認する（元に戻せません）')
    await open(second, `/evidence/${pos}`)
    await second.waitForSelector('main >> text=消去済み')
    assert.doesNotMatch(await second.innerText('main'), /taro@example\.jp/)
    await proveFact(second)
    await Promise.all([first.close(), second.close(), taro.close()])
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

  test('nothing was thrown', () => {
    assert.deepEqual(errors, [])
  })
})

const acceptText = { ja: '認める', 'zh-TW': '認可', en: 'Accept' }
const acceptedText = { ja: '確認済み', 'zh-TW': '已認可', en: 'Accepted' }

const officer = (name: string) => enter(`${name}@example.jp`, 'officer', 'ja')

/** Sends what stands in the open dialog, with why. */
async function ask(page: Page, reason: string): Promise<void> {
  await page.locator('dialog textarea').last().fill(reason)
  await page.click('dialog [type=submit]')
  await page.waitForSelector('dialog[open]', { state: 'detached' })
}

/** By this browser, on the page of the fact. */
async function proveFact(page: Page): Promise<void> {
  await page.waitForSelector('[data-proof]', { state: 'attached' })
  await page
    .locator('section', { has: page.locator('[data-proof]') })
    .locator('button')
    .click()
  await page.waitForSelector('[data-proof=kept]')
}

/** The fact of the doing is proven by the browser, and its proof by whoever has the saved files. */
async function prove(page: Page, id: string, trust: Trust): Promise<void> {
  await open(page, `/duties/${id}`)
  const link = page.locator('main a[href^="/evidence/"]').first()
  const pos = Number((await link.getAttribute('href'))?.split('/').at(-1))
  await link.click()
  await proveFact(page)
  const saved = async (nth: number) => {
    const links = page.locator('a[download^="okite-"]')
    const [download] = await Promise.all([page.waitForEvent('download'), links.nth(nth).click()])
    return readFileSync(await download.path(), 'utf8')
  }
  const { vkey } = await desk.okite.reader.ledger()
  const proven = await provenFact({ pos, proof: await saved(0), leaf: await saved(1), vkey })
  assert.equal(proven.leaf.trust, trust)
}
