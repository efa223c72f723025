import type { Fact } from '../../core/fact.ts'
import { importTable } from '../../core/register/import-facts.ts'
import { keyedTable } from '../../core/register/keyed-table.ts'
import {
  assetImportBegun,
  assetImportEnded,
  assetListed,
  assetRemoved,
  type Listed,
} from './facts.ts'

/** The register as it stands. Trusted for nothing but speed. */
export type AssetRow = Readonly<{
  asset: string
  /** As in the envelope of the fact that listed it last. */
  source: string
  kind: string
  owner: string | null
  in_scope: boolean | null
  is_important: boolean
  is_tangible: boolean
}>

export const assetTable = keyedTable<AssetRow>({
  name: 'asset_register',
  version: 1,
  columns: `
    asset text primary key,
    source text not null,
    kind text not null,
    owner text,
    in_scope boolean,
    is_important boolean not null,
    is_tangible boolean not null,
    unique (source, asset)
  `,
  key: 'asset',
  from: [assetListed, assetRemoved],
  keyOf: fact => (fact as Fact<Listed>).body.asset,
  step(_, fact) {
    if (fact.type === assetRemoved.name) return null
    const { asset, kind, owner, inScope, isImportant, isTangible } = (fact as Fact<Listed>).body
    return {
      ...{ asset, source: fact.source, kind, owner },
      ...{ in_scope: inScope, is_important: isImportant, is_tangible: isTangible },
    }
  },
})

export const assetImports = importTable('asset_import', [assetImportBegun, assetImportEnded])
