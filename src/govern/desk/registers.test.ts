import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
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

const contact = (ways: string, body = 'nco') => ({
  values: { body, region: 'japan', kind: 'authority', ways },
})
const now = () => new Date().toISOString()

describe('contacts and levels of escalation', () => {
  test('a contact is listed, its ways are private, and when it was tried is shown', async () => {
    const made = await browser.post('/registers/contact', contact('tel +81-3-0000-0000'))
    assert.deepEqual([made['status'], made['id']], [200, 'nco'])
    assert.ok(!JSON.stringify(await program.told(0)).includes('0000-0000'))
    const type = program.okite.modules.types.get('desk.contact.verified')
    assert.ok(type)
    await program.okite.submit('govern.desk')({
      ...{ type, source: 'test', occurred: now(), observed: now(), trust: 'record', identity: '1' },
      body: {
        ...{ region: 'japan', authority: 'nco', channels: { kept: 2, worked: 1 } },
        hash: 'a'.repeat(64),
      },
    })
    await program.okite.tables.follow()
    const { rows } = await browser.get('/registers/contact?text=0000')
    assert.deepEqual(rows[0].values, {
      ...{ body: 'nco', region: 'japan', kind: 'authority', ways: 'tel +81-3-0000-0000' },
      ...{ verified: now().slice(0, 10), worked: '1', tried: '2' },
    })
  })

  test('a level is one of as many as there are', async () => {
    const values = {
      role: 'ciso',
      level: '2',
      levels: '4',
      incidents: 'ransomware leak',
      ways: 'x',
    }
    assert.equal((await browser.post('/registers/escalation', { values }))['status'], 200)
    const wrong = await browser.post('/registers/escalation', {
      values: { ...values, role: 'cto', level: '5' },
    })
    assert.deepEqual(wrong['data'].fields, [
      { code: 'TABLE_CELL', column: 'level', why: 'out of range' },
    ])
  })

  test('hostile texts are refused by their field, or are only text and no formula', async () => {
    const refused = ['\u202eevil', 'a\u0007b', 'x'.repeat(20_000), 'a\nb', '\u2066x']
    for (const text of refused) {
      const said = await browser.post('/registers/contact', contact(text, 'hostile'))
      assert.deepEqual([said['status'], said['data'].fields[0].column], [422, 'ways'])
    }
    for (const text of ['\u0000', '\ud800']) {
      const said = await browser.post('/registers/contact', contact(text, 'hostile'))
      assert.deepEqual([said['status'], said['code']], [400, 'HTTP_BODY_INVALID'])
    }
    const long = await browser.post('/registers/contact', contact('x'.repeat(100_000), 'hostile'))
    assert.equal(long['code'], 'HTTP_BODY_TOO_LARGE')
    const calm = ['=1+1', '@SUM(A1)', '<b>x</b>', '-2', '＝1', '"quoted", and so on']
    for (const [nth, text] of calm.entries()) {
      const said = await browser.post('/registers/contact', contact(text, `calm-${nth}`))
      assert.equal(said['status'], 200, text)
    }
    const file = await (await browser.ask('GET', '/registers/contact/export')).text()
    for (const cell of file.split(/[\r\n,]+/)) assert.doesNotMatch(cell, /^"?[=+@＝-]/u)
    const again = await browser.upload('/registers/contact/import?source=register&dry=yes', file)
    assert.deepEqual(again['complaints'], [])
    assert.deepEqual([again['outcome'], again['enters'], again['changes']], ['dry', 0, 0])
  })

  test('whatever is typed is taken, or refused with a code; never does anything break', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ maxLength: 40 }),
    )
    const values = fc.record({ body: cell, region: cell, kind: cell, ways: cell })
    await fc.assert(
      fc.asyncProperty(values, async given => {
        const said = await browser.post('/registers/contact', { values: given })
        assert.ok([200, 400, 409, 422].includes(said['status']), JSON.stringify(said))
      }),
      { numRuns: 150 },
    )
  })
})
