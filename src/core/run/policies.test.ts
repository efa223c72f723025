import { strict as assert } from 'node:assert'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Pool } from 'pg'
import { organisationZone } from '../control/kind.ts'
import type { Fact } from '../fact.ts'
import { policyAdopted } from '../facts.ts'
import { Policies } from './adoption.ts'
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

test('V8 what a pack binds to no statement is judged in the zone of the organisation', async () => {
  const project = join(import.meta.dirname, '../../..')
  const places = { project, dataDir: join(tmpdir(), 'okite-no-data') }
  const policies = new AdoptedPolicies(
    { query: async () => ({ rows: [] }) } as unknown as Pool,
    places,
  )
  const pack = policies.onDisk('weemed')
  await policies.adopt(pack, { now: '2026-01-01T00:00:00.000Z' }, null)
  const adopted = new Policies(hash => policies.bound(hash))
  const body = { version: '1', from: '2026-01-01T00:00:00.000Z', hash: pack.hash }
  adopted.take({ type: policyAdopted.name, pos: 0, body } as unknown as Fact)
  const { params } = adopted.inForce('nobody.binds.this', {}, '2026-01-02T00:00:00.000Z')
  assert.equal(params['zone'], pack.organisation.zone)
  assert.equal(organisationZone(params), 'Asia/Taipei')
})

test('M16 what a pack binds is read once, however many rows ask for it', async () => {
  const project = join(import.meta.dirname, '../../..')
  const pool = { query: async () => ({ rows: [] }) } as unknown as Pool
  const policies = new AdoptedPolicies(pool, { project, dataDir: join(tmpdir(), 'okite-no-data') })
  const pack = policies.onDisk('weemed')
  await policies.adopt(pack, { now: '2026-11-01T00:00:00.000Z' }, null)
  const statements = policies.statements(pack.hash)
  assert.equal(statements?.size, pack.statements.length)
  assert.equal(policies.statements(pack.hash), statements)
  const [first] = pack.controls()
  assert.deepEqual(policies.bound(pack.hash)?.get(first?.[0] ?? '')?.params, {
    zone: pack.organisation.zone,
    ...first?.[1],
  })
  assert.equal(policies.bound(pack.hash), policies.bound(pack.hash))
  assert.equal(policies.statements('0'.repeat(64)), null)
})
