import { z } from 'zod'
import { OkiteError } from '../error.ts'
import type { Module, Principal, Route, RoutePorts, Upload } from '../module.ts'

export type { RoutePorts }

export type OwnedRoute = Readonly<{ module: string; route: Route<any, any, any, any> }>

/** Open to everybody who reaches the port. A module that says so gives its reason in a comment. */
export const publicPermission = 'public'

/** Everybody with a session, whatever his roles. */
export const sessionPermission = 'session'

/** Paths that core serves itself. */
const ownPaths = ['/session', '/session/end', '/openapi.json', '/events', '/messages']

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
  if (route.method === 'get' && (route.body || route.upload)) complaints.push('a get has no body')
  if (route.body && route.upload) complaints.push('its body is a file or JSON, not both')
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
  upload(sizeBytesMax: number): Promise<Upload>
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
  ports: RoutePorts,
  msMax: number,
): Promise<unknown> {
  if (
    route.permission !== publicPermission &&
    route.permission !== sessionPermission &&
    !asked.principal.permissions.has(route.permission)
  ) {
    throw new OkiteError('HTTP_FORBIDDEN', { permission: route.permission })
  }
  const input = {
    params: read(route.params, asked.params, 'params'),
    query: read(route.query, once(asked.query), 'query'),
    body: route.body ? read(route.body, await asked.body(), 'body') : undefined,
    principal: asked.principal,
    version: route.ifMatch ? versionOf(asked.ifMatch) : null,
    file: route.upload ? await asked.upload(route.upload.sizeBytesMax) : null,
  }
  const result: unknown = await within(route.msMax ?? msMax, ports, limited =>
    route.run(input, limited),
  )
  const checked = route.response.safeParse(result)
  if (!checked.success) {
    ports.log.error('http.response.refused', { module, path: route.path, at: where(checked.error) })
    throw new OkiteError('HTTP_RESPONSE_INVALID')
  }
  return checked.data
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

function read(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
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
  ports: RoutePorts,
  run: (ports: RoutePorts) => Promise<T>,
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
