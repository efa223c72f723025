import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Collector } from '../../core/module.ts'
import { msOf, toInstant } from '../../core/time.ts'
import { storeInspected } from './facts.ts'
import type { DataSettings } from './settings.ts'
import { lookAtStore, type Machine } from './store/layers.ts'
import { thisMachine } from './store/machine.ts'

/** Who tells of Okite's own store. */
const source = 'okite-store'

/** What has not changed is told once a day: the control asks for a look of the last week. */
const toldEveryMs = 24 * 3_600_000

/** Stores among whose inspections the last one of ours is found. */
const storesLooked = 10_000

/** Parts of the data folder that may be mounts or links of their own; what is not there is not looked at. */
const parts = ['', 'pg', 'evidence', 'keys', 'published', 'archive', 'work'] as const

/**
 * Looks at the store that Okite's own data lie in, from the data folder down to the drives.
 *
 * With a database elsewhere only a part of the data lies here, and nothing is told.
 */
export const ownStore = (machine: Machine = thisMachine): Collector => ({
  name: 'own-store',
  sizeBytesMax: 4_096,
  perMinuteMax: 4,
  every: 'PT1H',
  async *run({ settings, own, reader, clock }) {
    const { ownStore: asked } = settings as DataSettings
    if (asked === null || own === null) return
    const paths: string[] = []
    for (const part of parts) {
      const path = await realpath(join(own.dataDir, part)).catch(() => null)
      if (path !== null) paths.push(path)
    }
    const { layers, isWhole } = await lookAtStore(machine, paths)
    const body = {
      ...asked,
      layers: layers.map(({ layer, cipher }) => ({
        ...{ layer, algorithm: cipher?.algorithm ?? null, keyBits: cipher?.keyBits ?? null },
        // A passphrase, a key file, a TPM, a key server: none of them is seen from here.
        keyPlace: null,
      })),
      isWhole,
    }
    const nowMs = clock.nowMs()
    const last = (await reader.latest(storeInspected, storesLooked)).find(
      fact => fact.source === source && fact.body.store === asked.store,
    )
    const isTold = last !== undefined && msOf(last.occurred) > nowMs - toldEveryMs
    if (isTold && isDeepStrictEqual(last.body, body)) return
    const at = toInstant(nowMs)
    yield {
      ...{ type: storeInspected, source, occurred: at, observed: at, trust: 'instrument' },
      ...{ body, identity: `store ${asked.store} ${at}` },
    }
  },
})
