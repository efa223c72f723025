import type { Reader } from '../../core/module.ts'
import type { Column } from '../../core/register/columns.ts'
import type { SecondSource } from '../../core/register/compare.ts'
import { presentPages } from '../../core/register/register.ts'
import type { Cells } from '../../core/register/table.ts'
import type { Whole } from '../../core/register/whole.ts'
import { assetColumns, kindOf, numberOf } from './columns.ts'
import { type AssetKind, registerDeclared } from './facts.ts'
import { type AssetRow, assetImports } from './show.ts'

const pagesOf = (reader: Reader, source: string | null) =>
  presentPages<AssetRow>({
    idOf: ({ asset }) => asset,
    presentAfter: (after, countMax) =>
      reader.query<AssetRow>(
        `select * from asset_register where asset > $1 and not closed
         and ($3::text is null or source = $3) order by asset limit $2`,
        [after, countMax, source],
      ),
  })

/** Everything that there is, of all sources. */
export const allAssets = (reader: Reader): Whole<AssetRow> => ({
  name: 'asset',
  imports: assetImports.name,
  pages: () => pagesOf(reader, null),
  idOf: ({ asset }) => asset,
  lineOf: ({ asset, kind, owner, in_scope, is_important, is_tangible }) => [
    ...[asset, kind, owner, in_scope, is_important, is_tangible],
  ],
  labelsOf: async rows => rows.map(({ asset, kind }) => `${asset}  ${kind}`),
  declared: registerDeclared,
  declare: (assets, hash) => ({ type: registerDeclared, body: { assets, hash } }),
})

/** An inventory of one kind needs no column that says so. */
export const secondColumns: readonly Column[] = assetColumns.map(column => ({
  ...column,
  isRequired: column.name === 'number',
}))

/** Finds the assets of one kind in a second source; its rows of other kinds are not asked about. */
export function secondSource(kind: AssetKind, reader: Reader): SecondSource<string> {
  return {
    read: cells => {
      const asset = numberOf(cells)
      return (cells['kind'] ?? '') === '' || kindOf(cells) === kind ? [asset] : []
    },
    async find(assets) {
      const rows = await reader.query<AssetRow>(
        'select asset from asset_register where asset = any($1) and kind = $2 and not closed',
        [assets, kind],
      )
      const known = new Set(rows.map(({ asset }) => asset))
      return assets.map(asset => (known.has(asset) ? asset : null))
    },
    labelOf: asset => asset,
  }
}

/** Rows of a file that is imported as it was exported. */
export async function* exportRows(source: string, reader: Reader) {
  for await (const page of pagesOf(reader, source)) {
    yield page.map(row => {
      const cells = cellsOf(row)
      return assetColumns.map(({ name }) => cells[name] ?? '')
    })
  }
}

/** An entry as it is typed and imported. */
export function cellsOf(row: AssetRow): Cells {
  const told = (truth: boolean | null) => (truth === null ? '' : truth ? 'yes' : 'no')
  return {
    ...{ number: row.asset, kind: row.kind, owner: row.owner ?? '' },
    ...{ 'in-scope': told(row.in_scope), important: told(row.is_important) },
    tangible: told(row.is_tangible),
  }
}
