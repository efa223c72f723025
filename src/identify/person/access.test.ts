import { strict as assert } from 'node:assert'
import { after, before, test } from 'node:test'
import { openTestProgram, type TestProgram } from '../../core/register/testing.ts'
import { endAccess } from './act.ts'
import { findOwner } from './directory.ts'
import { accessEnded, personLeft } from './facts.ts'
import type { PersonRow } from './show.ts'

let program: TestProgram
before(async () => {
  program = await openTestProgram()
})
after(() => program.close())

const columns = 'number,name,mail,kind,department'
const aoi = 'A1,田中 葵,aoi@example.jp,employee,Sales'
const mei = 'A2,陳 美,,employee,Sales'

async function importFile(...rows: string[]): Promise<readonly PersonRow[]> {
  const file = program.file('people.csv', [columns, ...rows, ''].join('\n'))
  const args = ['import', file, '--source', 'people', '--by', 'People Department']
  const { code, out } = await program.type('person', ...args)
  assert.equal(code, 0, out)
  return program.okite.reader.query<PersonRow>('select * from person_register order by joined')
}

test('an account is opened for who stands in the register with a mail address, under his own identifier', async () => {
  const { reader } = program.okite
  const [first, second] = await importFile(aoi, mei)
  const found = await findOwner(first?.person ?? '', reader)
  const { subject, owner } = found ?? {}
  assert.equal(subject, first?.person)
  assert.deepEqual(await findOwner('Ａ1', reader), found, 'or by his staff number')
  assert.equal(owner?.name, '田中 葵')
  assert.equal(owner?.mail, 'aoi@example.jp')
  const refs = await reader.refs([owner?.person ?? ''])
  assert.equal(refs.get(owner?.person ?? ''), first?.ref, 'facts and register name one person')
  assert.equal(await findOwner(second?.person ?? '', reader), null, 'he has no address')
  assert.equal(await findOwner('p-nobody', reader), null)
})

test('M11 who leaves loses his account once, and that it failed is said too', async () => {
  const { okite } = program
  const [first] = await importFile(aoi, mei)
  await importFile(mei)
  assert.equal(await findOwner(first?.person ?? '', okite.reader), null)
  const [left] = await okite.reader.latest(personLeft, 1)
  assert.ok(left)
  const module = okite.modules.modules.find(each => each.id === personLeft.module)
  assert.ok(module)
  const ports = { ...okite.ports(module, new AbortController().signal), accounts: okite.accounts }
  const done = await endAccess.run(left, ports)
  assert.deepEqual(done.body, { person: first?.person, accounts: 0, failure: null })
  assert.equal(done.identity, (await endAccess.run(left, ports)).identity)
  const failed = endAccess.failed(left, 'LEDGER_QUEUE_FULL', ports)
  assert.ok(accessEnded.schema.safeParse(failed.body).success)
})
