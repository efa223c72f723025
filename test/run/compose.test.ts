import { strict as assert } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { memoryLog } from '../../src/core/ledger/testing.ts'
import { compose } from '../../src/core/run/compose.ts'
import { systemClock } from '../../src/core/time.ts'

test('I7 I8 the program as it is: started, stopped, started again, and derived again alike', async () => {
  const project = join(import.meta.dirname, '..', '..')
  const folder = mkdtempSync(join(tmpdir(), 'okc-'))
  const { log } = memoryLog()
  const options = {
    source: join(project, 'src'),
    project,
    dataDir: folder,
    flags: {},
    environment: {},
    clock: systemClock,
    log,
  }
  try {
    const first = await compose({ ...options, create: true })
    await first.begin()
    const size = await first.ledger.size()
    assert.ok(size > 2)
    assert.equal(first.judges.judged, size)
    await assert.rejects(
      first.erase('nobody@example.org', {
        identity: 'request 1',
        source: 'test',
        ground: 'gdpr.17.1.a',
        completeAt: '2027-01-01T00:00:00.000Z',
      }),
      /LEDGER_PERSON_UNKNOWN/,
    )
    await first.close()
    const second = await compose({ ...options, create: false })
    assert.equal(second.judges.judged, await second.ledger.size())
    const found = await second.integrity()
    assert.equal(found.ok, true, JSON.stringify(found))
    assert.deepEqual(found.judges.others, [])
    await second.close()
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
})
