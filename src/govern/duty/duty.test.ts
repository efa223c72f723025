import { strict as assert } from 'node:assert'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { OkiteError } from '../../core/error.ts'
import type { FactType } from '../../core/fact.ts'
import { fileKept, occurrenceClosed, occurrenceRestated } from '../../core/facts.ts'
import { office, pdf } from '../../core/file/testing.ts'
import type { Locale } from '../../core/i18n/locale.ts'
import { handClock, memoryLog } from '../../core/ledger/testing.ts'
import { compose, type Okite } from '../../core/run/compose.ts'
import { keepFile } from '../../core/run/keep-file.ts'
import { answerCommand } from '../../core/run/module-command.ts'
import { recordLines } from '../../core/run/record-command.ts'
import { widthOf } from '../../core/terminal.ts'
import { dutyDone } from './facts.ts'

/** The program as it is, on a database of its own and with a clock that the test turns. */
const project = join(import.meta.dirname, '..', '..', '..')
const dataDir = mkdtempSync(join(tmpdir(), 'okd-'))
const clock = handClock(Date.parse('2026-12-01T03:00:00.000Z'))
const { log, lines } = memoryLog()
let okite: Okite

const start = async (create: boolean): Promise<void> => {
  okite = await compose({
    ...{ source: join(project, 'src'), project, dataDir, create, clock, log },
    ...{ flags: {}, environment: {} },
  })
}

before(() => start(true))
after(async () => {
  await okite.close()
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
})

/** Types a command. */
async function type(words: readonly string[], locale: Locale = 'en', columns = 100) {
  clock.add(1_000)
  const call = { name: 'duty', locale, cwd: dataDir, terminal: { columns, color: false } }
  return answerCommand(okite, { ...call, args: [...words] }, new AbortController().signal)
}
const duty = async (...words: string[]) => (await type(words)).out
const json = async (...words: string[]) => JSON.parse(await duty(...words, '--json'))
const refused = async (code: string, ...words: string[]): Promise<OkiteError> => {
  let found: unknown
  await type(words).catch((error: unknown) => (found = error))
  assert.ok(found instanceof OkiteError, `${words.join(' ')} is refused`)
  assert.equal(found.code, code)
  return found
}

/** Lets time pass, and everything be judged that is due by then. */
async function advance(to: string): Promise<void> {
  clock.set(to)
  for (let tries = 0; tries < 400; tries++) {
    okite.judges.poke()
    await new Promise(resolve => setTimeout(resolve, 10))
    const size = await okite.ledger.size()
    if (okite.judges.judged === size && (await okite.reader.behind(clock.nowMs())) === null) break
  }
  await okite.tables.follow()
}

const file = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(dataDir, name), bytes)
  return name
}
const sha = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(dataDir, name)))
    .digest('hex')

const committee = 'govern.policy.committee-meets-monthly'
const minuted = (present: number) => [
  ...['--by', 'hanako@example.jp', '--person', 'chair=ken@example.jp'],
  ...['--set', 'meeting=2026-12', '--set', 'members=7', '--set', `present=${present}`],
  ...['--set', 'reviewed=4', '--set', 'decisions=1'],
]
const owedOf = async (control: string): Promise<string[]> =>
  (await json('list', '--all', '--limit', '1000'))
    .filter((one: { control: string }) => one.control === control)
    .map((one: any) => `${one.occurrence} ${one.standing}`)
const factsOf = async (control: string): Promise<string[]> => {
  const types: FactType[] = [occurrenceClosed, occurrenceRestated]
  const found = await Promise.all(types.map(one => okite.reader.latest(one, 1_000)))
  return (found.flat() as any[])
    .filter(fact => fact.body.control === control)
    .sort((a, b) => a.pos - b.pos)
    .map(({ body }) => `${body.occurrence} ${body.outcome ?? `${body.was} → ${body.now}`}`)
}

describe('duties of the program as it is', () => {
  test('V15b a period is owed from its first day on, by its role, until it is done', async () => {
    assert.deepEqual(await owedOf(committee), ['2026-12 open'])
    const [one] = await json('list', '--all', '--role', 'committee')
    assert.equal(one.id, `${committee}/2026-12`)
    assert.equal(one.role, 'committee')
    assert.deepEqual(one.types, ['committee.meeting.minuted'])
    assert.deepEqual(await json('list', '--all', '--role', 'committee', '--late'), [])
    const bound = new Set(okite.policies.onDisk('weemed').controls().keys())
    for (const { control } of await json('list', '--limit', '1000'))
      assert.ok(bound.has(control), `${control}: a sentence rests on it`)
    const { known } = (await refused('DUTY_ROLE', 'list', '--role', 'nobody')).data
    assert.ok((known as string[]).includes('committee'))
    assert.ok(
      (await json('list', '--all', '--limit', '1000')).every((each: any) => each.types.length > 0),
      'what only machines can do is nobody’s duty',
    )
  })

  test('what is missing, wrong or not enough is said, and nothing is recorded or kept', async () => {
    const size = await okite.ledger.size()
    const id = `${committee}/2026-12`
    const fields = async (...words: string[]) => {
      const { data } = await refused('DUTY_FIELDS', 'do', id, '--by', 'hanako@example.jp', ...words)
      return (data['fields'] as any[]).map(({ code, field }) => `${code} ${field}`)
    }
    assert.deepEqual(await fields(), [
      'missing meeting',
      'missing members',
      'missing present',
      'missing reviewed',
      'missing decisions',
      'file hash',
    ])
    assert.deepEqual(
      await fields('--set', 'members=many', '--set', 'xyz=1', '--set', 'constructor.x=1'),
      [
        'missing meeting',
        'wrong members',
        'missing present',
        'missing reviewed',
        'missing decisions',
        'file hash',
        'unknown xyz',
        'unknown constructor',
      ],
    )
    const nested = ['--set', 'more=[]', '--set', 'more.__proto__.x=1', '--dry-run']
    assert.ok((await fields(...nested)).includes('unknown more.__proto__'))
    const named = file('proto.json', '{"more":{}}')
    assert.ok(
      (await fields('--fact', named, ...nested.slice(2))).includes('unknown more.__proto__'),
    )
    assert.equal(({} as any).x, undefined)
    assert.equal(([] as any).x, undefined)
    file('minutes.pdf', pdf('December'))
    const doing = ['do', id, '--file', 'minutes.pdf']
    assert.ok(
      (await fields(...minuted(4).slice(2), '--text', 'reason=x')).includes('unknown reason'),
    )
    // No quorum; and nobody in the chair.
    await refused('DUTY_NOT_COUNTED', ...doing, ...minuted(3))
    await refused(
      'DUTY_NOT_COUNTED',
      ...doing,
      ...minuted(4).filter(word => !/chair/.test(word) && word !== '--person'),
    )
    await refused('FILE_TYPE_CONTRADICTS', 'do', id, ...minuted(4), '--file', file('a.png', 'text'))
    await refused('FILE_MISSING', 'do', id, ...minuted(4), '--file', 'absent.pdf')
    await refused('DUTY_FILES', 'do', id, ...minuted(4), ...Array(17).fill('--file=minutes.pdf'))
    await refused('DUTY_USAGE', 'do', id)
    await refused('DUTY_USAGE', 'do', id, '--by', 'x', '--set', 'novalue')
    await refused('DUTY_TYPE', 'do', id, ...minuted(4), '--type', 'asset.listed')
    await refused('DUTY_FACT_FILE', 'do', id, ...minuted(4), '--fact', file('list.json', '[1]'))
    await refused(
      'DUTY_FACT_FILE',
      'do',
      id,
      ...minuted(4),
      '--fact',
      file('deep.json', '['.repeat(60_000)),
    )
    await refused('DUTY_UNKNOWN', 'do', 'no.such.control/2026-12', ...minuted(4))
    await refused('DUTY_NOT_OWED', 'do', `${committee}/2026-11`, ...minuted(4))
    await refused('DUTY_NOT_OWED', 'do', `${committee}/2026-12/somebody`, ...minuted(4))
    await refused('RECORD_TIME', ...doing, ...minuted(4), '--when', '2026-12-24T00:00:00Z')
    const dry = await json(...doing, ...minuted(4), '--dry-run')
    assert.equal(dry.pos, null)
    assert.equal(dry.files[0].sha256, sha('minutes.pdf'))
    assert.equal(await okite.ledger.size(), size)
    assert.equal(await okite.files.fault(sha('minutes.pdf')), 'missing')
  })

  test('F8 a duty is done with its evidence, which is read back and looked after', async () => {
    await advance('2026-12-10T03:00:00.000Z')
    const done = await json('do', `${committee}/2026-12`, ...minuted(4), '--file', 'minutes.pdf')
    assert.deepEqual(done.left, [])
    const fact = (await okite.reader.fact(done.pos)) as any
    assert.equal(fact.type, 'committee.meeting.minuted')
    assert.equal(fact.trust, 'record')
    assert.equal(fact.body.hash, sha('minutes.pdf'), 'the type asks for the hash of the minutes')
    assert.equal(fact.body.period, '2026-12')
    const [noted] = await okite.reader.latest(dutyDone, 1)
    assert.deepEqual(noted?.body, {
      ...{ control: committee, subject: 'org', occurrence: '2026-12', of: done.pos },
      files: [sha('minutes.pdf')],
    })
    assert.deepEqual(await owedOf(committee), [])
    // Nothing of a person or of a file's name is in a leaf or in the log.
    const size = await okite.ledger.size()
    for (let pos = done.pos - 3; pos < size; pos++) {
      const leaf = new TextDecoder().decode(await okite.ledger.leaf(pos))
      assert.doesNotMatch(leaf, /minutes\.pdf|hanako|ken@/)
    }
    assert.doesNotMatch(lines.join(), /minutes\.pdf|hanako|ken@/)
    await duty('evidence', sha('minutes.pdf'), '--out', 'again.pdf')
    assert.equal(sha('again.pdf'), sha('minutes.pdf'))
    await refused('FILE_OUT_EXISTS', 'evidence', sha('minutes.pdf'), '--out', 'again.pdf')
    await refused('FILE_UNKNOWN', 'evidence', 'f'.repeat(64), '--out', 'none.pdf')
    await refused('FILE_HASH', 'evidence', '../keys/secrets', '--out', 'none.pdf')
    const shown = await json('show', `${committee}/2026-12`)
    assert.deepEqual(shown.doings, [{ of: done.pos, files: [sha('minutes.pdf')] }])
    assert.equal((await okite.integrity()).files.compared, 1)
    const path = join(dataDir, 'evidence', sha('minutes.pdf').slice(0, 2), sha('minutes.pdf'))
    const sealed = readFileSync(path)
    writeFileSync(path, sealed.subarray(0, 100))
    const altered = await okite.integrity()
    assert.deepEqual([altered.ok, altered.files.altered], [false, [sha('minutes.pdf')]])
    rmSync(path)
    const missing = await okite.integrity()
    assert.deepEqual([missing.ok, missing.files.missing], [false, [sha('minutes.pdf')]])
    writeFileSync(path, sealed)
    assert.equal((await okite.integrity()).ok, true)
  })

  test('F8 a file that was kept and not said is kept again, and said once', async () => {
    const path = join(dataDir, file('crash.csv', 'a,b\n1,2\n'))
    const asked = { by: 'hanako@example.jp', sizeBytesMax: 1_000, dry: false }
    const submit = () => Promise.reject(new Error('the process ended here'))
    const dying = { ...okite, ledger: { ...okite.ledger, submit } }
    await assert.rejects(keepFile(dying, path, asked), /ended here/)
    const said = async () =>
      (await okite.reader.latest(fileKept, 100)).filter(
        fact => fact.body.sha256 === sha('crash.csv'),
      ).length
    assert.deepEqual([await okite.files.fault(sha('crash.csv')), await said()], [null, 0])
    await keepFile(okite, path, asked)
    await keepFile(okite, path, asked)
    assert.equal(await said(), 1)
    await assert.rejects(keepFile(okite, path, { ...asked, by: '' }), { code: 'FILE_BY_MISSING' })
    await assert.rejects(keepFile(okite, path, { ...asked, sizeBytesMax: 3 }), {
      code: 'FILE_TOO_LARGE',
    })
  })

  test('V16 V37 missed over new year and made up late: both facts stay, and a restart doubles none', async () => {
    await advance('2027-02-02T03:00:00.000Z')
    const owed = ['2027-01 missed', '2027-02 open']
    assert.deepEqual(await owedOf(committee), owed)
    assert.deepEqual(await factsOf(committee), ['2026-12 done', '2027-01 missed'])
    assert.equal(
      (await json('list', '--all', '--late', '--role', 'committee'))[0].occurrence,
      '2027-01',
    )
    await okite.close()
    await start(false)
    assert.deepEqual(await owedOf(committee), owed)
    file('january.docx', office('word/document.xml'))
    await refused('DUTY_SEVERAL', 'do', committee, ...minuted(5))
    // One that says another period does not do this one.
    for (const other of ['2027-02', 'null'])
      await refused(
        'DUTY_NOT_COUNTED',
        ...['do', committee, '--period', '2027-01', ...minuted(5), '--file', 'january.docx'],
        ...['--set', `period=${other}`],
      )
    const late = ['do', committee, '--period', '2027-01', ...minuted(5), '--file', 'january.docx']
    // The program ends after the doing and before its note: called again, the note alone is added.
    const submit = () => () => Promise.reject(new Error('the process ended here'))
    const call = { name: 'duty', locale: 'en', cwd: dataDir, args: late } as const
    const terminal = { columns: 100, color: false }
    const dying = answerCommand(
      { ...okite, submit },
      { ...call, args: [...late], terminal },
      new AbortController().signal,
    )
    await assert.rejects(dying, /ended here/)
    assert.deepEqual(await owedOf(committee), owed.slice(1), 'it is done')
    const size = await okite.ledger.size()
    await refused('DUTY_NOT_OWED', ...late, '--set', 'reviewed=3')
    assert.equal(await okite.ledger.size(), size)
    const done = await json(...late)
    assert.equal(done.isKnown, true)
    const [noted] = await okite.reader.latest(dutyDone, 1)
    assert.deepEqual([noted?.body.of, noted?.body.files], [done.pos, [sha('january.docx')]])
    assert.deepEqual(done.left, [])
    assert.deepEqual(await factsOf(committee), ['2026-12 done', '2027-01 missed', '2027-01 late'])
    assert.deepEqual(await owedOf(committee), owed.slice(1), 'the present period is not done by it')
    await refused('DUTY_NOT_OWED', ...late)
    const closed = await duty('list', '--all', '--closed', '--role', 'committee')
    assert.match(closed, /missed .*\n.*done late/)
    const cut = ['list', '--all', '--closed', '--limit', '1'] as const
    const shown = await duty(...cut, '--role', 'committee')
    assert.match(shown, /--limit/, 'that there are more is said')
    assert.doesNotMatch(closed, /--limit/)
    const found = await okite.integrity()
    assert.equal(found.ok, true, JSON.stringify({ ...found, list: null }))
  })

  test('V39 told afterwards it is a claim, which another person accepts', async () => {
    await advance('2027-03-03T03:00:00.000Z')
    const id = `${committee}/2027-02`
    file('february.pdf', pdf('February'))
    const told = await json(
      'do',
      id,
      ...minuted(6),
      '--file',
      'february.pdf',
      '--when',
      '2027-02-20T03:00:00Z',
    )
    const standings = told.left.map((one: any) => `${one.what} ${one.standing}`)
    assert.deepEqual(standings.sort(), ['accept accept', 'do missed'])
    const claim = told.left.find((one: any) => one.what === 'accept').id
    assert.equal(claim, `${committee}/claim-${told.pos}`)
    await refused('RECORD_TARGET', 'do', claim, '--by', 'hanako@example.jp')
    const accepted = await json('do', claim, '--by', 'jiro@example.jp')
    assert.deepEqual(accepted.left, [])
    const facts = await factsOf(committee)
    assert.deepEqual(facts.slice(-2), ['2027-02 missed', '2027-02 missed → done'])
    const retract = async (target: number) => {
      const error = { reason: { text: 'in error' }, second: { person: 'ken@example.jp' } }
      const line = { type: 'fact.retracted', body: { target }, private: error }
      const asked = { by: 'hanako@example.jp', dry: false }
      const { appended } = await recordLines(okite, Buffer.from(JSON.stringify(line)), asked)
      assert.equal(appended, 1)
    }
    await retract(accepted.pos)
    const anew = await json('do', claim, '--by', 'jiro@example.jp')
    assert.ok(anew.pos > accepted.pos && !anew.isKnown, 'retracted, it is given again')
    assert.deepEqual(anew.left, [])
    const doing = ['do', `${committee}/2027-03`, ...minuted(5), '--file', 'february.pdf']
    const held = await json(...doing)
    assert.deepEqual(held.left, [])
    await retract(held.pos)
    const again = await json(...doing)
    assert.ok(again.pos > held.pos && !again.isKnown)
    assert.deepEqual(again.left, [])
  })

  test('V12 V15b everybody owes his own; nobody does another’s by mistake; a leaver owes nothing', async () => {
    const line = (type: string, body: object) => JSON.stringify({ type, body })
    const people = ['p-1', 'p-2', 'p-3']
    const joined = people.map(person =>
      line('person.joined', { person, kind: 'employee', department: 'care' }),
    )
    const record = (text: string) =>
      recordLines(okite, Buffer.from(text), { by: 'people@example.jp', dry: false })
    assert.equal((await record(joined.join('\n'))).appended, 3)
    await advance('2027-04-02T03:00:00.000Z')
    const trained = 'protect.awareness.trained-monthly'
    const owed = async () =>
      (await json('list', '--all', '--role', 'education'))
        .filter((one: any) => one.control === trained)
        .map((one: any) => `${one.occurrence} ${one.subject}`)
    assert.deepEqual(await owed(), ['2027-04 p-1', '2027-04 p-2', '2027-04 p-3'])
    const course = [
      ...['--by', 'people@example.jp', '--set', 'course=phishing', '--set', 'version=1'],
      ...['--set', 'program=monthly', '--set', 'minutes=30', '--set', 'test=null'],
    ]
    const id = `${trained}/2027-04/p-1`
    await refused('DUTY_NOT_COUNTED', 'do', id, ...course, '--set', 'person=p-2')
    // It names no period: done after its month it would count for the next one.
    const list = file('attendance.csv', 'p-1,30\n')
    const done = await json('do', id, ...course, '--file', list)
    assert.deepEqual(done.left, [])
    assert.equal(((await okite.reader.fact(done.pos)) as any).body.person, 'p-1')
    assert.deepEqual(await owed(), ['2027-04 p-2', '2027-04 p-3'])
    await record(line('person.left', { person: 'p-2' }))
    assert.deepEqual(await owed(), ['2027-04 p-3'])
    await advance('2027-05-02T03:00:00.000Z')
    const still = ['2027-04 p-3', '2027-05 p-1', '2027-05 p-3']
    assert.deepEqual((await owed()).sort(), still)
    const missed = ['do', `${trained}/2027-04/p-3`, ...course, '--file', list]
    await refused('DUTY_NOT_COUNTED', ...missed)
    assert.deepEqual((await owed()).sort(), still, 'the present one is not done in its place')
    const told = await json(...missed, '--when', '2027-04-20T03:00:00Z')
    assert.ok(told.left.some((one: any) => one.what === 'accept'))
  })

  test('what a judge makes is done by recording what it is made from', async () => {
    const strategy = 'govern.policy.strategy-and-budget-yearly'
    const { owed } = await json('show', strategy)
    assert.deepEqual(owed[0].types, ['strategy.year.approved', 'strategy.budget.approved'])
    const year = ['--set', 'year=2027', '--set', 'amount=100', '--set', 'currency=TWD']
    const approved = ['--by', 'ceo@example.jp', '--person', 'approver=ceo@example.jp', ...year]
    await refused('DUTY_TYPE', 'do', owed[0].id, ...approved)
    const plan = ['--file', file('strategy.pdf', pdf('2027')), '--type', 'strategy.year.approved']
    const done = await json('do', owed[0].id, ...approved, ...plan)
    assert.deepEqual(
      done.left.map((one: any) => one.id),
      [owed[0].id],
      'the budget is still to be approved, and it says so',
    )
  })

  test('V15d V20 a state is mended by what mends it, and by nothing less but what is told anyway', async () => {
    const apart = 'recover.continuity.alternate-site-distance'
    const listed = { pair: 'p', primary: 'tpe', alternate: 'khh' }
    const line = JSON.stringify({ type: 'site.pair.listed', body: listed })
    const asked = { by: 'sites@example.jp', dry: false }
    assert.equal((await recordLines(okite, Buffer.from(line), asked)).appended, 1)
    const owed = async () =>
      (await json('list', '--all', '--role', 'continuity'))
        .filter((one: any) => one.control === apart)
        .map((one: any) => `${one.occurrence.replace(/\d+$/, 'N')} ${one.standing} ${one.types}`)
        .sort()
    const list = 'list-N overdue site.pair.list.declared'
    assert.deepEqual(await owed(), [list, 'place-N open site.pair.located'])
    const at = (latitude: number) => [
      ...['--by', 'sites@example.jp', '--set', 'primary.latitude=25000000'],
      ...['--set', 'primary.longitude=121000000', '--set', 'alternate.longitude=121000000'],
      ...['--set', `alternate.latitude=${latitude}`],
    ]
    const near = at(24_900_000)
    await refused('DUTY_NOT_COUNTED', 'do', `${apart}/place-1/p`, ...near, '--set', 'pair=q')
    // Evidence is given, whatever it shows; what it shows is then to be mended.
    const first = await json('do', `${apart}/place-1/p`, ...near)
    assert.deepEqual(first.left, [])
    assert.deepEqual(await owed(), [list, 'mending-after-N overdue site.pair.located'])
    const mending = `${apart}/mending-after-${first.pos}/p`
    const nearer = at(24_950_000)
    const size = await okite.ledger.size()
    const { data } = await refused('DUTY_NOT_COUNTED', 'do', mending, ...nearer)
    assert.equal(data['fails'], 'continuity.site.near')
    assert.equal(await okite.ledger.size(), size, 'nothing is recorded for a look')
    const anyway = await json('do', mending, ...nearer, '--anyway')
    assert.deepEqual(
      anyway.left.map((one: any) => one.id),
      [mending],
      'what does not mend it leaves it as it was',
    )
    assert.deepEqual((await json('do', mending, ...at(22_600_000))).left, [])
    assert.deepEqual(await owed(), [list])
    const shown = await duty('show', `${apart}/list-1`)
    assert.match(shown, /site\.pair\.list\.declared/)
    assert.doesNotMatch(shown, /site\.pair\.located/, 'what does not declare a list is not named')
    const declared = ['--by', 'sites@example.jp', '--set', 'pairs=1', '--file', 'attendance.csv']
    assert.deepEqual((await json('do', `${apart}/list-1`, ...declared)).left, [])
    assert.deepEqual(await owed(), [])
    await refused('DUTY_NOT_OWED', 'do', `${apart}/list-1`, ...declared, '--set', 'pairs=2')
    const found = await okite.integrity()
    assert.equal(found.ok, true, JSON.stringify({ ...found, list: null }))
  })

  test('V15c a register that many controls share is asked for once, of who looks after it', async () => {
    const ofRegister = (await json('list', '--all', '--limit', '1000')).filter((one: any) =>
      one.types.includes('asset.register.declared'),
    )
    assert.deepEqual(
      ofRegister.map((one: any) => `${one.occurrence} ${one.role}`),
      ['list-1 infrastructure'],
    )
    const procurement = await json('list', '--all', '--role', 'procurement', '--limit', '1000')
    assert.ok(!procurement.some((one: any) => one.types.includes('asset.register.declared')))
    const laws = (await json('list', '--all', '--limit', '1000')).filter((one: any) =>
      one.types.includes('law.list.declared'),
    )
    assert.equal(laws.length, 4, 'a declaration for each jurisdiction is one of its own')
  })

  test('V15 V16 in the grace after its end, what names no period does not do what has ended', async () => {
    await advance('2027-07-05T03:00:00.000Z')
    const stock = 'identify.asset.stock-take-half-yearly'
    const taken = ['registered=3', 'counted=3', 'missing=0', 'unlisted=0', 'classified=3']
    const doing = [
      ...['do', `${stock}/2027-H1`, '--by', 'assets@example.jp', '--file', 'attendance.csv'],
      ...taken.flatMap(field => ['--set', field]),
    ]
    await refused('DUTY_NOT_COUNTED', ...doing, '--set', 'period=null')
    assert.deepEqual((await json(...doing)).left, [])
    const { owed } = await json('show', stock)
    assert.deepEqual(
      owed.filter((one: any) => one.what === 'do').map((one: any) => one.occurrence),
      ['2027-H2'],
    )
    const late = new Date(owed[0].due).getTime() - new Date('2027-07-05T03:00:00Z').getTime()
    assert.ok(late < 199 * 86_400_000, 'no later than the gap allows')
  })

  for (const locale of ['ja', 'zh-TW', 'en'] as const) {
    test(`what the terminal shows fits and is worded in ${locale}`, async () => {
      for (const words of [
        [],
        ['list', '--all'],
        ['list', '--all', '--closed'],
        ['show', `${committee}/2027-03`],
        ['show', committee],
        ['show', 'recover.continuity.alternate-site-distance'],
      ]) {
        for (const columns of [72, 120]) {
          const { out } = await type(words, locale, columns)
          assert.doesNotMatch(out, /\bduty\.[a-z]|\busage\./, 'every text is in the catalogue')
          if (words.length === 0) continue
          const ids = /^ {2,}([a-z0-9-]+\.){2}|\.\/okite/
          for (const line of out.split('\n'))
            assert.ok(widthOf(line) <= columns || ids.test(line), line)
        }
      }
    })
  }
})
