import { z } from 'zod'
import { publicPermission } from './permission.ts'
import { problemSchema } from './problem.ts'
import type { OwnedRoute } from './routes.ts'

export type ApiInfo = Readonly<{ title: string; version: string }>

type Json = Record<string, unknown>

/**
 * The OpenAPI 3.1 document of routes, with the permission that each asks for as `x-permission`.
 * Schemas of 3.1 are JSON Schema 2020-12, which zod writes itself.
 */
export function openapiOf(routes: readonly OwnedRoute[], info: ApiInfo, cookie: string): object {
  const schemas: Json = {}
  const problem = schemaOf(problemSchema, 'output', 'problem', schemas)
  const paths: Record<string, Json> = {}
  for (const owned of routes) {
    const path = `/api${owned.route.path}`
    paths[path] = { ...paths[path], [owned.route.method]: operationOf(owned, problem, schemas) }
  }
  const session = {
    type: 'apiKey',
    in: 'cookie',
    name: cookie,
    description: 'Given at the end of signing in; over TLS its name begins with `__Host-`.',
  }
  const components = { securitySchemes: { session }, schemas }
  return { openapi: '3.1.0', info, servers: [{ url: '/' }], paths, components }
}

function operationOf({ module, route }: OwnedRoute, problem: Json, schemas: Json): Json {
  const name = `${route.method}${route.path}`
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '')
  const schema = (of: z.ZodType, io: 'input' | 'output', part: string) =>
    schemaOf(of, io, `${name}_${part}`, schemas)
  const isOpen = route.permission === publicPermission
  return {
    operationId: name,
    tags: [module],
    summary: route.summary,
    'x-permission': route.permission,
    security: isOpen ? [] : [{ session: [] }],
    parameters: [
      ...parametersOf(route.params, 'path', schema),
      ...parametersOf(route.query, 'query', schema),
      ...(route.ifMatch
        ? [{ name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } }]
        : []),
    ],
    ...(route.transfer && { requestBody: { required: true, content: transferContent } }),
    ...(route.body
      ? {
          requestBody: {
            required: true,
            content: contentOf(route, schema(route.body, 'input', 'body')),
          },
        }
      : {}),
    responses: {
      '200': {
        description: 'The answer',
        content: Object.fromEntries(
          typesOf(route).map(type => [
            type,
            { schema: route.download ? text : schema(route.response, 'output', 'answer') },
          ]),
        ),
      },
      default: {
        description: 'A problem document (RFC 9457)',
        content: { 'application/problem+json': { schema: problem } },
      },
    },
  }
}

const text = { type: 'string' }

const transferContent = {
  'multipart/form-data': {
    schema: {
      type: 'object',
      properties: { file: { type: 'string', format: 'binary' } },
      required: ['file'],
    },
  },
}

type Described = OwnedRoute['route']

const typesOf = ({ download, sendsFile, mediaType }: Described): readonly string[] =>
  download ?? [sendsFile ? 'application/octet-stream' : (mediaType ?? 'application/json')]

/** Fields alone, or fields and then files. */
function contentOf({ upload }: Described, fields: Json): Json {
  if (upload === undefined) return { 'application/json': { schema: fields } }
  const file = { type: 'array', maxItems: upload.filesMax, items: { format: 'binary' } }
  const schema = { type: 'object', required: ['fields'], properties: { fields, file } }
  const encoding = { fields: { contentType: 'application/json' } }
  return { 'multipart/form-data': { schema, encoding } }
}

function parametersOf(
  of: z.ZodType | undefined,
  place: 'path' | 'query',
  schema: (of: z.ZodType, io: 'input', part: string) => Json,
): Json[] {
  if (of === undefined) return []
  const { properties = {}, required = [] } = schema(of, 'input', place) as {
    properties?: Json
    required?: string[]
  }
  return Object.entries(properties).map(([name, each]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: each,
  }))
}

/**
 * The JSON Schema of a zod schema. What it defines on the side, or refers to as a whole, moves into
 * the components, because references are read from the root of the document.
 */
function schemaOf(of: z.ZodType, io: 'input' | 'output', name: string, schemas: Json): Json {
  const { $schema: _, $defs = {}, ...whole } = z.toJSONSchema(of, { io, unrepresentable: 'any' })
  const nameOf = (definition: string) => `${name}_${definition}`.replaceAll(/_{2,}/g, '_')
  let refersToWhole = false
  const move = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(move)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => {
        if (key !== '$ref' || typeof value !== 'string') return [key, move(value)]
        refersToWhole ||= value === '#'
        const target = value === '#' ? name : nameOf(value.replace('#/$defs/', ''))
        return [key, `#/components/schemas/${target}`]
      }),
    )
  }
  for (const [key, definition] of Object.entries($defs)) schemas[nameOf(key)] = move(definition)
  const moved = move(whole) as Json
  if (!refersToWhole) return moved
  schemas[name] = moved
  return { $ref: `#/components/schemas/${name}` }
}
