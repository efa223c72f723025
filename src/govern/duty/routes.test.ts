import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { pdf } from '../../core/file/testing.ts'
import { openTestDesk, type TestPerson } from '../../core/run/testing-desk.ts'

const minutes = { name: 'minutes.pdf', bytes: pdf('December') }
const committee = 'govern.policy.committee-meets-monthly'
let desk: Awaited<ReturnType<typeof openTestDesk>>
/** The CISO, a committee's holder, his deputy, a nurse, and somebody who stands in no register. */
let [ciso, holder, deputy, nurse, stranger]: TestPerson[] = []
const member = ['duty.read', 'duty.do', 'duty.comment', 'duty.delegate']
let key = 0
const newKey = () => `key-${String(++key).padStart(8, '0')}`

/** People as an import brings them: found again by source and staff number. */
const joined = (person: string) => ({
  type: 'person.joined',
  body: { person, kind: 'employee', department: 'care' },
  private: {
    staff: { person: `hr:${person}` },
    name: { person: `hr:${person}`, value: `Name ${person}` },
  },
})
const appointed = (role: string, person: string, type = 'role.holder.appointed') => ({
  ...{ type, body: { role, person, from: '2026-01-01', until: null } },
})

before(async () => {
  desk = await openTestDesk('2026-12-01T03:00:00.000Z')
  const people = ['p-1', 'p-2', 'p-3', 'p-4']
  await desk.record('hr@example.jp', ...people.map(joined))
  await desk.record(
    'hr@example.jp',
    ...['ciso', 'committee', 'education'].map(role => ({ type: 'role.listed', body: { role } })),
    ...[appointed('ciso', 'p-1'), appointed('committee', 'p-2')],
    appointed('committee', 'p-3', 'role.deputy.appointed'),
  )
  ciso = await desk.as('hr:p-1')
  ;[holder, deputy, nurse] = await Promise.all(
    ['p-2', 'p-3', 'p-4'].map(p => desk.as(`hr:${p}`, member)),
  )
  stranger = await desk.as('nobody@example.jp', member)
})
after(() => desk.close())

const mineOf = async (person: TestPerson | undefined, more = ''): Promise<any[]> => {
  const all: any[] = []
  for (let next: string | null = ''; next !== null; ) {
    const after = next === '' ? '' : `&after=${encodeURIComponent(next)}`
    const page: any = await person!.get(`/duties/mine?locale=ja&limit=200${after}${more}`)
    all.push(...page.duties)
    next = page.next
  }
  return all
}
const held = (more: object = {}) => ({
  ...{ id: `${committee}/2026-12`, locale: 'ja', key: newKey() },
  fields: { meeting: '2026-12', members: 7, present: 5, reviewed: 3, decisions: 1 },
  persons: { chair: 'hr:p-2' },
  ...more,
})

describe('who owes what', () => {
  test('a duty goes to who holds its office, to the deputy while he is away, and if it is vacant to the CISO, and says so', async () => {
    const [one] = await mineOf(holder, '&role=committee')
    assert.equal(one.id, `${committee}/2026-12`)
    assert.deepEqual(one.answering, { as: 'holder', people: [{ person: 'p-2', name: 'Name p-2' }] })
    assert.equal(one.roleName, 'セキュリティ委員会')
    assert.equal(one.relation, 'owner')
    assert.deepEqual(await mineOf(deputy, '&role=committee'), [])
    const ofCiso = await mineOf(ciso)
    assert.ok(ofCiso.some(duty => duty.role === 'education' && duty.answering.as === 'vacant'))
    assert.ok(ofCiso.some(duty => duty.role === 'ciso' && duty.answering.as === 'holder'))
    assert.ok(!ofCiso.some(duty => duty.role === 'committee'))
    await desk.record('hr@example.jp', { type: 'person.away.began', body: { person: 'p-2' } })
    const [acting] = await mineOf(deputy, '&role=committee')
    assert.equal(acting.answering.as, 'deputy')
    assert.deepEqual(await mineOf(holder, '&role=committee'), [])
    await desk.record('hr@example.jp', { type: 'person.away.ended', body: { person: 'p-2' } })
    assert.equal((await mineOf(holder, '&role=committee')).length, 1)
    assert.deepEqual(await mineOf(stranger), [])
    const standsIn = async (one: TestPerson | undefined) =>
      (await one!.get('/duties/mine?locale=ja'))['isInRegister']
    assert.deepEqual([await standsIn(deputy), await standsIn(stranger)], [true, false])
  })

  test('M18 whoever may delegate finds people by a part of their name, and by nothing nobody', async () => {
    const people = (query: string) => nurse!.get(`/duties/people?${query}`)
    const one = { value: 'p-2', text: 'Name p-2', hint: 'care · p-2' }
    assert.deepEqual(await people('search=ＮＡＭＥp-2'), { choices: [one], found: 1 })
    assert.equal((await people('search=name'))['found'], 4)
    assert.deepEqual(await people('search='), { choices: [], found: 0 })
    assert.deepEqual(await people('values=p-2 p-9'), { choices: [one], found: 1 })
  })

  test('ASVS V8.2.2 a member sees what is about him, and does it only when it is his; nobody sees another’s', async () => {
    const own = await mineOf(nurse)
    assert.ok(own.length > 0 && own.every(duty => duty.relation === 'subject'))
    assert.ok(own.every(duty => duty.subject === 'p-4' || duty.subject.startsWith('p-4/')))
    const form = { id: own[0].id, locale: 'ja', key: newKey(), fields: {} }
    await nurse!.refused('DUTY_NOT_YOURS', post(nurse!, '/duties/do', form))
    await nurse!.refused(
      'DUTY_UNKNOWN',
      nurse!.fetch(`/duties/one?locale=ja&id=${committee}/2026-12`),
    )
    await nurse!.refused('DUTY_UNKNOWN', post(nurse!, '/duties/do', held()))
    await nurse!.refused('HTTP_FORBIDDEN', nurse!.fetch('/duties?locale=ja'))
    await nurse!.refused('HTTP_FORBIDDEN', nurse!.fetch('/duties/waiting?locale=ja'))
  })

  test('all duties come in pages, each once, and are filtered by office, person and state', async () => {
    const seen: string[] = []
    for (let next: string | null = ''; next !== null; ) {
      const after = next === '' ? '' : `&after=${encodeURIComponent(next)}`
      const page: any = await ciso!.get(`/duties?locale=en&limit=20${after}`)
      assert.ok(page.duties.length <= 20)
      seen.push(...page.duties.map((one: any) => one.id))
      next = page.next
      if (next === null) assert.equal(page.count, seen.length)
    }
    assert.equal(new Set(seen).size, seen.length)
    const of = await ciso!.get('/duties?locale=en&limit=200&person=p-2')
    assert.ok(of.duties.length > 0 && of.duties.every((one: any) => one.role === 'committee'))
    await ciso!.refused('HTTP_INPUT', ciso!.fetch('/duties?locale=en&limit=100000'))
  })
})

/** A form without files. */
const post = (person: TestPerson, path: string, fields: unknown) => {
  const form = new FormData()
  form.append('fields', JSON.stringify(fields))
  return person.fetch(path, { method: 'POST', body: form })
}

describe('what people do about a duty', () => {
  test('who answers for it delegates it; the other does it with his evidence; a second person accepts', async () => {
    const id = `${committee}/2026-12`
    await holder!.refused(
      'DUTY_PERSON',
      holder!.fetch('/duties/delegate', jsonOf({ id, to: 'p-99' })),
    )
    await deputy!.refused(
      'DUTY_UNKNOWN',
      deputy!.fetch('/duties/delegate', jsonOf({ id, to: 'p-3' })),
    )
    const { pos } = await holder!.post('/duties/delegate', { id, to: 'p-4', note: 'お願いします' })
    assert.equal((await holder!.post('/duties/delegate', { id, to: 'p-4' })).pos, pos, 'said once')
    const [given] = (await mineOf(nurse)).filter(one => one.relation === 'delegate')
    assert.equal(given.id, id)
    const [out] = (await holder!.get('/duties/delegated?locale=ja')).duties
    assert.deepEqual(out.delegatedTo, { person: 'p-4', name: 'Name p-4' })
    await nurse!.refused(
      'DUTY_NOT_YOURS',
      nurse!.fetch('/duties/delegate', jsonOf({ id, to: 'p-3' })),
    )
    await nurse!.post('/duties/comment', { id, text: '議事録は明日届きます', key: newKey() })
    const { forms, evidence } = await nurse!.get(`/duties/form?locale=ja&id=${id}`)
    assert.equal(evidence.sizeBytesMax, 26_214_400)
    const kinds = forms[0].fields.map(
      (field: any) => `${field.path} ${field.kind} ${field.isRequired}`,
    )
    assert.deepEqual(kinds, [
      ...['meeting text true', 'members integer true', 'present integer true'],
      ...['reviewed integer true', 'decisions integer true', 'period text false', 'hash file true'],
    ])
    assert.deepEqual(
      forms[0].slots.map((slot: any) => [slot.slot, slot.kind]),
      [['chair', 'person']],
    )

    const few = held({ fields: { ...held().fields, present: 2 } })
    const refusal = sendRaw(nurse!, few)
    await nurse!.refused('DUTY_NOT_COUNTED', refusal)
    const missing = await nurse!.refused('DUTY_FIELDS', sendRaw(nurse!, held({ fields: {} })))
    assert.equal(missing.data.fields.length, 5)
    const doing = held()
    const [one, two] = await Promise.all([
      nurse!.send('/duties/do', doing, [minutes]),
      nurse!.send('/duties/do', doing, [minutes]),
    ])
    assert.deepEqual(one, two, 'pressed twice it is done once')
    assert.deepEqual(one.left, [])
    await nurse!.refused('DUTY_KEY_USED', sendRaw(nurse!, { ...doing, locale: 'en' }))
    const fact = (await desk.okite.reader.fact(one.pos)) as any
    assert.equal(fact.body.hash, one.files[0].sha256)
    assert.deepEqual(
      (await mineOf(nurse)).filter(each => each.relation === 'delegate'),
      [],
    )

    const detail = await holder!.get(`/duties/one?locale=ja&id=${id}`)
    assert.deepEqual(detail.owed, [])
    assert.equal(detail.comments[0].text, '議事録は明日届きます')
    assert.equal(detail.delegation.text, 'お願いします')
    assert.equal(detail.doings[0].files[0].name, 'minutes.pdf')
    assert.deepEqual(detail.sentences.map((each: any) => each.number).length > 0, true)
    const asked = { id, of: one.pos, isAccepted: true }
    const nurses = await desk.as('hr:p-4')
    await nurses.refused('DUTY_SECOND_PERSON', nurses.fetch('/duties/accept', jsonOf(asked)))
    await ciso!.refused('DUTY_UNKNOWN', ciso!.fetch('/duties/accept', jsonOf({ ...asked, of: 1 })))
    await ciso!.post('/duties/accept', asked)
    const after = await ciso!.get(`/duties/one?locale=ja&id=${id}`)
    assert.deepEqual(
      after.doings[0].decisions.map((each: any) => each.isAccepted),
      [true],
    )
    for (const line of desk.lines) assert.doesNotMatch(line, /hr:p-|minutes\.pdf|議事録/)
  })

  test('V4 a claim waits for a second person; refused it waits no more, accepted it counts', async () => {
    await desk.advance('2027-02-02T03:00:00.000Z')
    const claim = (when: string, meeting: string) =>
      held({
        id: `${committee}/2027-01`,
        ...{ when, fields: { ...held().fields, meeting } },
      })
    const told = await holder!.send('/duties/do', claim('2027-01-20T03:00:00Z', 'a'), [minutes])
    const waits = async (person: TestPerson) =>
      (await person.get('/duties/waiting?locale=ja')).claims.map((one: any) => one.claim)
    assert.deepEqual(await waits(ciso!), [told.pos])
    const holders = await desk.as('hr:p-2')
    assert.deepEqual(await waits(holders), [], 'not for who told it')
    const id = `${committee}/claim-${told.pos}`
    const decision = { id, of: told.pos, isAccepted: false, note: '議長の署名がない' }
    await holders.refused('DUTY_SECOND_PERSON', holders.fetch('/duties/accept', jsonOf(decision)))
    await ciso!.post('/duties/accept', decision)
    assert.deepEqual(await waits(ciso!), [])
    const again = await holder!.send('/duties/do', claim('2027-01-21T03:00:00Z', 'b'), [minutes])
    const several = { claims: [{ id: `${committee}/claim-${again.pos}`, of: again.pos }] }
    const ofHolder = holders.fetch('/duties/accept/several', jsonOf(several))
    await holders.refused('DUTY_SECOND_PERSON', ofHolder)
    const strange = { claims: [...several.claims, { id, of: told.pos + 1 }] }
    await ciso!.refused('DUTY_UNKNOWN', ciso!.fetch('/duties/accept/several', jsonOf(strange)))
    assert.deepEqual(await waits(ciso!), [again.pos], 'none, where not all of them can be')
    await ciso!.post('/duties/accept/several', several)
    const { past } = await ciso!.get(`/duties/one?locale=ja&id=${committee}/2027-01`)
    assert.deepEqual(
      past.map((one: any) => `${one.was ?? ''} ${one.outcome}`),
      [' missed', 'missed done'],
    )
  })
})

const jsonOf = (body: unknown): RequestInit => ({
  ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
  body: JSON.stringify(body),
})
const sendRaw = (person: TestPerson, fields: unknown) => {
  const form = new FormData()
  form.append('fields', JSON.stringify(fields))
  form.append('file', new Blob([new Uint8Array(minutes.bytes)]), minutes.name)
  return person.fetch('/duties/do', { method: 'POST', body: form })
}
