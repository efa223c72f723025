import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { createLog } from '../log.ts'
import type { Module, Route } from '../module.ts'
import { readErrorDocuments } from './error-documents.ts'
import { type Exposure, onLoopback } from './exposure.ts'
import type { HttpOptions } from './http.ts'
import { createHttp } from './http.ts'
import type { HttpLimits } from './limits.ts'
import { webFilesOf } from './web-files.ts'

/** What the tests of this folder share: an edge without sockets, and a browser that keeps a cookie. */

export const port = 4321
export const origin = `http://localhost:${port}`

export const errors = readErrorDocuments(
  ['http', 'file'].map(folder => ({
    where: `${folder}/errors.md`,
    text: readFileSync(join(import.meta.dirname, '..', folder, 'errors.md'), 'utf8'),
  })),
)

export const moduleOf = (...routes: Route<any, any, any, any>[]): Module => ({
  id: 'test.one',
  routes,
})

/** A route that answers what it was asked. */
export const echo: Route<any, any, any, any> = {
  method: 'post',
  path: '/echo',
  permission: 'test.write',
  summary: 'Says it again',
  body: z.strictObject({ text: z.string().max(100), many: z.array(z.int()).optional() }),
  response: z.object({ text: z.string() }),
  run: async ({ body }) => body,
}

export function startEdge(
  options: {
    modules?: readonly Module[]
    limits?: Partial<HttpLimits>
    permissions?: readonly string[]
    web?: HttpOptions['web']
    files?: HttpOptions['files']
    exposure?: Exposure
    rereadMs?: number
  } = {},
) {
  const clock = { ms: Date.parse('2026-11-25T09:00:00.000Z'), nowMs: () => clock.ms }
  const lines: string[] = []
  const http = createHttp({
    modules: options.modules ?? [moduleOf(echo)],
    portsOf: () => ({ signal: new AbortController().signal, log }) as never,
    principalOf: () => ({
      account: null,
      person: null,
      name: 'tester',
      roles: [],
      permissions: new Set(options.permissions ?? ['test.write']),
    }),
    clock,
    log: createLog({ clock, write: line => lines.push(line) }),
    errors,
    web: options.web ?? webFilesOf([['index.html', Buffer.from('<!doctype html><p>shell')]]),
    messages: {
      json: (locale, module) => (module === 'core' ? JSON.stringify({ a: [locale] }) : null),
    },
    info: { title: 'Test', version: '1' },
    zone: 'Asia/Tokyo',
    isSample: false,
    exposure: options.exposure ?? onLoopback(port),
    ...(options.rereadMs ? { rereadMs: options.rereadMs } : {}),
    ...(options.limits ? { limits: options.limits } : {}),
    ...(options.files ? { files: options.files } : {}),
  })
  const log = createLog({ clock, write: line => lines.push(line) })

  type Ask = {
    method?: string
    headers?: Record<string, string>
    body?: string | Uint8Array<ArrayBuffer>
    raw?: string
    client?: string
  }
  const ask = (path: string, init: Ask = {}): Promise<Response> => {
    const headers = new Headers({ host: `localhost:${port}`, ...init.headers })
    const { method = 'GET', body, raw } = init
    const request = new Request(`${origin}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    })
    return http.fetch(request, raw ?? path, init.client)
  }
  const post = (path: string, body: unknown, headers: Record<string, string> = {}, client = '') =>
    ask(path, {
      client,
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const token = async (): Promise<string> => new URL(await http.link()).hash.replace('#token=', '')
  return {
    http,
    clock,
    lines,
    ask,
    post,
    token,
    /** Enters and answers the cookie header. */
    async enter(): Promise<string> {
      const response = await post('/api/session', { token: await token() })
      return (response.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    },
  }
}

export const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { code?: string }).code ?? ''
