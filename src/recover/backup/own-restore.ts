import { createHash, randomBytes } from 'node:crypto'
import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import type { ClientBase, Pool } from 'pg'
import { codeOf } from '../../core/error.ts'
import type { Observation } from '../../core/fact.ts'
import type { Collector, Ports } from '../../core/module.ts'
import { dayIn, msOf, toInstant } from '../../core/time.ts'
import { restoreCompared } from '../restore/facts.ts'
import { type Own, observedAt, openOwn } from './own.ts'
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
 * Once in a month everything is brought back beside the data, from the repository whose turn it is, and what
 * the restored list says is laid beside the living one. A backup that nobody has restored is a hope.
 */
export const ownRestore: Collector = {
  name: 'backup-own-restore',
  sizeBytesMax: 4_096,
  perMinuteMax: 10,
  every: 'PT1H',
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
      yield test
      return
    }
  },
}

/** null: there was nothing to bring back, or it could not be: that is in the log, and the next one has its turn. */
async function testOne(
  { own, key }: Own,
  repository: Repository,
  { clock, log, signal }: Pick<Ports, 'clock' | 'log' | 'signal'>,
): Promise<Observation | null> {
  const target = join(own.keys, `test-${randomBytes(4).toString('hex')}`)
  const beganMs = performance.now()
  try {
    const table = await newestTable(repository, key)
    if (table === null) return null
    const { sizeBytes } = await layOut({ repository, key, table, target, signal })
    const compared = await replayed(
      { dataDir: target, until: null, log, clock },
      async (pool, replayedTo) => {
        const back = await readList(pool)
        const living = await own.connected(client => readList(client, back.hashes.length))
        const differing = back.hashes.filter((hash, nth) => hash !== living.hashes[nth]).length
        return {
          ...{ items: back.hashes.length, differing, found: back.digest, expected: living.digest },
          point: toInstant(replayedTo?.getTime() ?? msOf(table.ended)),
        }
      },
    )
    const at = toInstant(clock.nowMs())
    const ms = Math.round(performance.now() - beganMs)
    log.info('backup.restore.tested', { repository: repository.name, ms, sizeBytes })
    return {
      ...observedAt(at),
      type: restoreCompared,
      body: { set: ownSet, repository: repository.name, ...compared, period: null },
      identity: `restore ${repository.name} ${at}`,
    }
  } catch (error) {
    log.error('backup.restore.failed', { repository: repository.name, code: codeOf(error) })
    return null
  } finally {
    await fs.rm(target, { recursive: true, force: true })
  }
}

type List = Readonly<{ hashes: readonly string[]; digest: string }>

/** Facts of one question: a few megabytes. */
const pageCount = 50_000

/** The hash of every fact up to a position, from the facts themselves and not from what is stored beside them. */
async function readList(q: Pool | ClientBase, end = Number.MAX_SAFE_INTEGER): Promise<List> {
  const hashes: string[] = []
  const digest = createHash('sha256')
  for (;;) {
    const { rows } = await q.query<{ hash: string }>(
      `select encode(sha256('\\x00'::bytea || leaf), 'hex') as hash from ledger.entry
       where idx >= $1 and idx < $2 order by idx`,
      [hashes.length, Math.min(end, hashes.length + pageCount)],
    )
    for (const { hash } of rows) {
      hashes.push(hash)
      digest.update(hash)
    }
    if (rows.length < pageCount) return { hashes, digest: digest.digest('hex') }
  }
}
