import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
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

const at = '/registers/asset'
const entry = (id: string) => `${at}/entry?id=${encodeURIComponent(id)}`
const ids = (answer: Record<string, any>) => answer['rows'].map((row: { id: string }) => row.id)

/** One story: each test goes on where the last one ended. */
describe('the register of assets, as people work with it', () => {
  test('says its columns and that it is empty', async () => {
    const about = await browser.get(`${at}/about`)
    assert.equal(about['status'], 200)
    assert.deepEqual(
      about['columns'].map((column: { name: string; label: string }) => column.label),
      ['number', 'kind', 'owner', 'in-scope', 'important', 'tangible'].map(
        name => `asset.column.${name}`,
      ),
    )
    assert.deepEqual([about['size'], about['declared'], about['sources']], [0, null, []])
  })

  test('takes a file dry, tells what it would change, and then takes it', async () => {
    const file = 'number,kind,owner,in-scope\nh1,host,it,yes\nh2,host,,yes\nd1,document,legal,no\n'
    const dry = await browser.upload(`${at}/import?source=cmdb&dry=yes`, file)
    assert.deepEqual([dry['outcome'], dry['enters'], dry['differences'].length], ['dry', 3, 3])
    assert.equal((await browser.get(at))['size'], 0)
    const done = await browser.upload(`${at}/import?source=cmdb`, file)
    assert.deepEqual([done['status'], done['outcome'], done['rows']], [200, 'done', 3])
    assert.equal((await browser.upload(`${at}/import?source=cmdb`, file))['outcome'], 'same')
    const bad = await browser.upload(`${at}/import?source=cmdb`, 'number,kind\nh1,host\nx,car\n')
    assert.equal(bad['outcome'], 'refused')
    assert.deepEqual(bad['complaints'], [
      { line: 3, code: 'TABLE_CELL', column: 'kind', why: 'unknown' },
    ])
    const cut = await browser.upload(`${at}/import?source=cmdb`, 'number,kind\nh1,host\n')
    assert.deepEqual([cut['status'], cut['code']], [422, 'REGISTER_LEAVERS'])
  })

  test('finds, sorts and counts', async () => {
    const all = await browser.get(`${at}?sort=owner&order=down`)
    assert.deepEqual([ids(all), all['found'], all['size']], [['d1', 'h1', 'h2'], 3, 3])
    assert.deepEqual(ids(await browser.get(`${at}?kind=host&owner=`)), ['h2'])
    assert.deepEqual(ids(await browser.get(`${at}?text=HOST%20it`)), ['h1'])
    assert.deepEqual(ids(await browser.get(`${at}?offset=1&limit=1`)), ['h1'])
    const wrong = await browser.get(`${at}?sort=nothing`)
    assert.deepEqual([wrong['status'], wrong['code']], [400, 'REGISTER_FILTER'])
    assert.equal((await browser.get(`${at}?other=1`))['status'], 400)
  })

  test('takes what is typed in, and says what is wrong in each field', async () => {
    const values = { number: 'H3', kind: 'host', owner: 'it' }
    const made = await browser.post(at, { values })
    assert.deepEqual([made['status'], made['id']], [200, 'h3'])
    const again = await browser.post(at, { values })
    assert.deepEqual([again['status'], again['code']], [409, 'REGISTER_ENTRY_TAKEN'])
    const wrong = await browser.post(at, { values: { number: 'h4', kind: 'car', owner: 'A B' } })
    assert.deepEqual([wrong['status'], wrong['code']], [422, 'REGISTER_FIELDS'])
    assert.deepEqual(
      wrong['data'].fields.map(({ column, why }: Record<string, string>) => `${column}: ${why}`),
      ['owner: no role', 'kind: unknown'],
    )
    const { told } = { told: await program.told(0) }
    const typed = told.find(fact => fact.body.asset === 'h3')
    assert.deepEqual([typed?.source, typed?.trust], ['import register', 'record'])
    assert.ok(typed?.refs['by'], 'who typed it is on the list')
  })

  test('two people edit one entry: the second is told what the first made of it', async () => {
    const { version } = await browser.get(entry('h1'))
    assert.equal((await browser.patch(entry('h1'), { values: { owner: 'ops' } }))['status'], 428)
    const first = await browser.patch(entry('h1'), { values: { owner: 'ops' } }, version)
    assert.equal(first['status'], 200)
    assert.ok(first['version'] > version)
    const second = await browser.patch(entry('h1'), { values: { important: 'yes' } }, version)
    assert.deepEqual([second['status'], second['code']], [412, 'REGISTER_ENTRY_CHANGED'])
    assert.deepEqual(second['data'], {
      version: first['version'],
      others: [{ code: 'register.other', column: 'owner', value: 'ops' }],
    })
    const merged = { values: { important: 'yes' } }
    assert.equal((await browser.patch(entry('h1'), merged, first['version']))['status'], 200)
    const now = await browser.get(entry('h1'))
    assert.deepEqual([now['values'].owner, now['values'].important], ['ops', 'yes'])
    const kind = await browser.patch(entry('h1'), { values: { kind: 'image' } }, now['version'])
    assert.deepEqual(kind['data'].fields, [{ code: 'TABLE_CELL', column: 'kind', why: 'fixed' }])
  })

  test('of ten who save at once one is first, and nobody is overwritten', async () => {
    const { version } = await browser.get(entry('h2'))
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, nth) =>
        browser.patch(entry('h2'), { values: { owner: `team-${nth}` } }, version),
      ),
    )
    assert.deepEqual(answers.map(answer => answer['status']).sort(), [
      200,
      ...Array.from({ length: 9 }, () => 412),
    ])
    assert.equal((await browser.get(entry('h2')))['history'].length, 2)
  })

  test('an entry tells what was said of it, and what is ended stays to be looked up', async () => {
    const before = await browser.get(entry('h1'))
    assert.deepEqual(
      before['history'].map((fact: { changes: unknown; by: string | null }) => fact.changes),
      [
        [{ column: 'important', was: 'no', is: 'yes' }],
        [{ column: 'owner', was: 'it', is: 'ops' }],
        [
          ...[
            ['number', 'h1'],
            ['kind', 'host'],
            ['owner', 'it'],
            ['in-scope', 'yes'],
          ],
          ...[
            ['important', 'no'],
            ['tangible', 'no'],
          ],
        ].map(([column, is]) => ({ column, was: '', is })),
      ],
    )
    assert.equal(before['history'][0].by, 'somebody')
    const none = await browser.post(`${at}/entry/close?id=h1`, { reason: ' ' }, before['version'])
    assert.equal(none['status'], 400)
    const body = { reason: 'sold' }
    assert.equal((await browser.post(`${at}/entry/close?id=h1`, body, 1))['status'], 412)
    const closed = await browser.post(`${at}/entry/close?id=h1`, body, before['version'])
    assert.equal(closed['status'], 200)
    assert.deepEqual(ids(await browser.get(at)), ['d1', 'h2', 'h3'])
    assert.deepEqual(ids(await browser.get(`${at}?closed=yes`)), ['h1'])
    const gone = await browser.get(entry('h1'))
    assert.deepEqual([gone['closed'], gone['history'][0].reason], [true, 'sold'])
    const late = await browser.patch(entry('h1'), { values: { owner: 'it' } }, gone['version'])
    assert.deepEqual([late['status'], late['code']], [409, 'REGISTER_ENTRY_CLOSED'])
    assert.equal((await browser.get(entry('none')))['status'], 404)
  })

  test('is written as a file that is imported as it was, and is no formula to any spreadsheet', async () => {
    const file = await browser.ask('GET', `${at}/export?mark=yes&kind=host`)
    assert.match(file.headers.get('content-disposition') ?? '', /attachment; filename="asset.csv"/)
    const text = Buffer.from(await file.arrayBuffer()).toString()
    assert.equal(
      text,
      '\ufeffnumber,kind,owner,in-scope,important,tangible\r\n' +
        `h2,host,${(await browser.get(entry('h2')))['values'].owner},yes,no,no\r\n` +
        'h3,host,it,,no,no\r\n',
    )
    const json = await browser.ask('GET', `${at}/export?format=json`)
    assert.equal(((await json.json()) as unknown[]).length, 3)
  })

  test('is declared, and laid beside a second source, a kind at a time', async () => {
    const declared = await browser.post(`${at}/declare`, {})
    assert.deepEqual([declared['status'], declared['count']], [200, 3])
    const scan = 'number\nh2\nh3\nh9\n'
    const whatever = await browser.upload(`${at}/compare?source=scan`, scan)
    assert.deepEqual([whatever['status'], whatever['code']], [400, 'REGISTER_USAGE'])
    const dry = await browser.upload(`${at}/compare?source=scan&of=host&dry=yes`, scan)
    assert.deepEqual([dry['outcome'], dry['seen'], dry['there']], ['dry', 2, ['h9']])
    const done = await browser.upload(`${at}/compare?source=scan&of=host`, scan)
    assert.deepEqual([done['outcome'], done['isDeclared'], done['unlisted']], ['done', true, 1])
    const own = await browser.upload(`${at}/compare?source=cmdb&of=host`, scan)
    assert.equal(own['code'], 'REGISTER_SOURCE_SAME')
  })

  test('what is no one file is refused', async () => {
    const parts = (...names: string[]) => {
      const body = new FormData()
      for (const name of names) body.append(name, new Blob(['number,kind\n']), 'x.csv')
      return body
    }
    const send = (body: BodyInit, headers = {}) =>
      browser.ask('POST', `${at}/import?source=cmdb`, { body, headers })
    assert.equal((await send(parts('other'))).status, 400)
    assert.equal((await send(parts('file', 'file'))).status, 400)
    assert.equal((await send('number,kind\n', { 'content-type': 'text/csv' })).status, 415)
    const broken = { 'content-type': 'multipart/form-data; boundary=x' }
    assert.equal((await send('--y\r\n\r\n', broken)).status, 400)
    const large = new FormData()
    large.append('file', new Blob([new Uint8Array(33 * 1024 * 1024)]), 'x.csv')
    assert.equal((await send(large)).status, 413)
  })
})
