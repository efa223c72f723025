import type { Command } from '../../core/module.ts'
import { type CommandPorts, runImport } from '../../core/register/command.ts'
import { runCompare, runDeclare } from '../../core/register/whole.ts'
import { readFlags } from '../../core/run/arguments.ts'
import { lookForRoles, roles } from './role-view.ts'
import { allRoles } from './roles.ts'

/** `./okite role import | compare | declare` */
export const roleCommand: Command = {
  name: 'role',
  summary: {
    en: 'the offices and who holds them: import, compare, declare',
    ja: '役割とその担当者：import（取り込み）、compare（照合）、declare（宣言）',
    'zh-TW': '角色與擔任者：import（匯入）、compare（比對）、declare（宣告）',
  },
  async run(args, ports) {
    const [verb, ...rest] = args
    switch (verb) {
      case 'import':
        return runImport(rest, ports, roles)
      case 'compare':
        return compare(rest, ports)
      case 'declare':
        return declare(rest, ports)
      default:
        ports.out(`${ports.messages.translate(ports.locale, 'usage.role')}\n`)
        return verb === undefined || verb === 'help' ? 0 : 2
    }
  },
}

function compare(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...{ source: 'value', by: 'value', encoding: 'value', 'dry-run': 'switch' },
  })
  const look = lookForRoles(ports.reader)
  return runCompare(flags, words, ports, { whole: allRoles(ports.reader), ...look })
}

function declare(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { flags, words } = readFlags(args, { by: 'value' })
  return runDeclare(flags, words, ports, allRoles(ports.reader))
}
