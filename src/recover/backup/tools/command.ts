import { randomBytes } from 'node:crypto'
import { existsSync, promises as fs } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { OkiteError } from '../../../core/error.ts'
import { syncFolder } from '../../../core/ledger/private-file.ts'
import type { Command } from '../../../core/module.ts'
import type { BackupSettings } from '../settings.ts'
import { layOutOurs } from './ours.ts'
import type { OurJob } from './settings.ts'

/**
 * `./okite bring-back SET TARGET`: a folder or the dump of a database of the organisation, out of the backups that
 * Okite made of it. Sets of restic, Borg and pgBackRest are brought back by their own programs.
 */
export const bringBackCommand: Command = {
  name: 'bring-back',
  summary: {
    en: 'bring a folder or database dump of the organisation back (SET TARGET)',
    ja: 'Okite がバックアップした組織のフォルダーやデータベースを復元する（対象番号 復元先）',
    'zh-TW': '還原由 Okite 備份的組織資料夾或資料庫（對象編號 目標）',
  },
  async run(args, ports) {
    const say = (id: string, values: Readonly<Record<string, unknown>> = {}) =>
      ports.out(`${ports.messages.translate(ports.locale, id, values)}\n`)
    if (args.length === 0) {
      say('usage.bring-back')
      return 0
    }
    const { set, to, repository, backup } = readArguments(args)
    const job = (ports.settings as BackupSettings).jobs.find(
      (one): one is OurJob =>
        (one.tool === 'folder' || one.tool === 'postgresql') &&
        one.set === set &&
        (repository === undefined || one.repository === repository),
    )
    if (job === undefined) throw new OkiteError('ARGUMENT_INVALID', { argument: set.slice(0, 80) })
    const target = resolve(ports.cwd, to)
    if (existsSync(target)) throw new OkiteError('RESTORE_TARGET', { path: target, why: 'EEXIST' })
    // Beside its place, and into it in one step: whoever looks sees all of it or nothing.
    const beside = `${target}.restoring-${randomBytes(4).toString('hex')}`
    await fs.mkdir(beside, { mode: 0o700 }).catch(error => {
      throw new OkiteError('RESTORE_TARGET', { path: target, why: error.code ?? 'unknown' })
    })
    try {
      const table = await layOutOurs(job, ports, backup ?? null, beside)
      // Point of no return: it has its name.
      await fs.rename(beside, target)
      syncFolder(dirname(target))
      say('backup.set.brought', { began: table.began, files: table.files.length, target })
      if (job.tool === 'postgresql') say('backup.set.dump', { programs: job.programs, target })
      return 0
    } catch (error) {
      await fs.rm(beside, { recursive: true, force: true })
      throw error
    }
  },
}

function readArguments(args: readonly string[]) {
  const options = { repository: { type: 'string' }, backup: { type: 'string' } } as const
  try {
    const { values, positionals } = parseArgs({
      ...{ args: [...args], options, strict: true, allowPositionals: true },
    })
    const [set, to, ...more] = positionals
    if (set === undefined || to === undefined || more.length > 0) throw new Error(args.join(' '))
    return { set, to, ...values }
  } catch (cause) {
    const argument = (cause as Error).message.slice(0, 80)
    throw new OkiteError('ARGUMENT_INVALID', { argument }, { cause })
  }
}
