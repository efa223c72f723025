import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { findInstance } from '../db/instance.ts'
import { OkiteError } from '../error.ts'
import type { Locale } from '../i18n/locale.ts'
import { readFlags, refuseWords } from './arguments.ts'
import type { Call } from './call.ts'
import { runExport } from './copy-command.ts'
import { hasData, requireData } from './data-folder.ts'
import { discoverModules } from './discover.ts'
import { runFsck } from './fsck-command.ts'
import { runModuleNew } from './module-new.ts'
import { runPolicy } from './policy-command.ts'
import { runRecord } from './record-command.ts'
import { runReperform } from './reperform-command.ts'
import { okiteVersion } from './schema.ts'
import { runSigma } from './sigma-command.ts'
import { runStart } from './start.ts'
import { padTo } from './words.ts'

export type CoreCommand = Readonly<{
  name: string
  summary: Readonly<Record<Locale, string>>
  run(args: readonly string[], call: Call): Promise<number>
}>

/** The commands of the program itself; all others belong to modules. */
export const coreCommands: readonly CoreCommand[] = [
  {
    name: 'start',
    summary: {
      en: 'start the program',
      ja: '起動する',
      'zh-TW': '啟動程式',
    },
    run: runStart,
  },
  {
    name: 'link',
    summary: {
      en: 'print a new one-time link that opens the page',
      ja: '画面を開く、一度だけ使えるリンクを新しく作る',
      'zh-TW': '產生開啟畫面的新連結（僅可使用一次）',
    },
    run: runLink,
  },
  {
    name: 'setup-link',
    summary: {
      en: 'print a new one-time link that sets up the first administrator',
      ja: '最初の管理者を登録する、一度だけ使えるリンクを新しく作る',
      'zh-TW': '產生註冊第一位管理員的新連結（僅可使用一次）',
    },
    run: runLink,
  },
  {
    name: 'reset-admin',
    summary: {
      en: 'print a one-time link with which an administrator makes new credentials ([MAIL])',
      ja: '管理者が認証方法を作り直す、一度だけ使えるリンクを作る（[メール]）',
      'zh-TW': '產生讓管理員重設驗證方式的連結（僅可使用一次，[電子郵件]）',
    },
    run: runResetAdmin,
  },
  {
    name: 'status',
    summary: {
      en: 'say whether it runs, and where',
      ja: '稼働しているかと、その場所を表示する',
      'zh-TW': '顯示執行狀態與位址',
    },
    run: runStatus,
  },
  {
    name: 'stop',
    summary: {
      en: 'stop the program cleanly',
      ja: '正常に停止する',
      'zh-TW': '正常停止程式',
    },
    run: runStop,
  },
  {
    name: 'config',
    summary: {
      en: 'show every setting with its origin',
      ja: '設定値と、その出所を表示する',
      'zh-TW': '顯示所有設定值及其來源',
    },
    run: runConfig,
  },
  {
    name: 'fsck',
    summary: {
      en: 'derive everything again from the list and compare',
      ja: '台帳からすべてを導き直して照合する',
      'zh-TW': '從事實清單重新推導一切並比對',
    },
    run: runFsck,
  },
  {
    name: 'export',
    summary: {
      en: 'write the list into a file, without anybody’s name',
      ja: '台帳を、氏名を含めずにファイルへ書き出す',
      'zh-TW': '將事實清單匯出至檔案（不含任何人名）',
    },
    run: runExport,
  },
  {
    name: 'reperform',
    summary: {
      en: 'judge the month of an exported list again and compare (--month 2026-10)',
      ja: '書き出した台帳の一か月を判定し直して照合する（--month 2026-10）',
      'zh-TW': '重新判定匯出清單中的一個月並比對（--month 2026-10）',
    },
    run: runReperform,
  },
  {
    name: 'policy',
    summary: {
      en: 'draft, bind, check and adopt the policy',
      ja: '方針を読み、統制に結び付け、採択する',
      'zh-TW': '讀取政策、綁定控制措施並採行',
    },
    run: runPolicy,
  },
  {
    name: 'record',
    summary: {
      en: 'record facts from a file, a JSON object a line (--by PERSON, --dry-run)',
      ja: 'ファイルの事実を 1 行ずつ記録する（--by 氏名、--dry-run）',
      'zh-TW': '記錄檔案中的事實，每行一筆（--by 姓名、--dry-run）',
    },
    run: runRecord,
  },
  {
    name: 'sigma',
    summary: {
      en: 'match files of events against Sigma rules (--rules DIR EVENTS…)',
      ja: 'イベントのファイルを Sigma ルールと照合する（--rules フォルダー イベント…）',
      'zh-TW': '以 Sigma 規則比對事件檔案（--rules 資料夾 事件…）',
    },
    run: runSigma,
  },
  {
    name: 'module',
    summary: {
      en: 'make a new module from the template',
      ja: '新しいモジュールをひな形から作る',
      'zh-TW': '依範本建立新模組',
    },
    run: runModuleNew,
  },
  {
    name: 'version',
    summary: { en: 'print the version', ja: '版を表示する', 'zh-TW': '顯示版本' },
    run: async (args, call) => {
      refuseWords(args)
      call.out(`okite ${okiteVersion()}\n`)
      return 0
    },
  },
  {
    name: 'help',
    summary: { en: 'this list', ja: 'この一覧', 'zh-TW': '顯示本說明' },
    run: runHelp,
  },
]

/** `./okite help [COMMAND]`: the list, or how to call one. */
export async function runHelp(args: readonly string[], call: Call): Promise<number> {
  const { say } = call
  const modules = await discoverModules(call.source)
  const commands = [...coreCommands, ...modules.modules.flatMap(module => module.commands ?? [])]
  const [name, ...more] = args
  refuseWords(more)
  if (name !== undefined) {
    const command = commands.find(each => each.name === name)
    if (command === undefined) throw new OkiteError('COMMAND_UNKNOWN', { name: name.slice(0, 80) })
    call.out(`${command.summary[call.locale]}\n\n`)
    const usage = say.has(`usage.${name}`) ? say(`usage.${name}`) : `./okite ${name}`
    call.out(`${usage}\n\n${say('cli.help.common')}\n`)
    return 0
  }
  const width = Math.max(...commands.map(command => command.name.length))
  call.out(`okite ${okiteVersion()}\n\n`)
  for (const command of commands) {
    call.out(`  ./okite ${command.name.padEnd(width)}  ${command.summary[call.locale]}\n`)
  }
  call.out(`\n${say('cli.help.more')}\n${say('cli.help.common')}\n`)
  if (!hasData(call.dataDir)) call.out(`\n${say('cli.help.first')}\n`)
  return 0
}

/** What the running program answers to `GET /status`. */
export type RunningStatus = Readonly<{
  pid: number
  url: string
  size: number
  judged: number
  /** Since when conclusions are older than what has happened (V31a). */
  behind: string | null
  /** Judges that a bug stopped; what they judge is unknown. */
  stopped: readonly Readonly<{ judge: string; code: string }>[]
  version: string
  /** A made-up organisation, see `core/sample`. */
  isSample: boolean
}>

async function runStatus(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { json: 'switch' })
  refuseWords(words)
  requireData(call.dataDir)
  const running = findInstance(call.dataDir)
  const status = running === null ? null : ((await running.ask('GET', '/status')) as RunningStatus)
  if (flags['json']) {
    call.out(
      `${JSON.stringify(status === null ? { running: false } : { running: true, ...status })}\n`,
    )
  } else if (status === null) {
    call.out(`${call.say('cli.not.running')}\n`)
  } else {
    if (status.isSample) call.out(`${call.say('cli.sample.is')}\n`)
    call.out(`${call.say('cli.running', { url: status.url })}\n`)
    const rows = [
      ['process', status.pid],
      ['version', status.version],
      ['facts', status.size],
      ['judged', status.judged],
      ['data', call.dataDir],
    ] as const
    for (const [name, value] of rows) {
      call.out(`  ${padTo(call.say(`cli.status.${name}`), 18)}  ${value}\n`)
    }
    if (status.behind) call.out(`${call.say('cli.status.behind', { since: status.behind })}\n`)
    for (const each of status.stopped) call.out(`${call.say('cli.status.stopped', each)}\n`)
  }
  return status === null ? 1 : 0
}

/** `./okite link`, `./okite setup-link`: the page, and while nobody may sign in, the way to set it up. */
async function runLink(args: readonly string[], call: Call): Promise<number> {
  refuseWords(args)
  requireData(call.dataDir)
  const running = findInstance(call.dataDir)
  if (running === null) {
    call.out(`${call.say('cli.not.running')}\n`)
    return 1
  }
  const { link } = (await running.ask('POST', '/link')) as { link: string }
  call.out(`${link}\n`)
  return 0
}

/** `./okite reset-admin [MAIL]`: whoever may enter the data folder has the second way in. */
async function runResetAdmin(args: readonly string[], call: Call): Promise<number> {
  const [mail = null, ...more] = args
  refuseWords(more)
  requireData(call.dataDir)
  const running = findInstance(call.dataDir)
  if (running === null) {
    call.out(`${call.say('cli.not.running')}\n`)
    return 1
  }
  const { link } = (await running.ask('POST', '/reset', { mail })) as { link: string }
  call.out(`${link}\n`)
  return 0
}

/** Longer than the slowest clean end of the database. */
const stopMsMax = 60_000

async function runStop(args: readonly string[], call: Call): Promise<number> {
  refuseWords(args)
  requireData(call.dataDir)
  const running = findInstance(call.dataDir)
  if (running === null) {
    call.out(`${call.say('cli.not.running')}\n`)
    return 0
  }
  await running.ask('POST', '/stop')
  if (!(await running.gone(stopMsMax))) throw new OkiteError('STOP_SLOW', { pid: running.pid })
  call.out(`${call.say('cli.stopped')}\n`)
  return 0
}

async function runConfig(args: readonly string[], call: Call): Promise<number> {
  refuseWords(args)
  const { say } = call
  const modules = await discoverModules(call.source)
  const read = (dataDir: string | null, environment: Call['environment']): Config =>
    readConfig({ dataDir, environment, flags: {}, modules: modules.modules })
  let config: Config
  let refusal: OkiteError | null = null
  try {
    config = read(call.dataDir, call.environment)
  } catch (error) {
    if (!(error instanceof OkiteError)) throw error
    // Its remedy sends people here: they must see what there is to set.
    refusal = error
    config = read(null, {})
  }
  if (refusal) call.out(`${say('cli.config.wrong')}\n\n`)
  const rows = config.shown.map(({ name, value, origin }) => [
    name,
    value,
    say(`cli.config.origin.${origin.replace(' ', '')}`),
  ])
  const widths = [0, 1].map(at => Math.max(...rows.map(row => row[at]?.length ?? 0)))
  const titles = ['name', 'value', 'origin'].map(name => say(`cli.config.${name}`))
  for (const row of [titles, ...rows]) {
    call.out(`${row.map((text, at) => padTo(text, widths[at] ?? 0)).join('  ')}\n`)
  }
  const path = join(call.dataDir, 'okite.yaml')
  const id = existsSync(path) ? 'cli.config.file' : 'cli.config.file.none'
  call.out(`\n${say(id, { path })}\n`)
  if (refusal) throw refusal
  return 0
}
