import type { Command } from '../../core/module.ts'
import { type CommandPorts, runImport } from '../../core/register/command.ts'
import { runExport } from '../../core/register/export.ts'
import { runCompare, runDeclare } from '../../core/register/whole.ts'
import { readFlags } from '../../core/run/arguments.ts'
import { assetColumns } from './columns.ts'
import { assetImports } from './show.ts'
import { assets, lookFor } from './view.ts'
import { allAssets, exportRows } from './whole.ts'

/** `./okite asset import | compare | declare | export` */
export const assetCommand: Command = {
  name: 'asset',
  summary: {
    en: 'the register of assets: import, compare, declare, export',
    ja: '資産台帳：import（取り込み）、compare（照合）、declare（宣言）、export（書き出し）',
    'zh-TW': '資產清冊：import（匯入）、compare（比對）、declare（宣告）、export（匯出）',
  },
  async run(args, ports) {
    const [verb, ...rest] = args
    switch (verb) {
      case 'import':
        return runImport(rest, ports, assets)
      case 'compare':
        return compare(rest, ports)
      case 'declare':
        return declare(rest, ports)
      case 'export':
        return runExport(rest, ports, {
          imports: assetImports.name,
          header: assetColumns.map(({ name }) => name),
          rowsOf: source => exportRows(source, ports.reader),
        })
      default:
        ports.out(`${ports.messages.translate(ports.locale, 'usage.asset')}\n`)
        return verb === undefined || verb === 'help' ? 0 : 2
    }
  },
}

/** Discovery looks for one kind at a time: no source knows all of them. */
function compare(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...{ source: 'value', by: 'value', kind: 'value', encoding: 'value', 'dry-run': 'switch' },
  })
  const look = lookFor(flags['kind'] ?? null, ports.reader)
  return runCompare(flags, words, ports, { whole: allAssets(ports.reader), ...look })
}

function declare(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { flags, words } = readFlags(args, { by: 'value' })
  return runDeclare(flags, words, ports, allAssets(ports.reader))
}
