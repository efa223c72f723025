import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parameterDecided } from '../../core/facts.ts'
import { openTestBrowser, openTestProgram, type TestProgram } from '../../core/register/testing.ts'

let program: TestProgram
let browser: Awaited<ReturnType<typeof openTestBrowser>>
before(async () => {
  program = await openTestProgram()
  browser = await openTestBrowser(program)
})
after(async () => {
  await browser?.close()
  await program.close()
})

const at = '/policy/controls/govern.policy.signed-by-chief-executive'

test('V35 a figure that the policy leaves open is decided by name, and is assumed no more', async () => {
  const figure = async () =>
    (await browser.get(`${at}/figures`))['figures'].find(
      (each: { name: string }) => each.name === 'repair',
    )
  const before = await figure()
  assert.equal(before.isAssumed, true)
  const refused = await browser.post(`${at}/decide`, { parameter: 'repair', value: 'a week' })
  assert.equal(refused['code'], 'DECIDE_VALUE')
  const stated = await browser.post(`${at}/decide`, { parameter: 'nobody', value: 'P9D' })
  assert.equal(stated['code'], 'DECIDE_PARAMETER')
  const done = await browser.post(`${at}/decide`, { parameter: 'repair', value: 'P9D' })
  assert.equal(done['status'], 'unknown')
  const after = await figure()
  assert.deepEqual([after.value, after.isAssumed], ['P9D', false])
  const [fact] = await program.okite.reader.latest(parameterDecided, 1)
  assert.equal(typeof (await program.okite.reader.disclose(fact!.pos, 'by')), 'string')
})

test('the linter finds the doubts of the policy in force, in the language that is asked for', async () => {
  const { findings } = await browser.get('/policy/findings?locale=ja')
  const contradiction = findings.find(
    (each: { severity: string }) => each.severity === 'contradiction',
  )
  assert.match(contradiction.text, /[ぁ-ん]/)
  assert.ok(contradiction.statements.length > 0)
})
