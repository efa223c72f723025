import { readConfig } from '../config.ts'
import { findInstance } from '../db/instance.ts'
import { OkiteError } from '../error.ts'
import { commandLocale, type Locale } from '../i18n/locale.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import { hasData, requireData } from './data-folder.ts'
import { discoverModules } from './discover.ts'
import { runFsck } from './fsck-command.ts'
import { runModuleNew } from './module-new.ts'
import { runPolicy } from './policy-command.ts'
import { okiteVersion } from './schema.ts'
import { runStart } from './start.ts'

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
      en: 'start the program: --port N',
      ja: 'プログラムを起動する: --port N',
      'zh-TW': '啟動程式：--port N',
    },
    run: runStart,
  },
  {
    name: 'status',
    summary: {
      en: 'say whether it runs, and where',
      ja: '稼働状況と接続先を表示する',
      'zh-TW': '顯示執行狀態與位址',
    },
    run: runStatus,
  },
  {
    name: 'stop',
    summary: {
      en: 'stop the program cleanly',
      ja: 'プログラムを正常に停止する',
      'zh-TW': '正常停止程式',
    },
    run: runStop,
  },
  {
    name: 'config',
    summary: {
      en: 'show every setting with its origin',
      ja: '設定値とその出所を表示する',
      'zh-TW': '顯示所有設定值及其來源',
    },
    run: runConfig,
  },
  {
    name: 'fsck',
    summary: {
      en: 'derive everything again from the list and compare',
      ja: '台帳からすべてを導き直して照合する',
      'zh-TW': '從紀錄重新推導一切並比對',
    },
    run: runFsck,
  },
  {
    name: 'policy',
    summary: {
      en: 'adopt a policy: policy adopt NAME --by PERSON',
      ja: 'ポリシーを採択する: policy adopt 名前 --by 氏名',
      'zh-TW': '採行政策：policy adopt 名稱 --by 姓名',
    },
    run: runPolicy,
  },
  {
    name: 'module',
    summary: {
      en: 'make a new module: module new FUNCTION/NAME',
      ja: '新しいモジュールを作る: module new 機能/名前',
      'zh-TW': '建立新模組：module new 功能/名稱',
    },
    run: runModuleNew,
  },
  {
    name: 'version',
    summary: { en: 'print the version', ja: '版を表示する', 'zh-TW': '顯示版本' },
    run: async (_args, call) => {
      call.out(`okite ${okiteVersion()}\n`)
      return 0
    },
  },
  {
    name: 'help',
    summary: { en: 'this list', ja: 'この一覧', 'zh-TW': '本說明' },
    run: runHelp,
  },
]

async function runHelp(_args: readonly string[], call: Call): Promise<number> {
  const locale = commandLocale(call.language, call.environment)
  const modules = await discoverModules(call.source)
  const commands = [...coreCommands, ...modules.modules.flatMap(module => module.commands ?? [])]
  const width = Math.max(...commands.map(command => command.name.length))
  call.out(`okite ${okiteVersion()}\n\n`)
  for (const { name, summary } of commands) {
    call.out(`  ./okite ${name.padEnd(width)}  ${summary[locale]}\n`)
  }
  const common = {
    en: 'Everywhere: --data DIR (or OKITE_HOME), --lang ja|zh-TW|en (or OKITE_LANG)',
    ja: '共通: --data フォルダ(または OKITE_HOME)、--lang ja|zh-TW|en(または OKITE_LANG)',
    'zh-TW': '共通：--data 資料夾（或 OKITE_HOME）、--lang ja|zh-TW|en（或 OKITE_LANG）',
  }
  call.out(`\n${common[locale]}\n`)
  return 0
}

/** What the running program answers to `GET /status`. */
export type RunningStatus = Readonly<{
  pid: number
  url: string
  size: number
  judged: number
  version: string
}>

async function runStatus(args: readonly string[], call: Call): Promise<number> {
  const { flags } = readFlags(args, { json: 'switch' })
  if (!hasData(call.dataDir)) throw new OkiteError('DATA_NONE', { folder: call.dataDir })
  const running = findInstance(call.dataDir)
  const status = running === null ? null : ((await running.ask('GET', '/status')) as RunningStatus)
  if (flags['json']) {
    call.out(
      `${JSON.stringify(status === null ? { running: false } : { running: true, ...status })}\n`,
    )
  } else if (status === null) {
    call.out('not running\n')
  } else {
    call.out(`running ${status.url}\n`)
    call.out(`  process   ${status.pid}\n  version   ${status.version}\n`)
    call.out(
      `  facts     ${status.size}\n  judged    ${status.judged}\n  data      ${call.dataDir}\n`,
    )
  }
  return status === null ? 1 : 0
}

/** Longer than the slowest clean end of the database. */
const stopMsMax = 60_000

async function runStop(_args: readonly string[], call: Call): Promise<number> {
  requireData(call.dataDir)
  const running = findInstance(call.dataDir)
  if (running === null) {
    call.out('not running\n')
    return 0
  }
  await running.ask('POST', '/stop')
  if (!(await running.gone(stopMsMax))) throw new OkiteError('STOP_SLOW', { pid: running.pid })
  call.out('stopped\n')
  return 0
}

async function runConfig(_args: readonly string[], call: Call): Promise<number> {
  const modules = await discoverModules(call.source)
  const config = readConfig({
    dataDir: hasData(call.dataDir) ? call.dataDir : null,
    environment: call.environment,
    flags: {},
    modules: modules.modules,
  })
  const width = Math.max(...config.shown.map(entry => entry.name.length))
  for (const { name, value, origin } of config.shown) {
    call.out(`${name.padEnd(width)}  ${value.padEnd(24)}  ${origin}\n`)
  }
  return 0
}
