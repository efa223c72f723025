import type { Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { OkiteError } from '../error.ts'
import type { Log } from '../log.ts'
import { systemClock } from '../time.ts'
import { followPair, type Pair, readPair, rereadMs } from './certificate.ts'
import type { Exposure } from './exposure.ts'
import type { HttpLimits } from './limits.ts'

export type Listening = Readonly<{ port: number; close(): Promise<void> }>

type Fetch = (request: Request, raw: string, client: string) => Promise<Response>

/**
 * Listens where it was asked to, with the certificate that was asked for.
 *
 * @throws OkiteError `HTTP_PORT_TAKEN`, `HTTP_ADDRESS`, `TLS_…`
 */
export async function listenAt(
  exposure: Pick<Exposure, 'address' | 'port' | 'tls'>,
  fetch: Fetch,
  limits: HttpLimits,
  options: Readonly<{ log: Log; rereadMs?: number }>,
): Promise<Listening> {
  const { address, port, tls } = exposure
  // What a certificate is worth is a matter of the world's time, also where a sample has its own.
  const pair = tls && readPair(tls, systemClock.nowMs())
  const open = () => createServer(fetch, limits, pair)
  const { servers, port: taken } =
    address === null ? await bindLoopback(open, port) : await bindOne(open(), address, port)
  const following =
    tls &&
    pair &&
    followPair(tls, pair, {
      ...{ clock: systemClock, log: options.log, everyMs: options.rereadMs ?? rereadMs },
      take: next => {
        for (const server of servers) (server as TlsServer).setSecureContext(tlsOf(next))
      },
    })
  return {
    port: taken,
    async close() {
      following?.stop()
      await Promise.all(servers.map(stop))
    },
  }
}

type Bound = Readonly<{ servers: readonly Server[]; port: number }>

async function bindOne(server: Server, address: string, port: number): Promise<Bound> {
  return { servers: [server], port: await bind(server, address, port) }
}

/**
 * Both families: a browser tries `::1` for `localhost` first, and whoever else held that address on our
 * port would be taken for us.
 *
 * @param port 0 takes a free one
 */
async function bindLoopback(open: () => Server, port: number): Promise<Bound> {
  // A free port of one family may be taken in the other; ten tries in a row would be no accident.
  for (let attempt = 1; ; attempt += 1) {
    const first = open()
    const taken = await bind(first, '127.0.0.1', port)
    const second = open()
    try {
      await bind(second, '::1', taken)
    } catch (error) {
      // This machine has no IPv6 loopback: then nobody else can hold it either.
      if (isNoAddress(error)) return { servers: [first], port: taken }
      await stop(first)
      if (port === 0 && attempt < 10) continue
      throw error
    }
    return { servers: [first, second], port: taken }
  }
}

const isNoAddress = (error: unknown): boolean =>
  error instanceof OkiteError && error.code === 'HTTP_ADDRESS'

/**
 * Refuses at once where `listenAt` would: before a database has been made for nothing.
 *
 * @throws OkiteError `HTTP_PORT_TAKEN`, `HTTP_ADDRESS`, `TLS_…`
 */
export async function requireListening(
  exposure: Exposure,
  limits: HttpLimits,
  log: Log,
): Promise<void> {
  const silent = async () => new Response(null, { status: 503 })
  await (await listenAt(exposure, silent, limits, { log })).close()
}

/** TLS 1.3 and nothing before it: statement 56 asks it of everybody, so of us. */
const tlsOf = ({ cert, key }: Pick<Pair, 'cert' | 'key'>) => ({
  ...{ cert, key, minVersion: 'TLSv1.3' as const },
})

function createServer(fetch: Fetch, limits: HttpLimits, pair: Pair | null): Server {
  const server = createAdaptorServer({
    fetch: (request, { incoming }) =>
      fetch(request, incoming.url ?? '/', incoming.socket.remoteAddress ?? ''),
    overrideGlobalObjects: false,
    ...(pair && { createServer: createTlsServer }),
    serverOptions: {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.receiveMsMax,
      // The longest that anything may take to come in; what is no upload has `receiveMsMax` (body.ts).
      requestTimeout: limits.uploadMsMax,
      keepAliveTimeout: 5_000,
      insecureHTTPParser: false,
      requireHostHeader: true,
      ...(pair && { ...tlsOf(pair), handshakeTimeout: limits.receiveMsMax }),
    },
  }) as Server
  server.maxConnections = limits.connectionsMax
  return server
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES'
      const code = taken ? 'HTTP_PORT_TAKEN' : 'HTTP_ADDRESS'
      reject(new OkiteError(code, { port, host }, { cause: error }))
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
