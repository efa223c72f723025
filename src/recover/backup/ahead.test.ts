import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, remember } from '../../core/ledger/publish.ts'
import {
  noted,
  observe,
  openTestLedger,
  startTestServer,
  type TestServer,
} from '../../core/ledger/testing.ts'
import { isRestored } from '../../core/run/restored.ts'
import { systemClock } from '../../core/time.ts'
import { furthest, markAsItIs } from './ahead.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

test('an older folder goes on as it is only where something is ahead of it, and what is ahead stays to be compared', async () => {
  const root = mkdtempSync(join(server.folder, 'ahead-'))
  const [dataDir, memory] = [join(root, 'data'), join(root, 'data-recovery')]
  const published = join(dataDir, 'published')
  for (const folder of [dataDir, memory]) mkdirSync(folder)
  const opened = await openTestLedger(server)
  const { pool, signer, secrets, trusted } = opened
  await publish(pool, published, trusted)
  await remember(published, memory)
  await assert.rejects(markAsItIs(pool, dataDir, systemClock), { code: 'RESTORE_NOT_BEHIND' })
  await opened.ledger.close()
  const { database } = pool.options
  await pool.end()
  const older = await server.database({}, database)
  const later = await server.database({ database: database as string })
  const living = await openTestLedger(server, { pool: later, signer, secrets })
  for (const identity of ['one', 'two']) await living.ledger.submit(noted.module, observe(identity))
  await publish(later, published, trusted)
  await living.ledger.close()

  const marked = await markAsItIs(older, dataDir, systemClock)
  assert.deepEqual([marked.size, marked.ahead?.size, marked.backup], [1, 3, 'as it is'])
  assert(isRestored(dataDir))
  assert.deepEqual(readdirSync(dataDir), ['published-lost-3', 'restored.json'])
  const again = await openTestLedger(server, { pool: older, signer, secrets, published })

  // Of several the furthest counts; of another list, or of another history, none does.
  const held = join(dataDir, 'published-lost-3/checkpoint')
  const known = [join(memory, 'checkpoint'), held]
  assert.equal((await furthest(older, known))?.size, 3)
  assert.equal(await furthest(later, known), null)
  const other = await openTestLedger(server)
  const strange = mkdtempSync(join(root, 'strange-'))
  await publish(other.pool, strange, other.trusted)
  writeFileSync(join(root, 'cut'), readFileSync(held).subarray(0, -10))
  for (const path of [join(strange, 'checkpoint'), join(root, 'cut'), join(root, 'none')])
    await assert.rejects(furthest(older, [path]), { code: 'RESTORE_CHECKPOINT' }, path)
  for (const identity of ['three', 'four'])
    await again.ledger.submit(noted.module, observe(identity))
  await assert.rejects(furthest(older, [held]), { code: 'LEDGER_FORKED' })
  for (const { ledger } of [again, other]) await ledger.close()
  for (const one of [older, later]) await one.end()
})
