import { strict as assert } from 'node:assert'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Pool } from 'pg'
import { AdoptedPolicies } from './policies.ts'

test('a pack is asked for by its name, and a path is none', () => {
  const project = join(import.meta.dirname, '../../..')
  const places = { project, dataDir: join(tmpdir(), 'okite-no-data') }
  const policies = new AdoptedPolicies({} as Pool, places)
  assert.equal(policies.onDisk('weemed').id, 'weemed')
  for (const name of [
    '../policy/weemed',
    '/etc',
    'weemed/',
    '.',
    '',
    'Weemed',
    'a\0b',
    'x'.repeat(42),
  ]) {
    assert.throws(() => policies.onDisk(name), { code: 'POLICY_NAME' }, name)
  }
  assert.throws(() => policies.onDisk('nothing'), { code: 'POLICY_NOT_FOUND' })
})
