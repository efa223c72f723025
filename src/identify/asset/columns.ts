import { truthOf } from '../../core/register/read-cell.ts'
import { type Cells, cellError } from '../../core/register/table.ts'
import type { ViewColumn } from '../../core/register/view.ts'
import { type AssetKind, assetKinds, type Listed } from './facts.ts'

const truthColumn = { kind: 'truth', width: 10, choices: ['yes', 'no'] } as const

/** What a file of assets has, by header in three languages. What it has no column for stays as it is. */
export const assetColumns: readonly ViewColumn[] = [
  {
    ...{ name: 'number', kind: 'code', width: 24, isFixed: true },
    names: ['asset', 'asset number', 'asset id', '資産番号', '資産 id', '資產編號', '財產編號'],
    isRequired: true,
  },
  {
    ...{ name: 'kind', kind: 'choice', width: 16, choices: assetKinds, isFixed: true },
    names: ['type', '種別', '資産種別', '種類', '類別', '資產類別'],
    isRequired: true,
  },
  {
    name: 'owner',
    kind: 'office',
    width: 20,
    names: ['責任者', '管理責任者', '所有者', '負責人', '管理者', '擁有者'],
  },
  { ...truthColumn, name: 'in-scope', names: ['scope', '適用範囲', '対象範囲', '適用範圍'] },
  { ...truthColumn, name: 'important', names: ['重要', '重要資産', '重要資產'] },
  { ...truthColumn, name: 'tangible', names: ['有形', '有形資産', '有形資產'] },
]

const kindTable: Readonly<Record<string, AssetKind>> = {
  ...Object.fromEntries(assetKinds.map(kind => [kind, kind])),
  ...{ server: 'host', laptop: 'endpoint', pc: 'endpoint', workstation: 'endpoint' },
  ...{ app: 'application', network: 'network-segment', bucket: 'store', office: 'site' },
  ...{
    システム: 'system',
    系統: 'system',
    アプリケーション: 'application',
    應用程式: 'application',
  },
  ...{ サービス: 'service', 服務: 'service', サーバー: 'host', サーバ: 'host', ホスト: 'host' },
  ...{ 主機: 'host', 伺服器: 'host', 端末: 'endpoint', パソコン: 'endpoint', 端點: 'endpoint' },
  ...{ 終端設備: 'endpoint', データベース: 'database', 資料庫: 'database', ストレージ: 'store' },
  ...{ 儲存空間: 'store', ネットワークセグメント: 'network-segment', 網段: 'network-segment' },
  ...{ 入口: 'ingress', クラウドアカウント: 'cloud-account', 雲端帳號: 'cloud-account' },
  ...{ クラウドリソース: 'cloud-resource', 雲端資源: 'cloud-resource' },
  ...{
    クラウドサービス: 'cloud-service',
    雲端服務: 'cloud-service',
    イメージ: 'image',
    映像檔: 'image',
  },
  ...{
    クラスター: 'cluster',
    クラスタ: 'cluster',
    叢集: 'cluster',
    関数: 'function',
    函式: 'function',
  },
  ...{
    拠点: 'site',
    據點: 'site',
    設備: 'equipment',
    機器: 'equipment',
    文書: 'document',
    文件: 'document',
  },
}

/** A map, because an object also has what nobody has put there: `constructor`. */
const kindWords = new Map(Object.entries(kindTable))

/** A row that was read; `undefined` where the file has no such column. */
export type Entry = Readonly<{
  asset: string
  kind: AssetKind
  owner: Listed['owner'] | undefined
  inScope: boolean | null | undefined
  isImportant: boolean | undefined
  isTangible: boolean | undefined
}>

export function entryOf(cells: Cells): Entry {
  const owner = cells['owner']
  if (owner !== undefined && owner !== '' && !/^[a-z][a-z0-9-]{0,39}$/.test(owner)) {
    throw cellError('owner', 'no role')
  }
  const inScope = truthOf(cells, 'in-scope')
  return {
    asset: numberOf(cells),
    kind: kindOf(cells),
    owner: owner === '' ? null : owner,
    inScope,
    // Nobody has said that it is important, or that it can be touched: it is not.
    isImportant:
      truthOf(cells, 'important') ?? (cells['important'] === undefined ? undefined : false),
    isTangible: truthOf(cells, 'tangible') ?? (cells['tangible'] === undefined ? undefined : false),
  }
}

/** In one width and in small letters, so that one asset has one number. @throws OkiteError `TABLE_CELL` */
export function numberOf(cells: Cells): string {
  const asset = (cells['number'] ?? '').normalize('NFKC').toLowerCase()
  if (asset === '') throw cellError('number', 'empty')
  if (!/^[a-z0-9][a-z0-9._:/-]{0,99}$/.test(asset)) throw cellError('number', 'unknown')
  return asset
}

/** @throws OkiteError `TABLE_CELL` */
export function kindOf(cells: Cells): AssetKind {
  const text = (cells['kind'] ?? '').normalize('NFKC').toLowerCase()
  const kind = kindWords.get(text) ?? kindWords.get(text.replaceAll(/[\s_]+/g, '-'))
  if (kind === undefined) throw cellError('kind', text === '' ? 'empty' : 'unknown', assetKinds)
  return kind
}
