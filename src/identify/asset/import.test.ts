import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { OkiteError } from '../../core/error.ts'
import { openTestProgram, type TestProgram } from '../../core/register/testing.ts'

let program: TestProgram
before(async () => {
  program = await openTestProgram()
})
after(() => program.close())

const importFile = async (source: string, content: string | Uint8Array, ...more: string[]) => {
  const file = program.file(`${source}.csv`, content)
  const from = await program.size()
  const args = ['import', file, '--source', source, '--by', 'Keeper', ...more]
  const { code, out } = await program.type('asset', ...args)
  const told = await program.told(from)
  return { code, out, told, bodies: told.slice(1, -1).map(({ type, body }) => ({ type, ...body })) }
}
const listed = (asset: string, more: object = {}) => ({
  ...{ type: 'asset.listed', asset, kind: 'host', owner: 'it', inScope: null },
  ...{ isImportant: false, isTangible: false, ...more },
})

describe('the register of assets from files', () => {
  test('is listed, stays as it is, changes and shrinks by exactly what the file says', async () => {
    const head = '資産番号;種別;責任者;適用範囲;重要\n'
    const file = `${head}H-1;サーバー;it;はい;○\nH-2;host;it;;\nh-3;主機;it;対象外;no\n`
    const first = await importFile('cmdb', file)
    assert.match(first.out, /delimited by semicolons/)
    assert.deepEqual(first.bodies, [
      listed('h-1', { inScope: true, isImportant: true }),
      listed('h-2'),
      listed('h-3', { inScope: false }),
    ])
    assert.deepEqual((await importFile('cmdb', file)).told, [])
    const next = await importFile('cmdb', `${head}H-1;サーバー;ciso;はい;○\nH-2;host;it;;\n`)
    assert.deepEqual(next.bodies, [
      listed('h-1', { owner: 'ciso', inScope: true, isImportant: true }),
      { type: 'asset.removed', asset: 'h-3' },
    ])
    const again = await importFile(
      'cmdb',
      `${file.slice(0, file.indexOf('\nH-1'))}\nH-1;host;ciso;yes;1\nH-2;host;it;;\nh-3;host;it;;`,
    )
    assert.deepEqual(again.bodies, [listed('h-3')])
  })

  test('of two sources each keeps its own, and what one has the other cannot list', async () => {
    await importFile('one', '[{"number":"a-1","kind":"site"},{"number":"a-2","kind":"site"}]')
    const two = await importFile(
      'two',
      '{"number":"b-1","kind":"site"}\n{"number":"b-2","kind":"site"}',
    )
    assert.equal(two.bodies.length, 2)
    assert.deepEqual((await importFile('one', 'number,kind\na-1,site\na-2,site\n')).told, [])
    const { out, told } = await importFile('two', 'number,kind\nb-1,site\nb-2,site\na-1,site\n')
    assert.match(out, /line 4 {2}ASSET_SOURCE_OTHER/)
    assert.deepEqual(told, [])
  })

  test('keeps the order of the file, also when the ledger is busy', async () => {
    const { ledger } = program.okite
    const { submitAll } = ledger
    let windows = 0
    const busy: typeof submitAll = async (...given) => {
      windows += 1
      if (windows === 2) throw new OkiteError('LEDGER_BUSY')
      return submitAll(...given)
    }
    Object.assign(ledger, { submitAll: busy })
    const numbers = Array.from({ length: 4_200 }, (_, nth) => `m-${nth}`)
    const file = `number,kind\n${numbers.map(one => `${one},site\n`).join('')}`
    const { bodies } = await importFile('many', file)
    Object.assign(ledger, { submitAll })
    assert.ok(windows > 3)
    assert.deepEqual(
      bodies.map(({ asset }) => asset),
      numbers,
    )
  })

  test('what has become something else is another asset', async () => {
    await importFile('kinds', 'number,kind\nk-1,site\n')
    const { out, code } = await importFile(
      'kinds',
      'number,kind\nk-1,host\nk 2,host\nk-3,tree\nk-4,site\n',
    )
    assert.equal(code, 1)
    assert.match(out, /line 2 {2}ASSET_KIND_OTHER .*\(site\)/)
    assert.match(out, /line 3 {2}TABLE_CELL .*\(number, not known\)/)
    assert.match(out, /line 4 {2}TABLE_CELL .*\(kind, not known\)/)
  })

  test('what every object of the language has is neither a kind nor a yes', async () => {
    const rows = ['c-1,constructor,', 'c-2,__proto__,', 'c-3,toString,', 'c-4,site,constructor']
    const { out, told } = await importFile('proto', `number,kind,important\n${rows.join('\n')}\n`)
    assert.deepEqual(told, [])
    assert.match(out, /line 2 {2}TABLE_CELL .*\(kind, not known\)/)
    assert.match(out, /line 3 {2}TABLE_CELL .*\(kind, not known\)/)
    assert.match(out, /line 4 {2}TABLE_CELL .*\(kind, not known\)/)
    assert.match(out, /line 5 {2}TABLE_CELL .*\(important, neither yes nor no\)/)
  })
})

/** One story: each test goes on where the last one ended. */
describe('the register of assets and a second source', () => {
  const asset = async (...args: string[]) => {
    const from = await program.size()
    const { out } = await program.type('asset', ...args, '--by', 'Keeper')
    return { out, told: await program.told(from) }
  }

  test('a kind at a time, what only one of the two knows is named and counted', async () => {
    await importFile(
      'inventory',
      'number,kind,owner\nd-1,database,it\nd-2,database,it\ni-1,image,it\n',
    )
    const [declared] = (await asset('declare')).told
    assert.equal(declared?.type, 'asset.register.declared')
    program.file('cloud.csv', '資産番号,種別\nd-1,database\nd-9,データベース\ni-7,image\n')
    const { told, out } = await asset(
      'compare',
      'cloud.csv',
      '--kind',
      'database',
      '--source',
      'cloud',
    )
    assert.deepEqual(
      told.map(({ type, body }) => ({ type, ...body })),
      [
        {
          ...{
            type: 'asset.discovery.completed',
            kind: 'database',
            part: 1,
            parts: 1,
            seen: ['d-1'],
          },
          ...{ unlisted: 1, isDeclared: true, hash: declared?.body.hash },
        },
      ],
    )
    assert.match(out, /^only here {3}d-2 {2}database$/m)
    assert.match(out, /^only there {2}d-9$/m)
    await assert.rejects(asset('compare', 'cloud.csv', '--source', 'cloud'), {
      code: 'REGISTER_USAGE',
    })
  })

  test('an export is imported again without a change', async () => {
    const { out } = await program.type('asset', 'export', 'assets.csv', '--source', 'inventory')
    assert.match(out, /3 entries written/)
    assert.deepEqual((await asset('import', 'assets.csv', '--source', 'inventory')).told, [])
  })
})
