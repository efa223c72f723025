import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { openTestBrowser, openTestProgram, type TestProgram } from '../../core/register/testing.ts'

/** The routes that every register has, over those whose modules have no test of their own for them. */

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

type Case = Readonly<{
  name: string
  id: string
  values: Readonly<Record<string, string>>
  change: Readonly<Record<string, string>>
  /** What is refused, and at which field. */
  wrong: readonly (readonly [Readonly<Record<string, string>>, string])[]
  isClosable: boolean
  isWhole: boolean
}>

const cases: readonly Case[] = [
  {
    ...{ name: 'data-set', id: 'patients', isClosable: true, isWhole: true },
    values: { number: 'patients', contents: 'customer', class: 'confidential', owner: 'care' },
    change: { class: 'top-secret', protected: 'yes' },
    wrong: [
      [{ contents: 'gossip' }, 'contents'],
      [{ class: 'secretish' }, 'class'],
      [{ level: '10' }, 'level'],
      [{ protected: 'perhaps' }, 'protected'],
    ],
  },
  {
    ...{ name: 'site', id: 'dc-pair', isClosable: true, isWhole: true },
    values: { pair: 'dc-pair', primary: 'tokyo', alternate: 'osaka' },
    change: { 'primary-place': '35.681236 139.767125', 'alternate-place': '34.702485 135.495951' },
    wrong: [
      [{ alternate: 'tokyo' }, 'alternate'],
      [{ 'primary-place': '35.6 139.7' }, 'alternate-place'],
      [{ 'primary-place': '95 0', 'alternate-place': '1 1' }, 'primary-place'],
    ],
  },
  {
    ...{ name: 'service', id: 'records', isClosable: true, isWhole: false },
    values: { service: 'records', owner: 'care', rto: '240', rpo: '60' },
    change: { rto: '120', 'depends-on': 'network storage' },
    wrong: [
      [{ rto: 'soon' }, 'rto'],
      [{ 'depends-on': 'records-x' }, 'depends-on'],
    ],
  },
  {
    ...{ name: 'law', id: 'appi-26', isClosable: false, isWhole: false },
    values: {
      ...{ obligation: 'appi-26', jurisdiction: 'japan', law: 'appi' },
      ...{ provision: 'Art. 26', owner: 'legal', version: '2025-06-01' },
    },
    change: { version: '2026-04-01' },
    wrong: [
      [{ jurisdiction: 'atlantis' }, 'jurisdiction'],
      [{ provision: '' }, 'provision'],
      [{ version: 'x'.repeat(81) }, 'version'],
    ],
  },
  {
    ...{ name: 'improvement', id: 'i-7', isClosable: false, isWhole: true },
    values: { item: 'i-7', origin: 'audit', due: '2027-03-31' },
    change: {},
    wrong: [
      [{ origin: 'boredom' }, 'origin'],
      [{ due: '2027-02-30' }, 'due'],
    ],
  },
  {
    ...{ name: 'contact', id: 'twcert', isClosable: true, isWhole: false },
    values: { body: 'twcert', region: 'taiwan', kind: 'cert', ways: 'tel 02-0000-0000' },
    change: { ways: 'tel 02-0000-0001' },
    wrong: [
      [{ region: 'mars' }, 'region'],
      [{ kind: 'friend' }, 'kind'],
      [{ ways: 'x'.repeat(501) }, 'ways'],
    ],
  },
]

for (const { name, id, values, change, wrong, isClosable, isWhole } of cases) {
  const at = `/registers/${name}`
  const entry = `${at}/entry?id=${id}`
  const [key = ''] = Object.keys(values)
  const read = () => browser.get(entry)

  describe(`the register ${name}`, () => {
    test('says of itself what a screen needs', async () => {
      const about = await browser.get(`${at}/about`)
      assert.deepEqual(
        [about['status'], about['isWhole'], about['may'].close, about['declared']],
        [200, isWhole, isClosable, null],
      )
      const columns = about['columns'].map((one: { name: string }) => one.name)
      for (const column of Object.keys({ ...values, ...change }))
        assert.ok(columns.includes(column))
      // Whatever a screen shows has words in all three languages.
      for (const { label } of about['columns'] as { label: string }[]) {
        for (const locale of ['ja', 'zh-TW', 'en'] as const) {
          assert.notEqual(program.okite.messages.translate(locale, label), label)
        }
      }
    })

    test('takes an entry once, and says at which field what is wrong', async () => {
      for (const [given, column] of wrong) {
        const said = await browser.post(at, { values: { ...values, [key]: `${id}-x`, ...given } })
        assert.deepEqual(
          [said['status'], said['data']?.fields?.map((one: { column: string }) => one.column)],
          [422, [column]],
          JSON.stringify(said),
        )
      }
      const made = await browser.post(at, { values })
      assert.deepEqual([made['status'], made['id']], [200, id])
      assert.equal((await browser.post(at, { values }))['code'], 'REGISTER_ENTRY_TAKEN')
      const { rows, found, size } = await browser.get(`${at}?${key}=${id}`)
      assert.deepEqual([found, size, rows[0].id], [1, 1, id])
      for (const [column, value] of Object.entries(values)) {
        assert.equal(rows[0].values[column], value)
      }
    })

    test('is written out as it is read in', async () => {
      const file = await (await browser.ask('GET', `${at}/export`)).text()
      assert.ok(file.includes(id))
      const again = await browser.upload(`${at}/import?source=register&dry=yes`, file)
      assert.deepEqual(
        [again['outcome'], again['enters'], again['changes'], again['leaves']],
        ['dry', 0, 0, 0],
        JSON.stringify(again),
      )
    })

    if (Object.keys(change).length > 0) {
      test('is changed by who saw it as it is, and by nobody else', async () => {
        const { version } = await read()
        const done = await browser.patch(entry, { values: change }, version)
        assert.equal(done['status'], 200, JSON.stringify(done))
        const late = await browser.patch(entry, { values: change }, version)
        assert.deepEqual([late['status'], late['code']], [412, 'REGISTER_ENTRY_CHANGED'])
        const changed = late['data'].others.map((one: { column: string }) => one.column)
        assert.deepEqual(changed.sort(), Object.keys(change).sort())
        const now = await read()
        for (const [column, value] of Object.entries(change)) {
          assert.equal(now['values'][column], value)
        }
        assert.ok(now['history'].length >= 2)
      })
    }

    test('is declared complete, where somebody vouches for it', async () => {
      const said = await browser.post(`${at}/declare`, {})
      assert.equal(said['code'] ?? said['count'], isWhole ? 1 : 'REGISTER_NOT_DECLARED')
      if (!isWhole) return
      const { declared } = await browser.get(`${at}/about`)
      assert.deepEqual([declared.by, declared.isSame], ['somebody', true])
    })

    test('ends an entry with a reason, where one person may', async () => {
      const { version } = await read()
      const path = `${at}/entry/close?id=${id}`
      const said = await browser.post(path, { reason: 'given up' }, version)
      const now = await read()
      assert.deepEqual(
        [said['status'], now['closed']],
        isClosable ? [200, true] : [409, false],
        JSON.stringify(said),
      )
      if (!isClosable) return
      assert.equal(now['history'][0].reason, 'given up')
      const { found } = await browser.get(`${at}?closed=yes`)
      assert.equal(found, 1)
    })
  })
}

test('a law: which version is in force is said with where it is published', async () => {
  const at = '/registers/law/entry'
  const before = await browser.get(`${at}?id=appi-26`)
  assert.deepEqual(before['actions'], ['check'])
  const check = (values: object) =>
    browser.post(`${at}/check?id=appi-26`, { values }, before['version'])
  const wrong = await check({ version: '2026-04-01', source: 'somewhere' })
  assert.deepEqual(
    wrong['data'].fields.map((one: { column: string }) => one.column),
    ['source'],
  )
  const done = await check({ version: '2026-04-01', source: 'https://law.example/appi' })
  assert.equal(done['status'], 200, JSON.stringify(done))
  const { values } = await browser.get(`${at}?id=appi-26`)
  assert.deepEqual([values['in-force'], values.checked !== ''], ['2026-04-01', true])
  const about = await browser.get('/registers/law/about')
  assert.deepEqual(about['verified'], { column: 'checked', oldest: values.checked, never: 0 })
})
