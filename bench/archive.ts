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
 *   ./okite run bench/archive.ts [SECONDS] [FOLDER]
 *
 * `SECONDS` is one turn; there are eight, in the order A B B A B A A B.
 */

const seconds = Number(process.argv[2] ?? 15)
const root = mkdtempSync(join(process.argv[3] ?? '/tmp', 'okite-archive-'))
const log = createLog({ clock: systemClock, write: () => undefined, level: 'warn' })
const lanes = 512
/** The program does it each minute; a turn is shorter. */
const shipEveryMs = 5_000
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

let serial = 0
let [segments, storedBytes] = [0, 0]

async function turn(
  { ledger, archive, system }: Awaited<ReturnType<typeof open>>,
  work: Readonly<{ repository: ReturnType<typeof openLocal>; key: BackupKey }>,
): Promise<number> {
  const endMs = performance.now() + seconds * 1_000
  let count = 0
  const lane = async () => {
    while (performance.now() < endMs) {
      await ledger.submit(noted.module, observe(`bench ${serial++}`))
      count += 1
    }
  }
  const ship = async () => {
    while (archive !== null && performance.now() < endMs) {
      await sleep(Math.min(shipEveryMs, Math.max(endMs - performance.now(), 0)))
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
  const rates: Readonly<Record<'A' | 'B', number[]>> = { A: [], B: [] }
  for (const which of 'ABBABAAB') {
    const rate = await turn(which === 'A' ? without : with_, work)
    rates[which as 'A' | 'B'].push(rate)
    console.log(
      `  ${which === 'A' ? 'without' : 'with   '} ${Math.round(rate).toLocaleString('en')} facts/s`,
    )
  }
  const mean = (all: readonly number[]) => all.reduce((a, b) => a + b, 0) / all.length
  const mb = Math.round(storedBytes / 2 ** 20).toLocaleString('en')
  console.log(`\n  ${segments} segments of 16 MiB were stored meanwhile, in ${mb} MiB`)
  printFigure('overhead of archiving', (1 - mean(rates.B) / mean(rates.A)) * 100, '%', 5, 'atMost')
  for (const one of [without, with_]) {
    await one.ledger.close()
    await one.database.close()
  }
} finally {
  rmSync(root, { recursive: true, force: true })
}
