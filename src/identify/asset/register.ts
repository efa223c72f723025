import { OkiteError } from '../../core/error.ts'
import type { Reader } from '../../core/module.ts'
import { importSource } from '../../core/register/import-facts.ts'
import type { Change, Register } from '../../core/register/register.ts'
import { assetColumns, type Entry, entryOf } from './columns.ts'
import { assetListed, assetRemoved, type Listed } from './facts.ts'
import type { AssetRow } from './show.ts'

/** The assets of one source. */
export function openAssets(source: string, reader: Reader): Register<Entry, AssetRow> {
  const own = importSource(source)
  return {
    columns: assetColumns,
    entryOf,
    uniqueOf: ({ asset }) => ({ number: asset }),
    async standingsOf(entries) {
      const rows = await reader.query<AssetRow>(
        'select * from asset_register where asset = any($1) and not closed',
        [entries.map(({ asset }) => asset)],
      )
      const byAsset = new Map(rows.map(row => [row.asset, row]))
      return entries.map(({ asset }) => byAsset.get(asset) ?? null)
    },
    changeOf: (entry, row) => changeOf(entry, row, own),
    idOf: ({ asset }) => asset,
    presentAfter: (after, countMax) =>
      reader.query<AssetRow>(
        `select * from asset_register where source = $1 and asset > $2 and not closed
         order by asset limit $3`,
        [own, after, countMax],
      ),
    leave: ({ asset }) => [{ type: assetRemoved, body: { asset } }],
    labelsOf: async rows => rows.map(({ asset, kind }) => `${asset}  ${kind}`),
  }
}

/** @throws OkiteError `ASSET_SOURCE_OTHER`, `ASSET_KIND_OTHER` */
function changeOf(entry: Entry, row: AssetRow | null, own: string): Change | null {
  // Two sources that list one asset would take it from each other with every file.
  if (row !== null && row.source !== own) {
    throw new OkiteError('ASSET_SOURCE_OTHER', { source: row.source })
  }
  if (row !== null && row.kind !== entry.kind) {
    throw new OkiteError('ASSET_KIND_OTHER', { kind: row.kind })
  }
  const { asset, kind, owner = row?.owner ?? null, inScope = row?.in_scope ?? null } = entry
  const { isImportant = row?.is_important ?? false, isTangible = row?.is_tangible ?? false } = entry
  const body: Listed = { asset, kind, owner, inScope, isImportant, isTangible }
  const facts = [{ type: assetListed, body }]
  if (row === null) return { kind: 'enters', what: [], facts }
  const what = [
    ...(owner === row.owner ? [] : ['owner']),
    ...(inScope === row.in_scope ? [] : ['in-scope']),
    ...(isImportant === row.is_important ? [] : ['important']),
    ...(isTangible === row.is_tangible ? [] : ['tangible']),
  ]
  return what.length === 0 ? null : { kind: 'changes', what, facts }
}
