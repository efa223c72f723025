import type { Command } from '../../core/module.ts'
import { type RegisterKind, runImport } from '../../core/register/command.ts'
import type { Entry } from './columns.ts'
import { assetImportBegun, assetImportEnded } from './facts.ts'
import { openAssets } from './register.ts'
import { type AssetRow, assetImports } from './show.ts'

export const assets: RegisterKind<Entry, AssetRow> = {
  name: 'asset',
  begun: assetImportBegun,
  ended: assetImportEnded,
  imports: assetImports.name,
  open: (source, ports) => openAssets(source, ports.reader),
}

/** `./okite asset import …` */
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
      default:
        ports.out(`${ports.messages.translate(ports.locale, 'usage.asset')}\n`)
        return verb === undefined || verb === 'help' ? 0 : 2
    }
  },
}
