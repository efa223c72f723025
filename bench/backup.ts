import { createCipheriv, randomBytes } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  promises as fs,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../src/core/db/database.ts'
import { createLog } from '../src/core/log.ts'
import { systemClock } from '../src/core/time.ts'
import { takeBase } from '../src/recover/backup/store/base.ts'
import { BackupKey } from '../src/recover/backup/store/envelope.ts'
import { layOut } from '../src/recover/backup/store/lay-out.ts'
import { openLocal } from '../src/recover/backup/store/local.ts'
import { shipSegments } from '../src/recover/backup/store/segments.ts'
import { printFigure, printMachine } from './machine.ts'

/**
 * A backup of a whole data folder into a local repository, beside the least that could be done with the same
 * bytes – each file copied and encrypted (AES-256-GCM) – and the way back until the database answers.
 *
 *   ./okite run bench/backup.ts [GIGABYTES] [FOLDER]
 *
 * The rows are half random and half alike, as a list of facts is: what is measured is the way, and how well
 * they pack is said.
 */

const gigabytes = Number(process.argv[2] ?? 2)
const root = mkdtempSync(join(process.argv[3] ?? '/tmp', 'okite-bench-'))
const [dataDir, archive, place] = ['data', 'archive', 'place'].map(name => join(root, name)) as [
  string,
  string,
  string,
]
const log = createLog({ clock: systemClock, write: () => undefined, level: 'warn' })
printMachine(`./okite run bench/backup.ts ${process.argv.slice(2).join(' ')}`)
try {
  for (const folder of [archive, place]) mkdirSync(folder)
  const database = await openDatabase({ dataDir, archive, log, clock: systemClock })
  const { pool } = database
  await pool.query('create table t (n bigint, x text)')
  // Some 100 MB at a time.
  for (let nth = 0; nth < gigabytes * 10; nth++) {
    await pool.query(
      `insert into t select n, encode(sha256(n::text::bytea), 'hex') || repeat('the same words ', 4)
       from generate_series($1::bigint, $1::bigint + 599999) n`,
      [nth * 600_000],
    )
  }
  await pool.query('checkpoint')
  const files = filesBelow(join(dataDir, 'pg')).filter(path => !path.includes('/pg_wal/'))
  const sizes = await Promise.all(files.map(async path => (await fs.stat(path)).size))
  const sizeBytes = sizes.reduce((sum, size) => sum + size, 0)
  console.log(`\n  ${files.length} files, ${(sizeBytes / 2 ** 30).toFixed(2)} GiB`)

  const plain = await secondsOf(() => copyAndEncrypt(files, join(root, 'plain')))
  rmSync(join(root, 'plain'), { recursive: true })
  const copied = await secondsOf(() => copyAndSync(files, join(root, 'copy')))
  rmSync(join(root, 'copy'), { recursive: true })
  const key = new BackupKey(randomBytes(32))
  const repository = openLocal('bench', place)
  const client = await pool.connect()
  let taken!: Awaited<ReturnType<typeof takeBase>>
  const options = { dataDir, client, repository, key, clock: systemClock }
  const first = await secondsOf(async () => {
    taken = await takeBase(options)
  })
  const again = await secondsOf(() => takeBase(options))
  client.release()
  const { system, last } = taken.table.database
  while (!existsSync(join(archive, last))) await sleep(100)
  await shipSegments({ archive, system, repository, key })
  await database.close()
  rmSync(dataDir, { recursive: true })

  const target = join(root, 'back')
  let laid = 0
  const back = await secondsOf(async () => {
    laid = await secondsOf(() => layOut({ repository, key, table: taken.table, target }))
    const restored = await openDatabase({
      ...{ dataDir: target, create: false, recovery: { until: null }, log, clock: systemClock },
    })
    const { rows } = await restored.pool.query<{ n: string }>('select max(n) as n from t')
    if (Number(rows[0]?.n) !== gigabytes * 6_000_000 - 1) throw new Error('rows are missing')
    await restored.close()
  })
  const rate = (seconds: number) => `${(sizeBytes / 2 ** 20 / seconds).toFixed(0)} MiB/s`
  console.log(
    `  copied and encrypted ${plain.toFixed(1)} s (${rate(plain)}), backup ${first.toFixed(1)} s (${rate(first)}),` +
      ` the next, with nothing changed, ${again.toFixed(1)} s\n` +
      `  the repository has ${((taken.sentBytes / sizeBytes) * 100).toFixed(0)} % of the bytes\n`,
  )
  printFigure('backup, of what copying and encrypting takes', plain / first, '×', 0.6, 'atLeast')
  console.log(
    `  copied ${copied.toFixed(1)} s, laid out ${laid.toFixed(1)} s (${(laid / copied).toFixed(1)} times that),` +
      ` then replayed and asked ${(back - laid).toFixed(1)} s\n`,
  )
  const perTen = (back / sizeBytes) * 10 * 2 ** 30
  printFigure(`brought back, ${back.toFixed(1)} s; for 10 GiB`, perTen, 's', 300, 'atMost')
} finally {
  rmSync(root, { recursive: true, force: true })
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

/** `cp`, and AES-256-GCM over what was copied, a mebibyte at a time; both are on the disk in the end. */
async function copyAndEncrypt(files: readonly string[], folder: string): Promise<void> {
  mkdirSync(folder)
  for (const [nth, path] of files.entries()) {
    const copy = join(folder, String(nth))
    copyFileSync(path, copy)
    const cipher = createCipheriv('aes-256-gcm', randomBytes(32), randomBytes(12))
    const from = await fs.open(copy, 'r')
    const to = await fs.open(`${copy}.sealed`, 'w')
    const piece = Buffer.allocUnsafe(1_048_576)
    for (;;) {
      const { bytesRead } = await from.read(piece, 0, piece.length)
      if (bytesRead === 0) break
      await to.write(cipher.update(piece.subarray(0, bytesRead)))
    }
    await to.write(cipher.final())
    await to.sync()
    await from.close()
    await to.close()
    rmSync(copy)
  }
}

/** The same bytes copied, and nothing else: the least that any way back takes. */
async function copyAndSync(files: readonly string[], folder: string): Promise<void> {
  mkdirSync(folder)
  for (const [nth, path] of files.entries()) copyFileSync(path, join(folder, String(nth)))
  for (const nth of files.keys()) {
    const file = await fs.open(join(folder, String(nth)), 'r')
    await file.sync()
    await file.close()
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1_000
}
