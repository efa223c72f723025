import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { openTestProgram, type TestProgram } from '../../core/register/testing.ts'
import type { PersonRow } from './show.ts'

let program: TestProgram
before(async () => {
  program = await openTestProgram()
})
after(() => program.close())

/** Rows of a file; each test has a source of its own. */
const csv = (...rows: readonly string[]) =>
  ['number,name,mail,kind,department,jobs,away-from,away-until', ...rows, ''].join('\n')
const aoi = 'A1,田中 葵,aoi@example.jp,employee,Sales,developer,,'
const mei = 'A2,陳 美,mei@example.tw,employee,Sales,,,'
const ken = 'A3,Ken Ito,ken@example.jp,contractor,,operator,,'

const importFile = async (source: string, content: string | Uint8Array, ...more: string[]) => {
  const file = program.file(`${source}.csv`, content)
  const from = await program.size()
  const args = ['import', file, '--source', source, '--by', 'People Department', ...more]
  const { code, out } = await program.type('person', ...args)
  return { code, out, told: await program.told(from) }
}
const types = (facts: readonly { type: string }[]) => facts.map(fact => fact.type)
const rowsOf = (source: string) =>
  program.okite.reader.query<PersonRow>(
    'select * from person_register where source = $1 order by joined',
    [`import ${source}`],
  )

describe('the register of people from files', () => {
  test('everybody of a file joins, under a number that tells nothing, with his values sealed', async () => {
    const { code, told, out } = await importFile('first', csv(aoi, mei, ken))
    assert.equal(code, 0, out)
    assert.match(out, /Read as CSV in UTF-8, delimited by commas/)
    assert.match(out, /3 rows imported: 3 entered/)
    assert.deepEqual(types(told), [
      'person.import.begun',
      ...['person.joined', 'person.job.assigned', 'person.joined'],
      ...['person.joined', 'person.job.assigned', 'person.import.ended'],
    ])
    const leaves = await Promise.all(told.map(({ pos }) => program.okite.ledger.leaf(pos)))
    const text = leaves.map(leaf => Buffer.from(leaf).toString()).join('\n')
    // With its quotes: two letters stand in some salt or commitment more often than not.
    for (const value of ['"A1"', '田中', 'example.jp', '"Ken', 'People Department']) {
      assert.ok(!text.includes(value), value)
    }
    assert.match(told[1]?.body.person, /^p-[a-z2-7]{24}$/)
    assert.equal(await program.okite.reader.disclose(told[1]?.pos ?? 0, 'staff'), 'A1')
    const columns = JSON.stringify(await rowsOf('first'))
    for (const value of ['"A1"', '田中', 'example.jp']) assert.ok(!columns.includes(value), value)
  })

  test('the same file again is no fact at all, also after a restart', async () => {
    await importFile('again', csv(aoi, mei))
    assert.deepEqual((await importFile('again', csv(aoi, mei))).told, [])
    await program.restart()
    const { told, out } = await importFile('again', csv(mei, aoi))
    assert.deepEqual(told, [])
    assert.match(out, /the same as the register/)
  })

  test('one row less closes exactly one, and who comes back has his number again', async () => {
    await importFile('leaver', csv(aoi, mei, ken))
    const [, second] = await rowsOf('leaver')
    const left = await importFile('leaver', csv(aoi, ken))
    assert.deepEqual(types(left.told), [
      'person.import.begun',
      'person.left',
      'person.import.ended',
    ])
    assert.equal(left.told[1]?.body.person, second?.person)
    assert.deepEqual((await importFile('leaver', csv(aoi, ken))).told, [])
    const back = await importFile('leaver', csv(aoi, mei, ken))
    assert.deepEqual(types(back.told).slice(1, -1), ['person.joined'])
    assert.equal(back.told[1]?.body.person, second?.person)
  })

  test('a mover, another name, other jobs, and leave from one day to another', async () => {
    await importFile('mover', csv(aoi, mei, ken))
    const moved = await importFile(
      'mover',
      csv(
        'A1,佐藤 葵,aoi@example.jp,employee,営業部,operator,,',
        mei.replace('Sales,,,', 'Sales,,2020/1/1,2999-12-31'),
        ken.replace('contractor', '正社員'),
      ),
    )
    assert.deepEqual(types(moved.told).slice(1, -1), [
      ...['person.moved', 'person.details.changed', 'person.job.ended', 'person.job.assigned'],
      ...['person.away.began', 'person.moved'],
    ])
    assert.deepEqual((await rowsOf('mover'))[0]?.department, '営業部')
    const home = await importFile(
      'mover',
      csv(
        'A1,佐藤 葵,aoi@example.jp,employee,営業部,operator,,',
        mei,
        ken.replace('contractor', 'employee'),
      ),
    )
    assert.deepEqual(types(home.told).slice(1, -1), ['person.away.ended'])
  })

  test('what a file has no column for stays as it is', async () => {
    await importFile('columns', csv(aoi, mei.replace('Sales,,,', 'Sales,,2020-01-01,')))
    const few = 'number,name,kind\nA1,田中 葵,employee\nA2,陳 美,employee\n'
    assert.deepEqual((await importFile('columns', few)).told, [])
  })

  test('a trial run shows the difference by the staff numbers of the file, and records nothing', async () => {
    await importFile('trial', csv(aoi, mei, ken))
    const { told, out } = await importFile(
      'trial',
      csv(aoi.replace('Sales', 'Legal'), mei, 'A4,New,,partner,,,,'),
      '--dry-run',
    )
    assert.deepEqual(told, [])
    assert.match(out, /^~ A1 {2}department$/m)
    assert.match(out, /^\+ A4$/m)
    assert.match(out, /^- p-\S+ {2}A3 {2}Ken Ito$/m)
    assert.match(out, /3 rows: 1 would enter, 1 change, 1 leave, of 3 now/)
  })

  test('whatever is wrong in the last row, nothing of the file is imported', async () => {
    const many = Array.from({ length: 3_000 }, (_, nth) => `B${nth},Name,,employee,,,,`)
    const { code, told, out } = await importFile(
      'wrong',
      csv(...many, 'B1,Name,,employee,,,,', 'B9000,Name,x,boss,,,,', 'B9001,,,employee,,,,'),
    )
    assert.equal(code, 1)
    assert.deepEqual(told, [])
    assert.match(out, /line 3002 {2}TABLE_DUPLICATE .*\(number, line 3\)/)
    assert.match(out, /line 3003 {2}TABLE_CELL .*\(mail, no mail address\)/)
    assert.match(out, /line 3004 {2}TABLE_CELL .*\(name, empty\)/)
    assert.match(out, /3 of 3003 rows are wrong/)
  })

  test('what every object of the language has is no kind of person', async () => {
    const { out, told } = await importFile('proto', csv(aoi.replace('employee', 'constructor')))
    assert.deepEqual(told, [])
    assert.match(out, /line 2 {2}TABLE_CELL .*\(kind, not known\)/)
  })

  test('two rows of one mail address are one person twice', async () => {
    const { out } = await importFile(
      'twice',
      csv(aoi, mei.replace('mei@example.tw', 'AOI@example.jp')),
    )
    assert.match(out, /line 3 {2}TABLE_DUPLICATE .*\(mail, line 2\)/)
  })

  test('a file that lost a tenth is taken for cut off, unless somebody says how many are gone', async () => {
    const many = Array.from({ length: 40 }, (_, nth) => `C${nth},Name,,employee,,,,`)
    await importFile('cut', csv(...many))
    const short = csv(...many.slice(0, 35))
    const refused = { code: 'REGISTER_LEAVERS', data: { leaves: 5, present: 40 } }
    await assert.rejects(importFile('cut', short), refused)
    await assert.rejects(importFile('cut', short, '--leavers', '4'), refused)
    assert.equal((await importFile('cut', short, '--leavers', '5')).code, 0)
    assert.equal((await importFile('cut', csv(...many.slice(0, 32)))).code, 0)
    await assert.rejects(importFile('cut', csv()), { code: 'REGISTER_LEAVERS' })
  })

  test('V48 with his erasure a person is untied from his staff number', async () => {
    await importFile('erased', csv(aoi, mei))
    const [row] = await rowsOf('erased')
    await program.okite.erase('erased:A1', {
      ...{ identity: 'request 7', source: 'test', ground: 'gdpr.17.1.a' },
      completeAt: '2027-01-01T00:00:00.000Z',
    })
    const [now] = await rowsOf('erased')
    assert.equal(now?.person, row?.person)
    assert.notEqual(now?.ref, row?.ref)
    assert.equal((await program.okite.reader.refs(['erased:A1'])).size, 0)
    // Who still stands in the file is another one from then on.
    const { told } = await importFile('erased', csv(aoi, mei), '--leavers', '1')
    assert.deepEqual(types(told).slice(1, -1), [
      'person.joined',
      'person.job.assigned',
      'person.left',
    ])
    assert.notEqual(told[1]?.body.person, row?.person)
  })

  test('an import that was broken off says so, and is continued by the same file', async () => {
    await importFile('open', csv(aoi))
    const from = await program.size()
    // As a process leaves it that dies after the first rows.
    const file = 'f'.repeat(64)
    const type = program.okite.modules.types.get('person.import.begun')
    assert.ok(type)
    const now = new Date().toISOString()
    await program.okite.submit('identify.person')({
      ...{ type, source: 'import open', occurred: now, observed: now, trust: 'record' },
      body: { source: 'open', file, rows: 1, enters: 0, changes: 0, leaves: 0 },
      identity: 'broken off',
    })
    await program.okite.settled(await program.size().then(size => size - 1))
    const { told } = await importFile('open', csv(aoi))
    assert.deepEqual(types(told), ['person.import.begun', 'person.import.ended'])
    assert.deepEqual(types(await program.told(from)), [
      'person.import.begun',
      'person.import.begun',
      'person.import.ended',
    ])
  })

  test('an import that dies half-way is completed by the same file, and nobody comes twice', async () => {
    const many = csv(...Array.from({ length: 3_000 }, (_, nth) => `D${nth},Name,,employee,,,,`))
    const { ledger } = program.okite
    const { submitAll } = ledger
    let windows = 0
    const dying: typeof submitAll = async (...given) => {
      windows += 1
      if (windows > 2) throw new Error('the process dies here')
      return submitAll(...given)
    }
    Object.assign(ledger, { submitAll: dying })
    await assert.rejects(importFile('half', many), /dies here/)
    Object.assign(ledger, { submitAll })
    await program.okite.tables.follow()
    const half = await rowsOf('half')
    assert.ok(half.length > 0 && half.length < 3_000, `${half.length}`)
    await assert.rejects(program.type('person', 'declare', '--by', 'A'), {
      code: 'REGISTER_IMPORT_OPEN',
    })
    const { out } = await importFile('half', many)
    assert.match(out, new RegExp(`3000 rows imported: ${3_000 - half.length} entered`))
    const whole = await rowsOf('half')
    assert.equal(whole.length, 3_000)
    assert.equal(new Set(whole.map(({ ref }) => ref)).size, 3_000)
    assert.deepEqual((await importFile('half', many)).told, [])
  })

  test('who has just entered stays, also when tables know him before the leavers are gone through', async () => {
    const rows = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, nth) => `E${from + nth},Name,,employee,,,,`)
    await importFile('growing', csv(...rows(0, 3)))
    const { ledger, tables } = program.okite
    const { submitAll } = ledger
    const followed: typeof submitAll = async (...given) => {
      const appended = await submitAll(...given)
      await tables.follow()
      return appended
    }
    Object.assign(ledger, { submitAll: followed })
    const { out } = await importFile('growing', csv(...rows(1, 2_200)))
    Object.assign(ledger, { submitAll })
    assert.match(out, /2197 entered, 0 changed, 1 left/)
    const here = (await rowsOf('growing')).filter(row => !row.closed)
    assert.equal(here.length, 2_199)
    assert.deepEqual((await importFile('growing', csv(...rows(1, 2_200)))).told, [])
  })

  test('what is typed wrong is refused', async () => {
    for (const args of [
      ['import'],
      ['import', 'x.csv', '--source', 'hr'],
      ['import', 'x.csv', '--source', 'HR', '--by', 'A'],
      ['import', 'x.csv', '--source', 'hr', '--by', 'A', '--leavers', '-1'],
    ]) {
      await assert.rejects(program.type('person', ...args), { code: 'REGISTER_USAGE' })
    }
    const by = ['--source', 'hr', '--by', 'A']
    await assert.rejects(program.type('person', 'import', 'none.csv', ...by), {
      code: 'TABLE_FILE_MISSING',
    })
    const file = program.file('some.csv', csv(aoi))
    await assert.rejects(program.type('person', 'import', file, ...by, '--encoding', 'latin1'), {
      code: 'REGISTER_USAGE',
    })
    assert.equal((await program.type('person', 'dance')).code, 2)
  })
})
