import type { Command } from '../../core/module.ts'

type Locale = keyof Command['summary']

type Words = Readonly<{
  usage: string
  none: string
  never: string
  next: string
  declared(size: number, added: number, removed: number): string
  confirmed(size: number): string
}>

const usage = (...lines: string[]) => `${lines.join('\n')}\n`

/** What the command says. Verdicts and reasons have their words in `locale/`. */
export const words: Readonly<Record<Locale, Words>> = {
  en: {
    usage: usage(
      'okite endpoint list',
      'okite endpoint declare --by NAME HOST:PORT ...    replace the list and declare it complete',
      'okite endpoint declare --by NAME --file FILE      the same, one HOST:PORT a line',
      'okite endpoint remove --by NAME HOST:PORT ...     take endpoints off and declare the rest',
      'okite endpoint confirm --by ANOTHER               a second person confirms the list',
      'okite endpoint probe                              ask every endpoint now',
    ),
    none: 'No endpoint is listed. Next: okite endpoint declare --by NAME HOST:PORT',
    never: 'not asked yet',
    next: 'Next: okite endpoint probe',
    declared: (size, added, removed) =>
      `${size} listed and declared complete (${added} added, ${removed} removed).`,
    confirmed: size => `The list of ${size} is confirmed by a second person.`,
  },
  ja: {
    usage: usage(
      'okite endpoint list                                  一覧を表示します',
      'okite endpoint declare --by 氏名 ホスト:ポート ...   一覧を置き換え、すべてであると宣言します',
      'okite endpoint declare --by 氏名 --file ファイル     同じく、1 行に 1 つずつ書いたファイルから',
      'okite endpoint remove --by 氏名 ホスト:ポート ...    一覧から外し、残りがすべてであると宣言します',
      'okite endpoint confirm --by 別の人の氏名             二人目が一覧を確認します',
      'okite endpoint probe                                 すべてのエンドポイントを今すぐ調べます',
    ),
    none: 'エンドポイントが登録されていません。次は：okite endpoint declare --by 氏名 ホスト:ポート',
    never: 'まだ調べていません',
    next: '次は：okite endpoint probe',
    declared: (size, added, removed) =>
      `${size} 件を登録し、これですべてであると宣言しました（追加 ${added} 件、削除 ${removed} 件）。`,
    confirmed: size => `${size} 件の一覧を二人目が確認しました。`,
  },
  'zh-TW': {
    usage: usage(
      'okite endpoint list                              列出端點',
      'okite endpoint declare --by 姓名 主機:埠號 ...   取代清單並宣告其完整',
      'okite endpoint declare --by 姓名 --file 檔案     同上，從檔案讀取，每行一個',
      'okite endpoint remove --by 姓名 主機:埠號 ...    移除端點並宣告其餘完整',
      'okite endpoint confirm --by 另一人的姓名         由第二人確認清單',
      'okite endpoint probe                             立即探測所有端點',
    ),
    none: '尚未登錄任何端點。下一步：okite endpoint declare --by 姓名 主機:埠號',
    never: '尚未探測',
    next: '下一步：okite endpoint probe',
    declared: (size, added, removed) =>
      `已登錄 ${size} 個端點並宣告完整（新增 ${added} 個，移除 ${removed} 個）。`,
    confirmed: size => `第二人已確認這份含 ${size} 個端點的清單。`,
  },
}
