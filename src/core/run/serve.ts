import { join } from 'node:path'
import type { z } from 'zod'
import type { Handlers } from '../db/instance.ts'
import { OkiteError } from '../error.ts'
import { createHttp, type Http } from '../http/http.ts'
import type { HttpLimits } from '../http/limits.ts'
import { readWebFiles } from '../http/web-files.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../time.ts'
import type { Call } from './call.ts'
import type { RunningStatus } from './commands.ts'
import type { Okite } from './compose.ts'
import { exportCall, exportList } from './copy-command.ts'
import { decide, decideCall } from './decide.ts'
import { errorDocuments } from './explain.ts'
import { createFsckJob } from './fsck-command.ts'
import { answerCommand, commandCall } from './module-command.ts'
import { adoptPolicy, policyCall } from './policy-adopt.ts'
import { answerRecord, recordCall } from './record-command.ts'
import { routePorts } from './route-ports.ts'
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
  }>,
): Http {
  const { call, clock, log, signal, limits } = options
  const { modules } = okite.modules
  return createHttp({
    modules,
    portsOf: id => {
      const module = modules.find(m => m.id === id)
      if (module === undefined) throw new OkiteError('MODULE_UNKNOWN', { id })
      return { ...okite.ports(module, signal), ...routePorts(okite, id) }
    },
    principalOf: () => ({
      name: 'local',
      permissions: new Set(
        modules.flatMap(m => [
          ...(m.routes ?? []).map(r => r.permission),
          ...Object.keys(m.permissions ?? {}),
        ]),
      ),
    }),
    clock,
    log,
    errors: errorDocuments(call.source),
    web: readWebFiles(call.environment['OKITE_WEB_OUT'] ?? join(call.project, 'dist', 'web')),
    messages: {
      ja: okite.messages.json('ja'),
      'zh-TW': okite.messages.json('zh-TW'),
      en: okite.messages.json('en'),
    },
    info: { title: 'Okite', version: okiteVersion() },
    zone: (
      okite.policies.inForce(new Date(clock.nowMs()).toISOString()) ??
      okite.policies.onDisk(okite.config.values.policy)
    ).organisation.zone,
    ...(limits && { limits }),
  })
}

/** What the running program answers on its control socket. */
export function controlHandlers(
  okite: Okite,
  running: Readonly<{ url: string; http: Http; clock: Clock; stop(): void }>,
): Handlers {
  const { url, http, clock, stop } = running
  const fsck = createFsckJob(okite)
  return {
    'POST /fsck': () => fsck.start(),
    'GET /fsck': () => fsck.state(),
    'GET /status': async (): Promise<RunningStatus> => ({
      pid: process.pid,
      url,
      size: await okite.ledger.size(),
      judged: okite.judges.judged,
      behind: await okite.reader.behind(clock.nowMs()),
      stopped: okite.judges.stopped,
      version: okiteVersion(),
    }),
    'POST /stop': () => {
      stop()
      return {}
    },
    'POST /link': () => ({ link: http.link() }),
    'POST /command': (body, signal) => answerCommand(okite, take(commandCall, body), signal),
    'POST /decide': body => decide(okite, take(decideCall, body)),
    'POST /export': body => exportList(okite, take(exportCall, body)),
    'POST /record': body => answerRecord(okite, take(recordCall, body)),
    'POST /policy': body => adoptPolicy(okite, take(policyCall, body)),
  }
}

function take<T>(schema: z.ZodType<T>, body: unknown): T {
  const taken = schema.safeParse(body)
  if (!taken.success) throw new OkiteError('CONTROL_BODY', { reason: 'not as it should be' })
  return taken.data
}
