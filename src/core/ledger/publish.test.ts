import assert from 'node:assert/strict'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish } from './publish.ts'
import { noted, observe, openTestLedger, startTestServer, type TestServer } from './testing.ts'
import { grow, readPublished } from './testing-published.ts'
import { parseTilePath, tilePath, tilesBetween } from './tile.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.stop())

test('T2 an outsider rebuilds the root from the files, at every published size', async () => {
  const opened = await openTestLedger(server)
  const folder = mkdtempSync(join(server.folder, 'tiles-'))
  const { pool, trusted } = opened
  for (const size of [1, 2, 255, 256, 257, 600]) {
    await grow(opened, size)
    assert.equal(await publish(pool, folder, trusted), size)
    assert.equal(await readPublished(folder, opened), size)
  }
  assert.equal(await publish(pool, folder, trusted), 600)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    statSync(join(folder, name)).isFile(),
  )
  for (const name of files.filter(name => name !== 'checkpoint')) parseTilePath(name)
  assert.ok(!files.some(name => name.startsWith('tile/0/000.p')), 'partial tiles of full ones go')
  assert.equal(statSync(join(folder, 'tile/entries/000')).mode & 0o777, 0o600)
  await opened.ledger.close()
})

test('T2 what a crash left behind is completed on the same path', async () => {
  const opened = await openTestLedger(server)
  const { pool, trusted } = opened
  const whole = mkdtempSync(join(server.folder, 'tiles-'))
  await grow(opened, 300)
  await publish(pool, whole, trusted)
  const all = [...tilesBetween(0, 300)].map(tilePath)
  for (const [i, missing] of ['checkpoint', ...all].entries()) {
    const folder = mkdtempSync(join(server.folder, 'tiles-'))
    await publish(pool, folder, trusted)
    // As after a crash before this file: neither it nor the checkpoint, which comes last.
    rmSync(join(folder, missing))
    rmSync(join(folder, 'checkpoint'), { force: true })
    writeFileSync(join(folder, '.half-written'), 'x')
    assert.equal(await publish(pool, folder, trusted), 300)
    assert.equal(await readPublished(folder, opened), 300, `${i} ${missing}`)
  }
  await opened.ledger.close()
})

test('I5 a restored backup is refused at the start, and nothing is published from it', async () => {
  const opened = await openTestLedger(server)
  const { pool, trusted, signer, secrets } = opened
  const folder = mkdtempSync(join(server.folder, 'tiles-'))
  await grow(opened, 40)
  await opened.ledger.close()
  const { database } = pool.options
  await pool.end()
  const backup = await server.database({}, database)
  const later = await server.database({ database: database as string })
  const continued = await openTestLedger(server, { pool: later, signer, secrets })
  await grow(continued, 50)
  await publish(later, folder, trusted)
  const keys = { signer, secrets, published: folder }
  await assert.rejects(openTestLedger(server, { pool: backup, ...keys }), {
    code: 'LEDGER_ROLLED_BACK',
    data: { size: 40, published: 50 },
  })
  await assert.rejects(publish(backup, folder, trusted), { code: 'LEDGER_ROLLED_BACK' })
  // Left alone it would have grown again, to another list of the same length.
  const fork = await openTestLedger(server, { pool: backup, signer, secrets })
  await fork.ledger.submit(noted.module, observe('only in the fork'))
  await grow(fork, 60)
  await fork.ledger.close()
  await assert.rejects(openTestLedger(server, { pool: backup, ...keys }), { code: 'LEDGER_FORKED' })
  await assert.rejects(publish(backup, folder, trusted), { code: 'LEDGER_FORKED' })
  const same = await openTestLedger(server, { pool: later, ...keys })
  assert.equal(await same.ledger.size(), 50)
  await same.ledger.close()
  await continued.ledger.close()
})

test('I5 a published checkpoint of another key is not believed', async () => {
  const one = await openTestLedger(server)
  const two = await openTestLedger(server)
  const folder = mkdtempSync(join(server.folder, 'tiles-'))
  await publish(one.pool, folder, one.trusted)
  await assert.rejects(publish(two.pool, folder, two.trusted), { code: 'LEDGER_NOTE_UNSIGNED' })
  assert.ok(existsSync(join(folder, 'checkpoint')))
  for (const { ledger } of [one, two]) await ledger.close()
})

test('T2 a file that cannot be written leaves the old checkpoint, and no half file', async () => {
  const opened = await openTestLedger(server)
  const { pool, trusted } = opened
  const folder = mkdtempSync(join(server.folder, 'tiles-'))
  await publish(pool, folder, trusted)
  await grow(opened, 20)
  // A file where a folder must be: no later tile of level 0 can get its name.
  rmSync(join(folder, 'tile/0'), { recursive: true })
  writeFileSync(join(folder, 'tile/0'), '')
  await assert.rejects(publish(pool, folder, trusted))
  const note = readFileSync(join(folder, 'checkpoint'), 'utf8')
  assert.equal(note.split('\n')[1], '1')
  rmSync(join(folder, 'tile/0'))
  assert.equal(await publish(pool, folder, trusted), 20)
  assert.equal(await readPublished(folder, opened), 20)
  await opened.ledger.close()
})
