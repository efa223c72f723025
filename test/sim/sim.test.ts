import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { TestServer } from '../../src/core/ledger/testing.ts'
import { simulate, startSimServer } from './sim.ts'

let server: TestServer
before(async () => {
  server = await startSimServer()
})
after(() => server.stop())

const first = Number(process.env['SIM_SEED'] ?? (Date.now() % 1_000_000) + 1)

test(`I1–I8 I12 a few random organisations of a few days, with whatever can go wrong (seeds from ${first})`, async t => {
  for (let seed = first; seed < first + 4; seed += 1) {
    const { facts, starts, struck } = await simulate(server, seed, 12)
    t.diagnostic(`seed ${seed}: ${facts} facts, ${starts} starts, ${JSON.stringify([...struck])}`)
  }
})

test('the same seed is the same run', async () => {
  const told = async () => {
    const { struck, ...rest } = await simulate(server, 17, 8)
    return { ...rest, struck: [...struck] }
  }
  assert.deepEqual(await told(), await told())
})

const seeds = join(import.meta.dirname, 'seeds')
for (const file of readdirSync(seeds).filter(name => name.endsWith('.json'))) {
  const { seed, days, what } = JSON.parse(readFileSync(join(seeds, file), 'utf8'))
  test(`seed ${seed}: ${what}`, async () => {
    await simulate(server, seed, days)
  })
}
