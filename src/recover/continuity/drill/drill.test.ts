import { strict as assert } from 'node:assert'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { OkiteError } from '../../../core/error.ts'
import { verdictChanged } from '../../../core/facts.ts'
import { answerCommand } from '../../../core/run/module-command.ts'
import { openTestDesk, type TestPerson } from '../../../core/run/testing-desk.ts'
import { bringAxe, buildWeb, openChromium, skip, violations } from '../../../core/ui/testing.ts'
import { runbookExercised } from '../../restore/facts.ts'
import { drillEnded, drillRestored, exerciseHeld, lessonDrawn } from '../facts.ts'

/** Runbooks, drills and what they teach: by command and by route, from the first word to the verdict. */
let desk: Awaited<ReturnType<typeof openTestDesk>>
let [lead, engineer, stranger]: TestPerson[] = []
let web: Awaited<ReturnType<typeof buildWeb>> | undefined

const joined = (person: string) => ({
  type: 'person.joined',
  body: { person, kind: 'employee', department: 'care' },
  private: {
    staff: { person: `hr:${person}` },
    name: { person: `hr:${person}`, value: `Name ${person}` },
  },
})
const appointed = (role: string, person: string) => ({
  type: 'role.holder.appointed',
  body: { role, person, from: '2026-01-01', until: null },
})
const target = (service: string, rtoMinutes: number, dependsOn: readonly string[]) => ({
  type: 'service.target.listed',
  body: {
    ...{ service, owner: 'continuity', rtoMinutes, rpoMinutes: 60, dependsOn, site: 'tokyo' },
  },
})
const listed = (runbook: string, about: string) => ({
  ...{ type: 'recovery.runbook.listed', body: { runbook, about } },
})

before(async () => {
  if (!skip) web = await buildWeb()
  const environment = web === undefined ? {} : { OKITE_WEB_OUT: web.folder }
  desk = await openTestDesk('2026-11-10T01:00:00.000Z', environment)
  await desk.record('hr@example.jp', ...['p-1', 'p-2', 'p-3'].map(joined))
  await desk.record(
    'hr@example.jp',
    ...['continuity', 'infrastructure'].map(role => ({ type: 'role.listed', body: { role } })),
    ...[appointed('continuity', 'p-1'), appointed('infrastructure', 'p-2')],
    ...[target('shop', 240, ['pay']), target('pay', 60, [])],
    ...[listed('rb-shop', 'shop'), listed('rb-pay', 'pay')],
  )
  await desk.okite.tables.follow()
  ;[lead, engineer, stranger] = await Promise.all([
    ...[desk.as('hr:p-1'), desk.as('hr:p-2', ['drill.read', 'drill.step', 'runbook.read'])],
    desk.as('hr:p-3', ['duty.read']),
  ])
})
after(async () => {
  await desk?.close()
  web?.drop()
})

/** Types a command. */
async function okite(...words: string[]): Promise<string> {
  desk.clock.add(1_000)
  const [name = '', ...args] = words
  const terminal = { columns: 100, color: false }
  const call = { name, args, locale: 'ja' as const, cwd: desk.folder, terminal }
  const { out, code } = await answerCommand(desk.okite, call, new AbortController().signal)
  assert.equal(code, 0, out)
  return out
}
async function refused(code: string, ...words: string[]): Promise<OkiteError> {
  let found: unknown
  await okite(...words).catch((error: unknown) => (found = error))
  assert.ok(found instanceof OkiteError, `${words.join(' ')} is refused`)
  assert.equal(found.code, code)
  return found
}
const shown = async (drill: string) => JSON.parse(await okite('drill', 'show', drill, '--json'))
const minutes = (count: number) => desk.clock.add(count * 60_000)
const sheet = (name: string, rows: readonly string[]) => {
  writeFileSync(join(desk.folder, name), ['role,minutes,system,todo,sign', ...rows].join('\n'))
  return name
}
const by = ['--by', 'hr:p-1']
const verdictOf = async (control: string) => {
  const [newest] = (await desk.okite.reader.latest(verdictChanged, 500)).filter(
    ({ body }) => body.control === control,
  )
  return newest?.body.status ?? null
}

describe('runbooks', () => {
  test('a runbook is written from a file, in versions whose words are bound by a hash', async () => {
    const rows = [
      'continuity,5,,復旧を宣言する,全員が通話に入った',
      'infrastructure,30,pay-db,データベースを復元する,最後の行を読める',
      'infrastructure,10,pay,公開する,本物の要求に答える',
    ]
    const file = sheet('pay.csv', rows)
    assert.match(
      await okite('runbook', 'write', 'rb-pay', file, ...by, '--dry-run'),
      /誤りはありません/,
    )
    assert.match(await okite('runbook', 'write', 'rb-pay', file, ...by), /第 1 版（手順 3 件）/)
    assert.match(await okite('runbook', 'write', 'rb-pay', file, ...by), /第 1 版と同じ内容/)
    const one = await lead!.get('/runbooks/one?locale=en&id=rb-pay')
    assert.deepEqual([one.version, one.isWhole, one.steps.length], ['1', true, 3])
    assert.equal(one.steps[1].todo, 'データベースを復元する')
    assert.match(await okite('runbook', 'show', 'rb-pay'), /→ 最後の行を読める/)
    const steps = one.steps.map(({ system, role, minutes, todo, sign }: any) => ({
      ...{ system, role, minutes, todo, sign },
    }))
    const anew = { id: 'rb-pay', steps: [...steps.slice(0, 2), { ...steps[2], minutes: 15 }] }
    assert.equal((await lead!.post('/runbooks/write', { ...anew, seen: '1' })).version, '2')
    await lead!.refused('RUNBOOK_CHANGED', post('/runbooks/write', { ...anew, steps, seen: '1' }))
    const { versions } = await lead!.get('/runbooks/one?locale=ja&id=rb-pay')
    assert.deepEqual(
      versions.map((one: any) => [one.version, one.by]),
      [
        ['2', 'Name p-1'],
        ['1', 'Name p-1'],
      ],
    )
  })

  test('what is no runbook is refused, by line and reason', async () => {
    const write = (rows: readonly string[], runbook = 'rb-shop') =>
      refused(
        ...(['TABLE_CELL', 'runbook', 'write'] as const),
        runbook,
        sheet('x.csv', rows),
        ...by,
      )
    assert.equal((await write(['continuity,0,shop,do,see'])).data['line'], 2)
    assert.equal((await write(['continuity,5,shop,,see'])).data['column'], 'todo')
    const steps = async (rows: readonly string[]) =>
      (await refused('RUNBOOK_STEPS', 'runbook', 'write', 'rb-shop', sheet('x.csv', rows), ...by))
        .data['why']
    assert.equal(await steps([]), 'none')
    assert.equal(await steps(['continuity,5,,do,see']), 'no system')
    assert.equal(await steps(Array(49).fill('continuity,5,,do,see')), 'too many')
    assert.equal(
      await steps(['continuity,5,shop,do,see', 'continuity,5,shop,do,see']),
      'system twice',
    )
    const known = sheet('known.csv', ['continuity,5,shop,do,see'])
    await refused('RUNBOOK_UNKNOWN', 'runbook', 'write', 'rb-none', known, ...by)
    const foreign = sheet('foreign.csv', ['wizard,5,shop,do,see'])
    await refused('RUNBOOK_ROLE', 'runbook', 'write', 'rb-shop', foreign, ...by)
    await refused('TABLE_FILE_MISSING', 'runbook', 'write', 'rb-shop', 'none.csv', ...by)
    await refused('RUNBOOK_USAGE', 'runbook', 'write', 'rb-shop', known)
    await stranger!.refused('HTTP_FORBIDDEN', stranger!.fetch('/runbooks'))
    await engineer!.refused('HTTP_FORBIDDEN', post('/runbooks/write', {}, engineer))
  })
})

const post = (path: string, body: unknown, person = lead) =>
  person!.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

describe('services', () => {
  test('what a service needs and may take longer is found, also through others, and so is a circle', async () => {
    const misfits = async () => (await lead!.get('/drills')).misfits
    assert.deepEqual(await misfits(), [])
    await desk.record('ops@example.jp', target('bank', 300, []), target('pay', 60, ['bank']))
    await desk.advance('2026-11-10T02:00:00.000Z')
    const slower = { fit: 'slower', slowest: 'bank' }
    assert.deepEqual(await misfits(), [
      { service: 'pay', ...slower },
      { service: 'shop', ...slower },
    ])
    await desk.record('ops@example.jp', target('bank', 60, ['shop']))
    await desk.advance('2026-11-10T02:05:00.000Z')
    const circle = (await misfits()).map((one: any) => `${one.service} ${one.fit}`)
    assert.deepEqual(circle, ['bank circular', 'pay circular', 'shop circular'])
    await desk.record('ops@example.jp', target('pay', 60, []), target('bank', 60, []))
    await desk.advance('2026-11-10T02:10:00.000Z')
    assert.deepEqual(await misfits(), [])
  })

  test('a pair of sites shows how far apart they are', async () => {
    const place = '35.681236 139.767125'
    const values = { pair: 'tokyo-osaka', primary: 'tokyo', alternate: 'osaka' }
    const places = { 'primary-place': place, 'alternate-place': '34.702485 135.495951' }
    await lead!.post('/registers/site', { values: { ...values, ...places } })
    const { values: cells } = await lead!.get('/registers/site/entry?id=tokyo-osaka')
    assert.equal(cells.distance, '403')
  })
})

describe('drills', () => {
  test('a drill by command: assigned, done in time and in order, and its verdict', async () => {
    await refused('DRILL_RUNBOOK_MISSING', 'drill', 'start', 'site-lost', ...by)
    await refused('DRILL_UNKNOWN_WORD', 'drill', 'start', 'meteor', ...by)
    await refused('DRILL_SERVICE', 'drill', 'start', 'site-lost', '--services', 'none', ...by)
    await refused('DRILL_SCENARIO', 'drill', 'start', 'rb-pay', '--scenario', 'meteor', ...by)
    await refused('DRILL_PERSON', 'drill', 'start', 'rb-pay', '--assign', '1=p-99', ...by)
    await refused('DRILL_STEP', 'drill', 'start', 'rb-pay', '--assign', '9=p-2', ...by)
    await refused('DRILL_USAGE', 'drill', 'start', 'rb-pay')
    const rows = ['infrastructure,20,shop,公開する,本物の要求に答える']
    await okite('runbook', 'write', 'rb-shop', sheet('shop.csv', rows), ...by)
    assert.match(await okite('drill', 'start', 'site-lost', ...by), /drill-2026-11-10 を開始/)
    const { data } = await refused('DRILL_RUNNING', 'drill', 'start', 'site-lost', ...by)
    assert.equal(data['drill'], 'drill-2026-11-10')
    const begun = await shown('drill-2026-11-10')
    // What is needed comes back first.
    assert.deepEqual(begun.services, ['pay', 'shop'])
    assert.deepEqual(
      begun.plan.map((one: any) => [one.step, one.runbook, one.system, one.person.person]),
      [
        [1, 'rb-pay', null, 'p-1'],
        [2, 'rb-pay', 'pay-db', 'p-2'],
        [3, 'rb-pay', 'pay', 'p-2'],
        [4, 'rb-shop', 'shop', 'p-2'],
      ],
    )
    await refused('DRILL_STEP_NOT_BEGUN', 'drill', 'done', 'drill-2026-11-10', '1', ...by)
    for (const step of ['1', '2', '3', '4']) {
      const doer = ['--by', step === '1' ? 'hr:p-1' : 'hr:p-2']
      await okite('drill', 'begin', 'drill-2026-11-10', step, ...doer)
      // Said twice it stands once.
      await okite('drill', 'begin', 'drill-2026-11-10', step, '--by', 'hr:p-3')
      minutes(20)
      const note = step === '2' ? ['--note', '鍵が要った'] : []
      await okite('drill', 'done', 'drill-2026-11-10', step, ...doer, ...note)
      await okite('drill', 'done', 'drill-2026-11-10', step, ...doer)
    }
    const over = await shown('drill-2026-11-10')
    assert.deepEqual([over.state, over.done, over.isDoubtful], ['restored', 4, false])
    assert.ok(over.plan.every((one: any) => !one.isOutOfOrder && !one.done.isOther))
    assert.deepEqual(
      [over.plan[1].note, over.plan[1].done.by, over.begunBy],
      ['鍵が要った', 'Name p-2', 'Name p-1'],
    )
    await refused('DRILL_OVER', 'drill', 'stop', 'drill-2026-11-10', '--reason', 'x', ...by)
    assert.equal((await desk.okite.reader.latest(drillRestored, 9)).length, 1)
    const [shop, pay] = await desk.okite.reader.latest(runbookExercised, 9)
    assert.deepEqual(
      [shop, pay].map(one => [one?.body.runbook, one?.body.version, one?.body.order]),
      [
        ['rb-shop', '1', ['shop']],
        ['rb-pay', '2', ['pay-db', 'pay']],
      ],
    )
    assert.ok(pay?.body.steps.every(({ answered }) => answered !== null))
    assert.equal(await verdictOf('recover.continuity.drilled-quarterly'), 'kept')
    assert.match(await okite('drill', 'list'), /復旧まで完了/)
    assert.match(await okite('drill', 'show', 'drill-2026-11-10'), /手順 4 件中|手順 4\/4/)
  })

  test('out of order, by somebody else and all at once is shown as such, on the page of who asks', async () => {
    const { drill } = await lead!.post('/drills/start', { word: 'rb-pay', scenario: 'key-lost' })
    const tick = (what: string, step: number, person = engineer) =>
      person!.post(`/drills/${what}`, { id: drill, step })
    minutes(90)
    for (const step of [2, 1, 3]) await tick('begin', step)
    for (const step of [2, 1]) await tick('finish', step)
    assert.deepEqual(await tick('finish', 3), { isOver: true })
    const view = await engineer!.get(`/drills/one?locale=ja&id=${drill}`)
    assert.deepEqual(
      view.plan.map((one: any) => [one.isOutOfOrder, one.begun.isOther]),
      [
        [false, true],
        [true, false],
        [true, false],
      ],
    )
    assert.equal(view.isDoubtful, true)
    assert.equal(view.scenario, 'key-lost')
    const [ended] = await desk.okite.reader.latest(drillEnded, 1)
    assert.ok(ended!.body.spreadSeconds! < 60)
    await engineer!.refused('HTTP_FORBIDDEN', post('/drills/start', {}, engineer))
    await stranger!.refused('HTTP_FORBIDDEN', post('/drills/begin', {}, stranger))
    await lead!.refused('DRILL_STEP', post('/drills/begin', { id: drill, step: 9 }))
    await lead!.refused('DRILL_UNKNOWN', post('/drills/begin', { id: 'drill-none', step: 1 }))
    await lead!.refused('HTTP_INPUT', post('/drills/begin', { id: drill, step: 0 }))
  })

  test('a drill that is given up, or left, is not held; what was not restored is told', async () => {
    const before = (await desk.okite.reader.latest(drillRestored, 99)).length
    const start = ['drill', 'start', 'rb-pay', '--scenario', 'network-lost', ...by, '--json']
    const { drill } = JSON.parse(await okite(...start))
    await okite('drill', 'begin', drill, '2', '--by', 'hr:p-2')
    await okite('drill', 'stop', drill, '--reason', '本物の障害が起きた', ...by)
    const view = await shown(drill)
    assert.deepEqual([view.state, view.reason], ['stopped', '本物の障害が起きた'])
    const [tried] = await desk.okite.reader.latest(runbookExercised, 1)
    assert.deepEqual(
      tried?.body.steps.map(({ system, answered }) => [system, answered]),
      [['pay-db', null]],
    )
    const left = JSON.parse(await okite(...start)).drill
    await desk.advance('2026-11-12T03:00:00.000Z')
    assert.equal((await shown(left)).state, 'unfinished')
    assert.equal((await desk.okite.reader.latest(drillRestored, 99)).length, before)
    await okite('drill', 'stop', left, '--reason', '忘れられた', ...by)
  })

  test('what a drill taught is an improvement with its day, and a duty of whoever holds the office', async () => {
    const ask = {
      ...{ id: 'drill-2026-11-10', text: '鍵の保管場所を増やす', owner: 'infrastructure' },
      due: '2026-11-20',
    }
    const drawn = await lead!.post('/drills/lesson', ask)
    const item = 'drill-2026-11-10-l01'
    assert.deepEqual(drawn, { item, person: 'p-2', isDelegated: true })
    // Said twice it stands once.
    assert.equal((await lead!.post('/drills/lesson', ask)).item, item)
    await lead!.refused('DRILL_LESSON_DUE', post('/drills/lesson', { ...ask, due: '2026-01-01' }))
    await lead!.refused('DRILL_OFFICE', post('/drills/lesson', { ...ask, owner: 'wizard' }))
    await desk.advance('2026-11-19T03:00:00.000Z')
    const own = await desk.as('hr:p-2', ['duty.read', 'duty.do'])
    const { duties } = await own.get('/duties/mine?locale=ja&limit=200')
    const [duty] = duties.filter((one: any) => one.subject === item)
    assert.deepEqual([duty.relation, duty.standing], ['delegate', 'open'])
    await desk.record('hr:p-2', {
      ...{ type: 'improvement.item.done', body: { item, evidence: '1'.repeat(64) } },
    })
    await desk.okite.tables.follow()
    const { learned } = await lead!.get('/drills/one?locale=en&id=drill-2026-11-10')
    assert.deepEqual(
      learned.map((one: any) => [one.item, one.text, one.due, one.done !== null]),
      [[item, ask.text, ask.due, true]],
    )
  })

  test('an exercise with partners is recorded with who took part', async () => {
    const held = {
      ...{ exercise: 'joint-2026', scenario: 'ransomware at a processor', findings: 2 },
      ...{ partners: ['s-2'], people: ['p-2'] },
    }
    await lead!.refused('DRILL_NO_PARTNER', post('/exercises', { ...held, partners: [] }))
    await lead!.refused('DRILL_PERSON', post('/exercises', { ...held, people: ['p-99'] }))
    const { pos } = await lead!.post('/exercises', held)
    assert.equal((await lead!.post('/exercises', held)).pos, pos)
    const { exercises } = await lead!.get('/drills')
    assert.deepEqual(exercises[0].people, [{ person: 'p-2', name: 'Name p-2' }])
    // The policy is of November: the first whole year is the next one.
    await desk.advance('2027-01-04T03:00:00.000Z')
    assert.equal(await verdictOf('recover.continuity.exercised-with-partners'), 'due')
    await okite('drill', 'exercise', 'joint-2', '--scenario', 'x', '--partners', 's-3', ...by)
    assert.equal(await verdictOf('recover.continuity.exercised-with-partners'), 'kept')
    assert.equal((await desk.okite.reader.latest(exerciseHeld, 9)).length, 2)
  })
})

describe('a drill by telephone', { skip }, () => {
  test('it is started, gone by step by step and taught from, with a thumb and without a fault of access', async t => {
    const url = (await desk.http.listen(0)).replace(/\/$/, '')
    const browser = await openChromium()
    t.after(() => browser.close())
    const page = await browser.newPage({ locale: 'ja', viewport: { width: 390, height: 844 } })
    const errors: string[] = []
    page.on('pageerror', error => errors.push(error.message))
    await bringAxe(page)
    await page.goto(await desk.enterAs('hr:p-1'))
    await page.waitForSelector('main h1')
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
    const looked = async () => {
      assert.deepEqual(await violations(page), [])
      const isWide = 'document.documentElement.scrollWidth > innerWidth'
      assert.equal(await page.evaluate(isWide), false, 'it is wider than the screen')
    }
    await page.goto(`${url}/drills?runbook=rb-pay`)
    const dialog = page.locator('dialog[open]')
    await dialog.locator('[name=scenario]').selectOption('data-lost')
    await looked()
    await dialog.locator('[type=submit]').click()
    await page.waitForURL(/\/drills\/drill-/)
    await page.waitForSelector('[role=timer]')
    for (const step of [1, 2, 3]) {
      await press(`手順 ${step}：着手する`)
      desk.clock.add(600_000)
      if (step === 2) {
        await press('気づいたことを書く')
        await page.fill('[name=note]', '鍵は金庫にあった')
        await looked()
      }
      await press(`手順 ${step}：完了した`)
    }
    await page.waitForSelector('text=復旧まで完了')
    assert.match(await page.innerText('main'), /気づいたこと：鍵は金庫にあった/)
    await press('教訓を加える')
    await dialog.locator('[name=text]').fill('鍵を二つに分ける')
    await dialog.locator('[name=owner]').selectOption('infrastructure')
    await dialog.locator('[name=due]').fill('2027-02-01')
    await dialog.locator('[type=submit]').click()
    await dialog.waitFor({ state: 'detached' })
    await page.waitForSelector('text=鍵を二つに分ける')
    await looked()
    assert.doesNotMatch(await page.innerText('main'), /\b(drill|runbook|exercise|ui)\.[a-z]/)
    assert.deepEqual(errors, [])
    const [[restored], [lesson]] = [
      await desk.okite.reader.latest(drillRestored, 1),
      await desk.okite.reader.latest(lessonDrawn, 1),
    ]
    assert.equal(restored?.body.scenario, 'data-lost')
    assert.equal(lesson?.body.drill, restored?.body.drill)
  })
})
