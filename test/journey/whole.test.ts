import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { codeAt, password } from '../../src/core/account/testing.ts'
import { pdf } from '../../src/core/file/testing.ts'
import { type Locale, locales } from '../../src/core/i18n/locale.ts'
import { provenFact } from '../../src/core/ledger/proven.ts'
import { buildWeb, openChromium, skip } from '../../src/core/ui/testing.ts'
import { ofTheDay } from '../of-the-day.ts'
import { type Program, startProgram } from './program.ts'

/**
 * The whole product once, as people go through it: from an empty folder to a sentence that is kept, its
 * proof in a file, and an auditor who reads it. Nobody types an address; each has a browser of his own.
 */

type Someone = Readonly<{ number: string; name: string; mail: string }>

type Story = Readonly<{
  organisation: string
  administrator: Omit<Someone, 'number'>
  officer: Someone
  second: Someone
  auditor: Someone
  member: Someone
  /** Headers of files as people there write them. */
  peopleHead: string
  employee: string
  department: string
  assets: readonly string[]
}>

const stories: Readonly<Record<Locale, Story>> = {
  ja: {
    organisation: '山彦株式会社',
    administrator: { name: '高橋 誠', mail: 'takahashi@example.jp' },
    officer: { number: '1001', name: '佐藤 花子', mail: 'sato@example.jp' },
    second: { number: '1002', name: '鈴木 一郎', mail: 'suzuki@example.jp' },
    auditor: { number: '1003', name: '田中 律', mail: 'tanaka@example.jp' },
    member: { number: '1004', name: '伊藤 葵', mail: 'ito@example.jp' },
    peopleHead: '社員番号,氏名,メールアドレス,区分,部署',
    employee: '正社員',
    department: '総務部',
    assets: ['資産番号,種別,責任者,適用範囲', 'srv-01,サーバー,infrastructure,はい'],
  },
  'zh-TW': {
    organisation: '回聲股份有限公司',
    administrator: { name: '林 志明', mail: 'lin@example.tw' },
    officer: { number: 'A001', name: '陳 雅婷', mail: 'chen@example.tw' },
    second: { number: 'A002', name: '黃 俊傑', mail: 'huang@example.tw' },
    auditor: { number: 'A003', name: '張 淑芬', mail: 'chang@example.tw' },
    member: { number: 'A004', name: '李 怡君', mail: 'lee@example.tw' },
    peopleHead: '員工編號,姓名,電子郵件,類別,部門',
    employee: '正職員工',
    department: '總務部',
    assets: ['資產編號,類別,負責人,適用範圍', 'srv-01,伺服器,infrastructure,是'],
  },
  en: {
    organisation: 'Echo Care Ltd',
    administrator: { name: 'Grace Miller', mail: 'miller@example.org' },
    officer: { number: 'E1', name: 'Ann Baker', mail: 'baker@example.org' },
    second: { number: 'E2', name: 'Tom Carter', mail: 'carter@example.org' },
    auditor: { number: 'E3', name: 'Ruth Dale', mail: 'dale@example.org' },
    member: { number: 'E4', name: 'Joe Evans', mail: 'evans@example.org' },
    peopleHead: 'staff number,name,mail,kind,department',
    employee: 'employee',
    department: 'Care',
    assets: ['asset number,type,owner,scope', 'srv-01,server,infrastructure,yes'],
  },
}

/** Once a month; its sentence rests on this control alone. */
const duty = 'govern.policy.committee-meets-monthly'
const sentence = String.raw`#statement-2\.1\.2`

let web: Awaited<ReturnType<typeof buildWeb>>
let browser: Browser

before(async () => {
  if (skip) return
  web = await buildWeb()
  browser = await openChromium()
})
after(async () => {
  await browser?.close()
  web?.drop()
})

/** In Japanese always, and in one of the other languages by the day. */
const others = locales.filter(locale => locale !== 'ja')
for (const locale of ['ja', ...ofTheDay(others)] as const) {
  test(`${locale}: from an empty installation to a sentence that is kept, proven and audited`, {
    skip,
  }, async t => {
    const program = await startProgram(web.folder)
    const walk = walkIn(program, locale)
    t.after(async () => {
      await walk.leave()
      await program.close()
    })
    const story = stories[locale]

    const administrator = await walk.arrive()
    await walk.setUp(administrator, story)
    await walk.enterPerson(administrator, story, story.officer)
    await walk.enterPerson(administrator, story, story.second)
    const officer = await walk.arrive()
    await walk.accept(officer, await walk.invite(administrator, story.officer, 'ciso'))
    const second = await walk.arrive()
    await walk.accept(second, await walk.invite(administrator, story.second, 'officer'))

    const staff = [story.auditor, story.member].map(({ number, name, mail }) =>
      [number, name, mail, story.employee, story.department].join(','),
    )
    await walk.importFile(officer, 'person', [story.peopleHead, ...staff])
    await walk.importFile(officer, 'asset', story.assets)
    await walk.declare(officer, 'person', 4)
    await walk.declare(officer, 'asset', 1)
    await walk.importFile(officer, 'role', [
      'role,holder,from',
      `committee,${story.officer.number},2026-01-01`,
    ])

    assert.equal(await walk.colour(second), 'unknown')
    const id = await walk.doDuty(officer, story)
    // Whoever has the policy open sees the sentence turn: nobody reloads.
    await second.waitForSelector(`${sentence}.is-kept`)
    await walk.acceptDoing(second, id)
    await walk.prove(officer)

    const auditor = await walk.arrive()
    await walk.accept(auditor, await walk.invite(administrator, story.auditor, 'auditor'))
    await walk.audit(auditor, id)
    const member = await walk.arrive()
    await walk.accept(member, await walk.invite(administrator, story.member, 'member'))
    await walk.staysWithHisOwn(member, id)
    assert.deepEqual(walk.errors, [])
  })
}

const inside = (at: Page) => at.waitForSelector('header [aria-haspopup=menu]')

function walkIn(program: Program, locale: Locale) {
  const { okite, url, clock } = program
  const errors: string[] = []
  const arrived: Page[] = []
  const t = (id: string, values: Readonly<Record<string, unknown>> = {}) =>
    okite.messages.translate(locale, id, values)
  const press = (at: Page, id: string, values: Readonly<Record<string, unknown>> = {}) =>
    at.getByRole('button', { name: t(id, values), exact: true }).click()
  const submit = (at: Page) => at.click('form [type=submit]')
  const isClosed = (at: Page) => at.waitForSelector('dialog[open]', { state: 'detached' })

  /** By the places and the screens beside each other, as the page offers them. */
  async function goTo(at: Page, place: string, screen = `/${place}`): Promise<void> {
    await at.click(`nav a[href="/${place}"]:visible`)
    if (screen !== `/${place}`) await at.click(`a[href="${screen}"]:visible`)
    await at.waitForSelector('main h1')
  }

  /** Password, app and recovery codes; then inside. Answers the secret of the app. */
  async function credentials(at: Page): Promise<string> {
    await at.fill('input[name=new-password]', password)
    await submit(at)
    await at.check('input[value=totp]')
    const secret = (await at.innerText('.totp-secret')).replaceAll(' ', '')
    await at.fill('input[name=code]', codeAt(secret, clock.nowMs()))
    await submit(at)
    await at.waitForSelector('.recovery-codes')
    await press(at, 'account.recovery.kept')
    await inside(at)
    return secret
  }

  async function signIn(at: Page, mail: string, secret: string): Promise<void> {
    await at.fill('input[name=mail]', mail)
    await at.fill('input[name=password]', password)
    await submit(at)
    await at.waitForSelector('input[name=code]')
    // A code opens once.
    clock.add(30_000)
    await at.fill('input[name=code]', codeAt(secret, clock.nowMs()))
    await submit(at)
    await inside(at)
  }

  return {
    errors,
    leave: () => Promise.all(arrived.map(page => page.context().close())),

    /** A browser of his own. */
    async arrive(): Promise<Page> {
      const zone = locale === 'zh-TW' ? 'Asia/Taipei' : 'Asia/Tokyo'
      const context = await browser.newContext({ locale, timezoneId: zone })
      const page = await context.newPage()
      page.setDefaultTimeout(30_000)
      arrived.push(page)
      page.on('pageerror', error => errors.push(error.message))
      return page
    },

    async setUp(at: Page, { organisation, administrator }: Story): Promise<void> {
      await at.goto(await program.http.link())
      await at.fill('input[name=organisation]', organisation)
      await submit(at)
      await at.fill('input[name=name]', administrator.name)
      await at.fill('input[name=mail]', administrator.mail)
      await submit(at)
      const secret = await credentials(at)
      await at.click('header [aria-haspopup=menu]')
      await at.getByRole('menuitem', { name: t('shell.leave'), exact: true }).click()
      await signIn(at, administrator.mail, secret)
    },

    async enterPerson(at: Page, { department }: Story, who: Someone): Promise<void> {
      await goTo(at, 'registers', '/registers/person')
      await press(at, 'register.new')
      for (const [name, value] of Object.entries({ ...who, department }))
        await at.getByLabel(t(`person.column.${name}`)).fill(value)
      await at.getByLabel(t('person.column.kind')).selectOption('employee')
      await press(at, 'register.save')
      await isClosed(at)
      await at.getByRole('link', { name: who.number }).waitFor()
    },

    /** By the number that the register shows. Answers his link. */
    async invite(at: Page, { number }: Someone, role: string): Promise<string> {
      await at.click('header [aria-haspopup=menu]')
      await at.getByRole('menuitem', { name: t('account.people.title'), exact: true }).click()
      await press(at, 'account.invite')
      await at.fill('dialog[open] input[name=subject]', number)
      for (const each of ['ciso', 'officer', 'member', 'auditor'])
        await at.setChecked(`dialog[open] input[name=${each}]`, each === role)
      await at.click('dialog[open] [type=submit]')
      const link = await at.inputValue('dialog[open] input[readonly]')
      await at.keyboard.press('Escape')
      await isClosed(at)
      return link
    },

    async accept(at: Page, link: string): Promise<void> {
      await at.goto(link)
      await credentials(at)
    },

    async importFile(at: Page, register: string, lines: readonly string[]): Promise<void> {
      await goTo(at, 'registers', `/registers/${register}`)
      await at
        .getByRole('button', { name: t('register.import'), exact: true })
        .first()
        .click()
      await at.getByLabel(t('register.file.source')).fill('list')
      await at.setInputFiles('dialog[open] input[type=file]', {
        ...{ name: `${register}.csv`, mimeType: 'text/csv' },
        buffer: Buffer.from(lines.join('\n')),
      })
      await press(at, 'register.file.look')
      await press(at, 'register.import.run', { count: lines.length - 1 })
      await isClosed(at)
    },

    async declare(at: Page, register: string, count: number): Promise<void> {
      await goTo(at, 'registers', `/registers/${register}`)
      await press(at, 'register.declare')
      await press(at, 'register.declare.run', { count })
      await isClosed(at)
    },

    /** Of the sentence on the policy page. */
    async colour(at: Page): Promise<string> {
      await goTo(at, 'policy')
      const shown = (await at.getAttribute(sentence, 'class')) ?? ''
      return /is-(kept|due|broken|unknown)/.exec(shown)?.[1] ?? shown
    },

    async doDuty(at: Page, { officer }: Story): Promise<string> {
      await goTo(at, 'duties')
      const row = at.locator(`a[data-duty][href^="/duties/${duty}/"]`)
      const id = (await row.getAttribute('href'))?.replace('/duties/', '') ?? ''
      await row.click()
      const typed = { meeting: 'm-11', members: '7', present: '5', reviewed: '3', decisions: '1' }
      for (const [name, value] of Object.entries(typed)) await at.fill(`[name="${name}"]`, value)
      await at.fill('[name="slot chair"]', officer.name)
      await at.locator('[role=option]:visible', { hasText: officer.name }).first().click()
      await at.setInputFiles('[type=file]', {
        ...{ name: 'minutes.pdf', mimeType: 'application/pdf' },
        buffer: Buffer.from(pdf('minutes')),
      })
      await press(at, 'duty.do.send')
      await at.waitForSelector('text=minutes.pdf')
      await at.waitForSelector('form [type=file]', { state: 'detached' })
      return id
    },

    /** By the address that he was sent: what was entered as it happened waits in no list. */
    async acceptDoing(at: Page, id: string): Promise<void> {
      await at.goto(`${url}/duties/${id}`)
      await at.waitForSelector('text=minutes.pdf')
      await press(at, 'duty.accept')
      await at.click('dialog[open] [type=submit]')
      await isClosed(at)
      await at.waitForSelector(`text=${t('duty.accepted')}`)
    },

    async prove(at: Page): Promise<void> {
      await goTo(at, 'policy')
      await at.click(`${sentence}.is-kept a`)
      await at.click('#policy-prove')
      await at.waitForSelector('.policy-prove .is-kept')
      await at.evaluate(() => {
        for (const fact of document.querySelectorAll('details')) fact.open = true
      })
      const minuted = at
        .locator('.policy-fact', { hasText: t('fact.committee.meeting.minuted') })
        .first()
      const links = minuted.locator('a[download]')
      const [proof, leaf] = [await saved(at, links.nth(0)), await saved(at, links.nth(1))]
      const { vkey } = await okite.reader.ledger()
      const pos = Number(/^okite-(\d+)\.tlog-proof$/.exec(proof.name)?.[1])
      const proven = await provenFact({ pos, proof: proof.text, leaf: leaf.text, vkey })
      assert.equal(proven.leaf.type, 'committee.meeting.minuted')
      const forged = leaf.text.replace('"present":5', '"present":7')
      assert.notEqual(forged, leaf.text)
      await assert.rejects(provenFact({ pos, proof: proof.text, leaf: forged, vkey }))
    },

    async audit(at: Page, id: string): Promise<void> {
      await goTo(at, 'policy')
      await at.click(`${sentence} a`)
      await at.waitForSelector('.policy-verdict.is-kept')
      await at.click('#policy-prove')
      await at.waitForSelector('.policy-prove .is-kept')
      await at.goto(`${url}/duties/${id}`)
      await at.waitForSelector('text=minutes.pdf')
      await at.waitForSelector(`text=${t('duty.accepted')}`)
      assert.equal(await at.locator('main form').count(), 0)
      assert.equal(await at.locator('main button').count(), 0)
      const body = { id, text: 'x', key: '12345678' }
      assert.equal(await status(at, '/duties/comment', body), 403)
      for (const register of ['person', 'asset']) {
        await goTo(at, 'registers', `/registers/${register}`)
        for (const act of ['register.new', 'register.import', 'register.declare'])
          assert.equal(await at.getByRole('button', { name: t(act), exact: true }).count(), 0, act)
        assert.equal(await status(at, `/registers/${register}/declare`, {}), 403)
      }
    },

    async staysWithHisOwn(at: Page, id: string): Promise<void> {
      await goTo(at, 'duties')
      await at.waitForSelector('a[data-duty]')
      const seen = await at.$$eval('a[data-duty]', all => all.map(one => one.getAttribute('href')))
      const answer = await at.evaluate(async () => {
        const mine = await fetch('/api/duties/mine?locale=en&limit=200')
        return mine.json()
      })
      assert.ok(seen.length > 0)
      assert.ok(answer.duties.every((one: any) => one.relation === 'subject'))
      assert.equal(await status(at, `/duties/one?locale=en&id=${encodeURIComponent(id)}`), 404)
      for (const path of ['/duties?locale=en', '/duties/overview?locale=en', '/registers/person'])
        assert.equal(await status(at, path), 403, path)
    },
  }
}

async function saved(at: Page, link: ReturnType<Page['locator']>) {
  const [download] = await Promise.all([at.waitForEvent('download'), link.click()])
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') }
}

/** What the server itself answers. */
const status = (at: Page, path: string, body?: object): Promise<number> =>
  at.evaluate(
    async ([where, text]) => {
      const init =
        text === null
          ? {}
          : { method: 'POST', body: text, headers: { 'content-type': 'application/json' } }
      return (await fetch(`/api${where}`, init)).status
    },
    [path, body === undefined ? null : JSON.stringify(body)] as const,
  )
