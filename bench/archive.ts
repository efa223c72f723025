import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../src/core/db/database.ts'
import { ledgerLimits } from '../src/core/ledger/core.ts'
import { noted, observe, openTestLedger } from '../src/core/ledger/testing.ts'
import { createLog } from '../src/core/log.ts'
import { systemClock } from '../src/core/time.ts'
import { BackupKey } from '../src/recover/backup/store/envelope.ts'
import { openLocal } from '../src/recover/backup/store/local.ts'
import { shipSegments } from '../src/recover/backup/store/segments.ts'
import { printFigure, printMachine } from './machine.ts'

/**
 * How many facts a second the list takes with and without continuous archiving: the same work on two
 * databases in turn, one of which lays every segment of its log aside, and has it packed, encrypted and
 * stored meanwhile.
 *
 *   ./okite run bench/archive.ts [PAIRS] [FOLDER]
 *
 * A machine that others share is faster in one minute than in the next, by more than what is measured. So
 * the turns are short, each with stands beside one without, in changing order, and what counts is the
 * ratio of each pair: their mean, and how sure it is.
 */

const pairs = Number(process.argv[2] ?? 40)
/** Of one turn: five to ten segments of the log. */
const turnMs = 4_000
const root = mkdtempSync(join(process.argv[3] ?? '/tmp', 'okite-archive-'))
const log = createLog({ clock: systemClock, write: () => undefined, level: 'warn' })
const lanes = 512
/** Once in a turn; the program does it once a minute. */
const shipEveryMs = 2_500
printMachine(`./okite run bench/archive.ts ${process.argv.slice(2).join(' ')}`)

async function open(name: string, archive: string | null) {
  if (archive !== null) mkdirSync(archive)
  const database = await openDatabase({
    dataDir: join(root, name),
    archive,
    log,
    clock: systemClock,
  })
  const { ledger } = await openTestLedger(
    { folder: root, database: async () => database.pool },
    { clock: systemClock, limits: ledgerLimits },
  )
  const { rows } = await database.pool.query<{ system: string }>(
    'select system_identifier::text as system from pg_control_system()',
  )
  return { database, ledger, archive, system: rows[0]!.system }
}

const shown = (rate: number) => Math.round(rate).toLocaleString('en').padStart(7)

let serial = 0
let [segments, storedBytes] = [0, 0]

async function turn(
  { ledger, archive, system }: Awaited<ReturnType<typeof open>>,
  work: Readonly<{ repository: ReturnType<typeof openLocal>; key: BackupKey }>,
): Promise<number> {
  const endMs = performance.now() + turnMs
  let count = 0
  const lane = async () => {
    while (performance.now() < endMs) {
      await ledger.submit(noted.module, observe(`bench ${serial++}`))
      count += 1
    }
  }
  // What comes after it is shipped in the next turn: each ships as much as it makes, and none
  // when its lanes stand already.
  const ship = async () => {
    while (archive !== null && performance.now() + shipEveryMs < endMs) {
      await sleep(shipEveryMs)
      const shipped = await shipSegments({ archive, system, ...work })
      for (const { name, sentBytes } of shipped) {
        rmSync(join(archive, name))
        storedBytes += sentBytes
      }
      segments += shipped.length
    }
  }
  const beganMs = performance.now()
  await Promise.all([ship(), ...Array.from({ length: lanes }, lane)])
  return count / ((performance.now() - beganMs) / 1_000)
}

try {
  const place = join(root, 'place')
  mkdirSync(place)
  const work = { repository: openLocal('bench', place), key: new BackupKey(randomBytes(32)) }
  const without = await open('without', null)
  const with_ = await open('with', join(root, 'archive'))
  // Both have their files, their caches and their code once before anything counts.
  await turn(without, work)
  await turn(with_, work)
  segments = 0
  storedBytes = 0
  const ratios: number[] = []
  for (let nth = 0; nth < pairs; nth += 1) {
    const order = nth % 2 === 0 ? [without, with_] : [with_, without]
    const rates = new Map<unknown, number>()
    for (const one of order) rates.set(one, await turn(one, work))
    const [plain = 0, archived = 0] = [rates.get(without), rates.get(with_)]
    ratios.push(Math.log(archived / plain))
    console.log(
      `  ${String(nth + 1).padStart(3)}  without ${shown(plain)}  with ${shown(archived)} facts/s`,
    )
  }
  const mean = ratios.reduce((a, b) => a + b, 0) / pairs
  const spread = ratios.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (pairs - 1)
  // 95 %, by the normal distribution: of forty pairs the t distribution differs by 3 %.
  const half = 1.96 * Math.sqrt(spread / pairs)
  const overhead = (logRatio: number) => (1 - Math.exp(logRatio)) * 100
  const mb = Math.round(storedBytes / 2 ** 20).toLocaleString('en')
  console.log(`\n  ${segments} segments of 16 MiB were stored meanwhile, in ${mb} MiB`)
  console.log(
    `  95 %: between ${overhead(mean + half).toFixed(1)} and ${overhead(mean - half).toFixed(1)} %`,
  )
  printFigure('overhead of archiving', overhead(mean), '%', 5, 'atMost')
  const { rows } = await with_.database.pool.query<{ bytes: string; facts: string }>(
    'select wal_bytes as bytes, (select size from ledger.head) as facts from pg_stat_wal',
  )
  const perFact = Number(rows[0]?.bytes) / Number(rows[0]?.facts)
  console.log(`  ${Math.round(perFact).toLocaleString('en')} bytes of log a fact`)
  for (const one of [without, with_]) {
    await one.ledger.close()
    await one.database.close()
  }
} finally {
  rmSync(root, { recursive: true, force: true })
}
