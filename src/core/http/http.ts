import type { Context } from 'hono'
import { Hono } from 'hono'
import { OkiteError } from '../error.ts'
import { locales } from '../i18n/locale.ts'
import type { Messages } from '../i18n/messages.ts'
import type { Log } from '../log.ts'
import { Download, type Module, type Principal } from '../module.ts'
import { namedBy } from '../record/named.ts'
import type { Clock } from '../time.ts'
import { arrivalOf } from './arrival.ts'
import { readBody } from './body.ts'
import { type Cookies, cookiesOf } from './cookies.ts'
import type { Door, DoorRoute, Session, Visit } from './door.ts'
import type { ErrorDocuments } from './error-documents.ts'
import type { Events } from './events.ts'
import { createEvents } from './events.ts'
import { type Exposure, onLoopback } from './exposure.ts'
import { guard, oursOf } from './guard.ts'
import { harden } from './headers.ts'
import type { HttpLimits } from './limits.ts'
import { httpLimits } from './limits.ts'
import { createLinkDoor } from './link-door.ts'
import type { Listening } from './listen.ts'
import { listenAt } from './listen.ts'
import type { ApiInfo } from './openapi.ts'
import { openapiOf } from './openapi.ts'
import { nothing, ownRoutes } from './own-routes.ts'
import { publicPermission } from './permission.ts'
import { toProblem } from './problem.ts'
import { type Buckets, createBuckets } from './rate.ts'
import type { EdgePorts, OwnedRoute } from './routes.ts'
import { answer, collectRoutes, declared, needPermission, readInput } from './routes.ts'
import { described } from './session-view.ts'
import { createTransfers, downloadOf, type Transfers } from './transfer.ts'
import { type EdgeFiles, readUpload } from './upload.ts'
import type { WebFile, WebFiles } from './web-files.ts'
import { answerFile, answerWeb, webFile } from './web-files.ts'

export type HttpOptions = Readonly<{
  modules: readonly Module[]
  /** What a route of this module may use. */
  portsOf(module: string): EdgePorts
  /** Who may come in. */
  door?: Door
  /** Where there is no door: whom the link lets in as. */
  principalOf?: () => Principal
  clock: Clock
  log: Log
  errors: ErrorDocuments
  web: WebFiles
  /** What browsers are given to say. */
  messages: Pick<Messages, 'json'>
  info: ApiInfo
  /** IANA zone of the organisation. */
  zone: string | (() => string)
  /** The organisation is made up: every page says so. */
  isSample: boolean
  limits?: Partial<HttpLimits>
  /** How often a renewed certificate is looked for. */
  rereadMs?: number
  /** Files of evidence. Absent: none are taken or sent. */
  files?: EdgeFiles
  /** Where people reach it. Without it, and before `listen`, requests come to port 80 of loopback. */
  exposure?: Exposure
}>

export type Http = Readonly<{
  /** Answers a request as if it had come to this port. `raw` is its target as sent, `peer` who holds the socket. */
  fetch(request: Request, raw?: string, peer?: string): Promise<Response>
  /** The OpenAPI 3.1 document. */
  document: object
  /** Listens; port 0 takes a free one. Resolves to where people reach it, with a slash at its end. */
  listen(port?: number): Promise<string>
  /** The page; while nobody may sign in, with a one-time token in its fragment, which a browser never sends or logs. */
  link(): Promise<string>
  /** Tells open pages that the list has this size now. */
  grown(size: number): void
  close(): Promise<void>
}>

type Env = {
  /** The address that asks. */
  Bindings: { client: string }
  Variables: { session: Session | null }
}

/** What the parts of the edge share. `port` is set by `listen` and by nothing else. */
type Edge = {
  readonly app: Hono<Env>
  readonly options: HttpOptions
  readonly limits: HttpLimits
  readonly door: Door
  readonly inside: Buckets
  readonly events: Events
  readonly document: object
  readonly transfers: Transfers
  readonly exposure: Exposure
  port: number
}

/**
 * The HTTP edge: guards, sessions, routes of all modules, the shell.
 *
 * @throws OkiteError `HTTP_ROUTES` when a declaration is wrong
 */
export function createHttp(options: HttpOptions): Http {
  const limits: HttpLimits = { ...httpLimits, ...options.limits }
  const routes = collectRoutes(options.modules)
  const door = options.door ?? linkDoorOf(options, limits)
  const exposure = options.exposure ?? onLoopback(80)
  const cookie = exposure.origin === null ? 'okite-<port>' : '__Host-okite'
  const described = [...Object.values(ownRoutes), ...door.routes.map(asOwned), ...routes]
  const edge: Edge = {
    app: new Hono<Env>(),
    options,
    limits,
    door,
    inside: createBuckets(limits.rate, options.clock, limits.clientsMax),
    events: createEvents(door, limits),
    document: openapiOf(described, options.info, cookie),
    transfers: createTransfers(limits),
    exposure,
    port: exposure.port,
  }
  let listening: Listening | null = null

  meetSession(edge)
  serveSession(edge)
  serveProgram(edge)
  for (const owned of routes) serveRoute(edge, owned)
  serveRest(edge)
  const fetch = fetchThrough(edge)

  return {
    fetch,
    document: edge.document,
    async listen(port = exposure.port) {
      listening = await listenAt({ ...exposure, port }, fetch, limits, options)
      edge.port = listening.port
      return `${originOf(edge)}/`
    },
    link: async () => `${originOf(edge)}${await door.link()}`,
    grown: size => edge.events.grown(size),
    async close() {
      edge.events.close()
      await listening?.close()
    },
  }
}

/** Links say a name, never an address: passkeys belong to names. */
const originOf = ({ exposure, port }: Edge): string => exposure.origin ?? `http://localhost:${port}`

const isSecure = ({ exposure }: Edge): boolean => exposure.origin !== null

const cookies = (edge: Edge, c: Context<Env>): Cookies => cookiesOf(c, edge.port, isSecure(edge))

const linkDoorOf = (options: HttpOptions, limits: HttpLimits): Door => {
  const { clock, principalOf = () => nobody } = options
  return createLinkDoor({ clock, limits, principalOf, ...viewOf(options) })
}

/** Below `/api`: who asks, if anybody, and whether he asks too often. */
function meetSession(edge: Edge): void {
  const { limits, options } = edge
  const outside = createBuckets(limits.rateOutside, options.clock, limits.clientsMax)
  edge.app.use('/api/*', async (c, next) => {
    const secret = cookies(edge, c).read('session')
    const session = secret === null ? null : await edge.door.find(secret)
    c.set('session', session)
    if (session === null) outside.take(c.env.client)
    else edge.inside.take(session.id)
    await next()
  })
}

function needSession(c: Context<Env>): Session {
  const session = c.get('session')
  if (session === null) throw new OkiteError('HTTP_SESSION_NEEDED')
  return session
}

function serve(
  edge: Edge,
  { route }: OwnedRoute,
  handler: (c: Context<Env>) => Promise<Response>,
): void {
  const path = `/api${route.path.replaceAll(/\{([^}]*)\}/g, ':$1')}`
  edge.app.on(route.method.toUpperCase(), path, async c => {
    if (route.permission !== publicPermission) {
      needPermission(route.permission, needSession(c).principal)
    }
    return handler(c)
  })
}

function serveSession(edge: Edge): void {
  const { options, limits, door } = edge
  for (const route of door.routes) {
    serve(edge, asOwned(route), async c => {
      const params = readInput(route.params, c.req.param(), 'params')
      // A get of the door has no query, and says so like every other.
      readInput(undefined, Object.fromEntries(new URL(c.req.url).searchParams), 'query')
      const body = route.body
        ? readInput(route.body, await readBody(c.req.raw, limits), 'body')
        : undefined
      const answered = await route.run(visitOf(edge, c), { params, body })
      return c.json(declared(route, answered, 'core', options.log) as object)
    })
  }
  serve(edge, ownRoutes.session, async c => c.json(described(needSession(c), viewOf(options))))
  serve(edge, ownRoutes.leave, async c => {
    readInput(nothing, await readBody(c.req.raw, limits), 'body')
    await door.end(needSession(c))
    cookies(edge, c).clear('session')
    // What a page kept of this person goes with him (ASVS 14.3.1).
    c.header('clear-site-data', '"cache", "storage"')
    return c.json({})
  })
}

function visitOf(edge: Edge, c: Context<Env>): Visit {
  const kept = cookies(edge, c)
  const nowMs = edge.options.clock.nowMs()
  return {
    session: c.get('session'),
    client: c.env.client,
    agent: c.req.header('user-agent') ?? null,
    flow: kept.read('flow'),
    device: kept.read('device'),
    place: { origin: originOf(edge), rpId: new URL(originOf(edge)).hostname },
    enter: ({ secret, endsMs }) => kept.set('session', secret, (endsMs - nowMs) / 1000),
    setFlow: secret =>
      secret === null ? kept.clear('flow') : kept.set('flow', secret, limitsOfFlow),
    setDevice: value => kept.set('device', value, limitsOfDevice),
  }
}

/** As long as a flow lives. */
const limitsOfFlow = 15 * 60

/** Somebody who comes once in a quarter is still known. */
const limitsOfDevice = 120 * 24 * 60 * 60

const asOwned = (route: DoorRoute): OwnedRoute => ({
  module: 'core',
  route: { ...route, run: async () => Promise.reject(new OkiteError('HTTP_NOT_FOUND')) },
})

function serveProgram(edge: Edge): void {
  serve(edge, ownRoutes.events, async c => edge.events.stream(needSession(c)))
  // Catalogues do not change while the program runs: each is packed once, and at most once asked for.
  const catalogues = new Map<string, WebFile>()
  serve(edge, ownRoutes.messages, async c => {
    const { locale: asked, module = '' } = c.req.param() as Record<string, string>
    const locale = locales.find(each => each === asked)
    if (locale === undefined) throw new OkiteError('HTTP_NOT_FOUND')
    const name = `${locale}/${module}`
    const known = catalogues.get(name)
    if (known) return answerFile(known, c.req.raw)
    const json = edge.options.messages.json(locale, module)
    // Who says nothing has an empty catalogue; only real ones are kept, so that none can be invented.
    const file = webFile(Buffer.from(json ?? '{}'), 'application/json', false)
    if (json !== null) catalogues.set(name, file)
    return answerFile(file, c.req.raw)
  })
  const named = namedBy(edge.options.modules.flatMap(({ facts = [] }) => facts))
  serve(edge, ownRoutes.named, async c => c.json(named))
  serve(edge, ownRoutes.document, async c => c.json(edge.document))
}

function serveRoute(edge: Edge, owned: OwnedRoute): void {
  const { options, limits, transfers } = edge
  serve(edge, owned, async c => {
    const { session } = c.var
    const ports = options.portsOf(owned.module)
    const asked = {
      params: c.req.param() as Record<string, string>,
      query: new URL(c.req.url).searchParams,
      body: () => readBody(c.req.raw, limits),
      upload: ({ filesMax, sizeBytesMax }: NonNullable<typeof owned.route.upload>) => {
        const most = { files: filesMax, sizeBytes: sizeBytesMax(ports.settings) }
        return readUpload(c.req.raw, needFiles(options), limits, most)
      },
      transfer: (sizeBytesMax: number) => transfers.read(c.req.raw, sizeBytesMax),
      ifMatch: c.req.header('if-match') ?? null,
      principal: session?.principal ?? nobody,
    }
    const result = await answer(owned, asked, ports, limits.requestMsMax)
    if (result instanceof Download) return downloadOf(result)
    const { mediaType, sendsFile } = owned.route
    if (sendsFile) return sendFile(needFiles(options), String(result))
    if (mediaType === undefined) return c.json(result as object)
    return c.body(String(result), 200, { 'content-type': `${mediaType}; charset=utf-8` })
  })
}

const needFiles = ({ files }: HttpOptions): EdgeFiles => {
  if (files === undefined) throw new OkiteError('HTTP_NOT_FOUND')
  return files
}

/**
 * A kept file, for saving and never for showing: what people upload is run by nobody here. Its name is
 * its hash; the one that it came with is a person's words.
 */
async function sendFile(files: EdgeFiles, sha256: string): Promise<Response> {
  const chunks = files.read(sha256)[Symbol.asyncIterator]()
  // The first piece is read before anything is answered: what is not there, or altered, is a refusal.
  let next: IteratorResult<Uint8Array> | null = await chunks.next()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = next ?? (await chunks.next())
      next = null
      if (done) controller.close()
      else controller.enqueue(new Uint8Array(value))
    },
    cancel: async () => {
      await chunks.return?.()
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${sha256}"`,
    },
  })
}

/** What no route has answered: the shell, or nothing. */
function serveRest({ app, options }: Edge): void {
  app.all('/api/*', async c => {
    throw new OkiteError(c.req.method === 'GET' ? 'HTTP_NOT_FOUND' : 'HTTP_METHOD')
  })
  app.on(['GET', 'HEAD'], '/*', async c => answerWeb(options.web, c.req.raw, c.req.path))
  app.all('/*', async () => {
    throw new OkiteError('HTTP_METHOD')
  })
}

/** Guards before, headers after, and the one place where anything thrown becomes an answer. */
function fetchThrough(edge: Edge): Http['fetch'] {
  const { app, options, limits } = edge
  const problem = (thrown: unknown) => toProblem(thrown, options.errors, options.log)
  app.onError(error => problem(error))
  return async (request, raw = pathOf(request), peer = '') => {
    const startMs = options.clock.nowMs()
    let response: Response
    try {
      const { client, hosts } = arrivalOf(request.headers, peer, edge.exposure)
      guard(request, raw, hosts, oursOf(edge.exposure.origin, edge.port), limits)
      response = await app.fetch(request, { client })
    } catch (thrown) {
      response = problem(thrown)
    }
    if (response.status >= 400) {
      const ms = options.clock.nowMs() - startMs
      options.log.info('http.refused', { method: request.method, status: response.status, ms })
    }
    // RFC 9110 §6.6.1: pages count from this clock, for that of a laptop may be wrong by a day.
    response.headers.set('date', new Date(options.clock.nowMs()).toUTCString())
    return harden(response, isSecure(edge))
  }
}

const nobody: Principal = {
  account: null,
  person: null,
  name: '',
  roles: [],
  permissions: new Set(),
}

const viewOf = ({ zone, isSample }: HttpOptions) => ({
  zone: typeof zone === 'string' ? zone : zone(),
  isSample,
})

const pathOf = (request: Request): string => request.url.replace(/^[a-z]+:\/\/[^/]*/i, '')
