import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import type { Column } from '../../core/register/screen/asks.ts'
import { exampleOf } from '../../core/register/screen/example.ts'
import { openTestBrowser, openTestProgram, type TestProgram } from '../../core/register/testing.ts'

/** The routes that every register has, over those whose modules have no test of their own for them. */

let program: TestProgram
let browser: Awaited<ReturnType<typeof openTestBrowser>>
let second: Awaited<ReturnType<typeof openTestBrowser>>
before(async () => {
  program = await openTestProgram()
  browser = await openTestBrowser(program)
  second = await openTestBrowser(program, 'somebody else')
})
after(async () => {
  await browser?.close()
  await second?.close()
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
    ...{ name: 'law', id: 'appi-26', isClosable: false, isWhole: true },
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
        // What the register shows of it besides, nobody typed.
        const { columns } = await browser.get(`${at}/about`)
        const shown = (columns as Column[]).filter(one => one.isShownOnly).map(({ name }) => name)
        const typed = changed.filter((column: string) => !shown.includes(column))
        assert.deepEqual(typed.sort(), Object.keys(change).sort())
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
  assert.deepEqual(before['actions'], ['check', 'remove'])
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

/** The refusals by field, or the code, or nothing. */
const complaintsOf = ({ code, data }: Record<string, any>): unknown =>
  data?.fields?.map((one: { column: string; why?: string }) => [one.column, one.why]) ?? code

test('a file may call each column as the screen does, in any language, and takes the values that it shows', async () => {
  const registers = program.okite.modules.modules
    .flatMap(({ permissions = {} }) => Object.keys(permissions))
    .flatMap(one => /^register\.(.+)\.write$/.exec(one)?.[1] ?? [])
  assert.ok(registers.length >= 12, registers.join())
  const { has, translate } = program.okite.messages
  for (const name of registers) {
    const about = await browser.get(`/registers/${name}/about`)
    const columns = (about['columns'] as Column[]).filter(({ isShownOnly }) => !isShownOnly)
    for (const locale of ['ja', 'zh-TW', 'en'] as const) {
      const labels = columns
        .map(one => (has(one.label) ? one.label : `register.field.${one.name}`))
        .map(id => translate(locale, id))
      const words = { has, t: (id: string) => translate(locale, id) }
      const values = columns.map(column => exampleOf(name, column, words))
      assert.ok(!values.includes(''), `${name}: ${values}`)
      const path = `/registers/${name}/import?source=labels&dry=yes`
      const lines = [labels, values].map(line => line.map(cell => `"${cell}"`).join())
      const read = await browser.upload(path, `${lines.join('\n')}\n`)
      assert.equal(read['status'], 200, JSON.stringify([name, locale, read['data']]))
      // Whom and what a row speaks of has to be there first.
      const wrong = (read['complaints'] as { column: string }[]).filter(
        ({ column }) => !['holder', 'deputy', 'subject'].includes(column),
      )
      assert.deepEqual(wrong, [], name)
    }
  }
})

test('what is shown by a file: a contact that was verified, an improvement that is done', async () => {
  await browser.post('/registers/contact', {
    values: { body: 'jpcert', region: 'japan', kind: 'cert', ways: 'tel 03-0000-0000' },
  })
  const at = '/registers/contact/entry'
  const { version, actions } = await browser.get(`${at}?id=jpcert`)
  assert.deepEqual(actions, ['verify'])
  const size = await program.size()
  const verify = (values: object, file: string | null) =>
    browser.form(`${at}/verify?id=jpcert`, { values }, version, file)
  assert.deepEqual(complaintsOf(await verify({ tried: 'two' }, null)), [
    ['tried', 'no number'],
    ['worked', 'empty'],
    ['evidence', 'empty'],
  ])
  assert.deepEqual(complaintsOf(await verify({ tried: '1', worked: '2' }, 'a call')), [
    ['worked', 'out of range'],
  ])
  assert.equal(await program.size(), size, 'what is refused keeps no file')
  const done = await verify({ tried: '2', worked: '1' }, 'a call')
  assert.equal(done['status'], 200, JSON.stringify(done))
  const now = await browser.get(`${at}?id=jpcert`)
  assert.deepEqual([now['values'].tried, now['values'].worked], ['2', '1'])
  assert.match(now['values'].verified, /^\d{4}-\d\d-\d\d$/)
  assert.equal(now['history'][0].type, 'desk.contact.verified', 'though its key is the region')
  const told = await program.told(size)
  const [fact] = told.filter(({ type }) => type === 'desk.contact.verified')
  // SHA-256 of `a call`.
  const sha256 = '695d3ee454e2cf72f15c227bc16c2935d27e3c4a7fc360cc5a02c4f0b29adf15'
  assert.deepEqual(
    [fact?.body.region, fact?.body.hash, told.map(({ type }) => type)],
    ['japan', sha256, ['file.kept', 'desk.contact.verified']],
  )

  await browser.post('/registers/improvement', {
    values: { item: 'i-8', origin: 'audit', due: '2027-03-31' },
  })
  const item = '/registers/improvement/entry'
  const open = await browser.get(`${item}?id=i-8`)
  assert.deepEqual(open['actions'], ['finish', 'postpone', 'remove'])
  const finish = (seen: number) =>
    browser.form(`${item}/finish?id=i-8`, { values: {} }, seen, 'the new rule')
  assert.equal((await finish(open['version']))['status'], 200)
  const shut = await browser.get(`${item}?id=i-8`)
  assert.deepEqual([shut['actions'], shut['values'].done !== ''], [['remove'], true])
  assert.equal(complaintsOf(await finish(shut['version'])), 'REGISTER_ACTION_UNFIT')
})

test('what two persons say: another day for an improvement, an obligation that is taken off', async () => {
  await browser.post('/registers/improvement', {
    values: { item: 'i-9', origin: 'audit', due: '2027-03-31' },
  })
  await browser.post('/registers/law', {
    values: {
      ...{ obligation: 'old-1', jurisdiction: 'taiwan', law: 'tw-pdpa' },
      ...{ provision: 'Art. 99', version: '2012' },
    },
  })
  for (const [register, id, what, values] of [
    ['improvement', 'i-9', 'postpone', { due: '2027-06-30' }],
    ['improvement', 'i-9', 'remove', { reason: 'given-up' }],
    ['law', 'old-1', 'remove', {}],
  ] as const) {
    const at = `/registers/${register}/entry`
    const read = () => browser.get(`${at}?id=${id}`)
    const before = await read()
    const act = async (who: typeof browser, name: string, said = {}) => {
      const { version } = await read()
      return who.post(`${at}/${name}?id=${id}`, { values: said }, version)
    }
    assert.equal(complaintsOf(await act(second, `agree-${what}`)), 'REGISTER_ACTION_UNFIT')
    assert.equal((await act(browser, what, values))['status'], 200)
    const asked = await read()
    assert.ok(asked['actions'].includes(`agree-${what}`))
    assert.equal(asked['values'].due, before['values'].due)
    if (register === 'improvement' && what === 'remove')
      assert.equal(asked['values'].removal, 'given-up')
    assert.equal(complaintsOf(await act(browser, `agree-${what}`)), 'REGISTER_SECOND_PERSON')
    assert.equal((await act(second, `agree-${what}`))['status'], 200)
    const now = await read()
    assert.deepEqual(
      [now['closed'], now['values'].due, now['values'].wanted],
      what === 'remove'
        ? [true, before['values'].due, before['values'].wanted]
        : [false, '2027-06-30', ''],
    )
    assert.equal(now['history'][0].by, 'somebody', 'who asked; who agreed is the second')
    assert.ok(!now['actions'].includes(`agree-${what}`))
  }
})

test('laws are declared complete by jurisdiction, and a second source knows one of them', async () => {
  const at = '/registers/law'
  await browser.post(at, {
    values: {
      ...{ obligation: 'gdpr-33', jurisdiction: 'european-union', law: 'gdpr' },
      ...{ provision: 'Art. 33', version: '2016' },
    },
  })
  const size = await program.size()
  assert.equal((await browser.post(`${at}/declare`, {}))['count'], 2)
  const bodies = (await program.told(size)).map(({ body }) => body)
  assert.deepEqual(
    bodies.map(({ jurisdiction, laws, obligations }) => [jurisdiction, laws, obligations]),
    [
      ['japan', ['appi'], 1],
      ['european-union', ['gdpr'], 1],
    ],
  )
  const compare = (of: string) =>
    browser.upload(`${at}/compare?source=counsel${of}`, 'obligation\ngdpr-33\ngdpr-34\n')
  assert.equal(complaintsOf(await compare('')), 'REGISTER_USAGE')
  const compared = await compare('&of=european-union')
  assert.deepEqual(
    [compared['seen'], compared['missing'], compared['unlisted'], compared['isDeclared']],
    [1, 0, 1, true],
    JSON.stringify(compared),
  )
  const about = await browser.get(`${at}/about`)
  assert.deepEqual(about['compared'].of, { done: 1, all: 4 })
  assert.equal(about['comparable'].column, 'jurisdiction')
  assert.equal(about['declared'].isSame, true)
})
