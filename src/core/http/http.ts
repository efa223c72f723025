import type { Context } from 'hono'
import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { ZodType } from 'zod'
import { OkiteError } from '../error.ts'
import type { Locale } from '../i18n/locale.ts'
import { locales } from '../i18n/locale.ts'
import type { Log } from '../log.ts'
import type { Module, Principal } from '../module.ts'
import type { Clock } from '../time.ts'
import { readBody } from './body.ts'
import type { ErrorDocuments } from './error-documents.ts'
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
import { createBucket } from './rate.ts'
import type { OwnedRoute, RoutePorts } from './routes.ts'
import { answer, collectRoutes, publicPermission } from './routes.ts'
import type { Session } from './session.ts'
import { createSessions } from './session.ts'
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
  /** Answers a request as if it had come to this port. `raw` is its target as sent. */
  fetch(request: Request, raw?: string): Promise<Response>
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

type Env = { Variables: { session: Session | null } }

/**
 * The HTTP edge: guards, sessions, routes of all modules, the shell.
 *
 * @throws OkiteError `HTTP_ROUTES` when a declaration is wrong
 */
export function createHttp(options: HttpOptions): Http {
  const limits: HttpLimits = { ...httpLimits, ...options.limits }
  const sessions = createSessions(options.clock, limits)
  const events = createEvents(sessions, limits)
  const outside = createBucket(limits.rateOutside, options.clock)
  const tokenTries = createBucket(limits.rateToken, options.clock)
  let port = options.port ?? 80
  let listening: Listening | null = null

  const routes = collectRoutes(options.modules)
  const document = openapiOf([...Object.values(ownRoutes), ...routes], options.info, 'okite-<port>')

  const app = new Hono<Env>()
  const problem = (thrown: unknown) => toProblem(thrown, options.errors, options.log)
  // Cookies know no ports: two installations on one machine must not end each other's sessions.
  const cookieName = () => `okite-${port}`

  const sessionOf = (c: Context<Env>): Session | null => {
    const cookie = getCookie(c, cookieName())
    return cookie === undefined || cookie.length > 100 ? null : sessions.find(cookie)
  }
  const needSession = (c: Context<Env>): Session => {
    const session = c.get('session')
    if (session === null) throw new OkiteError('HTTP_SESSION_NEEDED')
    return session
  }
  const serve = (owned: OwnedRoute, handler: (c: Context<Env>) => Promise<Response>) => {
    const path = `/api${owned.route.path.replaceAll(/\{([^}]*)\}/g, ':$1')}`
    app.on(owned.route.method.toUpperCase(), path, async c => {
      if (owned.route.permission !== publicPermission) needSession(c)
      return handler(c)
    })
  }

  app.onError(error => problem(error))
  app.notFound(() => problem(new OkiteError('HTTP_NOT_FOUND')))
  app.use('/api/*', async (c, next) => {
    const session = sessionOf(c)
    c.set('session', session)
    ;(session?.bucket ?? outside).take()
    await next()
  })

  serve(ownRoutes.enter, async c => {
    tokenTries.take()
    const { token } = parse(enterBody, await readBody(c.req.raw, limits))
    const before = c.get('session')
    const { secret, session } = sessions.enter(token)
    // A new id at every change of rights; the old one opens nothing any more.
    if (before) sessions.end(before)
    setCookie(c, cookieName(), secret, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: limits.sessionAbsoluteMs / 1000,
    })
    return c.json(described(session, options))
  })
  serve(ownRoutes.session, async c => c.json(described(needSession(c), options)))
  serve(ownRoutes.leave, async c => {
    parse(nothing, await readBody(c.req.raw, limits))
    sessions.end(needSession(c))
    setCookie(c, cookieName(), '', { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: 0 })
    return c.json({})
  })
  serve(ownRoutes.events, async c => events.stream(needSession(c)))
  serve(ownRoutes.messages, async c => {
    const locale = locales.find(each => each === c.req.param('locale'))
    if (locale === undefined) throw new OkiteError('HTTP_NOT_FOUND')
    return c.body(options.messages[locale], 200, { 'content-type': 'application/json' })
  })
  serve(ownRoutes.document, async c => c.json(document))

  for (const owned of routes) {
    serve(owned, async c => {
      const { session } = c.var
      const asked = {
        params: c.req.param() as Record<string, string>,
        query: new URL(c.req.url).searchParams,
        body: () => readBody(c.req.raw, limits),
        principal: session ? options.principalOf(session) : nobody,
      }
      const ports = options.portsOf(owned.module)
      return c.json((await answer(owned, asked, ports, limits.requestMsMax)) as object)
    })
  }
  app.all('/api/*', async c => {
    throw new OkiteError(c.req.method === 'GET' ? 'HTTP_NOT_FOUND' : 'HTTP_METHOD')
  })
  app.on(['GET', 'HEAD'], '/*', async c => answerWeb(options.web, c.req.raw, c.req.path))
  app.all('/*', async () => {
    throw new OkiteError('HTTP_METHOD')
  })

  const fetch = async (request: Request, raw = pathOf(request)): Promise<Response> => {
    const startMs = options.clock.nowMs()
    let response: Response
    try {
      guard(request, raw, port, limits)
      response = await app.fetch(request)
    } catch (thrown) {
      response = problem(thrown)
    }
    if (response.status >= 400) {
      const ms = options.clock.nowMs() - startMs
      options.log.info('http.refused', { method: request.method, status: response.status, ms })
    }
    return harden(response)
  }

  return {
    fetch,
    document,
    async listen(wanted) {
      listening = await listenOnLoopback(fetch, wanted, limits)
      port = listening.port
      return `http://localhost:${port}/`
    },
    link: () => `http://localhost:${port}/#token=${sessions.token()}`,
    grown: size => events.grown(size),
    async close() {
      events.close()
      await listening?.close()
    },
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
