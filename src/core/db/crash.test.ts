import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { systemClock } from '../time.ts'
import { openDatabase } from './database.ts'
import { asDatabaseError } from './external.ts'
import {
  collectLog,
  isAlive,
  isRoot,
  startProgram,
  temporaryFolder,
  until,
} from './fixtures/bench.ts'

const clock = systemClock

it('a killed parent leaves its server behind; the next start ends it and keeps all', async test => {
  const dataDir = join(temporaryFolder(test), 'data')
  const first = await startProgram(test, dataDir)
  const orphan = first.said.postmaster ?? 0
  assert.ok(orphan > 0)
  first.child.kill('SIGKILL')
  await first.ended
  assert.ok(isAlive(orphan), 'the server outlives its parent')
  const { lines, log } = collectLog()
  const database = await openDatabase({ dataDir, log, clock })
  try {
    assert.ok(!isAlive(orphan))
    assert.notEqual(database.pid, orphan)
    assert.ok(lines.some(line => line.includes('database.orphan.found')))
    assert.equal((await database.pool.query('SELECT 1 AS one')).rows[0].one, 1)
  } finally {
    await database.close()
  }
})

it('a killed postmaster of a killed parent leaves a lock and a socket; they are taken away', async test => {
  const dataDir = join(temporaryFolder(test), 'data')
  const first = await startProgram(test, dataDir)
  first.child.kill('SIGKILL')
  await first.ended
  process.kill(first.said.postmaster ?? 0, 'SIGKILL')
  assert.ok(fs.existsSync(join(dataDir, 'pg', 'postmaster.pid')))
  const again = await startProgram(test, dataDir)
  assert.ok((again.said.postmaster ?? 0) > 0)
})

for (const [signal, mode] of [
  ['SIGTERM', ''],
  ['SIGTERM', 'bare'],
  ['SIGINT', 'bare'],
] as const) {
  it(`${signal} leaves no orphan${mode && ', also in a program that does not handle it'}`, async test => {
    const dataDir = join(temporaryFolder(test), 'data')
    const program = await startProgram(test, dataDir, { mode })
    const postmaster = program.said.postmaster ?? 0
    program.child.kill(signal)
    assert.equal(await program.ended, mode ? (signal === 'SIGINT' ? 130 : 143) : 0)
    await until('the server ended', () => !isAlive(postmaster))
    assert.ok(!fs.existsSync(join(dataDir, 'pg', 'postmaster.pid')), 'it was shut down cleanly')
  })
}

for (const place of ['tables', 'recovery'] as const)
  it(`a disk too full for the ${place} is said, loses nothing, and is over when there is room`, {
    skip: !isRoot && 'mounting a small disk needs root',
  }, async test => {
    const disk = join(temporaryFolder(test), 'disk')
    fs.mkdirSync(disk)
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=0700', 'tmpfs', disk])
    if (mount.status !== 0) return test.skip('this machine lets us mount nothing')
    try {
      await fillDisk(disk, place)
    } finally {
      spawnSync('umount', ['--lazy', disk])
    }
  })

async function fillDisk(disk: string, place: 'tables' | 'recovery'): Promise<void> {
  const dataDir = join(disk, 'data')
  const database = await openDatabase({ dataDir, log: collectLog().log, clock })
  let kept = 0
  try {
    const told: string[] = []
    database.onLost(trouble => void told.push(trouble))
    await database.pool.query('CREATE TABLE filled (n bigint PRIMARY KEY, bytes text)')
    const ballast = join(disk, 'ballast')
    const { bavail, bsize } = fs.statfsSync(disk)
    const leftBytes = 6 * 1024 * 1024
    fs.writeFileSync(ballast, Buffer.alloc(bavail * bsize - leftBytes))
    // Random text, which no compression makes small.
    const row = `INSERT INTO filled SELECT $1, string_agg(md5(random()::text), '')
                 FROM generate_series(1, 4000)`
    let refusal: string | undefined
    for (let n = 0; n < 4_000 && refusal === undefined; n++) {
      try {
        await database.pool.query(row, [n])
        kept = n + 1
      } catch (error) {
        refusal = asDatabaseError(error)?.code
        assert.ok(refusal, String(error))
      }
    }
    assert.match(refusal ?? '', /^DATABASE_(DISK_FULL|LOST)$/)
    if (place === 'recovery') {
      // What a panic at a write to its log amounts to: the server dies while the disk is full.
      fillUp(join(disk, 'more'))
      process.kill(database.pid ?? 0, 'SIGKILL')
      await until('the full disk is said', () => told.includes('DATABASE_DISK_FULL'))
      fs.rmSync(join(disk, 'more'))
    }
    fs.rmSync(ballast)
    const answer = async () => {
      const { rows } = await database.pool.query('SELECT count(*)::int AS count FROM filled')
      return rows[0].count as number
    }
    await until('it answers again', () =>
      answer().then(
        () => true,
        () => false,
      ),
    )
    assert.ok((await answer()) >= kept, 'what was acknowledged is there')
    await database.pool.query(row, [1_000_000])
  } finally {
    await database.close()
  }
  fillUp(join(disk, 'ballast'))
  const fresh = openDatabase({ dataDir: join(disk, 'fresh'), log: collectLog().log, clock })
  await assert.rejects(fresh, { code: 'DATABASE_DISK_FULL' }, 'a first start is refused')
  assert.ok(!fs.existsSync(join(disk, 'fresh', 'pg.new')))
}

/** Writes until nothing more goes on the disk. */
function fillUp(path: string): void {
  const { bavail, bsize } = fs.statfsSync(join(path, '..'))
  fs.writeFileSync(path, Buffer.alloc(bavail * bsize))
}
