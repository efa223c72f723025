import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Observation } from '../../core/fact.ts'
import { handClock } from '../../core/ledger/testing.ts'
import type { Ports } from '../../core/module.ts'
import { ownStore } from './collect.ts'
import { storeInspected } from './facts.ts'
import { dataSettings } from './settings.ts'
import { luks2, uuid } from './store/testing-luks.ts'
import { machineOf, mapper, sata } from './store/testing-machines.ts'

const dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'okite-store-')))
mkdirSync(join(dataDir, 'pg'))
after(() => rmSync(dataDir, { recursive: true, force: true }))

/** A machine on which the data folder lies on an encrypted volume. */
const machine = (isRead: boolean) =>
  machineOf({
    mounts: [`48 29 254:0 / ${dataDir} rw - xfs /dev/mapper/data rw`],
    devices: {
      '254:0': {
        ...{ path: mapper(0), uuid: `CRYPT-LUKS2-${uuid.replaceAll('-', '')}-data` },
        slaves: { sda2: '8:2' },
      },
      '8:2': { path: sata },
    },
    headers: isRead ? { sda2: luks2() } : {},
  })

const asked = { ownStore: { store: 'store-1', place: 'host-1', country: 'JP' } }

function desk(given: object, hasOwn = true) {
  const clock = handClock(Date.parse('2026-11-02T00:00:00.000Z'))
  const told: Observation<any>[] = []
  const ports = {
    ...{ settings: dataSettings.parse(given), clock },
    own: hasOwn ? { dataDir } : null,
    reader: { latest: async () => told.toReversed() },
  } as unknown as Ports
  const run = async (isRead = true) => {
    const before = told.length
    for await (const one of ownStore(machine(isRead)).run(ports)) told.push(...[one].flat())
    return told.slice(before)
  }
  return { clock, run }
}

test('M10 what is told of Okite’s own store has the form of its type, and no more of it is told than was seen', async () => {
  const { run, clock } = desk(asked)
  const [seen, ...more] = await run()
  assert.deepEqual(more, [])
  assert.deepEqual(seen?.body, {
    ...{ store: 'store-1', place: 'host-1', country: 'JP', region: null, isWhole: true },
    layers: [{ layer: 'volume', algorithm: 'AES', keyBits: 256, keyPlace: null }],
  })
  storeInspected.schema.parse(seen.body)
  clock.add(3_600_000)
  assert.deepEqual(await run(), [], 'nothing has changed within a day')
  const [unread] = await run(false)
  assert.deepEqual(unread?.body.layers, [
    { layer: 'volume', algorithm: null, keyBits: null, keyPlace: null },
  ])
  clock.add(24 * 3_600_000)
  assert.equal((await run(false)).length, 1, 'a day is over')
})

test('without its number in the settings, or with a database elsewhere, nothing is told', async () => {
  assert.deepEqual(await desk({}).run(), [])
  assert.deepEqual(await desk(asked, false).run(), [])
  assert.throws(() => dataSettings.parse({ ownStore: { store: 'store-1' } }))
  assert.throws(() => dataSettings.parse({ ownStore: { ...asked.ownStore, cipher: 'AES-256' } }))
  assert.throws(() => dataSettings.parse({ ownStore: { ...asked.ownStore, country: 'Japan' } }))
})
