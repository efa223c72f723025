import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { answer } from '../../core/http/routes.ts'
import { openTestBrowser, openTestProgram, type TestProgram } from '../../core/register/testing.ts'
import { handsOf, routeHandsOf } from '../../core/run/hands.ts'

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

const at = '/registers/person'
const values = { number: 'S1', name: '青木 あおい', mail: 'aoi@example.jp', kind: 'employee' }

const unsent = () => Promise.reject(new Error('nothing is sent'))

const file = { name: 'people.csv', bytes: Buffer.from('number,name,kind\nS1,Aoki Aoi,employee\n') }

/** Asks as somebody who has these permissions and no others. */
async function as(
  permissions: readonly string[],
  path: string,
  query = '',
  method = 'get',
): Promise<any> {
  const { okite } = program
  const module = okite.modules.modules.find(one => one.routes?.some(route => route.path === path))
  const route = module?.routes?.find(one => one.path === path && one.method === method)
  assert.ok(module && route)
  const { signal } = new AbortController()
  const ports = {
    ...okite.ports(module, signal),
    ...handsOf(okite, module.id),
    ...routeHandsOf(okite, module.id),
  }
  const asked = {
    ...{ params: {}, query: new URLSearchParams(query), ifMatch: null },
    ...{ body: async () => ({}), upload: unsent, transfer: async () => file },
    principal: {
      ...{ account: null, person: 'somebody', name: 'somebody', roles: [] },
      permissions: new Set(permissions),
    },
  }
  return answer({ module: module.id, route }, asked, ports, 5_000)
}

describe('the register of people, as people work with it', () => {
  test('a person is typed in, found by name, moved, and leaves with a reason', async () => {
    const made = await browser.post(at, { values })
    assert.deepEqual([made['status'], /^p-/.test(made['id'])], [200, true])
    assert.equal((await browser.post(at, { values }))['code'], 'REGISTER_ENTRY_TAKEN')
    const { rows } = await browser.get(`${at}?text=${encodeURIComponent('あおい')}`)
    assert.equal(rows.length, 1)
    assert.equal(rows[0].values.mail, 'aoi@example.jp')
    const entry = `${at}/entry?id=${made['id']}`
    const change = { values: { department: 'Sales', name: 'Aoki Aoi', jobs: 'developer' } }
    const changed = await browser.patch(entry, change, rows[0].version)
    assert.equal(changed['status'], 200, JSON.stringify(changed))
    const now = await browser.get(entry)
    assert.deepEqual(
      [now['values'].name, now['values'].department, now['values'].jobs, now['values'].number],
      ['Aoki Aoi', 'Sales', 'developer', 'S1'],
    )
    const late = await browser.patch(entry, change, rows[0].version)
    assert.deepEqual(
      late['data'].others.map((one: { column: string; value?: string }) => [one.column, one.value]),
      [
        ['name', undefined],
        ['department', 'Sales'],
        ['jobs', 'developer'],
      ],
    )
  })

  test('who may not see personal values finds, sorts and reads none', async () => {
    const read = ['register.person.read']
    const page = await as(read, at)
    assert.deepEqual(Object.keys(page.rows[0].values).sort(), [
      ...['away-from', 'away-until', 'department', 'jobs', 'kind'],
    ])
    assert.equal((await as(read, at, 'text=aoki')).found, 0)
    for (const query of ['sort=name', 'name=aoki', 'mail=']) {
      await assert.rejects(as(read, at, query), { code: 'REGISTER_FILTER' })
    }
    const id: string = page.rows[0].id
    const choices = (permissions: readonly string[], query: string) =>
      as(permissions, `${at}/choices`, `locale=en&${query}`)
    assert.equal((await choices(read, 'text=aoki')).found, 0)
    await assert.rejects(choices(read, 'text=Sales&by=number'), { code: 'REGISTER_FILTER' })
    assert.deepEqual((await choices(read, 'text=Sales')).choices, [
      { value: id, text: id, hint: 'Sales' },
    ])
    const entry = await as(read, `${at}/entry`, `id=${page.rows[0].id}`)
    assert.ok(!/aoki|aoi|S1/i.test(JSON.stringify({ ...entry, id: '' })), JSON.stringify(entry))
    await assert.rejects(as([], at), { code: 'HTTP_FORBIDDEN' })
    const all = await as([...read, 'register.person.personal'], at, 'text=aoki')
    assert.equal(all.found, 1)
    const seen = [...read, 'register.person.personal']
    const aoki = { text: 'Aoki Aoi', hint: 'S1 · Sales' }
    const offered = await choices(seen, 'text=ａｏｋｉ&by=number')
    assert.deepEqual(offered, { choices: [{ value: 'S1', ...aoki }], found: 1 })
    const called = await choices(seen, `values=${id} p-nobody`)
    assert.deepEqual(called, { choices: [{ value: id, ...aoki }], found: 1 })
    await assert.rejects(choices([], 'text=aoki'), { code: 'HTTP_FORBIDDEN' })
  })

  test('who may not see personal values learns none by a file that he sends', async () => {
    const write = ['register.person.read', 'register.person.write']
    for (const what of ['import', 'compare']) {
      const query = 'source=other&dry=yes'
      await assert.rejects(as(write, `${at}/${what}`, query, 'post'), {
        code: 'HTTP_FORBIDDEN',
        data: { permission: 'register.person.personal' },
      })
      const told = await as([...write, 'register.person.personal'], `${at}/${what}`, query, 'post')
      assert.equal(told.outcome, 'dry')
    }
  })

  test('what is erased is found no more', async () => {
    const completeAt = new Date().toISOString()
    const erasure = { identity: 'erase S1', source: 'test', ground: 'gdpr.17.1.a', completeAt }
    await program.okite.erase('register:S1', erasure)
    const { rows, found } = await browser.get(`${at}?text=aoki`)
    assert.deepEqual([rows, found], [[], 0])
    const whole = await browser.get(at)
    assert.deepEqual([whole['size'], whole['rows'][0].values.name], [1, ''])
  })

  test('an office shows who holds it', async () => {
    await browser.post(at, { values: { ...values, number: 'S2', name: 'Mei', mail: '' } })
    const office = { role: 'ciso', holder: 'S2', from: '2026-01-01' }
    const made = await browser.post('/registers/role', { values: office })
    assert.equal(made['status'], 200, JSON.stringify(made))
    const { rows } = await browser.get('/registers/role?text=mei')
    assert.deepEqual([rows[0].id, rows[0].values['holder-name']], ['ciso', 'Mei'])
    const wrong = await browser.post('/registers/role', {
      values: { ...office, role: 'x', holder: 'S9' },
    })
    assert.deepEqual(wrong['data'].fields[0], {
      ...{ code: 'TABLE_CELL', column: 'holder', why: 'not in the register' },
    })
  })
})
