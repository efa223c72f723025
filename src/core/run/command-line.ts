import { dirname } from 'node:path'
import { OkiteError } from '../error.ts'
import { readArguments } from './arguments.ts'
import type { Call, Environment } from './call.ts'
import { coreCommands } from './commands.ts'
import { dataFolder } from './data-folder.ts'
import { discoverModules } from './discover.ts'
import { explainError } from './explain.ts'
import { runModuleCommand } from './module-command.ts'

/** Runs one command. Resolves to the exit code: 0 done, 1 broken or refused, 2 not understood. */
export async function runCommandLine(
  words: readonly string[],
  options: { source: string; environment: Environment },
): Promise<number> {
  try {
    const { command, rest, data, language } = readArguments(words)
    const call: Call = {
      source: options.source,
      project: dirname(options.source),
      dataDir: dataFolder(data, options.environment),
      language,
      environment: options.environment,
      out: text => void process.stdout.write(text),
    }
    const own = coreCommands.find(c => c.name === command)
    if (own !== undefined) return await own.run(rest, call)
    const modules = await discoverModules(options.source)
    return await runModuleCommand(modules, command, rest, call)
  } catch (error) {
    process.stderr.write(explainError(error, options.source))
    return error instanceof OkiteError && error.code.startsWith('ARGUMENT_') ? 2 : 1
  }
}
