import { OkiteError } from '../../core/error.ts'
import type { Command, CommandPorts } from '../../core/module.ts'
import { placeText } from './open.ts'
import { openOwnKey } from './own-key.ts'
import type { BackupSettings } from './settings.ts'

/** `./okite backup sheet`: what brings everything back when the machine is gone, to be printed and put away. */
export const backupCommand: Command = {
  name: 'backup',
  summary: {
    en: 'print the recovery sheet (sheet)',
    ja: '復旧シートを印刷用に出力する（sheet）',
    'zh-TW': '輸出復原表供列印（sheet）',
  },
  async run(args, ports) {
    const [what, ...more] = args
    if (what !== 'sheet' || more.length > 0)
      throw new OkiteError('ARGUMENT_INVALID', { argument: 'backup sheet' })
    return printSheet(ports)
  },
}

function printSheet(ports: CommandPorts): number {
  if (ports.own === null) throw new OkiteError('BACKUP_OFF')
  const { repositories } = ports.settings as BackupSettings
  const say = (id: string, values: Readonly<Record<string, unknown>> = {}) =>
    ports.messages.translate(ports.locale, `backup.sheet.${id}`, values)
  const { text } = openOwnKey(ports.own)
  const groups = text.split('-')
  const rows = [groups.slice(0, 7), groups.slice(7)].map(row => `    ${row.join('-')}`)
  // As one word it can be copied whole; a dash at the end of the line says that it goes on.
  rows[0] += '-'
  ports.out(
    [
      say('title'),
      '',
      say('keep'),
      '',
      `${say('key')}`,
      '',
      ...rows,
      '',
      say('places'),
      ...repositories.map(place => `    ${place.name}  ${placeText(place)}  (${place.site})`),
      '',
      say('how'),
      '    ./okite restore --from FOLDER --key FILE --data TARGET',
      '',
    ].join('\n'),
  )
  return 0
}
