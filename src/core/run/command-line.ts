import { dirname } from 'node:path'
import { OkiteError } from '../error.ts'
import { commandLocale, type Locale } from '../i18n/locale.ts'
import { readArguments } from './arguments.ts'
import type { Call, Environment } from './call.ts'
import { coreCommands, runHelp } from './commands.ts'
import { dataFolder, languageOf } from './data-folder.ts'
import { discoverModules } from './discover.ts'
import { explainError } from './explain.ts'
import { runModuleCommand } from './module-command.ts'
import { sayIn } from './words.ts'

/** Runs one command. Resolves to the exit code: 0 done, 1 broken or refused, 2 not understood. */
export async function runCommandLine(
  words: readonly string[],
  options: { source: string; environment: Environment },
): Promise<number> {
  const { source, environment } = options
  let locale = commandLocale(null, environment)
  try {
    const { command, rest, data, isSample, language } = readArguments(words)
    const dataDir = dataFolder(data, environment, isSample)
    locale = spoken(language, dataDir, environment)
    const call: Call = {
      source,
      project: dirname(source),
      dataDir,
      isSample,
      locale,
      say: sayIn(locale, source),
      environment,
      out: text => void process.stdout.write(text),
    }
    if (asksForHelp(rest)) return await runHelp([command], call)
    const own = coreCommands.find(c => c.name === command)
    if (own !== undefined) return await own.run(rest, call)
    const modules = await discoverModules(source)
    return await runModuleCommand(modules, command, rest, call)
  } catch (error) {
    process.stderr.write(explainError(error, source, locale))
    return error instanceof OkiteError && misunderstood.test(error.code) ? 2 : 1
  }
}

/** Codes of a call that no command could make sense of. */
const misunderstood = /^ARGUMENT_|^COMMAND_UNKNOWN$|_USAGE$/

const spoken = (language: Locale | null, dataDir: string, environment: Environment): Locale =>
  commandLocale(language ?? (environment['OKITE_LANG'] ? null : languageOf(dataDir)), environment)

const asksForHelp = (words: readonly string[]): boolean =>
  words.length > 0 && (words.includes('--help') || words.includes('-h'))
