import type { Fact } from '../../core/fact.ts'
import { importTable } from '../../core/register/import-facts.ts'
import { type Kept, registerTable } from '../../core/register/register-table.ts'
import {
  assetImportBegun,
  assetImportEnded,
  assetListed,
  assetRemoved,
  type Listed,
} from './facts.ts'

/** The register as it stands, with what is no more. Trusted for nothing but speed. */
export type AssetRow = Kept &
  Readonly<{
    asset: string
    kind: string
    owner: string | null
    in_scope: boolean | null
    is_important: boolean
    is_tangible: boolean
  }>

export const assetTable = registerTable<AssetRow>({
  name: 'asset_register',
  version: 2,
  columns: `
    asset text primary key,
    kind text not null,
    owner text,
    in_scope boolean,
    is_important boolean not null,
    is_tangible boolean not null,
    unique (source, asset)`,
  key: 'asset',
  from: [assetListed, assetRemoved],
  keyOf: ({ body }) => (body as Listed).asset,
  step(_, fact) {
    if (fact.type === assetRemoved.name) return null
    const { asset, kind, owner, inScope, isImportant, isTangible } = (fact as Fact<Listed>).body
    return {
      ...{ asset, kind, owner },
      ...{ in_scope: inScope, is_important: isImportant, is_tangible: isTangible },
    }
  },
})

export const assetImports = importTable('asset_import', [assetImportBegun, assetImportEnded])
