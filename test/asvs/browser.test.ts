import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { z } from 'zod'
import {
  enrol,
  type Installation,
  organisation,
  session,
  startInstallation,
} from '../../src/core/account/testing.ts'
import { startEdge } from '../../src/core/http/testing.ts'
import { readWebFiles } from '../../src/core/http/web-files.ts'
import { loadMessages } from '../../src/core/i18n/messages.ts'
import { startTestServer, type TestServer } from '../../src/core/ledger/testing.ts'
import type { Module } from '../../src/core/module.ts'
import { stillText } from '../../src/core/turning.ts'
import { buildWeb, openChromium, skip } from '../../src/core/ui/testing.ts'

/** Attacks in a real browser: what a page of somebody else can do, and what hostile texts do in ours. */

const root = join(import.meta.dirname, '../..')

/** Markup, an event handler, and an override that would turn the rest of a line around. */
const hostileName = `<img src=x onerror="document.title='run'">\u202e<script>document.title='run'</script>`
const owner = { name: hostileName, mail: 'takahashi@example.jp' }
const page404 = `<!doctype html><title>none</title>`

let server: TestServer
let installation: Installation
let browser: Browser
let context: BrowserContext
let url = ''
let web: Awaited<ReturnType<typeof buildWeb>>
let secret = ''

before(async () => {
  if (skip) return
  web = await buildWeb()
  server = await startTestServer()
  const messages = loadMessages(join(root, 'src'), [])
  installation = await startInstallation(server, { web: readWebFiles(web.folder), messages })
  const end = { owner, organisation, isCiso: true }
  const someone = await enrol(installation, await installation.accounts.setUpLink(), end, owner)
  secret = someone.browser.jar.get(session) ?? ''
  url = await installation.http.listen(0)
  browser = await openChromium()
  context = await browser.newContext({ locale: 'en-GB' })
  // As the edge has set it: of this host, strict, and closed to scripts.
  await context.addCookies([
    {
      ...{ name: `okite-${new URL(url).port}`, value: secret, url },
      ...{ httpOnly: true, sameSite: 'Strict' },
    },
  ])
})
after(async () => {
  await browser?.close()
  await installation?.close()
  await server?.stop()
  web?.drop()
})

const account = (page: Page) => page.getByRole('button', { name: 'Account', exact: true })

test('ASVS V3.2.2 a name of markup is shown as the letters it is made of', { skip }, async () => {
  const page = await context.newPage()
  await page.goto(url)
  await account(page).click()
  const shown = page.getByText('<img src=x onerror=', { exact: false }).first()
  await shown.waitFor({ state: 'visible' })
  // Letter by letter; what would turn its neighbours around is a box.
  assert.equal(await shown.evaluate(element => element.textContent), stillText(hostileName))
  assert.equal(await shown.evaluate(element => element.tagName), 'BDI')
  assert.equal(await page.locator('img[src="x"]').count(), 0)
  assert.notEqual(await page.title(), 'run')
  await page.close()
})

/** A server of somebody else, with one page. */
async function startElsewhere(html: string): Promise<Readonly<{ port: number; stop(): void }>> {
  const elsewhere = createServer((request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(request.url === '/' ? html : page404)
  })
  await new Promise<void>(resolve => elsewhere.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (elsewhere.address() as AddressInfo).port,
    stop() {
      elsewhere.close()
      elsewhere.closeAllConnections()
    },
  }
}

const attack = (to: string) => `<!doctype html><title>elsewhere</title>
<iframe id="frame" src="${to}"></iframe>
<iframe name="sink"></iframe>
<form id="plain" method="post" enctype="text/plain" target="sink" action="${to}api/session/end"><input name='{"a":"' value='"}'></form>
<form id="coded" method="post" target="sink" action="${to}api/session/end"><input name="a"></form>
<form id="get" method="get" target="sink" action="${to}api/session/end"></form>`

test('ASVS V3.5 a page of another origin can send what it likes: it changes, reads, frames and runs nothing of ours', {
  skip,
}, async t => {
  const { port, stop } = await startElsewhere(attack(url))
  t.after(stop)
  // Another site, and another port of this machine, which browsers count as the same site.
  for (const origin of [`http://127.0.0.1:${port}`, `http://localhost:${port}`]) {
    const page = await context.newPage()
    await page.goto(origin)
    const seen = await page.evaluate(async to => {
      const done = (start: () => unknown, target: string) =>
        new Promise(resolve => {
          const frame = document.querySelector(target)
          frame?.addEventListener('load', () => resolve(null), { once: true })
          setTimeout(resolve, 1_000)
          start()
        })
      for (const id of ['plain', 'coded', 'get']) {
        const form = document.getElementById(id) as HTMLFormElement
        await done(() => form.submit(), 'iframe[name=sink]')
      }
      const tries: [string, RequestInit][] = [
        ['api/session', {}],
        ['api/session', { mode: 'no-cors' }],
        ['api/account', {}],
        ['api/session/end', { method: 'POST', body: '{}', mode: 'no-cors' }],
        [
          'api/session/end',
          { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
        ],
        ['api/session/end', { method: 'DELETE' }],
      ]
      const read: string[] = []
      for (const [path, init] of tries) {
        const answer = await fetch(to + path, { ...init, credentials: 'include' }).catch(() => null)
        read.push(answer === null ? '' : await answer.text().catch(() => ''))
      }
      const load = (tag: 'img' | 'script' | 'link', path: string) =>
        new Promise<string>(resolve => {
          const element = document.createElement(tag)
          element.addEventListener('load', () => resolve('load'))
          element.addEventListener('error', () => resolve('error'))
          if (element instanceof HTMLLinkElement) {
            element.rel = 'stylesheet'
            element.href = to + path
          } else element.src = to + path
          document.head.append(element)
        })
      const loaded = [
        await load('script', 'api/session'),
        await load('img', 'icon.svg'),
        await load('link', 'api/session'),
      ]
      const opened = window.open(to)
      await new Promise(resolve => setTimeout(resolve, 1_000))
      let reach = 'none'
      try {
        reach = String(opened?.document.title)
      } catch {
        reach = 'refused'
      }
      const closed = opened?.closed ?? true
      opened?.close()
      return { read, loaded, reach, closed }
    }, url)
    assert.deepEqual(seen.read, ['', '', '', '', '', ''], origin)
    assert.deepEqual(seen.loaded, ['error', 'error', 'error'], origin)
    // Our page left the group of the one that opened it (COOP): nothing of it is in reach.
    assert.ok(seen.closed || seen.reach === 'refused', `${origin}: ${seen.reach}`)
    const frame = page.frames().find(each => each.parentFrame() !== null && each.name() !== 'sink')
    assert.doesNotMatch((await frame?.content()) ?? '', /Account|Okite/, `${origin}: framed`)
    await page.close()
  }
  const { status } = await fetch(`${url}api/session`, {
    headers: { cookie: `okite-${new URL(url).port}=${secret}` },
  })
  assert.equal(status, 200, 'the session that they were to end goes on')
})

test('ASVS V3.2.1 answers of the API and kept files opened by themselves run and show nothing as a page', {
  skip,
}, async t => {
  const evil = Buffer.from(`<!doctype html><title>run</title><script>document.title='run'</script>`)
  const sha256 = createHash('sha256').update(evil).digest('hex')
  const route = (path: string, more: object) => ({
    ...{ method: 'get', path, permission: 'test.write', summary: 'Hostile' },
    ...more,
  })
  const routes = [
    route('/file', { sendsFile: true, response: z.string(), run: async () => sha256 }),
    route('/json', {
      response: z.object({ a: z.string() }),
      run: async () => ({ a: String(evil) }),
    }),
    route('/text', {
      mediaType: 'text/plain',
      response: z.string(),
      run: async () => String(evil),
    }),
  ]
  const files = {
    receive: () => Promise.reject(new Error('none')),
    keep: () => Promise.reject(new Error('none')),
    async *read() {
      yield evil
    },
  }
  const edge = startEdge({ modules: [{ id: 'test.one', routes } as unknown as Module], files })
  const own = await edge.http.listen(0)
  t.after(() => edge.http.close())
  const visitor = await browser.newContext()
  const page = await visitor.newPage()
  await page.goto(own)
  const token = await edge.token()
  const entered = await page.evaluate(
    async given =>
      (
        await fetch('/api/session', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ token: given }),
        })
      ).status,
    token,
  )
  assert.equal(entered, 200)
  for (const path of ['api/json', 'api/text', 'api/nothing', 'api/openapi.json']) {
    const answer = await page.goto(`${own}${path}`)
    assert.ok([200, 404].includes(answer?.status() ?? 0), path)
    assert.match(await page.evaluate(() => document.contentType), /json|text\/plain/, path)
    assert.notEqual(await page.title(), 'run', path)
  }
  const download = page.waitForEvent('download', { timeout: 10_000 })
  await page.goto(`${own}api/file`).catch(() => null)
  assert.equal((await download).suggestedFilename(), sha256)
  assert.notEqual(await page.title(), 'run')
  await visitor.close()
})

test('ASVS V7.4.1 after signing out the back button shows nothing of what was there', {
  skip,
}, async () => {
  const page = await context.newPage()
  await page.goto(url)
  await account(page).click()
  await page.getByText('<img src=x', { exact: false }).first().waitFor({ state: 'visible' })
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForSelector('input[name=mail]')
  await page.goto(`${url}none`)
  await page.goBack()
  await page.waitForSelector('input[name=mail]')
  assert.equal(await account(page).count(), 0)
  assert.doesNotMatch(await page.content(), /takahashi|img src=x/)
  const status = await page.evaluate(async () => (await fetch('/api/session')).status)
  assert.equal(status, 401)
  const { length } = await context.cookies(url).then(all => all.filter(one => one.value === secret))
  assert.equal(length, 0, 'nor is the cookie there')
  await page.close()
})
