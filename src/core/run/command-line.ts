import { dirname } from 'node:path'
import { OkiteError } from '../error.ts'
import { createLog } from '../log.ts'
import { systemClock } from '../time.ts'
import { readArguments } from './arguments.ts'
import { coreCommands } from './commands.ts'
import { dataFolder } from './data-folder.ts'
import { discoverModules } from './discover.ts'
import { explainError } from './explain.ts'
import { runModuleCommand } from './module-command.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What every command may know of how it was called. */
export type Call = Readonly<{
  /** The folder `src`. */
  source: string
  /** The folder of the project. */
  project: string
  dataDir: string
  language: string | null
  environment: Environment
  out(text: string): void
}>

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

/** The log goes to standard error: all of it into a file or a collector, only trouble onto a screen. */
export const commandLog = (level: 'info' | 'warn' = 'warn') =>
  createLog({ clock: systemClock, write: line => void process.stderr.write(line), level })
