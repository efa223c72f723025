import { randomBytes } from 'node:crypto'
import { existsSync, promises as fs } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../core/db/database.ts'
import { OkiteError } from '../../core/error.ts'
import type { Instant } from '../../core/fact.ts'
import { syncFolder } from '../../core/ledger/private-file.ts'
import { type AloneCall, type AloneCommand, keysBeside } from '../../core/module.ts'
import { markRestored } from '../../core/run/restored.ts'
import { msOf, toInstant } from '../../core/time.ts'
import { furthest, markAsItIs } from './ahead.ts'
import { openRepository, readPlace } from './open.ts'
import { layOwnKey } from './own-key.ts'
import { headOf } from './own-list.ts'
import { keyFromSheets, sharesCount } from './shares.ts'
import { BackupKey } from './store/envelope.ts'
import { layOut } from './store/lay-out.ts'
import { replayed } from './store/replay.ts'
import type { Repository } from './store/repository.ts'
import { getTable, listBackups, type Table } from './store/table.ts'

/** `./okite restore`: an installation from a repository and the key on the sheet, and nothing else. */
export const restoreCommand: AloneCommand = {
  name: 'restore',
  summary: {
    en: 'bring the data back from a backup (--from FOLDER --key FILE [--until INSTANT])',
    ja: 'バックアップからデータを復元する（--from フォルダー --key ファイル [--until 日時]）',
    'zh-TW': '從備份還原資料（--from 資料夾 --key 檔案 [--until 時間]）',
  },
  alone: restore,
}

/** @throws OkiteError the codes of errors.md; what was there is left as it was */
export async function restore(args: readonly string[], call: AloneCall): Promise<number> {
  if (args.length === 1 && args[0] === '--as-it-is') return takeAsItIs(call)
  const { from, keys, until, checkpoint } = readOptions(args)
  const say = (id: string, values: Readonly<Record<string, unknown>> = {}) =>
    call.out(`${call.messages.translate(call.locale, `backup.restore.${id}`, values)}\n`)
  const target = resolve(call.cwd, call.dataDir)
  if (existsSync(target)) throw new OkiteError('RESTORE_TARGET', { path: target, why: 'EEXIST' })
  const beganMs = performance.now()
  const bytes = await keyFromSheets(
    await Promise.all(keys.map(path => readSheet(resolve(call.cwd, path)))),
  )
  const key = new BackupKey(bytes)
  const repository = openRepository(readPlace(from, call.cwd))
  const table = await tableFor(repository, key, until)
  say('found', { id: table.id, ended: table.ended, files: table.files.length })
  // Beside its place, and into it in one step: whoever looks sees all of it or nothing.
  const beside = `${target}.restoring-${randomBytes(4).toString('hex')}`
  await fs.mkdir(dirname(target), { recursive: true })
  try {
    const laid = await layOut({ repository, key, table, target: beside })
    say('laid', { files: laid.files, bytes: laid.sizeBytes, segments: laid.segments.length })
    const { log, clock } = call
    const known = [
      ...(checkpoint === null ? [] : [resolve(call.cwd, checkpoint)]),
      ...[join(keysBeside(target), 'checkpoint')].filter(existsSync),
    ]
    const found = await replayed({ dataDir: beside, until, log, clock }, async (pool, point) => ({
      ...(await headOf(pool)),
      point: toInstant(point?.getTime() ?? msOf(table.ended)),
      ahead: await furthest(pool, known),
    }))
    if (existsSync(target)) throw new OkiteError('RESTORE_TARGET', { path: target, why: 'EEXIST' })
    const restoredAt = toInstant(clock.nowMs())
    const { size, point, ahead } = found
    const what = { backup: table.id, restoredAt, until, point, size, ahead }
    markRestored(beside, { repository: from, ...what })
    layOwnKey(keysBeside(target), bytes)
    // Point of no return: the data folder is there.
    await fs.rename(beside, target)
    syncFolder(dirname(target))
    const seconds = Math.round((performance.now() - beganMs) / 100) / 10
    say('done', { target, size, seconds, point })
    return 0
  } catch (error) {
    await fs.rm(beside, { recursive: true, force: true })
    throw error
  }
}

/**
 * An older folder or database was put back by other means, and is all that there is: it may go on, and says at
 * its next start what it lacks, as one that was brought back from a backup does.
 */
async function takeAsItIs({
  dataDir,
  log,
  clock,
  messages,
  locale,
  out,
}: AloneCall): Promise<number> {
  const database = await openDatabase({ dataDir, create: false, log, clock })
  try {
    const { size, ahead } = await markAsItIs(database.pool, dataDir, clock)
    const values = { size, ahead: ahead?.size ?? 0 }
    out(`${messages.translate(locale, 'backup.restore.asItIs', values)}\n`)
    return 0
  } finally {
    await database.close()
  }
}

type Options = Readonly<{
  from: string
  keys: readonly string[]
  until: Instant | null
  checkpoint: string | null
}>

function readOptions(args: readonly string[]): Options {
  let values: { from?: string; key?: string[]; until?: string; checkpoint?: string }
  try {
    const options = {
      from: { type: 'string' },
      key: { type: 'string', multiple: true },
      until: { type: 'string' },
      checkpoint: { type: 'string' },
    } as const
    values = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values
  } catch (cause) {
    const argument = (cause as Error).message.slice(0, 80)
    throw new OkiteError('ARGUMENT_INVALID', { argument }, { cause })
  }
  const { from, key: keys = [], until, checkpoint = null } = values
  if (!from || keys.length === 0 || keys.length > sharesCount)
    throw new OkiteError('ARGUMENT_INVALID', { argument: '--from --key' })
  return { from, keys, until: until === undefined ? null : instantOf(until), checkpoint }
}

/** To the second or finer, with its offset: a time of day without one is another instant elsewhere. */
function instantOf(text: string): Instant {
  try {
    return toInstant(Temporal.Instant.from(text).epochMilliseconds)
  } catch (cause) {
    throw new OkiteError(
      'ARGUMENT_INVALID',
      { argument: `--until ${text.slice(0, 40)}` },
      { cause },
    )
  }
}

/** A file in which the key stands, also the whole sheet; never an argument, which others can read. */
async function readSheet(path: string): Promise<string> {
  const file = await fs.open(path, 'r').catch(error => {
    throw new OkiteError('BACKUP_KEY_FILE', { path, why: error.code ?? 'unknown' })
  })
  try {
    const buffer = Buffer.alloc(sheetBytesMax)
    const { bytesRead } = await file.read(buffer, 0, sheetBytesMax, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

const sheetBytesMax = 65_536

/** The newest backup that was whole by then; the log does the rest. */
async function tableFor(
  repository: Repository,
  key: BackupKey,
  until: Instant | null,
): Promise<Table> {
  for (const id of (await listBackups(repository)).reverse()) {
    const table = await getTable(repository, key, id)
    if (until === null || table.ended <= until) return table
  }
  throw new OkiteError('RESTORE_NO_BACKUP', { repository: repository.name, until: until ?? '' })
}
