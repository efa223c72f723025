import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOTP } from 'otpauth'
import type { FactType } from '../fact.ts'
import { claimAccepted } from '../facts.ts'
import { readErrorDocuments } from '../http/error-documents.ts'
import { type Exposure, onLoopback } from '../http/exposure.ts'
import { createHttp } from '../http/http.ts'
import { type HttpLimits, httpLimits } from '../http/limits.ts'
import type { WebFiles } from '../http/web-files.ts'
import type { Messages } from '../i18n/messages.ts'
import { handClock, memoryLog, openTestLedger, type TestServer } from '../ledger/testing.ts'
import type { Module } from '../module.ts'
import { openAccounts } from './account.ts'
import * as facts from './facts.ts'
import type { Organisation } from './organisation.ts'
import type { RoleName } from './roles.ts'

/** What the tests of this folder share: a real list and database, the edge without sockets, browsers. */

export const port = 4321
export const origin = `http://localhost:${port}`
export const password = 'Kumo-to-Ringo-77-hashiru'

const types: ReadonlyMap<string, FactType> = new Map(
  [...Object.values(facts), claimAccepted].map(type => [type.name, type as FactType]),
)

const errors = readErrorDocuments(
  ['account', 'http', 'ledger'].map(folder => {
    const where = join(import.meta.dirname, '..', folder, 'errors.md')
    return { where, text: readFileSync(where, 'utf8') }
  }),
)

/** People of the register, by number. */
const register: Readonly<Record<string, { name: string; mail: string; person: string }>> = {
  'p-sato': { name: '佐藤 花子', mail: 'Hanako.Sato@example.jp', person: 'staff 0001' },
  'p-chen': { name: '陳 大文', mail: 'chen@example.tw', person: 'staff 0002' },
  'p-takahashi': { name: '高橋 誠', mail: 'Takahashi@example.jp', person: 'staff 0004' },
  'p-mori': { name: 'Mori Ken', mail: 'mori@example.jp', person: 'staff 0003' },
}

export type Installation = Awaited<ReturnType<typeof startInstallation>>

export async function startInstallation(
  server: TestServer,
  options: {
    modules?: readonly Module[]
    limits?: Partial<HttpLimits>
    breachFolder?: string
    web?: WebFiles
    messages?: Pick<Messages, 'json'>
    exposure?: Exposure
  } = {},
) {
  const clock = handClock(Date.parse('2026-11-26T03:00:00.000Z'))
  const { log, lines } = memoryLog()
  const { ledger, pool, secrets } = await openTestLedger(server, { types, clock })
  // As the running program follows its list.
  let configured: Organisation | null = null
  const follow = async () => {
    const all = await ledger.read(0, 10_000)
    const newest = all.findLast(fact => fact.type === facts.organisationConfigured.name)
    configured = (newest?.body as Organisation | undefined) ?? null
  }
  // One test takes the list away for a moment.
  ledger.onAppend(() => void follow().catch(() => undefined))
  const modules = options.modules ?? []
  const limits = { ...httpLimits, ...options.limits }
  const accounts = await openAccounts({
    ...{ pool, ledger, secrets, clock, log, limits, modules },
    directory: async subject => {
      const owner = register[subject]
      return owner === undefined ? null : { subject, owner }
    },
    registerTypes: [],
    breachFolder: options.breachFolder ?? null,
    organisationWords: () => ['Yamabiko'],
    organisation: () => configured,
  })
  const http = createHttp({
    ...{ modules, clock, log, errors, limits },
    exposure: options.exposure ?? onLoopback(port),
    portsOf: () =>
      ({ log, clock, signal: new AbortController().signal, tellRead: accounts.tellRead }) as never,
    door: accounts.door,
    web: options.web ?? new Map(),
    messages: options.messages ?? { json: () => '{}' },
    info: { title: 'Test', version: '1' },
    zone: 'Asia/Tokyo',
    isSample: false,
  })
  return {
    ...{ clock, lines, ledger, pool, accounts, http },
    browser: (client = '192.0.2.10') => browserOf(http, client),
    /** Facts of a type, oldest first. */
    async said(type: FactType): Promise<readonly Record<string, unknown>[]> {
      const all = await ledger.read(0, 10_000)
      return all.filter(fact => fact.type === type.name).map(fact => fact.body as never)
    },
    /** The text of everything that is on the list for all to read. */
    async text(): Promise<string> {
      const texts: string[] = []
      for (let pos = 0; pos < (await ledger.size()); pos += 1) {
        texts.push(Buffer.from(await ledger.leaf(pos)).toString())
      }
      return texts.join('\n')
    },
    async close() {
      await http.close()
      await accounts.close()
      await ledger.close()
    },
  }
}

export type Browser = ReturnType<typeof browserOf>

/** Keeps cookies as a browser does, and nothing else. */
function browserOf(http: ReturnType<typeof createHttp>, client: string) {
  const jar = new Map<string, string>()
  const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const headers = new Headers({ host: `localhost:${port}` })
    if (jar.size > 0) {
      headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    }
    if (body !== undefined) {
      headers.set('content-type', 'application/json')
      headers.set('origin', origin)
    }
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = await http.fetch(
      new Request(`${origin}/api${path}`, init),
      `/api${path}`,
      client,
    )
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';', 1)
      const at = pair.indexOf('=')
      if (/max-age=0/i.test(cookie)) jar.delete(pair.slice(0, at))
      else jar.set(pair.slice(0, at), pair.slice(at + 1))
    }
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? {} : JSON.parse(text),
    }
  }
  return {
    jar,
    send,
    get: (path: string) => send('GET', path),
    post: (path: string, body: unknown = {}) => send('POST', path, body),
  }
}

export type Answer = Readonly<{ status: number; headers: Headers; body: any }>

export const session = `okite-${port}`
export const flow = `okite-${port}-flow`

export const codeAt = (secret: string, nowMs: number): string =>
  new TOTP({ secret, algorithm: 'SHA1', digits: 6, period: 30 }).generate({ timestamp: nowMs })

export const organisation = {
  name: 'Yamabiko',
  zone: 'Asia/Taipei',
  calendar: 'tw',
  fiscalYearMonth: 4,
  languages: ['ja', 'zh-TW'],
}

export const firstOwner = { name: '高橋 誠', mail: 'takahashi@example.jp' }

/** Somebody with an account, who can sign in again. */
export type Someone = Readonly<{
  browser: Browser
  mail: string
  secret: string
  recovery: readonly string[]
}>

const tokenOf = (link: string | null): string => (link ?? '').replace(/^.*#enrol=/, '')

/** Goes through a link with a password and an authenticator app. */
export async function enrol(
  installation: Installation,
  link: string | null,
  end: unknown,
  owner: unknown = null,
): Promise<Someone> {
  const browser = installation.browser()
  const opened = await browser.post('/enrolment', { token: tokenOf(link) })
  await ok(browser.post('/enrolment/password', { password, owner }))
  const { secret } = (await ok(browser.post('/enrolment/totp/offer'))).body as { secret: string }
  const code = codeAt(secret, installation.clock.nowMs())
  await ok(browser.post('/enrolment/totp', { code }))
  const { recovery } = (await ok(browser.post('/enrolment/end', { setUp: end }))).body
  return { browser, mail: opened.body.mail ?? firstOwner.mail, secret, recovery }
}

export async function setUp(installation: Installation): Promise<Someone> {
  const end = { owner: firstOwner, organisation, isCiso: false }
  return enrol(installation, await installation.accounts.setUpLink(), end, firstOwner)
}

/** Somebody of the register, invited by an administrator and come. */
export async function admit(
  installation: Installation,
  administrator: Someone,
  subject: string,
  roles: readonly RoleName[],
): Promise<Someone & Readonly<{ account: string }>> {
  const invited = await ok(administrator.browser.post('/accounts/invite', { subject, roles }))
  return { ...(await enrol(installation, invited.body.link, null)), account: invited.body.account }
}

/** Signs in with both factors, in a browser of its own unless one is given. */
export async function signIn(
  installation: Installation,
  { mail, secret }: Pick<Someone, 'mail' | 'secret'>,
  browser = installation.browser(),
): Promise<Browser> {
  // The code of these 30 seconds may have been used.
  installation.clock.add(30_000)
  await ok(browser.post('/sign-in'))
  await ok(browser.post('/sign-in/password', { mail, password }))
  await ok(browser.post('/sign-in/totp', { code: codeAt(secret, installation.clock.nowMs()) }))
  await ok(browser.post('/sign-in/end'))
  return browser
}

export async function ok(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  return answer
}
