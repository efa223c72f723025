import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { echo, moduleOf, startEdge } from './testing.ts'

type Operation = {
  operationId: string
  'x-permission': string
  security: unknown[]
  parameters: { name: string; in: string; required: boolean; schema: object }[]
  responses: Record<string, { description: string }>
}

test('API9 the document names every route with its permission, and every reference in it leads somewhere', async () => {
  const nested = {
    method: 'get' as const,
    permission: 'test.read',
    summary: 'Reads one',
    run: async () => ({ any: null }),
    path: '/things/{id}',
    params: z.strictObject({ id: z.string() }),
    query: z.strictObject({ locale: z.enum(['ja', 'en']), all: z.string().optional() }),
    response: z.object({ any: z.json() }),
  }
  const edge = startEdge({ modules: [moduleOf(echo, nested)] })
  const response = await edge.ask('/api/openapi.json')
  assert.equal(response.status, 200)
  const document = (await response.json()) as {
    openapi: string
    paths: Record<string, Record<string, Operation>>
  }
  assert.equal(document.openapi, '3.1.0')
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  assert.deepEqual(operations.map(({ path, method }) => `${method} ${path}`).sort(), [
    'get /api/events',
    'get /api/messages/{locale}/{module}',
    'get /api/openapi.json',
    'get /api/session',
    'get /api/things/{id}',
    'get /api/types/named',
    'post /api/echo',
    'post /api/session',
    'post /api/session/end',
  ])
  const ids = operations.map(({ operation }) => operation.operationId)
  assert.equal(new Set(ids).size, ids.length)
  for (const { path, operation } of operations) {
    assert.ok(operation['x-permission'], path)
    assert.equal(operation.security.length === 0, operation['x-permission'] === 'public')
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
    const declared = operation.parameters.filter(each => each.in === 'path')
    assert.deepEqual(
      declared.map(each => each.name),
      inPath,
    )
    assert.ok(declared.every(each => each.required))
    assert.ok(operation.responses['200'] && operation.responses['default'])
  }
  const text = JSON.stringify(document)
  for (const [, reference] of text.matchAll(/"\$ref":"#([^"]*)"/g)) {
    const target = (reference ?? '')
      .split('/')
      .slice(1)
      .reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], document)
    assert.ok(target, String(reference))
  }
})
