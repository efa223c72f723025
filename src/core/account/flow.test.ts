import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { startTestServer, type TestServer } from '../ledger/testing.ts'
import {
  type Browser,
  codeAt,
  type Installation,
  ok,
  password,
  type Someone,
  setUp,
  startInstallation,
} from './testing.ts'

/**
 * Whatever a browser sends, how often and in which order: there is a session only where both factors of
 * one person have been shown since the flow began, and one end for each flow.
 */

let server: TestServer
let installation: Installation
let someone: Someone
before(async () => {
  server = await startTestServer()
  // Nobody is told to wait: what lies behind the limits is what is tried.
  const rate = { burst: 1e9, perSecond: 1e9 }
  installation = await startInstallation(server, { limits: { rate, rateOutside: rate } })
  someone = await setUp(installation)
})
after(async () => {
  await installation.close()
  await server.stop()
})

const steps = [
  'begin',
  'password',
  'wrong password',
  'totp',
  'wrong totp',
  'empty totp',
  'passkey',
  'end',
  'end twice',
] as const

type Step = (typeof steps)[number]

/** What the server must know, told again by a few lines. */
type Model = { flow: boolean; password: boolean; totp: boolean; session: boolean }

async function take(step: Step, browser: Browser, model: Model): Promise<void> {
  const { mail, secret } = someone
  const code = () => codeAt(secret, installation.clock.nowMs())
  switch (step) {
    case 'begin':
      await browser.post('/sign-in')
      Object.assign(model, { flow: true, password: false, totp: false })
      break
    case 'password':
      await browser.post('/sign-in/password', { mail, password })
      if (model.flow) model.password = true
      break
    case 'wrong password':
      await browser.post('/sign-in/password', { mail, password: 'Not-the-one-1' })
      break
    case 'totp':
      installation.clock.add(30_000)
      await browser.post('/sign-in/totp', { code: code() })
      if (model.flow && model.password) model.totp = true
      break
    case 'wrong totp':
      await browser.post('/sign-in/totp', { code: '000000' })
      break
    case 'empty totp':
      await browser.post('/sign-in/totp', {})
      break
    case 'passkey':
      await browser.post('/sign-in/passkey', { response: { id: 'x' } })
      break
    case 'end':
    case 'end twice': {
      const isGood = model.flow && model.password && model.totp
      const ends = step === 'end' ? 1 : 2
      const answers = await Promise.all(
        Array.from({ length: ends }, () => browser.post('/sign-in/end')),
      )
      const good = answers.filter(answer => answer.status === 200).length
      assert.equal(good, isGood ? 1 : 0, step)
      if (isGood) Object.assign(model, { flow: false, password: false, totp: false, session: true })
      break
    }
  }
}

test('ACC5 requests dropped, repeated and reordered never make a session', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...steps), { maxLength: 9 }), async taken => {
      const browser = installation.browser()
      // Wrong tries of other runs are none of this one, and what one client may ask for is there again.
      await installation.pool.query('delete from account.tries')
      installation.clock.add(600_000)
      const model: Model = { flow: false, password: false, totp: false, session: false }
      for (const step of taken) {
        await take(step, browser, model)
        const { status } = await browser.get('/session')
        assert.equal(status, model.session ? 200 : 401, `${taken.join(', ')} at ${step}`)
      }
    }),
    { numRuns: 60 },
  )
})

test('ACC5 what was shown in one browser, or for a credential that is gone, opens nothing', async () => {
  installation.clock.add(3_600_000)
  const mine = installation.browser()
  const theirs = installation.browser()
  await ok(mine.post('/sign-in'))
  await ok(theirs.post('/sign-in'))
  await ok(mine.post('/sign-in/password', { mail: someone.mail, password }))
  const code = codeAt(someone.secret, installation.clock.nowMs())
  assert.equal((await theirs.post('/sign-in/totp', { code })).body.code, 'ACCOUNT_FLOW')
  await ok(mine.post('/sign-in/totp', { code }))
  await installation.pool.query(
    `update account.credential set id = gen_random_uuid() where kind = 'password'`,
  )
  assert.equal((await mine.post('/sign-in/end')).body.code, 'ACCOUNT_INCOMPLETE')
  installation.clock.add(15 * 60_000)
  assert.equal((await mine.post('/sign-in/end')).body.code, 'ACCOUNT_FLOW', 'too late')
})

test('ACC5 a link opens nothing by itself, and steps of one purpose are none of another', async () => {
  const browser = installation.browser()
  await ok(browser.post('/sign-in'))
  for (const path of ['/password', '/totp', '/totp/offer', '/passkey/offer', '/end']) {
    const body = { password: { password, owner: null }, totp: { code: '1' }, end: { setUp: null } }
    const given = body[path.slice(1) as keyof typeof body] ?? {}
    const answer = await browser.post(`/enrolment${path}`, given)
    assert.equal(answer.body.code, 'ACCOUNT_FLOW', path)
  }
  for (const token of ['x', 'a'.repeat(43), '']) {
    const { status } = await browser.post('/enrolment', { token })
    assert.ok([400, 401].includes(status), token)
  }
  assert.equal((await browser.post('/account/enrolment')).status, 401)
})
