import { join } from 'node:path'
import { z } from 'zod'
import type { Handlers } from '../db/instance.ts'
import { OkiteError } from '../error.ts'
import type { Exposure } from '../http/exposure.ts'
import { createHttp, type Http, type HttpOptions } from '../http/http.ts'
import type { HttpLimits } from '../http/limits.ts'
import { readWebFiles } from '../http/web-files.ts'
import type { Log } from '../log.ts'
import type { Module, Principal } from '../module.ts'
import type { Clock } from '../time.ts'
import type { Call } from './call.ts'
import type { RunningStatus } from './commands.ts'
import type { Okite } from './compose.ts'
import { exportCall, exportList } from './copy-command.ts'
import { decide, decideCall } from './decide.ts'
import { errorDocuments } from './explain.ts'
import { handsOf, routeHandsOf } from './hands.ts'
import { keepReceived } from './keep-file.ts'
import { answerCommand, commandCall } from './module-command.ts'
import { adoptPolicy, policyCall } from './policy-adopt.ts'
import { answerRecord, recordCall } from './record-command.ts'
import { okiteVersion } from './schema.ts'

/** The HTTP edge of the program. `signal` ends what its routes are doing. */
export function openHttp(
  okite: Okite,
  options: Readonly<{
    call: Pick<Call, 'source' | 'project' | 'environment'>
    clock: Clock
    log: Log
    signal: AbortSignal
    limits?: Partial<HttpLimits>
    exposure?: Exposure
    principalOf?: HttpOptions['principalOf']
  }>,
): Http {
  const { call, clock, log, signal, limits, exposure } = options
  const { modules } = okite.modules
  return createHttp({
    modules,
    portsOf: id => {
      const module = modules.find(m => m.id === id)
      if (module === undefined) throw new OkiteError('MODULE_UNKNOWN', { id })
      const { tellRead } = okite.accounts
      return {
        ...okite.ports(module, signal),
        ...handsOf(okite, id),
        ...routeHandsOf(okite, id),
        tellRead,
      }
    },
    ...doorOf(okite, options.principalOf),
    files: {
      receive: (name, chunks, sizeBytesMax) => okite.files.receive(name, chunks, { sizeBytesMax }),
      keep: (held, by) => keepReceived(okite, held, by),
      read: sha256 => okite.files.read(sha256),
    },
    clock,
    log,
    errors: errorDocuments(call.source),
    web: readWebFiles(call.environment['OKITE_WEB_OUT'] ?? join(call.project, 'dist', 'web')),
    messages: okite.messages,
    info: { title: 'Okite', version: okiteVersion() },
    isSample: okite.isSample,
    zone: () => okite.policyNow().organisation.zone,
    ...(limits && { limits }),
    ...(exposure && { exposure }),
  })
}

/** A sample has no accounts: whoever started it looks around in it. */
function doorOf(okite: Okite, principalOf: HttpOptions['principalOf']) {
  if (principalOf !== undefined) return { principalOf }
  const { modules } = okite.modules
  return okite.isSample ? { principalOf: () => visitorOf(modules) } : { door: okite.accounts.door }
}

const visitorOf = (modules: readonly Module[]): Principal => ({
  account: null,
  person: null,
  name: 'visitor',
  roles: [],
  permissions: new Set(everyPermission(modules)),
})

/** What routes ask for, and what they ask for besides. */
export const everyPermission = (modules: readonly Module[]): readonly string[] =>
  modules.flatMap(({ routes = [], permissions = {} }) => [
    ...routes.map(({ permission }) => permission),
    ...Object.keys(permissions),
  ])

/** What the running program answers on its control socket. */
export function controlHandlers(
  okite: Okite,
  running: Readonly<{ url: string; http: Http; stop(): void }>,
): Handlers {
  const { url, http, stop } = running
  const { checks } = okite
  return {
    'POST /fsck': () => {
      void checks.check()
      return {}
    },
    'GET /fsck': () => checks.state(),
    'GET /status': async (): Promise<RunningStatus> => ({
      pid: process.pid,
      url,
      size: await okite.ledger.size(),
      judged: okite.judges.judged,
      behind: await okite.reader.behind(okite.clock.nowMs()),
      stopped: okite.judges.stopped,
      version: okiteVersion(),
      isSample: okite.isSample,
    }),
    'POST /prove': async body => ({
      ...(await okite.reader.ledger()),
      proven: await okite.reader.prove(take(proveCall, body).pos),
    }),
    'POST /stop': () => {
      stop()
      return {}
    },
    'POST /link': async () => ({ link: await http.link() }),
    'POST /reset': async body => {
      const { mail } = take(resetCall, body)
      return { link: `${url.replace(/\/$/, '')}${await okite.accounts.resetLink(mail)}` }
    },
    'POST /command': (body, signal) => answerCommand(okite, take(commandCall, body), signal),
    'POST /decide': body => decide(okite, take(decideCall, body)),
    'POST /export': body => exportList(okite, take(exportCall, body)),
    'POST /record': body => answerRecord(okite, take(recordCall, body)),
    'POST /policy': body => adoptPolicy(okite, take(policyCall, body)),
  }
}

const proveCall = z.strictObject({ pos: z.int().nonnegative() })

const resetCall = z.strictObject({ mail: z.string().max(200).nullable() })

function take<T>(schema: z.ZodType<T>, body: unknown): T {
  const taken = schema.safeParse(body)
  if (!taken.success) throw new OkiteError('CONTROL_BODY', { reason: 'not as it should be' })
  return taken.data
}
