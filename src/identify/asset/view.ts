import type { Reader } from '../../core/module.ts'
import { usage } from '../../core/register/command.ts'
import type { RegisterKind } from '../../core/register/kind.ts'
import { registerPermissions, registerRoutes } from '../../core/register/routes.ts'
import type { View } from '../../core/register/view.ts'
import type { SecondLook } from '../../core/register/whole.ts'
import { assetColumns, type Entry } from './columns.ts'
import { assetImportBegun, assetImportEnded, assetKinds, discoveryCompleted } from './facts.ts'
import { openAssets } from './register.ts'
import { type AssetRow, assetImports, assetTable } from './show.ts'
import { allAssets, cellsOf, secondColumns, secondSource } from './whole.ts'

export const assets: RegisterKind<Entry, AssetRow> = {
  name: 'asset',
  begun: assetImportBegun,
  ended: assetImportEnded,
  imports: assetImports.name,
  open: (source, ports) => openAssets(source, ports.reader),
}

/** Discovery looks for one kind at a time: no source knows all of them. @throws OkiteError `REGISTER_USAGE` */
export function lookFor(of: string | null, reader: Reader): SecondLook {
  const kind = assetKinds.find(one => one === of)
  if (kind === undefined) throw usage(`--kind ${assetKinds.join(' | ')}`)
  return {
    columns: secondColumns,
    second: secondSource(kind, reader),
    of: (row: AssetRow) => row.kind === kind,
    tell: body => ({ type: discoveryCompleted, body: { kind, ...body } }),
  }
}

const assetView: View<AssetRow, Entry, AssetRow> = {
  kind: assets,
  columns: assetColumns,
  table: assetTable,
  cellsOf,
  standingOf: row => row,
  isClosable: true,
  compared: discoveryCompleted,
  whole: allAssets,
  second: (reader, of) => lookFor(of, reader),
  parts: { column: 'kind', choices: assetKinds },
}

export const assetRoutes = registerRoutes(assetView)
export const assetPermissions = registerPermissions('asset')
