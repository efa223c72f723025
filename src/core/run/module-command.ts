import { z } from 'zod'
import { findInstance } from '../db/instance.ts'
import { OkiteError } from '../error.ts'
import { locales } from '../i18n/locale.ts'
import type { AloneCommand, Command, Module } from '../module.ts'
import { systemClock } from '../time.ts'
import { runAlone } from './alone.ts'
import { type Call, commandLog } from './call.ts'
import type { Okite } from './compose.ts'
import { requireData } from './data-folder.ts'
import type { Modules } from './discover.ts'
import { handsOf } from './hands.ts'
import { keepFile } from './keep-file.ts'
import { messagesOf } from './words.ts'

/** A command as it crosses the control socket to the program that runs. */
export const commandCall = z.strictObject({
  name: z.string().max(200),
  args: z.array(z.string()),
  locale: z.enum(locales),
  cwd: z.string().max(32_768),
  terminal: z.strictObject({ columns: z.int().positive(), color: z.boolean() }),
})

type CommandCall = z.infer<typeof commandCall>

export type CommandAnswer = Readonly<{ code: number; out: string }>

/** More text than this is no answer to a person. */
const outBytesMax = 32 * 1024 * 1024

/**
 * Runs a module's command: in the program that runs on the data folder, so that one process alone
 * holds the keys, or in this one when none runs.
 *
 * @throws OkiteError `COMMAND_UNKNOWN`, `DATA_NONE`
 */
export async function runModuleCommand(
  modules: Modules,
  name: string,
  args: readonly string[],
  call: Call,
): Promise<number> {
  const asked = findCommand(modules.modules, name)
  if (asked === null) throw new OkiteError('COMMAND_UNKNOWN', { name })
  if ('alone' in asked.command) {
    const messages = messagesOf(call.source)
    const [cwd, log] = [process.cwd(), commandLog()]
    return asked.command.alone(args, { ...call, cwd, log, clock: systemClock, messages })
  }
  requireData(call.dataDir)
  const request: CommandCall = {
    name,
    args: [...args],
    locale: call.locale,
    cwd: process.cwd(),
    terminal: {
      // Piped: as wide as most screens, so that a file of it can be read on one.
      columns: process.stdout.columns ?? 100,
      color: Boolean(process.stdout.isTTY) && !call.environment['NO_COLOR'],
    },
  }
  const running = findInstance(call.dataDir)
  if (running !== null) {
    const answer = (await running.ask('POST', '/command', request)) as CommandAnswer
    call.out(answer.out)
    return answer.code
  }
  const { signal } = new AbortController()
  const answer = await runAlone(call, okite => answerCommand(okite, request, signal))
  call.out(answer.out)
  return answer.code
}

/** Runs a command inside the program, for as long as somebody waits for it. */
export async function answerCommand(
  okite: Okite,
  request: CommandCall,
  signal: AbortSignal,
): Promise<CommandAnswer> {
  const found = findCommand(okite.modules.modules, request.name)
  if (found === null || 'alone' in found.command)
    throw new OkiteError('COMMAND_UNKNOWN', { name: request.name })
  const parts: string[] = []
  let sizeBytes = 0
  const code = await found.command.run(request.args, {
    ...okite.ports(found.module, signal),
    ...handsOf(okite, found.module.id),
    locale: request.locale,
    cwd: request.cwd,
    terminal: request.terminal,
    collect: name => okite.collect(found.module.id, name),
    out(text) {
      sizeBytes += Buffer.byteLength(text)
      if (sizeBytes > outBytesMax)
        throw new OkiteError('COMMAND_OUTPUT_TOO_LARGE', { limit: outBytesMax })
      parts.push(text)
    },
    files: {
      keep: (path, options) => keepFile(okite, path, options),
      writeTo: (sha256, path) => okite.files.writeTo(sha256, path),
    },
  })
  return { code, out: parts.join('') }
}

function findCommand(
  modules: readonly Module[],
  name: string,
): { module: Module; command: Command | AloneCommand } | null {
  for (const module of modules) {
    const command = module.commands?.find(c => c.name === name)
    if (command !== undefined) return { module, command }
  }
  return null
}
