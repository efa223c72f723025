import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from '@hono/zod-openapi'
import { problemSchema } from './problem.ts'
import type { OwnedRoute } from './routes.ts'
import { publicPermission } from './routes.ts'

export type ApiInfo = Readonly<{ title: string; version: string }>

export const enterBody = z.strictObject({ token: z.string().min(1).max(200) })

export const sessionSchema = z.strictObject({
  name: z.string(),
  permissions: z.array(z.string()),
  until: z.iso.datetime(),
  /** IANA zone of the organisation: the one that instants are shown in. */
  zone: z.string(),
})

/** Puts a route into the document, with the permission it asks for as `x-permission`. */
export function describe(app: OpenAPIHono<any>, { module, route }: OwnedRoute): void {
  const open = route.permission === publicPermission
  app.openAPIRegistry.registerPath({
    method: route.method,
    path: `/api${route.path}`,
    operationId: `${route.method}${route.path.replaceAll(/[/{}.-]+/g, '_')}`.replace(/_$/, ''),
    tags: [module],
    summary: route.summary,
    'x-permission': route.permission,
    security: open ? [] : [{ session: [] }],
    request: {
      ...(route.params ? { params: route.params as z.ZodObject } : {}),
      ...(route.query ? { query: route.query as z.ZodObject } : {}),
      ...(route.body
        ? { body: { required: true, content: { 'application/json': { schema: route.body } } } }
        : {}),
    },
    responses: {
      200: {
        description: 'The answer',
        content: { 'application/json': { schema: route.response } },
      },
      default: {
        description: 'A problem document (RFC 9457)',
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    },
  })
}

/** The OpenAPI 3.1 document of all that was described. */
export function documentOf(app: OpenAPIHono<any>, info: ApiInfo, cookie: string): object {
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: cookie,
    description: 'Given for the one-time token of the link that Okite prints at start.',
  })
  return app.getOpenAPI31Document({ openapi: '3.1.0', info, servers: [{ url: '/' }] })
}
