import type { Context } from 'hono'
import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { ZodType } from 'zod'
import { OkiteError } from '../error.ts'
import type { Locale } from '../i18n/locale.ts'
import { locales } from '../i18n/locale.ts'
import type { Log } from '../log.ts'
import { Download, type Module, type Principal, type RoutePorts } from '../module.ts'
import type { Clock } from '../time.ts'
import { readBody } from './body.ts'
import type { ErrorDocuments } from './error-documents.ts'
import type { Events } from './events.ts'
import { createEvents } from './events.ts'
import { guard } from './guard.ts'
import { harden } from './headers.ts'
import type { HttpLimits } from './limits.ts'
import { httpLimits } from './limits.ts'
import type { Listening } from './listen.ts'
import { listenOnLoopback } from './listen.ts'
import type { ApiInfo } from './openapi.ts'
import { openapiOf } from './openapi.ts'
import { enterBody, nothing, ownRoutes } from './own-routes.ts'
import { toProblem } from './problem.ts'
import { createBuckets } from './rate.ts'
import type { OwnedRoute } from './routes.ts'
import { answer, collectRoutes, publicPermission } from './routes.ts'
import type { Session, Sessions } from './session.ts'
import { createSessions } from './session.ts'
import { createUploads, downloadOf, type Uploads } from './transfer.ts'
import type { WebFiles } from './web-files.ts'
import { answerWeb } from './web-files.ts'

export type HttpOptions = Readonly<{
  modules: readonly Module[]
  /** What a route of this module may use. */
  portsOf(module: string): RoutePorts
  /** Who asks. Until sign-in exists, the one principal is the person at the machine. */
  principalOf(session: Session): Principal
  clock: Clock
  log: Log
  errors: ErrorDocuments
  web: WebFiles
  /** JSON text of the compiled catalogue of each locale. */
  messages: Readonly<Record<Locale, string>>
  info: ApiInfo
  /** IANA zone of the organisation. */
  zone: string
  limits?: Partial<HttpLimits>
  /** The port that requests are told to have come to before `listen`. */
  port?: number
}>

export type Http = Readonly<{
  /** Answers a request as if it had come to this port. `raw` is its target as sent, `client` whence. */
  fetch(request: Request, raw?: string, client?: string): Promise<Response>
  /** The OpenAPI 3.1 document. */
  document: object
  /** Listens on loopback; 0 takes a free port. Resolves to `http://localhost:<port>/`. */
  listen(port: number): Promise<string>
  /** A fresh link with a one-time token in its fragment, which a browser never sends or logs. */
  link(): string
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
  readonly sessions: Sessions
  readonly events: Events
  readonly document: object
  readonly uploads: Uploads
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
  const described = [...Object.values(ownRoutes), ...routes]
  const sessions = createSessions(options.clock, limits)
  const edge: Edge = {
    app: new Hono<Env>(),
    options,
    limits,
    sessions,
    events: createEvents(sessions, limits),
    document: openapiOf(described, options.info, 'okite-<port>'),
    uploads: createUploads(limits),
    port: options.port ?? 80,
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
    async listen(wanted) {
      listening = await listenOnLoopback(fetch, wanted, limits)
      edge.port = listening.port
      return `http://localhost:${edge.port}/`
    },
    link: () => `http://localhost:${edge.port}/#token=${sessions.token()}`,
    grown: size => edge.events.grown(size),
    async close() {
      edge.events.close()
      await listening?.close()
    },
  }
}

/** Cookies know no ports: two installations on one machine must not end each other's sessions. */
const cookieName = (edge: Edge): string => `okite-${edge.port}`

/** Below `/api`: who asks, if anybody, and whether he asks too often. */
function meetSession(edge: Edge): void {
  const { limits, options } = edge
  const outside = createBuckets(limits.rateOutside, options.clock, limits.clientsMax)
  edge.app.use('/api/*', async (c, next) => {
    const cookie = getCookie(c, cookieName(edge))
    const isCookie = cookie !== undefined && cookie.length <= 100
    const session = isCookie ? edge.sessions.find(cookie) : null
    c.set('session', session)
    if (session === null) outside.take(c.env.client)
    else session.bucket.take()
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
    if (route.permission !== publicPermission) needSession(c)
    return handler(c)
  })
}

function serveSession(edge: Edge): void {
  const { options, limits, sessions } = edge
  const wrong = createBuckets(limits.rateToken, options.clock, limits.clientsMax)
  const cookie = { httpOnly: true, sameSite: 'Strict', path: '/' } as const
  /** Only what is refused counts: nobody who tries at random keeps out who holds a link. */
  const enterOr = (token: string, refused: () => void) => {
    try {
      return sessions.enter(token)
    } catch (error) {
      refused()
      throw error
    }
  }

  serve(edge, ownRoutes.enter, async c => {
    const { token } = parse(enterBody, await readBody(c.req.raw, limits))
    const before = c.get('session')
    const { secret, session } = enterOr(token, () => wrong.take(c.env.client))
    // A new id at every change of rights; the old one opens nothing any more.
    if (before) sessions.end(before)
    const maxAge = limits.sessionAbsoluteMs / 1000
    setCookie(c, cookieName(edge), secret, { ...cookie, maxAge })
    return c.json(described(session, options))
  })
  serve(edge, ownRoutes.session, async c => c.json(described(needSession(c), options)))
  serve(edge, ownRoutes.leave, async c => {
    parse(nothing, await readBody(c.req.raw, limits))
    sessions.end(needSession(c))
    setCookie(c, cookieName(edge), '', { ...cookie, maxAge: 0 })
    return c.json({})
  })
}

function serveProgram(edge: Edge): void {
  serve(edge, ownRoutes.events, async c => edge.events.stream(needSession(c)))
  serve(edge, ownRoutes.messages, async c => {
    const locale = locales.find(each => each === c.req.param('locale'))
    if (locale === undefined) throw new OkiteError('HTTP_NOT_FOUND')
    return c.body(edge.options.messages[locale], 200, { 'content-type': 'application/json' })
  })
  serve(edge, ownRoutes.document, async c => c.json(edge.document))
}

function serveRoute(edge: Edge, owned: OwnedRoute): void {
  const { options, limits, uploads } = edge
  serve(edge, owned, async c => {
    const { session } = c.var
    const asked = {
      params: c.req.param() as Record<string, string>,
      query: new URL(c.req.url).searchParams,
      body: () => readBody(c.req.raw, limits),
      upload: (sizeBytesMax: number) => uploads.read(c.req.raw, sizeBytesMax),
      ifMatch: c.req.header('if-match') ?? null,
      principal: session ? options.principalOf(session) : nobody,
    }
    const ports = options.portsOf(owned.module)
    const answered = await answer(owned, asked, ports, limits.requestMsMax)
    return answered instanceof Download ? downloadOf(answered) : c.json(answered as object)
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
  return async (request, raw = pathOf(request), client = '') => {
    const startMs = options.clock.nowMs()
    let response: Response
    try {
      guard(request, raw, edge.port, limits)
      response = await app.fetch(request, { client })
    } catch (thrown) {
      response = problem(thrown)
    }
    if (response.status >= 400) {
      const ms = options.clock.nowMs() - startMs
      options.log.info('http.refused', { method: request.method, status: response.status, ms })
    }
    return harden(response)
  }
}

const nobody: Principal = { name: '', permissions: new Set() }

const pathOf = (request: Request): string => request.url.replace(/^[a-z]+:\/\/[^/]*/i, '')

function described(session: Session, options: HttpOptions) {
  const principal = options.principalOf(session)
  return {
    name: principal.name,
    permissions: [...principal.permissions].sort(),
    until: new Date(session.endsMs).toISOString(),
    zone: options.zone,
  }
}

function parse<T>(schema: ZodType<T>, value: unknown): T {
  const checked = schema.safeParse(value)
  if (!checked.success) throw new OkiteError('HTTP_INPUT', { part: 'body', at: 'its fields' })
  return checked.data
}
