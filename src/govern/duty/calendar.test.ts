import { strict as assert } from 'node:assert'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import ICAL from 'ical.js'
import { accountClosed } from '../../core/account/facts.ts'
import { pdf } from '../../core/file/testing.ts'
import { openTestDesk, type TestPerson } from '../../core/run/testing-desk.ts'
import { calendarShared } from './facts.ts'

const committee = 'govern.policy.committee-meets-monthly'
let desk: Awaited<ReturnType<typeof openTestDesk>>
let holder: TestPerson
let address = ''

before(async () => {
  desk = await openTestDesk('2026-12-01T03:00:00.000Z')
  const person = (number: string) => ({
    type: 'person.joined',
    body: { person: number, kind: 'employee', department: 'care' },
    private: {
      staff: { person: `hr:${number}` },
      name: { person: `hr:${number}`, value: `山田 ${number}` },
    },
  })
  const held = (role: string, number: string) => ({
    type: 'role.holder.appointed',
    body: { role, person: number, from: '2026-01-01', until: null },
  })
  await desk.record(
    'hr@example.jp',
    ...[person('p-1'), person('p-2')],
    ...['committee', 'ciso'].map(role => ({ type: 'role.listed', body: { role } })),
    ...[held('committee', 'p-2'), held('ciso', 'p-1')],
  )
  holder = await desk.as('hr:p-2')
})
after(() => desk.close())

/** As a calendar asks: without a session, by the address alone. */
const ask = async (where = address): Promise<Response> => {
  // What is asked within a minute is answered as before.
  desk.clock.add(61_000)
  const { pathname, search } = new URL(where)
  const headers = { host: 'localhost:80' }
  const target = pathname + search
  return desk.http.fetch(new Request(`http://localhost:80${target}`, { headers }), target)
}

const events = async () => {
  const answer = await ask()
  const text = await answer.text()
  assert.equal(answer.status, 200, text)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/calendar/)
  const calendar = new ICAL.Component(ICAL.parse(text))
  return calendar.getAllSubcomponents('vevent').map(one => ({
    event: new ICAL.Event(one),
    status: one.getFirstPropertyValue('status'),
    url: String(one.getFirstPropertyValue('url')),
  }))
}
const meeting = async () => {
  const found = (await events()).filter(({ url }) => url.includes(`${committee}/2026-12`))
  assert.equal(found.length, 1)
  return found[0]!
}

describe('the calendar of one person', () => {
  test('its address is made by himself and told once; the list has a hash that opens nothing', async () => {
    assert.equal((await holder.get('/duties/calendar')).since, null)
    address = (await holder.post('/duties/calendar/share', {})).address
    assert.match(address, /\/api\/calendar\/[A-Za-z0-9_-]{43}\.ics$/)
    const token = /calendar\/([^.]+)/.exec(address)![1]!
    const [fact] = await desk.okite.reader.latest(calendarShared, 1)
    assert.match(fact!.body.feed, /^[0-9a-f]{64}$/)
    for (let pos = 0; pos < (await desk.okite.ledger.size()); pos++)
      assert.ok(
        !Buffer.from(await desk.okite.ledger.leaf(pos))
          .toString()
          .includes(token),
      )
    for (const line of desk.lines) assert.ok(!line.includes(token))
    assert.notEqual((await holder.get('/duties/calendar')).since, null)
  })

  test('what ends at midnight is a whole day, in the zone of the organisation, and nobody is named', async () => {
    const all = await events()
    assert.ok(all.length > 0)
    const { event, status, url } = await meeting()
    assert.equal(event.startDate.toString(), '2026-12-31')
    assert.ok(event.startDate.isDate)
    assert.equal(status, 'CONFIRMED')
    assert.match(url, /\/duties\/govern\.policy\.committee-meets-monthly\/2026-12$/)
    const text = await (await ask()).text()
    assert.match(text, /duties\/\/JA/i)
    assert.match(await (await ask(`${address}?locale=en`)).text(), /duties\/\/EN/i)
    assert.doesNotMatch(text, /山田|hr:|p-\d|duty\.|control\./)
    for (const one of all) assert.match(one.event.uid, /^[0-9a-f]{32}@okite$/)
    assert.equal(new Set(all.map(one => one.event.uid)).size, all.length)
  })

  test('it keeps its UID, counts up when something changes, and is cancelled when it is done', async () => {
    const first = (await meeting()).event
    await holder.post('/duties/comment', {
      ...{ id: `${committee}/2026-12`, text: 'x', key: 'key-00000001' },
    })
    const second = (await meeting()).event
    assert.equal(second.uid, first.uid)
    assert.ok(second.sequence > first.sequence)
    await holder.send(
      '/duties/do',
      {
        ...{ id: `${committee}/2026-12`, locale: 'ja', key: 'key-00000002' },
        fields: { meeting: '2026-12', members: 7, present: 5, reviewed: 3, decisions: 1 },
        persons: { chair: 'p-2' },
      },
      [{ name: 'minutes.pdf', bytes: pdf('x') }],
    )
    const { event, status } = await meeting()
    assert.equal(status, 'CANCELLED')
    assert.equal(event.uid, first.uid)
    assert.ok(event.sequence > second.sequence)
  })

  test('RFC 5545 §3.1 §3.3.11 what somebody calls a thing folds, is escaped, and ends no line', async () => {
    const names = [
      // What ends a line is refused where it is told.
      'x\\nEND:VEVENT\\nBEGIN:VALARM',
      'a;b,c:d"e\\n',
      '\u202egnp.exe\u2069',
      `Z${'\u0301'.repeat(79)}`,
      '長'.repeat(80),
    ]
    const listed = names.map(department => ({ type: 'department.listed', body: { department } }))
    const body = { departments: names.length, hash: 'a'.repeat(64) }
    await desk.record('hr@example.jp', ...listed, { type: 'department.list.declared', body })
    const ciso = await desk.as('hr:p-1')
    const { address: own } = await ciso.post('/duties/calendar/share', {})
    const text = await (await ask(own)).text()
    assert.ok(text.endsWith('\r\n'))
    const lines = text.slice(0, -2).split('\r\n')
    for (const line of lines) {
      assert.ok(Buffer.byteLength(line) <= 75, line)
      assert.doesNotMatch(line, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
    }
    const calendar = new ICAL.Component(ICAL.parse(text))
    const found = calendar.getAllSubcomponents('vevent')
    assert.equal(lines.filter(line => line === 'BEGIN:VEVENT').length, found.length)
    for (const one of found) assert.deepEqual(one.getAllSubcomponents(), [])
    const urls = found.map(one => decodeURIComponent(String(one.getFirstPropertyValue('url'))))
    for (const name of names)
      assert.ok(
        urls.some(url => url.endsWith(`/${name}`)),
        name,
      )
  })

  test('it opens nothing else, and ends when it is replaced, taken back, or he leaves', async () => {
    const wrong = address.replace(
      /calendar\/./,
      one => `${one.slice(0, -1)}${one.endsWith('A') ? 'B' : 'A'}`,
    )
    assert.equal((await ask(wrong)).status, 404)
    const old = address
    address = (await holder.post('/duties/calendar/share', {})).address
    assert.equal((await ask(old)).status, 404)
    assert.equal((await ask()).status, 200)
    await holder.post('/duties/calendar/revoke', {})
    assert.equal((await ask()).status, 404)
    address = (await holder.post('/duties/calendar/share', {})).address
    const at = new Date(desk.clock.nowMs()).toISOString()
    const { pos } = await desk.okite.submit('core')({
      ...{ type: accountClosed, source: 'test', occurred: at, observed: at, trust: 'record' },
      body: { account: randomUUID(), why: 'decided' },
      private: { person: { value: '山田', person: 'hr:p-2' } },
      identity: 'closed',
    })
    await desk.okite.settled(pos)
    assert.equal((await ask()).status, 404, 'an account that is closed takes its address with it')
    address = (await holder.post('/duties/calendar/share', {})).address
    await desk.record('hr@example.jp', { type: 'person.left', body: { person: 'p-2' } })
    assert.equal((await ask()).status, 404)
    const stranger = await desk.as('nobody@example.jp')
    await stranger.refused(
      'DUTY_CALENDAR_NOBODY',
      stranger.fetch('/duties/calendar/share', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }),
    )
  })
})
