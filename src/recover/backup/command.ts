import { parseArgs } from 'node:util'
import { OkiteError } from '../../core/error.ts'
import type { Command, CommandPorts } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { keptOwn } from './own.ts'
import { ownLog, pointIn } from './own-log.ts'
import { confirmSheet, makeSheet, tellPrinted } from './own-sheet.ts'
import type { BackupSettings } from './settings.ts'

/**
 * `./okite backup sheet`: what brings everything back when the machine is gone, to be printed and put away.
 * `./okite backup now`: before something that one does not trust.
 */
export const backupCommand: Command = {
  name: 'backup',
  summary: {
    en: 'print the recovery sheet (sheet), bring away what is new (now)',
    ja: '復旧シートを印刷用に出力する（sheet）、新しい分をすぐに退避する（now）',
    'zh-TW': '輸出復原表供列印（sheet）、立即備份新內容（now）',
  },
  async run(args, ports) {
    if (args.length === 1 && args[0] === 'now') return runNow(ports)
    const { confirm, by, shares } = readOptions(args)
    if (confirm.length > 0) {
      await confirmSheet(ports, confirm, by)
      ports.out(`${ports.messages.translate(ports.locale, 'backup.sheet.confirmed')}\n`)
      return 0
    }
    const { form, text } = await makeSheet(ports, shares ? 'shares' : 'whole')
    ports.out(text)
    await tellPrinted(ports, form)
    return 0
  },
}

/** What is in the database by now is brought away at once, and not only within the next minute. */
async function runNow(ports: CommandPorts): Promise<number> {
  const { settings, clock, messages, locale } = ports
  const own = keptOwn(ports)
  if (own === null) throw new OkiteError('BACKUP_OFF')
  const since = toInstant(clock.nowMs())
  await ports.collect(ownLog.name)
  let isEverywhere = true
  for (const { name: repository } of (settings as BackupSettings).repositories) {
    const point = pointIn(own, repository)
    const isThere = point !== null && point >= since
    isEverywhere &&= isThere
    const id = `backup.now.${isThere ? 'done' : 'failed'}`
    ports.out(`${messages.translate(locale, id, { repository, point: point ?? '' })}\n`)
  }
  return isEverywhere ? 0 : 1
}

type Options = Readonly<{ confirm: readonly string[]; by: string; shares: boolean }>

/** @throws OkiteError `ARGUMENT_INVALID` */
function readOptions([what, ...rest]: readonly string[]): Options {
  if (what !== 'sheet') throw new OkiteError('ARGUMENT_INVALID', { argument: 'backup sheet' })
  let values: { confirm?: string[]; by?: string; shares?: boolean }
  try {
    const options = {
      confirm: { type: 'string', multiple: true },
      by: { type: 'string' },
      shares: { type: 'boolean' },
    } as const
    values = parseArgs({ args: [...rest], options, strict: true }).values
  } catch (cause) {
    const argument = (cause as Error).message.slice(0, 80)
    throw new OkiteError('ARGUMENT_INVALID', { argument }, { cause })
  }
  const { confirm = [], by = '', shares = false } = values
  const isAlone = confirm.length === 0 ? by === '' : by !== '' && !shares
  if (!isAlone || by.length > 200)
    throw new OkiteError('ARGUMENT_INVALID', { argument: '--confirm --by' })
  return { confirm, by, shares }
}
