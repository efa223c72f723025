import { z } from 'zod'
import { OkiteError } from '../error.ts'
import type { Log } from '../log.ts'
import type { Module, Principal, Route, RoutePorts, Transfer } from '../module.ts'
import { publicPermission, sessionPermission } from './permission.ts'
import type { Uploaded } from './upload.ts'

export type EdgePorts = RoutePorts &
  Readonly<{
    /** Says that somebody reads evidence, where his reading is a fact. */
    tellRead?(principal: Principal, object: string): Promise<void>
  }>

export type OwnedRoute = Readonly<{ module: string; route: Route<any, any, any, any> }>

/** Paths that core serves itself. */
const ownPaths = [
  ...['/session', '/sign-in', '/enrolment', '/account', '/accounts', '/organisation'],
  ...['/openapi.json', '/events', '/messages'],
]

/**
 * Collects the routes of all modules.
 *
 * @throws OkiteError `HTTP_ROUTES` with every complaint at once: a route without a permission (M15),
 *   a path written wrongly or twice, an input schema that lets unknown fields through
 */
export function collectRoutes(modules: readonly Module[]): readonly OwnedRoute[] {
  const owned = modules.flatMap(module =>
    (module.routes ?? []).map(route => ({ module: module.id, route })),
  )
  const complaints: string[] = []
  const seen = new Map<string, string>()
  for (const { module, route } of owned) {
    const name = `${route.method} ${route.path}`
    const complain = (what: string) => complaints.push(`${module}: ${name}: ${what}`)
    const before = seen.get(shapeOf(name))
    if (before !== undefined) complain(`is already served by ${before}`)
    seen.set(shapeOf(name), module)
    for (const complaint of complaintsAbout(route)) complain(complaint)
  }
  if (complaints.length > 0) throw new OkiteError('HTTP_ROUTES', { complaints })
  return owned
}

/** Two paths that differ only in the names of their parameters are one path. */
const shapeOf = (name: string): string => name.replaceAll(/\{[^}]*\}/g, '{}')

function complaintsAbout(route: OwnedRoute['route']): string[] {
  const complaints: string[] = []
  if (!/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/.test(route.permission ?? '')) {
    complaints.push('it declares no permission (M15)')
  }
  if (!/^(\/([a-z][a-z0-9.-]*|\{[a-z][A-Za-z0-9]*\}))+$/.test(route.path)) {
    complaints.push('its path is not of the form /nouns/{id}')
  }
  if (ownPaths.some(own => route.path === own || route.path.startsWith(`${own}/`))) {
    complaints.push('its path belongs to core')
  }
  const named = [...route.path.matchAll(/\{([^}]*)\}/g)].map(match => match[1])
  const declared = route.params instanceof z.ZodObject ? Object.keys(route.params.shape) : []
  if ([...named].sort().join() !== [...declared].sort().join()) {
    complaints.push(`path names {${named.join(', ')}}, params declare {${declared.join(', ')}}`)
  }
  if (route.method === 'get' && (route.body || route.transfer)) complaints.push('a get has no body')
  if (route.upload && !route.body) complaints.push('files come with fields')
  if (route.body && route.transfer) complaints.push('its body is a file or JSON, not both')
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = route[part]
    if (schema && !isStrict(schema)) complaints.push(`its ${part} lets unknown fields through`)
  }
  return complaints
}

/** Whether every object in a schema refuses fields that it does not name. */
export function isStrict(schema: z.ZodType): boolean {
  const json: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const strict = (node: unknown): boolean => {
    if (Array.isArray(node)) return node.every(strict)
    if (typeof node !== 'object' || node === null) return true
    if ('properties' in node && !('additionalProperties' in node)) return false
    return Object.values(node).every(strict)
  }
  return strict(json)
}

export type Asked = Readonly<{
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  /** Read only when the route declares one. */
  body(): Promise<unknown>
  /** The same of a route that takes files. */
  upload(upload: NonNullable<Route<any, any, any, any>['upload']>): Promise<Uploaded>
  /** The one file of a route that takes it in memory. */
  transfer(sizeBytesMax: number): Promise<Transfer>
  ifMatch: string | null
  principal: Principal
}>

/**
 * Answers one request of a route: permission first, then the input by its schema, then the work
 * within its time, then the output by its schema, so that a field that nobody declared never leaves.
 */
export async function answer(
  { module, route }: OwnedRoute,
  asked: Asked,
  ports: EdgePorts,
  msMax: number,
): Promise<unknown> {
  needPermission(route.permission, asked.principal)
  const params = readInput(route.params, asked.params, 'params')
  const query = readInput(route.query, once(asked.query), 'query')
  const { principal } = asked
  const version = route.ifMatch ? versionOf(asked.ifMatch) : null
  const came = route.upload ? await asked.upload(route.upload) : null
  let result: unknown
  try {
    const fields = came?.fields ?? (route.body && (await asked.body()))
    const body = route.body && readInput(route.body, fields, 'body')
    const transfer = route.transfer ? await asked.transfer(route.transfer.sizeBytesMax) : null
    const files = came?.files ?? []
    const input = { params, query, body, principal, version, files, transfer }
    if (route.evidence) await ports.tellRead?.(principal, route.evidence(input))
    result = await within(route.msMax ?? msMax, ports, limited => route.run(input, limited))
  } finally {
    await came?.release()
  }
  return declared(route, result, module, ports.log)
}

/** What a route answers, if it is what it has declared. @throws OkiteError `HTTP_RESPONSE_INVALID` */
export function declared(
  route: Pick<OwnedRoute['route'], 'path' | 'response'>,
  result: unknown,
  module: string,
  log: Log,
): unknown {
  const checked = route.response.safeParse(result)
  if (checked.success) return checked.data
  log.error('http.response.refused', { module, path: route.path, at: where(checked.error) })
  throw new OkiteError('HTTP_RESPONSE_INVALID')
}

/** @throws OkiteError `HTTP_FORBIDDEN` */
export function needPermission(permission: string, principal: Principal): void {
  if (permission === publicPermission || permission === sessionPermission) return
  if (!principal.permissions.has(permission)) throw new OkiteError('HTTP_FORBIDDEN', { permission })
}

/** A strong entity tag with a position in it. `*` would change what nobody has looked at. */
function versionOf(ifMatch: string | null): number {
  if (ifMatch === null) throw new OkiteError('HTTP_VERSION_NEEDED')
  const [, version] = /^"(\d{1,15})"$/.exec(ifMatch) ?? []
  if (version === undefined)
    throw new OkiteError('HTTP_INPUT', { part: 'if-match', at: 'its form' })
  return Number(version)
}

function once(query: URLSearchParams): Record<string, string> {
  const fields: Record<string, string> = Object.create(null)
  for (const [name, value] of query) {
    // Two readers of a doubled parameter may take different ones.
    if (name in fields) throw new OkiteError('HTTP_INPUT', { part: 'query', at: 'a doubled name' })
    fields[name] = value
  }
  return { ...fields }
}

/** What a caller sent, by a schema that refuses unknown fields. @throws OkiteError `HTTP_INPUT` */
export function readInput(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  const checked = (schema ?? z.strictObject({})).safeParse(value)
  if (!checked.success) throw new OkiteError('HTTP_INPUT', { part, at: where(checked.error) })
  return checked.data
}

/** Where a schema disagreed, and how; never the value. */
const where = (error: z.ZodError): string =>
  error.issues
    .slice(0, 8)
    .map(issue => `${issue.path.map(String).join('.').slice(0, 80) || '.'}: ${issue.code}`)
    .join(', ')

async function within<T>(
  msMax: number,
  ports: EdgePorts,
  run: (ports: EdgePorts) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const limited = { ...ports, signal: AbortSignal.any([ports.signal, late.signal]) }
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late.abort()
      reject(new OkiteError('HTTP_TIMEOUT', { retryAfterSeconds: 5 }))
    }, msMax)
  })
  try {
    return await Promise.race([run(limited), tooLate])
  } finally {
    clearTimeout(timer)
  }
}
