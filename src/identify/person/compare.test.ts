import { strict as assert } from 'node:assert'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openTestProgram, type TestProgram } from '../../core/register/testing.ts'

let program: TestProgram
before(async () => {
  program = await openTestProgram()
})
after(() => program.close())

const by = ['--by', 'Keeper']
const person = async (...args: string[]) => {
  const from = await program.size()
  const { code, out } = await program.type('person', ...args)
  return { code, out, told: await program.told(from) }
}
const staff = (...rows: readonly string[]) =>
  ['number,name,mail,kind,department', ...rows, ''].join('\n')

/** One story: each test goes on where the last one ended. */
describe('the register of people and a second source', () => {
  test('nothing is declared or compared while an import is broken off', async () => {
    const type = program.okite.modules.types.get('person.import.begun')
    assert.ok(type)
    const now = new Date().toISOString()
    await program.okite.submit('identify.person')({
      ...{ type, source: 'import hr', occurred: now, observed: now, trust: 'record' },
      body: { source: 'hr', file: 'e'.repeat(64), rows: 1, enters: 1, changes: 0, leaves: 0 },
      identity: 'broken off',
    })
    const open = { code: 'REGISTER_IMPORT_OPEN', data: { source: 'hr' } }
    await assert.rejects(person('declare', ...by), open)
    const file = program.file('d.csv', 'mail\naoi@example.jp\n')
    await assert.rejects(person('compare', file, '--source', 'directory', ...by), open)
  })

  test('a declaration names how many they are and what stands there', async () => {
    const rows = Array.from(
      { length: 130 },
      (_, nth) => `${nth},Name ${nth},n${nth}@example.jp,employee,`,
    )
    program.file('hr.csv', staff(...rows))
    assert.equal((await person('import', 'hr.csv', '--source', 'hr', ...by)).code, 0)
    const { told, out } = await person('declare', ...by)
    assert.match(out, /130 entries declared complete/)
    assert.equal(told.length, 1)
    assert.deepEqual(
      [told[0]?.type, told[0]?.trust, told[0]?.body.people],
      ['person.register.declared', 'record', 130],
    )
    assert.equal((await person('declare', ...by)).told[0]?.body.hash, told[0]?.body.hash)
  })

  test('a second source that knows the same people confirms it, in parts of 64', async () => {
    const mails = Array.from({ length: 130 }, (_, nth) => `N${nth}@EXAMPLE.jp,Name`)
    program.file('directory.csv', ['mail,name', ...mails].join('\n'))
    const { told, out } = await person('compare', 'directory.csv', '--source', 'directory', ...by)
    assert.match(out, /Comparison recorded: 130 in both, 0 only here, 0 only there\.$/m)
    assert.deepEqual(
      told.map(({ type, trust, body }) => [
        type,
        trust,
        body.part,
        body.parts,
        body.seen.length,
        body.unlisted,
        body.isDeclared,
      ]),
      [1, 2, 3].map(part => [
        'person.register.compared',
        'instrument',
        part,
        3,
        part === 3 ? 2 : 64,
        0,
        true,
      ]),
    )
    assert.equal(new Set(told.flatMap(({ body }) => body.seen)).size, 130)
  })

  test('the difference is named to whoever asks, and counted on the list', async () => {
    program.file('payroll.csv', 'number,name\n0,Name 0\n1,Name 1\nX9,Mallory\n')
    const { told, out } = await person('compare', 'payroll.csv', '--source', 'payroll', ...by)
    // Our numbers are drawn at random, and so is who is among the first hundred.
    const here = [...out.matchAll(/^only here {3}p-\S+ {2}(\d+) {2}Name (\d+)$/gm)]
    assert.equal(here.length, 100)
    for (const [, number, name] of here)
      assert.ok(number === name && Number(number) > 1, `${number}`)
    assert.match(out, /^only there {2}X9 {2}Mallory$/m)
    assert.match(out, /^and 28 more$/m)
    assert.match(out, /2 in both, 128 only here, 1 only there/)
    assert.deepEqual(
      told.map(({ body }) => [body.seen.length, body.unlisted, body.isDeclared]),
      [[2, 1, true]],
    )
    assert.ok(!JSON.stringify(told).includes('Mallory'))
    const dry = await person('compare', 'payroll.csv', '--source', 'payroll', ...by, '--dry-run')
    assert.deepEqual(dry.told, [])
  })

  test('what has changed since the declaration is not confirmed by any source', async () => {
    const changed = readFileSync(join(program.folder, 'hr.csv'), 'utf8').replace(
      '0,Name 0,n0@example.jp,employee',
      '0,Name 0,n0@example.jp,partner',
    )
    program.file('hr2.csv', changed)
    await person('import', 'hr2.csv', '--source', 'hr', ...by)
    const { told, out } = await person('compare', 'directory.csv', '--source', 'directory', ...by)
    assert.ok(told.every(({ body }) => body.isDeclared === false))
    assert.match(out, /not declared, so this confirms nothing/)
  })

  test('neither its own source nor its own file confirms the register', async () => {
    const same = { code: 'REGISTER_SOURCE_SAME' }
    await assert.rejects(person('compare', 'payroll.csv', '--source', 'hr', ...by), same)
    await assert.rejects(person('compare', 'hr2.csv', '--source', 'directory', ...by), same)
    program.file('bad.csv', 'number,mail\n,\n1,x\n')
    const { code, out, told } = await person('compare', 'bad.csv', '--source', 'directory', ...by)
    assert.deepEqual([code, told], [1, []])
    assert.match(out, /line 2 {2}TABLE_CELL/)
    assert.match(out, /line 3 {2}TABLE_CELL/)
  })
})

describe('the jobs of people and a second source', () => {
  test('are declared and compared, a subject for each person and job', async () => {
    const rows = ['J1,Aoi,j1@example.jp,employee,developer operator', 'J2,Mei,,employee,operator']
    program.file('jobs.csv', ['number,name,mail,kind,jobs', ...rows, ''].join('\n'))
    await person('import', 'jobs.csv', '--source', 'jobs', ...by)
    const declared = (await person('declare', '--jobs', ...by)).told
    assert.deepEqual(
      declared.map(({ type, body }) => [type, body.jobs]),
      [['person.job.list.declared', 3]],
    )
    program.file(
      'groups.csv',
      'mail,number,jobs\nj1@example.jp,,developer\n,J2,operator developer\n',
    )
    const { told, out } = await person(
      'compare',
      'groups.csv',
      '--jobs',
      '--source',
      'groups',
      ...by,
    )
    assert.match(out, /^only here {3}p-\S+ {2}operator$/m)
    assert.match(out, /^only there {2}J2 {2}developer$/m)
    assert.deepEqual(
      told.map(({ type, body }) => [
        type,
        body.seen.map(({ job }: any) => job).sort(),
        body.unlisted,
      ]),
      [['person.job.list.compared', ['developer', 'operator'], 1]],
    )
    assert.equal(told[0]?.body.isDeclared, true)
  })
})

describe('a second source and numbers that do not say who it is', () => {
  const compare = (...rows: readonly string[]) => {
    program.file('second.csv', ['number,name,mail', ...rows, ''].join('\n'))
    return person('compare', 'second.csv', '--source', 'second', ...by)
  }

  test('of two persons with one number the mail address decides, and without one nothing is recorded', async () => {
    program.file('tokyo.csv', staff('S1,Aoi,s1@example.jp,employee,', 'S2,Ken,,employee,'))
    program.file('taipei.csv', staff('S1,Mei,s1@example.tw,employee,', 'S3,Li,,employee,'))
    for (const place of ['tokyo', 'taipei'])
      await person('import', `${place}.csv`, '--source', place, ...by)
    const { told, out } = await compare('S2,Ken,', 'S1,Mei,')
    assert.deepEqual(told, [])
    assert.match(out, /line 3 {2}TABLE_CELL .*\(number, several in the register\)/)
    const wrong = await compare('S1,Mei,other@example.tw')
    assert.deepEqual(wrong.told, [])
    const right = await compare('S1,Mei,S1@example.tw')
    const [mei] = await program.okite.reader.query<{ person: string }>(
      `select person from person_register where source = 'import taipei' order by joined`,
    )
    assert.deepEqual(right.told[0]?.body.seen, [mei?.person])
  })

  test('a number that comes again with another name or mail address is explained by nobody', async () => {
    const { told, out } = await compare(
      ...['S2,Ken,', 'S2,Ken,', 'S2,Mallory,', 'S3,,li@example.tw', 'S3,,eve@example.tw'],
    )
    assert.match(out, /^only there {2}S2 {2}Mallory$/m)
    assert.match(out, /^only there {2}S3 {2}eve@example\.tw$/m)
    assert.deepEqual([told[0]?.body.seen.length, told[0]?.body.unlisted], [2, 2])
  })

  test('nor does a mail address that two persons have say who it is', async () => {
    program.file('oslo.csv', staff('S9,Aoi,s1@example.jp,employee,'))
    await person('import', 'oslo.csv', '--source', 'oslo', ...by)
    const { told, out } = await compare(',Aoi,s1@example.jp')
    assert.deepEqual(told, [])
    assert.match(out, /line 2 {2}TABLE_CELL .*\(mail, several in the register\)/)
  })
})

describe('an export', () => {
  test('is for its owner alone, is no formula to a spreadsheet, and imported again changes nothing', async () => {
    const file = [
      'number,name,mail,kind,department,jobs,away-from',
      '-1,"=HYPERLINK(""http://x"")",+a@example.jp,employee,@Sales,developer operator,2020-01-01',
      "2,'=quoted,,partner,'plain,,",
      '3,"Smith, ""Jo""",,contractor,,,',
      '4,＝ＳＵＭ,,contractor,,,',
    ].join('\n')
    program.file('odd.csv', file)
    await person('import', 'odd.csv', '--source', 'odd', ...by)
    const { out } = await person('export', 'out.csv', '--source', 'odd', '--bom')
    assert.match(out, /4 entries written to \/.*out\.csv/)
    const path = join(program.folder, 'out.csv')
    const text = readFileSync(path, 'utf8')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.ok(
      text.startsWith('\ufeffnumber,name,mail,kind,department,jobs,away-from,away-until\r\n'),
    )
    assert.match(text, /^'-1,"'=HYPERLINK\(""http:\/\/x""\)",'\+a@example\.jp,employee,'@Sales,/m)
    for (const line of text.slice(1).split('\r\n')) {
      assert.doesNotMatch(line, /(^|,)"?[=+\-@＝]/)
    }
    assert.deepEqual((await person('import', 'out.csv', '--source', 'odd', ...by)).told, [])
  })

  test('overwrites nothing, and of several sources one must be named', async () => {
    await assert.rejects(person('export', 'out.csv', '--source', 'odd'), {
      code: 'REGISTER_EXPORT',
    })
    await assert.rejects(person('export', 'all.csv'), { code: 'REGISTER_USAGE' })
    await assert.rejects(person('export', 'none/all.csv', '--source', 'odd'), {
      code: 'REGISTER_EXPORT',
    })
  })
})
