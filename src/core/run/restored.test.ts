import { strict as assert } from 'node:assert'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ledgerRestored } from '../facts.ts'
import { publish, remember } from '../ledger/publish.ts'
import {
  memoryLog,
  noted,
  observe,
  openTestLedger,
  startTestServer,
  type TestServer,
  testTypes,
} from '../ledger/testing.ts'
import { isRestored, markRestored, tellRestored } from './restored.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

const types = new Map([...testTypes, [ledgerRestored.name, ledgerRestored]])

test('I5 a data folder that is replaced by an older one is refused; after a restore the list itself says what it lacks', async () => {
  const root = mkdtempSync(join(server.folder, 'restored-'))
  const [dataDir, memory] = [join(root, 'data'), join(root, 'data-recovery')]
  for (const folder of [dataDir, memory]) mkdirSync(folder)
  const published = join(dataDir, 'published')
  const opened = await openTestLedger(server, { types })
  const { pool, signer, secrets, trusted } = opened
  await opened.ledger.submit(noted.module, observe('one'))
  await opened.ledger.close()
  const { database } = pool.options
  await pool.end()
  const backup = await server.database({}, database)
  const later = await server.database({ database: database as string })
  const living = await openTestLedger(server, { pool: later, signer, secrets, types })
  await living.ledger.submit(noted.module, observe('lost'))
  assert.equal(await publish(later, published, trusted), 3)
  await remember(published, memory)
  await living.ledger.close()

  // An older folder, whole: what it has published is as old as its database.
  rmSync(published, { recursive: true })
  const folders = { signer, secrets, types, pool: backup, published: [published, memory] }
  await assert.rejects(openTestLedger(server, folders), {
    code: 'LEDGER_ROLLED_BACK',
    data: { size: 2, published: 3 },
  })

  // What `./okite restore` leaves in the folder.
  const at = '2026-11-26T12:00:00.000Z'
  const ahead = { size: 3, root: '1'.repeat(64), seenAt: at }
  const body = { backup: 'b-1', restoredAt: at, until: null, point: at, size: 2, ahead }
  markRestored(dataDir, { repository: '/srv/backup', ...body })
  assert(isRestored(dataDir))
  const again = await openTestLedger(server, { ...folders, published })
  const { log, lines } = memoryLog()
  const options = { ledger: again.ledger, clock: again.clock, log }
  assert.deepEqual(await tellRestored(dataDir, options), { repository: '/srv/backup', ...body })
  assert.match(lines.join(), /ledger\.restored.*"size":2,"ahead":3/)
  assert.equal(await tellRestored(dataDir, options), null, 'it is said once')
  const [fact] = await again.ledger.read(2, 10)
  assert.deepEqual([fact?.type, fact?.body], ['ledger.restored', body])
  assert.equal((await again.ledger.disclose(2, 'repository'))?.value, '/srv/backup')
  assert.deepEqual(readdirSync(memory), ['checkpoint-lost-3'], 'for whoever wants to compare')
  await again.ledger.close()
  const open = await openTestLedger(server, folders)
  assert.equal(await open.ledger.size(), 3)
  await publish(backup, published, trusted)
  await remember(published, memory)
  assert.equal(readFileSync(join(memory, 'checkpoint'), 'utf8').split('\n')[1], '3')
  await open.ledger.close()
  for (const one of [backup, later]) await one.end()
})

test('what is no mark of a restore stands in its place: nothing is started', async () => {
  const dataDir = mkdtempSync(join(server.folder, 'restored-'))
  for (const text of ['', '{}', '{"form":"okite-restored-2"}']) {
    writeFileSync(join(dataDir, 'restored.json'), text)
    await assert.rejects(tellRestored(dataDir, {} as never), { code: 'RESTORED_MARK' })
    assert(existsSync(join(dataDir, 'restored.json')))
  }
})
