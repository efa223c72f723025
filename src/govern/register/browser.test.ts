import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type Locale, locales } from '../../core/i18n/locale.ts'
import { memoryLog } from '../../core/ledger/testing.ts'
import { openTestProgram, type TestProgram } from '../../core/register/testing.ts'
import { recordLines } from '../../core/run/record-command.ts'
import { everyPermission, openHttp } from '../../core/run/serve.ts'
import { systemClock } from '../../core/time.ts'
import { buildWeb, openChromium, skip } from '../../core/ui/testing.ts'
import { noticeIssued } from '../duty/facts.ts'

/** Registers as people see them: the real program, its own interface, and two browsers at once. */

const project = join(import.meta.dirname, '../../..')
let web: Awaited<ReturnType<typeof buildWeb>>
let program: TestProgram
let http: ReturnType<typeof openHttp>
let url = ''
let browser: Browser
let [one, two]: Page[] = []
const errors: string[] = []

before(async () => {
  if (skip) return
  web = await buildWeb()
  program = await openTestProgram()
  const { log } = memoryLog()
  const permissions = new Set(everyPermission(program.okite.modules.modules))
  http = openHttp(program.okite, {
    call: {
      ...{ source: join(project, 'src'), project },
      environment: { OKITE_WEB_OUT: web.folder },
    },
    ...{ clock: systemClock, log, signal: new AbortController().signal },
    principalOf: () => ({
      ...{ account: null, person: 'hr:p-1', name: 'hr:p-1', roles: [], permissions },
    }),
  })
  url = await http.listen(0)
  browser = await openChromium()
  one = await enter()
  two = await enter()
})
after(async () => {
  await browser?.close()
  await http?.close()
  await program?.close()
  web?.drop()
})

/** A browser of its own, in which somebody has opened a link. */
async function enter(): Promise<Page> {
  const context: BrowserContext = await browser.newContext({
    ...{ locale: 'ja', viewport: { width: 1280, height: 800 } },
  })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.on('console', message => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', error => errors.push(error.message))
  await page.goto(await http.link())
  await page.waitForSelector('nav')
  return page
}

/** What the program says in this language. */
const say =
  (locale: Locale) =>
  (id: string, values: Readonly<Record<string, unknown>> = {}): string =>
    program.okite.messages.translate(locale, id, values)

async function goTo(page: Page, path: string): Promise<void> {
  await page.goto(`${url}${path}`)
  await page.waitForSelector('h1')
}

/** As a browser keeps the chosen language. */
const speak = (page: Page, locale: Locale) =>
  page.evaluate(chosen => localStorage.setItem('okite.locale', chosen), locale)

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

async function importFile(page: Page, locale: Locale, given: Readonly<Record<string, string>>) {
  const t = say(locale)
  const { path = '', source = '', content = '', count = '' } = given
  await goTo(page, `${path}?do=import`)
  await page.getByLabel(t('register.file.source')).fill(source)
  await page.setInputFiles('dialog input[type=file]', {
    ...{ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(content) },
  })
  await button(page, t('register.file.look')).click()
  await page.getByText(t('register.import.would')).waitFor()
  await button(page, t('register.import.run', { count: Number(count) })).click()
  await page.waitForSelector('dialog', { state: 'detached' })
}

for (const [nth, locale] of locales.entries()) {
  test(`${locale}: people and assets are imported, declared complete, and edited by two at once`, {
    skip,
  }, async () => {
    const t = say(locale)
    const page = one!
    await speak(page, locale)
    await speak(two!, locale)
    const people = ['number,name,kind,department']
    for (let at = 0; at < 40; at++) people.push(`N${nth}${at},Name ${at} 鈴木,employee,Care`)
    await importFile(page, locale, {
      ...{ path: 'registers/person', source: `hr-${nth}`, content: people.join('\n'), count: '40' },
    })
    const assets = `number,kind,owner,in-scope\nsrv-${nth},system,infrastructure,yes\n`
    await importFile(page, locale, {
      ...{ path: 'registers/asset', source: `cmdb-${nth}`, content: assets, count: '1' },
    })
    await page.getByRole('link', { name: `srv-${nth}` }).waitFor()

    await button(page, t('register.declare')).click()
    await button(page, t('register.declare.run', { count: nth + 1 })).click()
    await page.waitForSelector('dialog', { state: 'detached' })
    await page.getByText(t('register.by', { by: 'hr:p-1' })).waitFor()

    // Both open the same entry; each types into a field of his own, and into one that both type into.
    for (const each of [page, two!]) {
      await goTo(each, `registers/asset?entry=srv-${nth}`)
      await button(each, t('register.change')).click()
    }
    const owner = t('asset.column.owner')
    const important = t('asset.column.important')
    await page.getByLabel(owner).selectOption('ciso')
    await two!.getByLabel(owner).selectOption('legal')
    await two!.getByLabel(important).selectOption('yes')
    await button(page, t('register.save')).click()
    await button(page, t('register.change')).waitFor()
    await button(two!, t('register.save')).click()
    // He is told, sees both values, has lost nothing, and decides.
    await two!.getByText(t('ui.form.conflict')).waitFor()
    await button(two!, t('ui.form.conflict.again')).click()
    await two!.getByText(t('ui.form.theirs', { value: 'ciso' })).waitFor()
    assert.equal(await two!.getByLabel(owner).inputValue(), 'legal')
    assert.equal(await two!.getByLabel(important).inputValue(), 'yes')
    await button(two!, t('register.save')).click()
    await button(two!, t('register.change')).waitFor()
    const { rows } = await (
      await page.request.get(`${url}api/registers/asset?number=srv-${nth}`)
    ).json()
    assert.deepEqual([rows[0].values.owner, rows[0].values.important], ['legal', 'yes'])
    // What was declared is not what stands there now, and it says so.
    await goTo(page, 'registers/asset')
    await page.getByText(t('register.declared.changed')).waitFor()
  })
}

test('a file with mistakes says which line is wrong in which column, and changes nothing', {
  skip,
}, async () => {
  const t = say('ja')
  await speak(one!, 'ja')
  await goTo(one!, 'registers/asset?do=import')
  await one!.getByLabel(t('register.file.source')).fill('wrong')
  const buffer = Buffer.from('number,kind\nsrv-9,spaceship\n,system\n')
  await one!.setInputFiles('dialog input[type=file]', {
    ...{ name: 'a.csv', mimeType: 'text/csv', buffer },
  })
  await button(one!, t('register.file.look')).click()
  await one!.getByText(t('register.file.wrong', { count: 2 })).waitFor()
  const said = await one!.innerText('dialog [role=alert]')
  for (const text of [t('register.line', { line: 2 }), t('asset.column.kind')]) {
    assert.ok(said.includes(text), said)
  }
  assert.equal(await button(one!, t('register.file.look')).count(), 1, 'nothing to confirm')
})

test('what is wrong with a form stands at its field, in words; what was typed survives a reload', {
  skip,
}, async () => {
  const t = say('ja')
  await goTo(one!, 'registers/asset?do=new')
  const number = one!.getByLabel(t('asset.column.number'))
  await number.fill('SRV 1!')
  await one!.getByLabel(t('asset.column.kind')).selectOption('system')
  await one!.reload()
  assert.equal(await number.inputValue(), 'SRV 1!')
  await button(one!, t('register.save')).click()
  await one!.waitForSelector('dialog [role=alert]')
  assert.equal(await number.getAttribute('aria-invalid'), 'true')
  await button(one!, t('ui.form.discard'))
    .click({ timeout: 500 })
    .catch(() => undefined)
})

test('the address keeps what is asked for: text, filter, order, and the way back', {
  skip,
}, async () => {
  const t = say('ja')
  await goTo(one!, 'registers/person')
  const search = one!.getByRole('searchbox')
  await search.fill('N07')
  const told = t('ui.table.count', { shown: 1, total: 120 })
  await one!.getByRole('status').filter({ hasText: told }).waitFor()
  assert.match(one!.url(), /text=N07/)
  await one!.getByRole('link', { name: 'N07' }).click()
  await one!.getByText(t('register.history')).waitFor()
  await one!.keyboard.press('Escape')
  await one!.waitForSelector('dialog', { state: 'detached' })
  assert.equal(await search.inputValue(), 'N07', 'closing an entry leaves the question')
})

/** What files bring: tags, formulas, another direction, nothing to be seen, towers of marks, all that a name holds. */
const hostile = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  "=cmd|'/C calc'!A0",
  '@SUM(A1)\u200b\u200d',
  '\u200fابجد\u200f',
  `Z${'\u0301\u0335'.repeat(99)}`,
  '長'.repeat(200),
]

/** What a file of a register may not hold, and people may say: turned around, and out of the isolation of a name. */
const turned = ['\u202egnp.exe', 'x\u2069\u2069\u202ereversed', '\u2066\u202d', ...hostile]

/** Where what was brought is shown, or may be. */
const shownAt = [
  'registers/person',
  'registers/person?entry=',
  'registers/supplier?entry=s-h0',
  'registers/law?entry=hostile-0',
  'registers',
  'duties',
  'evidence',
  'policy/26',
]

/** What is wrong with a page on which such texts stand. */
const harmAt = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const harm: string[] = []
    if (document.querySelector('img[src="x"], body script:not([src])'))
      harm.push('a tag came alive')
    if (document.documentElement.scrollWidth > innerWidth + 1) harm.push('wider than the window')
    for (const row of document.querySelectorAll('tr[data-row]'))
      if (row.clientHeight > 41) harm.push(`a row of ${row.clientHeight} px`)
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const parent = node.parentElement
      if (/[\u202a-\u202e]/.test(node.nodeValue ?? '')) harm.push(`turned in ${parent?.outerHTML}`)
      if (!/[\u0600-\u06ff]|\u0301\u0335/.test(node.nodeValue ?? '') || parent === null) continue
      const isAlone = parent.textContent?.trim() === node.nodeValue?.trim()
      if (parent.closest('bdi') === null && !isAlone)
        harm.push(`not isolated in ${parent.outerHTML}`)
    }
    return harm
  })

test('hostile names are only text, wherever they are shown or written out', {
  skip,
}, async () => {
  const page = one!
  const t = say('ja')
  await page.setViewportSize({ width: 1440, height: 900 })
  const alerts: string[] = []
  page.on('dialog', dialog => {
    alerts.push(dialog.message())
    void dialog.dismiss()
  })
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const files = [
    [
      'person',
      'number,name,kind,department',
      (text: string, nth: number) =>
        `X${nth},${quoted(text)},employee,${quoted(text.slice(0, 60))}`,
    ],
    [
      'supplier',
      'number,name,relations',
      (text: string, nth: number) => `s-h${nth},${quoted(text.slice(0, 100))},vendor`,
    ],
    [
      'law',
      'obligation,jurisdiction,law,provision,version',
      (text: string, nth: number) => `hostile-${nth},japan,appi,${quoted(text.slice(0, 80))},1`,
    ],
    ['asset', 'number,kind,in-scope', (_: string, nth: number) => `hostile-${nth},system,yes`],
  ] as const
  for (const [name, header, row] of files)
    await importFile(page, 'ja', {
      ...{ path: `registers/${name}`, source: 'hostile', count: String(hostile.length) },
      content: [header, ...hostile.map(row)].join('\n'),
    })

  const { rows } = await (await page.request.get(`${url}api/registers/person?number=X5`)).json()
  const found: string[] = []
  for (const place of shownAt) {
    await goTo(page, place.endsWith('=') ? `${place}${rows[0].id}` : place)
    if (place.includes('entry')) await page.getByText(t('register.history')).waitFor()
    else await page.waitForLoadState('networkidle')
    for (const each of await harmAt(page)) found.push(`${place}: ${each}`)
  }
  // The palette says what is typed into it nowhere else.
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: t('shell.palette') }).fill(hostile[0]!)
  for (const each of await harmAt(page)) found.push(`palette: ${each}`)
  assert.deepEqual([found, alerts], [[], []])

  const csv = await (await page.request.get(`${url}api/registers/person/export`)).text()
  for (const line of csv.split('\n').slice(1))
    for (const cell of line.split(',')) assert.doesNotMatch(cell, /^"?[=+@-]/, line.slice(0, 80))
  // A line that long is refused before anybody asks what stands in it.
  const refused = [
    ['\u202eevil', [t('register.line', { line: 2 }), t('person.column.name')]],
    ['x'.repeat(100_000), [t('register.line', { line: 2 })]],
  ] as const
  for (const [text, places] of refused) {
    await goTo(page, 'registers/person?do=import')
    await page.getByLabel(t('register.file.source')).fill('worse')
    const buffer = Buffer.from(`number,name,kind\nY1,${text},employee\n`)
    await page.setInputFiles('dialog input[type=file]', {
      ...{ name: 'worse.csv', mimeType: 'text/csv', buffer },
    })
    await button(page, t('register.file.look')).click()
    await page.waitForSelector('dialog [role=alert]')
    const said = await page.innerText('dialog [role=alert]')
    for (const where of places) assert.ok(said.includes(where), said)
  }
})

test('what people say is only text: subjects that fail, comments, notices, facts', {
  skip,
}, async () => {
  const page = one!
  const told = (text: string) => text.slice(0, 80).toWellFormed()
  const departments = turned.map(text => ({
    type: 'department.listed',
    body: { department: told(text) },
  }))
  const { rows } = await (await page.request.get(`${url}api/registers/person?number=X0`)).json()
  const facts = [
    ...departments,
    {
      type: 'department.list.declared',
      body: { departments: turned.length, hash: 'a'.repeat(64) },
    },
    { type: 'role.listed', body: { role: 'ciso' } },
    {
      type: 'role.holder.appointed',
      body: { role: 'ciso', person: rows[0].id, from: '2026-01-01', until: null },
    },
  ]
  const lines = Buffer.from(facts.map(fact => JSON.stringify(fact)).join('\n'))
  const { complaints } = await recordLines(program.okite, lines, { by: 'hr:p-1', dry: false })
  assert.deepEqual(complaints, [])
  await program.okite.judges.stepAll()
  const control = 'govern.policy.department-officer-appointed'
  const query = new URLSearchParams({ locale: 'ja', limit: '50', control })
  const { duties } = await (await page.request.get(`${url}api/duties?${query}`)).json()
  assert.equal(duties.length, turned.length)
  for (const [nth, text] of turned.entries()) {
    const data = { id: duties[0].id, text, key: `hostile-${nth}` }
    const headers = { origin: url.slice(0, -1) }
    const commented = await page.request.post(`${url}api/duties/comment`, { data, headers })
    assert.equal(commented.status(), 200, await commented.text())
  }
  // As it is issued to the holder in the morning, whatever hour it is now.
  const at = new Date().toISOString()
  const item = { control, subject: told(turned[1]!), occurrence: 'mending', isDelegated: false }
  const { pos } = await program.okite.submit('govern.duty')({
    ...{ type: noticeIssued, source: 'okite duty', occurred: at, observed: at },
    ...{ trust: 'instrument', identity: 'hostile' },
    body: {
      ...{ person: rows[0].id, isUrgent: false, day: at.slice(0, 10) },
      items: [{ ...item, what: 'do', urgency: 'new', due: null }],
    },
  })
  await program.okite.settled(pos)

  const found: string[] = []
  const look = async (path: string, shown = '') => {
    if (path !== '') await goTo(page, path)
    await page.getByText(shown).first().waitFor({ state: 'attached' })
    await page.waitForLoadState('networkidle')
    for (const each of await harmAt(page)) found.push(`${path}: ${each}`)
  }
  await look('policy/15', 'gnp.exe')
  await look('duties?tab=notices', hostile[0])
  await page.locator('main summary').first().click()
  await look('')
  await look(`duties?tab=all&control=${control}`, 'reversed')
  // It is found, opened and spoken of by the name that it has.
  await page.locator('main a', { hasText: 'reversed' }).first().click()
  await page.waitForURL('**/duties/**')
  await page.getByLabel(say('ja')('duty.comment')).fill('見ました')
  await button(page, say('ja')('duty.comment.send')).click()
  await page.getByText('見ました').waitFor()
  await look(`duties/${duties[0].id.split('/').map(encodeURIComponent).join('/')}`, 'gnp.exe')
  await look('evidence?type=department.listed', 'reversed')
  await look(`evidence?text=${encodeURIComponent(turned[1]!)}`, 'reversed')
  await page.locator('main li a[href^="/evidence/"]').first().click()
  await look('', 'reversed')
  await button(page, say('ja')('evidence.prove')).click()
  await page.getByText(say('ja')('evidence.proven.root')).waitFor()
  assert.deepEqual(found, [])
})

test('back, a second tab, a minute without network, a wrong clock, the end of the session: what was typed is there', {
  skip,
}, async () => {
  const t = say('ja')
  const page = await enter()
  const context = page.context()
  const number = page.getByLabel(t('asset.column.number'))
  const isThere = async (when: string) => assert.equal(await number.inputValue(), 'srv-kept', when)
  const refused = async () => {
    await button(page, t('register.save')).click()
    await page.getByText(t('ui.form.kept')).waitFor()
  }
  await goTo(page, 'registers/asset')
  await button(page, t('register.new')).click()
  await number.fill('srv-kept')
  await page.getByLabel(t('asset.column.kind')).selectOption('system')
  await page.goBack()
  await number.waitFor({ state: 'detached' })
  await page.goForward()
  await isThere('back and forth')

  const tab = await context.newPage()
  await goTo(tab, 'registers/asset?do=new')
  const other = tab.getByLabel(t('asset.column.number'))
  assert.equal(await other.inputValue(), '', 'another tab is another form')
  await other.fill('srv-other')
  await tab.getByLabel(t('asset.column.kind')).selectOption('system')
  await button(tab, t('register.save')).click()
  await tab.getByRole('link', { name: 'srv-other' }).waitFor()
  await isThere('a second tab')

  await context.setOffline(true)
  await refused()
  await context.setOffline(false)
  await isThere('without network')

  await page.clock.setSystemTime(Date.now() + 86_400_000)
  await page.reload()
  await isThere('a day ahead')

  await context.clearCookies()
  await button(page, t('register.save')).click()
  await page.getByRole('dialog', { name: t('account.again.lost') }).waitFor()
  await page.goto(await http.link())
  await page.waitForSelector('nav')
  await goTo(page, 'registers/asset?do=new')
  await isThere('another session')
  await button(page, t('register.save')).click()
  await page.getByRole('link', { name: 'srv-kept' }).waitFor()
  await context.close()
  errors.length = 0
})

test('nothing broke the content security policy or was thrown', { skip }, () => {
  // The browser itself writes a line for what is refused on purpose.
  const told = errors.filter(text => !/status of (409|412|422)/.test(text))
  assert.deepEqual(told, [])
})
