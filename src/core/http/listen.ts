import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { OkiteError } from '../error.ts'
import type { HttpLimits } from './limits.ts'

export type Listening = Readonly<{ port: number; close(): Promise<void> }>

type Fetch = (request: Request, raw: string, client: string) => Promise<Response>

/**
 * Listens on loopback, on both families: a browser tries `::1` for `localhost` first, and whoever
 * else held that address on our port would be taken for us.
 *
 * @param port 0 takes a free one
 * @throws OkiteError `HTTP_PORT_TAKEN`
 */
export async function listenOnLoopback(
  fetch: Fetch,
  port: number,
  limits: HttpLimits,
): Promise<Listening> {
  // A free port of one family may be taken in the other; ten tries in a row would be no accident.
  for (let attempt = 1; ; attempt += 1) {
    const first = createServer(fetch, limits)
    const taken = await bind(first, '127.0.0.1', port)
    const second = createServer(fetch, limits)
    try {
      await bind(second, '::1', taken)
    } catch (error) {
      if (error instanceof OkiteError) {
        await stop(first)
        if (port === 0 && attempt < 10) continue
        throw error
      }
      // This machine has no IPv6 loopback: then nobody else can hold it either.
    }
    return {
      port: taken,
      async close() {
        await Promise.all([stop(first), stop(second)])
      },
    }
  }
}

/**
 * Refuses at once where `listenOnLoopback` would: before a database has been made for nothing.
 *
 * @throws OkiteError `HTTP_PORT_TAKEN`
 */
export async function requirePort(port: number, limits: HttpLimits): Promise<void> {
  if (port === 0) return
  const silent = async () => new Response(null, { status: 503 })
  await (await listenOnLoopback(silent, port, limits)).close()
}

function createServer(fetch: Fetch, limits: HttpLimits): Server {
  const server = createAdaptorServer({
    fetch: (request, { incoming }) =>
      fetch(request, incoming.url ?? '/', incoming.socket.remoteAddress ?? ''),
    overrideGlobalObjects: false,
    serverOptions: {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.receiveMsMax,
      // The longest that anything may take to come in; what is no upload has `receiveMsMax` (body.ts).
      requestTimeout: limits.uploadMsMax,
      keepAliveTimeout: 5_000,
      insecureHTTPParser: false,
      requireHostHeader: true,
    },
  }) as Server
  server.maxConnections = limits.connectionsMax
  return server
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES'
      reject(taken ? new OkiteError('HTTP_PORT_TAKEN', { port, host }, { cause: error }) : error)
    })
    server.listen({ host, port, exclusive: true }, () =>
      resolve((server.address() as AddressInfo).port),
    )
  })
}

function stop(server: Server): Promise<void> {
  return new Promise(resolve => {
    if (!server.listening) return resolve()
    server.close(() => resolve())
    server.closeIdleConnections()
    // A request in flight gets two seconds; an event stream would never end by itself.
    const timer = setTimeout(() => server.closeAllConnections(), 2_000)
    timer.unref()
    server.once('close', () => clearTimeout(timer))
  })
}
