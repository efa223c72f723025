import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { openTestDesk, type TestPerson } from '../../core/run/testing-desk.ts'

const at = '/registers/exception'
const control = 'identify.asset.registered-with-owner'
const other = 'govern.desk.contact-japan-verified'
let desk: Awaited<ReturnType<typeof openTestDesk>>
let [asker, approver]: TestPerson[] = []

before(async () => {
  desk = await openTestDesk('2026-12-01T03:00:00.000Z')
  asker = await desk.as('hr:p-1')
  approver = await desk.as('hr:p-2')
  await desk.record('hr:p-1', {
    type: 'asset.listed',
    body: {
      ...{ asset: 'srv-1', kind: 'system', owner: null, inScope: true },
      ...{ isImportant: false, isTangible: true },
    },
  })
})
after(() => desk.close())

const values = {
  ...{ control, subject: 'srv-1', until: '2027-01-31' },
  ...{ reason: 'The vendor is late', measure: 'It stands in a closed network' },
}

const json = (method: string, body: unknown, version?: number): RequestInit => ({
  method,
  headers: {
    ...{ 'content-type': 'application/json', origin: 'http://localhost:80' },
    ...(version !== undefined && { 'if-match': `"${version}"` }),
  },
  body: JSON.stringify(body),
})
const read = async (id: string) => asker!.get(`${at}/entry?id=${encodeURIComponent(id)}`)

/** Does something with the entry as it is now; answers status and code. */
async function act(who: TestPerson, id: string, what: string, said: object = {}, seen?: number) {
  const version = seen ?? (await read(id)).version
  const path = `${at}/entry/${what}?id=${encodeURIComponent(id)}`
  const answer = await who.fetch(path, json('POST', { values: said }, version))
  return { status: answer.status, ...((await answer.json()) as { code?: string }) }
}

const granted = async () =>
  (
    await desk.okite.reader.query<{ pos: string }>(
      "select pos from ledger.fact_type where type = 'exception.granted' order by pos",
    )
  ).length

describe('an exception', () => {
  const id = `${control} srv-1`

  test('V13 is asked for by one person and granted by another; the control then leaves it out', async () => {
    assert.equal((await asker!.post(at, { values })).id, id)
    const asked = await read(id)
    assert.deepEqual(
      [asked.values.state, asked.values.requester, asked.actions.sort()],
      ['requested', 'hr:p-1', ['approve', 'decline']],
    )
    const own = await act(asker!, id, 'approve')
    assert.deepEqual([own.status, own.code, await granted()], [403, 'EXCEPTION_SECOND_PERSON', 0])
    assert.equal((await act(approver!, id, 'approve')).status, 200)
    const now = await read(id)
    assert.deepEqual(
      [now.values.state, now.values['in-force'], now.values.approver, now.actions],
      ['granted', '2027-01-31', 'hr:p-2', ['revoke']],
    )
    assert.deepEqual(
      now.history.map((one: { type: string }) => one.type),
      ['exception.granted', 'exception.requested'],
    )
    const [fact] = (await desk.okite.reader.latest(
      desk.okite.modules.types.get('exception.granted')!,
      1,
    )) as any[]
    // Midnight where the organisation is (Asia/Taipei).
    assert.deepEqual(fact.body, { control, subject: 'srv-1', until: '2027-01-31T16:00:00.000Z' })
    assert.ok(!JSON.stringify(fact.body).includes('vendor'))
    const again = await act(approver!, id, 'approve')
    assert.deepEqual([again.status, again.code], [409, 'REGISTER_ACTION_UNFIT'])
  })

  test('two approve the same version: it is granted once, and the second is told', async () => {
    const twice = `${other}`
    await asker!.post(at, { values: { ...values, control: other, subject: '' } })
    const { version } = await read(twice)
    assert.equal((await act(approver!, twice, 'approve', {}, version)).status, 200)
    const count = await granted()
    const late = await act(approver!, twice, 'approve', {}, version)
    assert.deepEqual([late.status, late.code], [412, 'REGISTER_ENTRY_CHANGED'])
    assert.equal(await granted(), count)
    const { history } = await read(twice)
    assert.deepEqual(
      history.map((one: { type: string }) => one.type),
      ['exception.granted', 'exception.requested'],
    )
  })

  test('a longer one is asked for on the same entry; declined, the first end stands', async () => {
    const { version } = await read(id)
    const path = `${at}/entry?id=${encodeURIComponent(id)}`
    const more = json('PATCH', { values: { until: '2027-03-31' } }, version)
    assert.equal((await approver!.fetch(path, more)).status, 200)
    assert.equal((await read(id)).values.state, 'extension')
    assert.equal((await act(approver!, id, 'approve')).code, 'EXCEPTION_SECOND_PERSON')
    assert.equal((await act(asker!, id, 'decline')).code, 'REGISTER_FIELDS')
    assert.equal((await act(asker!, id, 'decline', { reason: 'long enough' })).status, 200)
    const now = await read(id)
    assert.deepEqual([now.values.state, now.values.until], ['granted', '2027-01-31'])
    assert.equal(now.history[0].reason, 'long enough')
  })

  test('ends early with a reason, and then is closed', async () => {
    assert.equal((await act(asker!, other, 'revoke', { reason: 'repaired' })).status, 200)
    const now = await read(other)
    assert.deepEqual([now.closed, now.actions], [true, []])
    assert.deepEqual(
      now.history
        .slice(0, 2)
        .map((one: { type: string; reason: string | null }) => [one.type, one.reason]),
      [
        ['exception.ended', null],
        ['exception.revoked', 'repaired'],
      ],
    )
  })

  test('needs a known control and subject, all fields, and an end within 366 days', async () => {
    const wrong: readonly (readonly [object, string])[] = [
      [{ control: 'no.such.control' }, 'control'],
      [{ control: 'govern.desk.ladder-step-filled', subject: 'nobody' }, 'subject'],
      [{ until: '2026-11-30' }, 'until'],
      [{ until: '2027-12-04' }, 'until'],
      [{ reason: '' }, 'reason'],
      [{ measure: '' }, 'measure'],
    ]
    for (const [given, column] of wrong) {
      const { data } = await asker!.refused(
        'REGISTER_FIELDS',
        asker!.fetch(at, json('POST', { values: { ...values, ...given } })),
      )
      assert.deepEqual(
        data.fields.map((one: { column: string }) => one.column),
        [column],
      )
    }
  })

  test('V13 is over by itself at the end of its day, and its request cannot be approved later', async () => {
    const late = `${other}`
    await asker!.post(at, { values: { ...values, control: other, subject: '' } })
    await desk.advance('2027-01-31T15:59:00.000Z')
    assert.equal((await read(id)).values.state, 'granted')
    await desk.advance('2027-01-31T16:00:01.000Z')
    const over = await read(id)
    assert.deepEqual([over.values.state, over.actions], ['expired', []])
    // What was said then is told as it was then.
    const grant = over.history.find((one: { type: string }) => one.type === 'exception.granted')
    assert.ok(
      grant.changes.some((one: { column: string; is: string }) => one.is === 'granted'),
      JSON.stringify(grant),
    )
    assert.equal((await act(approver!, late, 'approve')).code, 'EXCEPTION_END')
  })

  test('nothing personal is in a log or on the list', async () => {
    const facts = JSON.stringify(await desk.okite.ledger.read(0, 2_000))
    for (const text of ['vendor is late', 'closed network', 'hr:p-2']) {
      assert.ok(!facts.includes(text), text)
      assert.ok(!desk.lines.some(line => line.includes(text)), text)
    }
  })
})
