import { randomBytes } from 'node:crypto'
import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { openDatabase } from '../../core/db/database.ts'
import { codeOf } from '../../core/error.ts'
import type { Observation } from '../../core/fact.ts'
import type { Collector, OwnData, Ports } from '../../core/module.ts'
import { dayIn, msOf, toInstant } from '../../core/time.ts'
import { restoreCompared, restoreRehearsed } from '../restore/facts.ts'
import { pointSeen, runEnded } from './facts.ts'
import { type Own, observedAt, openOwn } from './own.ts'
import { hashesOf, headOf } from './own-list.ts'
import { rehearse } from './own-rehearsal.ts'
import { ownSet } from './settings.ts'
import { layOut } from './store/lay-out.ts'
import { replayed } from './store/replay.ts'
import type { Repository } from './store/repository.ts'
import { newestTable } from './store/table.ts'

/** After one that failed or did not compare. */
const againMs = 6 * 60 * 60_000
/** Comparisons of all sets among which those of ours are found. */
const testsLooked = 200

/**
 * Once in a month everything is brought back beside the data, from the repository whose turn it is, the
 * program is started on it, and what the restored list says is laid beside the living one. A backup that nobody has restored is a hope.
 */
export const ownRestore: Collector = {
  name: 'backup-own-restore',
  sizeBytesMax: 4_096,
  perMinuteMax: 10,
  every: 'PT1H',
  // The first backup is brought back as soon as it is there.
  on: [runEnded],
  async *run(ports) {
    const found = await openOwn(ports)
    if (found === null) return
    const nowMs = ports.clock.nowMs()
    const { zone } = ports.policy.organisation
    const monthOf = (ms: number) => dayIn(ms, zone).slice(0, 7)
    const tests = (await ports.reader.latest(restoreCompared, testsLooked)).filter(
      ({ body }) => body.set === ownSet,
    )
    const [last] = tests
    if (last !== undefined) {
      const isGood = last.body.differing === 0 && last.body.expected === last.body.found
      if (isGood && monthOf(msOf(last.occurred)) === monthOf(nowMs)) return
      if (!isGood && msOf(last.occurred) > nowMs - againMs) return
    }
    const turnOf = ({ name }: Repository) => tests.findIndex(({ body }) => body.repository === name)
    // Who was never tested comes first, then whose test is the longest ago.
    const order = found.repositories.toSorted((a, b) => {
      const [x, y] = [turnOf(a), turnOf(b)].map(turn => (turn < 0 ? testsLooked : turn))
      return y! - x!
    })
    for (const repository of order) {
      const test = await testOne(found, repository, ports)
      if (test === null) continue
      yield test.facts
      // Whoever reads it finds it on the list.
      ports.log.info('backup.restore.rehearsed', test.rehearsed)
      return
    }
  },
}

type Tested = Readonly<{
  facts: readonly Observation[]
  rehearsed: z.infer<typeof restoreRehearsed.schema>
}>

/** null: there was nothing to bring back, or it could not be: that is in the log, and the next one has its turn. */
async function testOne(
  { own, key }: Own,
  repository: Repository,
  ports: Pick<Ports, 'reader' | 'clock' | 'log' | 'signal'>,
): Promise<Tested | null> {
  const { clock, log, signal } = ports
  await removeTests(own.keys)
  const target = join(own.keys, `${testName}${randomBytes(4).toString('hex')}`)
  const declaredMs = clock.nowMs()
  try {
    // From here on it is taken as lost: what comes later is not asked for.
    const living = await own.connected(headOf)
    const table = await newestTable(repository, key)
    if (table === null) return null
    await layOut({ repository, key, table, target, signal })
    const back = await replayed({ dataDir: target, until: null, log, clock }, async (pool, at) => ({
      ...(await headOf(pool)),
      pointMs: at?.getTime() ?? msOf(table.ended),
    }))
    const { answered, faults } = await rehearse({ ...ports, target, pos: back.size - 1 })
    const compared = await compare(own, target, back.size, ports)
    const declared = toInstant(declaredMs)
    const seconds = (ms: number) => Math.max(0, Math.ceil(ms / 1_000))
    const rehearsed = {
      ...{ set: ownSet, repository: repository.name, declared, answered, faults },
      lostFacts: Math.max(0, living.size - back.size),
      lostSeconds: seconds(living.sealedMs - back.sealedMs),
      beatSeconds: seconds(declaredMs - back.pointMs),
      seconds: answered === null ? null : seconds(msOf(answered) - declaredMs),
    }
    const at = observedAt(toInstant(clock.nowMs()))
    const point = toInstant(back.pointMs)
    // What does not hold together differs too from what it should be.
    const body = { ...compared, differing: compared.differing + faults, point, period: null }
    const facts = [
      {
        ...{ ...at, type: restoreCompared, identity: `restore ${repository.name} ${declared}` },
        body: { set: ownSet, repository: repository.name, ...body },
      },
      {
        ...{ ...at, type: restoreRehearsed, identity: `rehearsal ${repository.name} ${declared}` },
        body: rehearsed,
      },
      {
        // At that moment nothing newer could have been had: measured, and no longer only promised.
        ...{ ...observedAt(declared), type: pointSeen, identity: `point read ${declared}` },
        body: { set: ownSet, point },
      },
    ]
    return { facts, rehearsed }
  } catch (error) {
    log.error('backup.restore.failed', { repository: repository.name, code: codeOf(error) })
    return null
  } finally {
    await fs.rm(target, { recursive: true, force: true })
  }
}

const testName = 'test-'

/** What a program that was killed at it has left. */
async function removeTests(keys: string): Promise<void> {
  for (const name of await fs.readdir(keys)) {
    if (name.startsWith(testName)) await fs.rm(join(keys, name), { recursive: true, force: true })
  }
}

/** Every fact that came back beside the one that stands there on the living list. */
async function compare(
  own: OwnData,
  target: string,
  size: number,
  { log, clock }: Pick<Ports, 'log' | 'clock'>,
) {
  const database = await openDatabase({ dataDir: target, create: false, log, clock })
  try {
    const back = await hashesOf(database.pool, size)
    const living = await own.connected(client => hashesOf(client, size))
    const differing = back.hashes.filter((hash, nth) => hash !== living.hashes[nth]).length
    return { items: back.hashes.length, differing, found: back.digest, expected: living.digest }
  } finally {
    await database.close()
  }
}
