import { randomBytes } from 'node:crypto'
import { existsSync, promises as fs } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { OkiteError } from '../../core/error.ts'
import type { Instant } from '../../core/fact.ts'
import { syncFolder } from '../../core/ledger/private-file.ts'
import { type AloneCall, type Command, keysBeside } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { openRepository, readPlace } from './open.ts'
import { layOwnKey } from './own-key.ts'
import { BackupKey } from './store/envelope.ts'
import { keyFromText } from './store/key-text.ts'
import { layOut } from './store/lay-out.ts'
import { replayed } from './store/replay.ts'
import type { Repository } from './store/repository.ts'
import { getTable, listBackups, type Table } from './store/table.ts'

/** `./okite restore`: an installation from a repository and the key on the sheet, and nothing else. */
export const restoreCommand: Command = {
  name: 'restore',
  summary: {
    en: 'bring the data back from a backup (--from FOLDER --key FILE [--until INSTANT])',
    ja: 'バックアップからデータを復元する（--from フォルダー --key ファイル [--until 日時]）',
    'zh-TW': '從備份還原資料（--from 資料夾 --key 檔案 [--until 時間]）',
  },
  // A running program has its data: there is nothing to bring back.
  run: () => Promise.reject(new OkiteError('RESTORE_RUNNING')),
  alone: restore,
}

/** @throws OkiteError the codes of errors.md; what was there is left as it was */
export async function restore(args: readonly string[], call: AloneCall): Promise<number> {
  const { from, key: keyFile, until } = readOptions(args)
  const say = (id: string, values: Readonly<Record<string, unknown>> = {}) =>
    call.out(`${call.messages.translate(call.locale, `backup.restore.${id}`, values)}\n`)
  const target = resolve(call.cwd, call.dataDir)
  if (existsSync(target)) throw new OkiteError('RESTORE_TARGET', { path: target, why: 'EEXIST' })
  const beganMs = performance.now()
  const text = await readKey(resolve(call.cwd, keyFile))
  const key = new BackupKey(keyFromText(text))
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
    const size = await replayed({ dataDir: beside, until, log, clock }, async pool => {
      const { rows } = await pool.query<{ size: string }>('select size from ledger.head')
      return Number(rows[0]?.size ?? 0)
    })
    if (existsSync(target)) throw new OkiteError('RESTORE_TARGET', { path: target, why: 'EEXIST' })
    layOwnKey(keysBeside(target), text)
    // Point of no return: the data folder is there.
    await fs.rename(beside, target)
    syncFolder(dirname(target))
    const seconds = Math.round((performance.now() - beganMs) / 100) / 10
    say('done', { target, size, seconds })
    return 0
  } catch (error) {
    await fs.rm(beside, { recursive: true, force: true })
    throw error
  }
}

function readOptions(
  args: readonly string[],
): Readonly<{ from: string; key: string; until: Instant | null }> {
  let values: { from?: string; key?: string; until?: string }
  try {
    const options = {
      from: { type: 'string' },
      key: { type: 'string' },
      until: { type: 'string' },
    } as const
    values = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values
  } catch (cause) {
    const argument = (cause as Error).message.slice(0, 80)
    throw new OkiteError('ARGUMENT_INVALID', { argument }, { cause })
  }
  const { from, key, until } = values
  if (!from || !key) throw new OkiteError('ARGUMENT_INVALID', { argument: '--from --key' })
  return { from, key, until: until === undefined ? null : instantOf(until) }
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
async function readKey(path: string): Promise<string> {
  const file = await fs.open(path, 'r').catch(error => {
    throw new OkiteError('BACKUP_KEY_FILE', { path, why: error.code ?? 'unknown' })
  })
  try {
    const { bytesRead, buffer } = await file.read(
      Buffer.alloc(keyFileBytesMax),
      0,
      keyFileBytesMax,
      0,
    )
    const text = buffer.toString('utf8', 0, bytesRead)
    return /(?:[0-9A-Za-z]{4}-\s*){13}[0-9A-Za-z]{4}/.exec(text)?.[0] ?? text
  } finally {
    await file.close()
  }
}

const keyFileBytesMax = 65_536

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
