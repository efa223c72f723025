import { Closing } from '../closing.ts'
import { claimInstance, findInstance } from '../db/instance.ts'
import { OkiteError } from '../error.ts'
import { exposureOf } from '../http/exposure.ts'
import { httpLimits } from '../http/limits.ts'
import { requireListening } from '../http/listen.ts'
import { fillWanted, type Wanted, wantedOf } from '../sample/prepare.ts'
import { msOf, systemClock } from '../time.ts'
import { readFlags, refuseWords } from './arguments.ts'
import { type Call, commandLog } from './call.ts'
import { compose, foresee } from './compose.ts'
import { requireData } from './data-folder.ts'
import { greetAll } from './greet.ts'
import type { Restored } from './restored.ts'
import { controlHandlers, openHttp } from './serve.ts'
import type { Say } from './words.ts'

/** A restored list is told from one that was always there, and what it lacks in clear words. */
function restoredText({ point, size, ahead }: Restored, say: Say): string {
  const lines = [say('cli.restored', { point, size })]
  if (ahead === null) lines.push(say('cli.restored.unknown', { point }))
  else {
    const seconds = Math.max(0, Math.ceil((msOf(ahead.seenAt) - msOf(point)) / 1_000))
    lines.push(say('cli.restored.ahead', { ahead: ahead.size, facts: ahead.size - size, seconds }))
  }
  return lines.join('\n')
}

/** How long a clean stop may take before the process ends anyway; the list is safe either way. */
const stopMsMax = 30_000

const endAnyway = () => setTimeout(() => process.exit(1), stopMsMax).unref()

/** `./okite start`: runs until it is told to stop. Prints `ready URL` when it serves. */
export async function runStart(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, {
    ...{ port: 'value', listen: 'value', policy: 'value', seed: 'value', until: 'value' },
    rehearsal: 'switch',
  })
  refuseWords(words)
  const log = commandLog(process.stderr.isTTY ? 'warn' : 'info')
  const clock = systemClock
  const { seed = null, until = null, rehearsal, ...settings } = flags
  const isRehearsal = rehearsal !== undefined
  if (isRehearsal) requireData(call.dataDir)
  const options = { ...call, create: !isRehearsal, isRehearsal, flags: settings, clock, log }
  let wanted: Wanted = null
  let databaseUrl: string | undefined
  if (findInstance(call.dataDir) === null) {
    // Whatever can be refused is refused before anything is made.
    const { config, zone } = await foresee(options)
    await requireListening(exposureOf(config.values, call.dataDir), httpLimits, log)
    const asked = { isAsked: call.isSample ?? false, seed, until, zone, nowMs: clock.nowMs() }
    wanted = wantedOf(call.dataDir, asked)
    databaseUrl = config.values.databaseUrl
  }
  const instance = claimInstance(call.dataDir, { create: true })
  const opened = new Closing()
  opened.push(() => instance.release())
  const stop = Promise.withResolvers<void>()
  try {
    if (wanted !== null) {
      call.out(`${call.say('cli.sample.filling')}\n`)
      await fillWanted({ ...options, dataDir: instance.dataDir }, wanted, databaseUrl)
    }
    // Pages are told once there is somebody to tell them.
    let grown: (size: number) => void = () => {}
    const okite = await compose({
      ...options,
      dataDir: instance.dataDir,
      onFacts: facts => grown((facts.at(-1)?.pos ?? -1) + 1),
    })
    opened.push(() => okite.close())
    const abort = new AbortController()
    const exposure = exposureOf(okite.config.values, instance.dataDir)
    const http = openHttp(okite, { call, clock: okite.clock, log, signal: abort.signal, exposure })
    opened.push(async () => {
      abort.abort()
      await http.close()
    })
    grown = size => http.grown(size)
    const url = await http.listen()
    await instance.serve(controlHandlers(okite, { url, http, stop: () => stop.resolve() }))
    await okite.begin()
    okite.database.onLost(trouble => {
      if (trouble === 'DATABASE_GIVEN_UP') stop.reject(new OkiteError('DATABASE_GIVEN_UP'))
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => stop.resolve())
    // Who started it as a rehearsal has gone.
    process.once('disconnect', () => stop.resolve())
    process.channel?.unref()
    if (okite.isSample) call.out(`${call.say('cli.sample.is')}\n`)
    if (isRehearsal) call.out(`${call.say('cli.rehearsal.is')}\n`)
    if (okite.restored !== null) call.out(`${restoredText(okite.restored, call.say)}\n`)
    call.out(`ready ${url}\n`)
    call.out(`open  ${await http.link()}\n`)
    const isSeen = process.stdout.isTTY
    if (isSeen) call.out(`\n${call.say('cli.start.open')}\n${call.say('cli.start.next')}\n`)
    if (!isRehearsal) await greetAll(okite, { call, log, signal: abort.signal, isSeen })
    await stop.promise
    log.info('stopping')
    // After the ^C that the terminal shows.
    if (isSeen) call.out(`\n${call.say('cli.start.stopping')}\n`)
  } catch (error) {
    endAnyway()
    return opened.closeAfter(error)
  }
  endAnyway()
  await opened.close()
  return 0
}
