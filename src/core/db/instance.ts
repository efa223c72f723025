import { chmodSync, realpathSync, rmSync } from 'node:fs'
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, OkiteError } from '../error.ts'
import { prepareDataFolder } from './database.ts'
import { findPrivateFolder, openPrivateFolder } from './folder.ts'
import { lockFolder, lockHolder } from './lock.ts'

/**
 * Answers JSON; what it throws as an `OkiteError` becomes a refusal. The signal says that nobody waits
 * for the answer any more.
 */
export type Handler = (body: unknown, signal: AbortSignal) => unknown

/** What a running program answers on its control socket, by method and path: `GET /status`. */
export type Handlers = Readonly<Record<string, Handler>>

/** This process as the one that runs on a data folder. */
export type Instance = Readonly<{
  dataDir: string
  /** Starts to answer. `GET /status` and `POST /stop` are the program's to register. */
  serve(handlers: Handlers): Promise<void>
  release(): Promise<void>
}>

/** A program that runs on a data folder, seen from another process. */
export type RunningInstance = Readonly<{
  pid: number
  /** Asks it; a refusal comes back as the `OkiteError` it was. */
  ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>
  /** Resolves to true when it has ended, to false when it still runs after `waitMsMax`. */
  gone(waitMsMax: number): Promise<boolean>
}>

/**
 * Makes this process the one that runs on the data folder, which it creates when `create` says so.
 *
 * Trust: the control socket lies in a directory that only this account may enter; whoever is this
 * account (or root) may stop the program and needs no further secret.
 *
 * @throws OkiteError `OKITE_RUNNING` with the pid of the other, `DATA_FOLDER_…`, `RUN_FOLDER_NONE`
 */
export function claimInstance(
  path: string,
  options: { create?: boolean; beatMs?: number } = {},
): Instance {
  const { dataDir } = prepareDataFolder(path, options.create ?? true)
  const lock = lockFolder(dataDir, 'okite')
  let server: Server | null = null
  let removeFolder = () => {}
  return {
    dataDir,
    async serve(handlers) {
      const folder = openPrivateFolder(dataDir)
      removeFolder = folder.remove
      const socket = join(folder.path, socketName)
      rmSync(socket, { force: true }) // we hold the lock: a socket found here is of the dead
      server = createServer({ maxHeaderSize: headerBytesMax, requestTimeout: requestMsMax })
      server.on('request', (request, response) => {
        const gone = new AbortController()
        const stopBeats = beatUntilAnswered(response, options.beatMs ?? beatMs)
        response.once('close', () => {
          stopBeats()
          gone.abort()
        })
        void answer(handlers, request, gone.signal).then(({ status, body }) => {
          stopBeats()
          response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
          response.end(JSON.stringify(body))
        })
      })
      await new Promise<void>((resolve, reject) => {
        server?.once('error', reject).listen(socket, resolve)
      })
      chmodSync(socket, 0o600)
    },
    async release() {
      const closing = server
      server = null
      if (closing !== null) {
        await new Promise<void>(resolve => {
          closing.close(() => resolve())
          setTimeout(() => closing.closeAllConnections(), lastAnswerMsMax).unref()
        })
      }
      removeFolder()
      lock.release()
    },
  }
}

/** The program that runs on the data folder, or null. Creates nothing. */
export function findInstance(
  path: string,
  options: { silentMsMax?: number } = {},
): RunningInstance | null {
  let dataDir: string
  try {
    dataDir = realpathSync(path)
  } catch {
    return null
  }
  const pid = lockHolder(dataDir, 'okite')
  if (pid === null) return null
  return {
    pid,
    async ask(method, route, body) {
      const folder = findPrivateFolder(dataDir)
      if (folder === null) throw new OkiteError('OKITE_STARTING', { pid })
      return ask({
        ...{ socketPath: join(folder, socketName), method, path: route, agent: false },
        ...{ body, pid, silentMsMax: options.silentMsMax ?? askMsMax },
      })
    },
    async gone(waitMsMax) {
      const deadline = performance.now() + waitMsMax
      while (lockHolder(dataDir, 'okite') !== null) {
        if (performance.now() > deadline) return false
        await sleep(goneWaitMs)
      }
      return true
    },
  }
}

const socketName = 'okite.sock'

/** Nothing we send to ourselves has long headers. */
const headerBytesMax = 8 * 1024

/** Room for a list of subjects; nothing larger goes this way. */
const bodyBytesMax = 1024 * 1024

/** The longest that a request may take to arrive; the answer may take longer. */
const requestMsMax = 10_000

/** The answer to `stop` is on its way when the server closes; then connections are cut. */
const lastAnswerMsMax = 1_000

/** How long a program that serves may be silent before it is taken for dead. */
const askMsMax = 60_000

/** Well within that, also on a machine that is busy; an hour of beats, longer is no command. */
const beatMs = 15_000
const beatsMax = 240

/** Tells whoever waits for a long answer that it is being worked on: HTTP 102 counts as a sign of life. */
function beatUntilAnswered(response: ServerResponse, everyMs: number): () => void {
  let beats = 0
  const timer = setInterval(() => {
    response.writeProcessing()
    beats += 1
    if (beats >= beatsMax) clearInterval(timer)
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

const goneWaitMs = 50

type Answer = Readonly<{ status: number; body: unknown }>

async function answer(
  handlers: Handlers,
  request: IncomingMessage,
  gone: AbortSignal,
): Promise<Answer> {
  const route = `${request.method} ${request.url}`
  const handler = Object.hasOwn(handlers, route) ? handlers[route] : undefined
  try {
    if (handler === undefined)
      throw new OkiteError('CONTROL_UNKNOWN', { route: route.slice(0, 100) })
    return { status: 200, body: (await handler(await readBody(request), gone)) ?? null }
  } catch (error) {
    const refusal = error instanceof OkiteError ? error : new OkiteError('CONTROL_FAILED')
    const status = refusal.code === 'CONTROL_UNKNOWN' ? 404 : 409
    return { status, body: { code: refusal.code, data: refusal.data } }
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length
      if (sizeBytes > bodyBytesMax) throw new OkiteError('CONTROL_BODY', { reason: 'too large' })
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof OkiteError) throw error
    throw new OkiteError('CONTROL_BODY', { reason: 'broke off' })
  }
  if (sizeBytes === 0) return null
  return parseJson(Buffer.concat(chunks))
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new OkiteError('CONTROL_BODY', { reason: 'not JSON' })
  }
}

function ask(
  options: RequestOptions & Readonly<{ body: unknown; pid: number; silentMsMax: number }>,
): Promise<unknown> {
  const { body, pid, silentMsMax, ...where } = options
  return new Promise((resolve, reject) => {
    const silent = (reason: string) => reject(new OkiteError('OKITE_SILENT', { pid, reason }))
    const request = httpRequest(where, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', error => silent(codeOf(error)))
      response.on('end', () => {
        const text = Buffer.concat(chunks)
        const answered = text.length > 0 ? parseJson(text) : null
        if (response.statusCode === 200) return resolve(answered)
        const refusal = answered as { code?: string; data?: Record<string, string> } | null
        reject(new OkiteError(refusal?.code ?? 'CONTROL_FAILED', refusal?.data ?? {}))
      })
    })
    request.setTimeout(silentMsMax, () =>
      request.destroy(Object.assign(new Error(), { code: 'no_answer' })),
    )
    request.on('error', error => {
      // The lock is taken first, and the socket is opened when there is something to answer.
      if (codeOf(error) === 'ENOENT') reject(new OkiteError('OKITE_STARTING', { pid }))
      else silent(codeOf(error))
    })
    request.end(body === undefined ? '' : JSON.stringify(body))
  })
}
