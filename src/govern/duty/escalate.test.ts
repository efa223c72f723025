import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { openTestDesk } from '../../core/run/testing-desk.ts'
import { dutyEscalated, noticeIssued } from './facts.ts'
import { itemsMax, notices, urgentIdentity } from './notice.ts'

const committee = 'govern.policy.committee-meets-monthly'
let desk: Awaited<ReturnType<typeof openTestDesk>>
before(async () => {
  desk = await openTestDesk('2026-12-01T03:00:00.000Z')
  // A word of the committee, without which nobody could say that it was silent (V15a).
  await desk.record('hr@example.jp', {
    type: 'committee.meeting.minuted',
    body: {
      ...{ meeting: 'x', members: 7, present: 1, reviewed: 0, decisions: 0, period: null },
      hash: '1'.repeat(64),
    },
    private: { chair: { person: 'ken@example.jp' } },
  })
})
after(() => desk.close())

const said = async () => {
  await desk.okite.collect('govern.duty', 'duty-escalation')
  return (await desk.okite.reader.latest(dutyEscalated, 1_000))
    .filter(({ body }) => body.control === committee)
    .map(({ body }) => `${body.occurrence} ${body.level} ${body.to}`)
    .reverse()
}

describe('what is late', () => {
  test('M10 M11 is told to its office and later to the last one, in business days, each once', async () => {
    assert.deepEqual(await said(), [])
    // 1 January 2027 is a Friday and a holiday; the first business day after it is Monday the 4th.
    await desk.advance('2027-01-03T03:00:00.000Z')
    assert.deepEqual(await said(), [])
    await desk.advance('2027-01-04T16:10:00.000Z')
    assert.deepEqual(await said(), ['2026-12 1 committee'])
    assert.deepEqual(await said(), ['2026-12 1 committee'])
    await desk.advance('2027-01-09T03:00:00.000Z')
    assert.deepEqual(await said(), ['2026-12 1 committee', '2026-12 2 ciso'])
    assert.deepEqual(await said(), ['2026-12 1 committee', '2026-12 2 ciso'])
    const officer = await desk.as('officer@example.jp')
    const { owed } = await officer.get(`/duties/one?locale=en&id=${committee}/2026-12`)
    assert.equal(owed[0].level, 2)
  })

  test('M10 however much is escalated to one person at once, the list takes the notice, once', async () => {
    const item = {
      ...{
        control: committee,
        subject: 'x'.repeat(200),
        what: 'do' as const,
        urgency: 'last' as const,
      },
      ...{ due: '2027-01-01T00:00:00.000Z', isDelegated: false },
    }
    const items = Array.from({ length: itemsMax }, (_, nth) => ({
      ...item,
      occurrence: `o-${nth}`,
    }))
    const submit = () =>
      desk.okite.submit('govern.duty')({
        ...{ type: noticeIssued, source: 'okite duty', trust: 'instrument' },
        ...{ occurred: '2027-01-09T03:00:00.000Z', observed: '2027-01-09T03:00:00.000Z' },
        body: { person: 'p-1', isUrgent: true, day: '2027-01-09', items },
        identity: urgentIdentity('p-1', items),
      })
    assert.equal((await submit()).known, false)
    assert.equal((await submit()).known, true)
    assert.notEqual(urgentIdentity('p-1', items), urgentIdentity('p-1', items.slice(1)))
    assert.ok(JSON.stringify(items).length < notices.sizeBytesMax)
  })
})
