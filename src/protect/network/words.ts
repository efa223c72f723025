import type { Command } from '../../core/module.ts'

type Locale = keyof Command['summary']

type Words = Readonly<{
  none: string
  never: string
  next: string
  declared(size: number, added: number, removed: number): string
  confirmed(size: number): string
}>

/** What the command says. Verdicts and reasons have their words in `locale/`. */
export const words: Readonly<Record<Locale, Words>> = {
  en: {
    none: 'No endpoint is listed. Next: ./okite endpoint declare --by NAME HOST:PORT',
    never: 'not asked yet',
    next: 'Next: ./okite endpoint probe',
    declared: (size, added, removed) =>
      `${size} listed and declared complete (${added} added, ${removed} removed).`,
    confirmed: size => `The list of ${size} is confirmed by a second person.`,
  },
  ja: {
    none: 'エンドポイントが登録されていません。次は：./okite endpoint declare --by 氏名 ホスト:ポート',
    never: 'まだ調べていません',
    next: '次は：./okite endpoint probe',
    declared: (size, added, removed) =>
      `${size} 件を登録し、これですべてであると宣言しました（追加 ${added} 件、削除 ${removed} 件）。`,
    confirmed: size => `${size} 件の一覧を二人目が確認しました。`,
  },
  'zh-TW': {
    none: '尚未登錄任何端點。下一步：./okite endpoint declare --by 姓名 主機:埠號',
    never: '尚未探測',
    next: '下一步：./okite endpoint probe',
    declared: (size, added, removed) =>
      `已登錄 ${size} 個端點並宣告完整（新增 ${added} 個，移除 ${removed} 個）。`,
    confirmed: size => `第二人已確認這份含 ${size} 個端點的清單。`,
  },
}
