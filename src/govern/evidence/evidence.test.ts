import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { privacyErased } from '../../core/facts.ts'
import { pdf } from '../../core/file/testing.ts'
import { readVkey } from '../../core/ledger/note.ts'
import { verifyProof } from '../../core/ledger/proof.ts'
import { nodeVerifier } from '../../core/ledger/verify-node.ts'
import { checkAndSay } from '../../core/run/list-checks.ts'
import { openTestDesk, type TestPerson } from '../../core/run/testing-desk.ts'
import { holdPlaced } from './facts.ts'

let desk: Awaited<ReturnType<typeof openTestDesk>>
let [first, second, reader]: TestPerson[] = []
let key = 0
const newKey = () => `key-${String(++key).padStart(8, '0')}`
const committee = 'govern.policy.committee-meets-monthly'
const meeting = (name: string, present: number, more: object = {}) => ({
  type: 'committee.meeting.minuted',
  body: {
    ...{ meeting: name, members: 7, present, reviewed: 3, decisions: 1, period: null },
    hash: '1'.repeat(64),
  },
  private: { chair: { person: 'ken@example.jp' } },
  ...more,
})

before(async () => {
  desk = await openTestDesk('2026-12-01T03:00:00.000Z')
  first = await desk.as('first@example.jp')
  second = await desk.as('second@example.jp')
  reader = await desk.as('auditor@example.jp', ['evidence.read'])
})
after(() => desk.close())

const json = (body: unknown): RequestInit => ({
  ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
  body: JSON.stringify(body),
})
const find = async (query: string, person = reader!) =>
  (await person.get(`/evidence/facts?${query}`)) as any
const propose = (asked: object, person = first!) =>
  person.fetch('/evidence/changes', json({ reason: '誤り', key: newKey(), ...asked }))
const proposed = async (asked: object, person = first!): Promise<number> => {
  const answer = (await (await propose(asked, person)).json()) as any
  assert.ok(Number.isInteger(answer.pos), JSON.stringify(answer))
  return answer.pos
}
const confirm = (proposal: number, person = second!) =>
  person.fetch('/evidence/changes/confirm', json({ proposal }))

/** The position that the proof proves, under the key that was given with it. */
async function proven(
  given: Readonly<{ leaf: string; proof: string; origin: string; vkey: string }>,
) {
  const log = { origin: given.origin, keys: [await readVkey(given.vkey, nodeVerifier)] }
  const leaf = new TextEncoder().encode(given.leaf)
  return (await verifyProof(given.proof, leaf, log, nodeVerifier)).pos
}

describe('E1 E2 facts are found and followed', () => {
  test('E1 by type, module, subject, person, time, trust and words, in pages that lose nothing', async () => {
    const pos = await desk.record('hanako@example.jp', meeting('quarterly-1', 5))
    const [found] = (await find('type=committee.meeting.minuted')).facts
    assert.equal(found.pos, pos)
    assert.deepEqual(found.slots.sort(), ['by', 'chair'])
    assert.equal((await find('module=govern.policy&trust=record')).facts[0].pos, pos)
    assert.deepEqual((await find('module=no.such')).facts, [])
    assert.equal((await find('text=QUARTERLY-1')).facts[0].pos, pos)
    assert.deepEqual((await find('text=quarterly-2')).facts, [])
    assert.deepEqual(
      (await find('text=quarterly_1')).facts,
      [],
      'no letter of a pattern has a meaning',
    )
    const ofControl = await find(`subject=${committee}&limit=3`)
    assert.ok(ofControl.facts.every((one: any) => JSON.stringify(one.body).includes(committee)))
    assert.ok(ofControl.facts.length > 0)
    assert.equal((await find('person=ken@example.jp', first!)).facts[0].pos, pos)
    await reader!.refused(
      'EVIDENCE_FORBIDDEN',
      reader!.fetch('/evidence/facts?person=ken@example.jp'),
    )
    assert.deepEqual((await find('person=nobody@example.jp', first!)).facts, [])
    const seen: number[] = []
    for (let before = ''; ; ) {
      const page = await find(`limit=100${before}`)
      seen.push(...page.facts.map((one: any) => one.pos))
      if (page.next === null) break
      before = `&before=${page.next}`
    }
    const size = await desk.okite.ledger.size()
    assert.deepEqual(seen, [...Array(size).keys()].reverse())
    const { recorded } = found
    const at = await find(`from=${recorded}&limit=200`)
    assert.ok(at.facts.every((one: any) => one.recorded >= recorded))
    assert.ok(at.facts.some((one: any) => one.pos === pos))
    const until = await find(`to=${recorded}&limit=200`)
    assert.ok(until.facts.length > 0 && until.facts.every((one: any) => one.recorded < recorded))
  })

  test('ASVS V8.2.3 E2 with what it rests on and what rests on it, its private values only for who may see them, and its proof', async () => {
    const [{ pos }] = (await find('type=committee.meeting.minuted')).facts
    const seen = await reader!.get(`/evidence/facts/${pos}`)
    assert.deepEqual(seen.private, [
      { slot: 'by', state: 'hidden', value: null },
      { slot: 'chair', state: 'hidden', value: null },
    ])
    const full = await first!.get(`/evidence/facts/${pos}`)
    assert.deepEqual(full.private[1], { slot: 'chair', state: 'shown', value: 'ken@example.jp' })
    const verdict = full.restsOnIt.find((one: any) => one.type === 'control.verdict.changed')
    assert.equal(verdict.body.control, committee)
    const back = await reader!.get(`/evidence/facts/${verdict.pos}`)
    assert.ok(back.because.some((one: any) => one.pos === pos))
    assert.equal(await proven(full.proof), pos)
    await reader!.refused('EVIDENCE_TARGET', reader!.fetch('/evidence/facts/999999'))
    await reader!.refused('HTTP_INPUT', reader!.fetch('/evidence/facts/-1'))
  })

  test('E3 files and addresses are attached, found with the fact, and sent for saving', async () => {
    const [{ pos }] = (await find('type=committee.meeting.minuted')).facts
    const asked = {
      target: pos,
      links: ['https://wiki.example.jp/m'],
      note: '議事録',
      key: newKey(),
    }
    const minutes = { name: 'minutes.pdf', bytes: pdf('minutes') }
    await first!.send('/evidence/attach', asked, [minutes])
    const seen = await reader!.get(`/evidence/facts/${pos}`)
    assert.deepEqual(seen.links, ['https://wiki.example.jp/m'])
    assert.equal(seen.files.length, 1)
    assert.equal(seen.files[0].name, null)
    assert.equal((await first!.get(`/evidence/facts/${pos}`)).files[0].name, 'minutes.pdf')
    const sent = await reader!.fetch(`/evidence/files/${seen.files[0].sha256}`)
    assert.deepEqual(Buffer.from(await sent.arrayBuffer()), Buffer.from(minutes.bytes))
    for (const link of ['javascript:alert(1)', 'https://a:b@example.jp/', 'file:///etc/passwd']) {
      const form = new FormData()
      form.append('fields', JSON.stringify({ ...asked, links: [link], key: newKey() }))
      const answer = first!.fetch('/evidence/attach', { method: 'POST', body: form })
      await first!.refused('HTTP_INPUT', answer)
    }
    await reader!.refused('HTTP_FORBIDDEN', reader!.fetch('/evidence/attach', json({})))
  })
})

describe('E4 what two persons do', () => {
  test('V4 E4 a claim is refused or stood for by a second person, never by who is named in it', async () => {
    const at = { occurred: '2026-11-20T03:00:00Z' }
    const pos = await desk.record('first@example.jp', meeting('told', 5, at))
    assert.deepEqual(
      (await find('waiting=true')).facts.map((one: any) => one.pos),
      [pos],
    )
    const decided = (isAccepted: boolean, person: TestPerson) =>
      person.fetch('/evidence/claims/decide', json({ target: pos, isAccepted, reason: '未確認' }))
    await first!.refused('EVIDENCE_SECOND_PERSON', decided(true, first!))
    const ken = await desk.as('ken@example.jp')
    await ken.refused('EVIDENCE_SECOND_PERSON', decided(true, ken))
    assert.equal((await decided(false, second!)).status, 200)
    assert.deepEqual((await find('waiting=true')).facts, [])
    assert.equal((await decided(true, second!)).status, 200)
    const { fact } = await reader!.get(`/evidence/facts/${pos}`)
    assert.deepEqual(
      fact.said.map((one: any) => one.what),
      ['refused', 'accepted'],
    )
    const told = json({ target: pos - 1, isAccepted: true })
    await second!.refused('EVIDENCE_NO_CLAIM', second!.fetch('/evidence/claims/decide', told))
  })

  test('V40 E4 a fact is corrected and taken back by two, each once, and both stay visible', async () => {
    const pos = await desk.record('hanako@example.jp', meeting('wrong', 5))
    const body = { ...meeting('wrong', 6).body }
    const unfit = { kind: 'correct', target: pos, body: { ...body, present: 'many', x: 1 } }
    const { data } = await first!.refused('EVIDENCE_FIELDS', propose(unfit))
    assert.deepEqual(
      data.fields.map((field: any) => [field.field, field.code]),
      [
        ['present', 'wrong'],
        ['x', 'unknown'],
      ],
    )
    const same = { kind: 'correct', target: pos, body: meeting('wrong', 5).body }
    await first!.refused('EVIDENCE_SAME', propose(same))
    const { fields } = await first!.get(`/evidence/facts/${pos}/form?locale=ja`)
    assert.deepEqual(fields.map((field: any) => field.path).sort(), Object.keys(body).sort())
    await first!.refused('EVIDENCE_PROPOSAL', propose({ kind: 'correct', target: pos }))
    await first!.refused('EVIDENCE_TARGET', propose({ kind: 'retract', target: 0 }))
    const [{ pos: concluded }] = (await find('type=control.verdict.changed')).facts
    await first!.refused('EVIDENCE_TARGET', propose({ kind: 'retract', target: concluded }))
    const proposal = await proposed({ kind: 'correct', target: pos, body })
    await first!.refused('EVIDENCE_SECOND_PERSON', confirm(proposal, first!))
    const { changes } = await second!.get('/evidence/changes')
    assert.deepEqual(
      changes.map((one: any) => [one.proposal, one.by, one.reason, one.mayConfirm]),
      [[proposal, 'first@example.jp', '誤り', true]],
    )
    // Who agrees sees both.
    assert.deepEqual([changes[0].about.body.present, changes[0].body.present], [5, 6])
    const [answer, again] = await Promise.all([confirm(proposal), confirm(proposal)])
    assert.deepEqual([answer.status, again.status].sort(), [200, 409])
    const { fact } = await reader!.get(`/evidence/facts/${pos}`)
    assert.deepEqual(
      fact.said.map((one: any) => one.what),
      ['corrected'],
    )
    assert.equal(fact.body.present, 5, 'what was said stays')
    const corrected = await reader!.get(`/evidence/facts/${fact.said[0].pos}`)
    assert.equal(corrected.fact.body.body.present, 6)
    await first!.refused('EVIDENCE_TARGET', propose({ kind: 'retract', target: pos }))

    const other = await desk.record('hanako@example.jp', meeting('in-error', 5))
    const taken = await proposed({ kind: 'retract', target: other })
    const declined = json({ proposal: taken, reason: '誤りではない' })
    assert.equal((await second!.fetch('/evidence/changes/decline', declined)).status, 200)
    await second!.refused('EVIDENCE_CHANGE_DECIDED', confirm(taken))
    assert.equal((await confirm(await proposed({ kind: 'retract', target: other }))).status, 200)
    const gone = await reader!.get(`/evidence/facts/${other}`)
    assert.deepEqual(
      gone.fact.said.map((one: any) => one.what),
      ['retracted'],
    )
    await reader!.refused('HTTP_FORBIDDEN', reader!.fetch('/evidence/changes'))
  })

  test('V48 E5 a person’s values go when two others say so, no hold forbids it, and every proof still verifies', async () => {
    const pos = await desk.record('taro@example.jp', meeting('with-taro', 5))
    const erase = { kind: 'erase', ground: 'gdpr.17.1.a', person: 'taro@example.jp' }
    const taro = await desk.as('taro@example.jp')
    await taro.refused('EVIDENCE_OWN_CASE', propose(erase, taro))
    await first!.refused('EVIDENCE_PERSON', propose({ ...erase, person: 'nobody@example.jp' }))
    const officer = await desk.as('officer@example.jp', ['evidence.change'])
    await officer.refused('EVIDENCE_FORBIDDEN', propose(erase, officer))
    const early = await proposed(erase)
    await officer.refused('EVIDENCE_FORBIDDEN', confirm(early, officer))
    const hold = await proposed({ kind: 'hold', person: 'taro@example.jp', reason: '訴訟' })
    await taro.refused('EVIDENCE_OWN_CASE', confirm(hold, taro))
    assert.equal((await confirm(hold)).status, 200)
    const refusal = await second!.refused('EVIDENCE_HELD', confirm(early))
    const [held] = await desk.okite.reader.latest(holdPlaced, 1)
    assert.equal(refusal.data.hold, held!.pos)
    await first!.refused('EVIDENCE_HELD', propose(erase))
    assert.deepEqual((await first!.get('/evidence/holds')).holds, [
      { hold: held!.pos, person: 'taro@example.jp', reason: '訴訟' },
    ])
    const release = await proposed({ kind: 'release', target: held!.pos })
    await taro.refused('EVIDENCE_OWN_CASE', confirm(release, taro))
    assert.equal((await confirm(release)).status, 200)
    await first!.refused('EVIDENCE_HOLD_UNKNOWN', propose({ kind: 'release', target: held!.pos }))

    const before = await first!.get(`/evidence/facts/${pos}`)
    assert.equal(before.private[0].value, 'taro@example.jp')
    await taro.refused('EVIDENCE_OWN_CASE', confirm(early, taro))
    assert.equal((await confirm(early)).status, 200)
    const [erased] = await desk.okite.reader.latest(privacyErased, 1)
    assert.deepEqual(erased!.because, [early])
    assert.equal(erased!.body.completeAt.slice(0, 10), '2027-01-05')
    const after = await first!.get(`/evidence/facts/${pos}`)
    assert.deepEqual(after.private[0], { slot: 'by', state: 'erased', value: null })
    assert.equal(after.private[1].value, 'ken@example.jp')
    assert.equal(after.proof.leaf, before.proof.leaf)
    assert.equal(await proven(after.proof), pos)
    const asked = (await first!.get('/evidence/changes?state=confirmed')).changes
    assert.equal(asked.find((one: any) => one.proposal === early).person, null)
    const found = await desk.okite.integrity()
    assert.equal(found.ok, true, JSON.stringify({ ...found, list: null }))
    for (const line of desk.lines) assert.doesNotMatch(line, /@example|訴訟|誤り/)
  })
})

test('E6 the ledger tells its size, who signs it, and what the last check found', async () => {
  const before = await reader!.get('/evidence/ledger')
  assert.equal(before.checked, null)
  await checkAndSay(desk.okite)
  const { size, checked, vkey, behind } = await reader!.get('/evidence/ledger')
  // What a judge makes of the check may be there already.
  assert.ok(size > before.size)
  assert.equal(checked.pos, before.size)
  assert.equal(checked.said.isSound, true)
  assert.equal(checked.said.size, before.size)
  assert.ok(checked.said.derived > 0 && checked.said.files === 1)
  assert.ok(vkey.includes('okite'))
  assert.equal(behind, null)
})
