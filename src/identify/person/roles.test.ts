import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { openTestProgram, type TestProgram } from '../../core/register/testing.ts'

let program: TestProgram
before(async () => {
  program = await openTestProgram()
  const people = program.file(
    'people.csv',
    'number,name,kind\n1,Aoi,employee\n2,Mei,employee\n3,Ken,employee\n',
  )
  await program.type('person', 'import', people, '--source', 'hr', '--by', 'Keeper')
})
after(() => program.close())

const importRoles = async (...rows: readonly string[]) => {
  const head = '役割,担当者,開始日,終了日,代理'
  const file = program.file('roles.csv', [head, ...rows, ''].join('\n'))
  const from = await program.size()
  const args = ['import', file, '--source', 'chart', '--by', 'Keeper']
  const { code, out } = await program.type('role', ...args)
  const told = await program.told(from)
  return { code, out, told, facts: told.slice(1, -1).map(({ type, body }) => ({ type, ...body })) }
}

/** One story: each test goes on where the last one ended. */
describe('the offices from files', () => {
  const ciso = 'ciso,1,2026-01-01,,2'
  const cto = 'cto,2,2026/1/1,2999-12-31,'
  let aoi: string
  let mei: string

  test('are listed with holder and deputy, who are found by their staff numbers', async () => {
    const { facts, told } = await importRoles(ciso, cto, 'dpo,,,,')
    aoi = facts[1]?.person
    mei = facts[2]?.person
    const term = { from: '2026-01-01', until: null }
    assert.deepEqual(facts, [
      { type: 'role.listed', role: 'ciso' },
      { type: 'role.holder.appointed', role: 'ciso', person: aoi, ...term },
      { type: 'role.deputy.appointed', role: 'ciso', person: mei, ...term },
      { type: 'role.listed', role: 'cto' },
      { type: 'role.holder.appointed', role: 'cto', person: mei, ...term, until: '2999-12-31' },
      { type: 'role.listed', role: 'dpo' },
    ])
    assert.ok(told[2]?.refs['by'])
    assert.notEqual(aoi, mei)
    assert.deepEqual((await importRoles(ciso, cto, 'dpo,,,,')).told, [])
  })

  test('change hands, lose a deputy, are given up, and are no more', async () => {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 4)
    const { facts } = await importRoles('ciso,2,2026-02-01,,', 'cto,,,,')
    assert.deepEqual(
      facts.map(({ type, role, person }) => [type, role, person]),
      [
        ['role.holder.appointed', 'ciso', mei],
        ['role.deputy.appointed', 'ciso', mei],
        ['role.holder.vacated', 'cto', undefined],
        ['role.removed', 'dpo', undefined],
      ],
    )
    assert.ok(facts[1]?.until.startsWith(yesterday))
    assert.deepEqual((await importRoles('ciso,2,2026-02-01,,', 'cto,,,,')).told, [])
  })

  test('of who left and came back are given to him again', async () => {
    const people = (...numbers: readonly string[]) =>
      program.file(
        'people.csv',
        ['number,name,kind', ...numbers.map(one => `${one},Name,employee`), ''].join('\n'),
      )
    const hr = ['--source', 'hr', '--by', 'Keeper', '--leavers', '1']
    await program.type('person', 'import', people('1', '3'), ...hr)
    assert.match(
      (await importRoles('ciso,2,2026-02-01,,', 'cto,,,,')).out,
      /\(holder, not in the register\)/,
    )
    await program.type('person', 'import', people('1', '2', '3'), ...hr.slice(0, -2))
    const { facts } = await importRoles('ciso,2,2026-02-01,,', 'cto,,,,')
    assert.deepEqual(
      facts.map(({ type, person }) => [type, person]),
      [['role.holder.appointed', mei]],
    )
  })

  test('and whoever acts for an office is let go with it', async () => {
    const rest = ['ciso,2,2026-02-01,,', 'cto,,,,'] as const
    await importRoles(...rest, 'coo,1,2026-01-01,,3')
    const { facts } = await importRoles(...rest)
    assert.deepEqual(
      facts.map(({ type, role }) => [type, role]),
      [
        ['role.holder.vacated', 'coo'],
        ['role.deputy.appointed', 'coo'],
        ['role.removed', 'coo'],
      ],
    )
    assert.ok(facts[1]?.until < new Date().toISOString())
  })

  test('with rows that say nothing sensible are refused', async () => {
    const { out, told } = await importRoles(
      ...[
        'ciso,9,2026-01-01,,',
        'a,1,,,',
        'b,,,,1',
        'c,1,2026-02-30,,',
        'd,1,2026-02-02,2026-02-01,',
      ],
      ...['e,1,2026-02-02,,1', 'g,1,1899-12-31,,', 'F 1,1,2026-01-01,,', 'cto,,,,', 'cto,,,,'],
    )
    assert.deepEqual(told, [])
    assert.deepEqual(
      [...out.matchAll(/^line (\d+) .*\((.*)\)$/gm)].map(([, line, why]) => `${line} ${why}`),
      [
        ...['3 from, empty', '4 holder, empty', '5 from, no date', '6 until, before its beginning'],
        ...[
          '7 deputy, the holder himself',
          '8 from, no date',
          '9 role, no role',
          '11 role, line 10',
        ],
        '2 holder, not in the register',
      ],
    )
  })

  test('are declared, and compared with the organisation chart', async () => {
    const from = await program.size()
    await program.type('role', 'declare', '--by', 'Keeper')
    const chart = program.file('chart.csv', 'role\nciso\ncto\ncoo\n')
    const args = ['compare', chart, '--source', 'handbook', '--by', 'Keeper'] as const
    const { out } = await program.type('role', ...args)
    assert.match(out, /only there {2}coo/)
    assert.deepEqual(
      (await program.told(from)).map(({ type, body }) => [type, body.roles ?? body.seen]),
      [
        ['role.list.declared', 2],
        ['role.list.compared', ['ciso', 'cto']],
      ],
    )
  })
})
