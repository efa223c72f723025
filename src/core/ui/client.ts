import type { Route } from '../module.ts'
import { stillText, turningText, turnsText } from '../turning.ts'
import { heardFrom } from './clock.ts'
import { Problem } from './problem.ts'

/**
 * What a screen asks of a route, typed by the route itself:
 *
 *     import type { getStatement } from './routes.ts'
 *     get<typeof getStatement>('/policy/statements/{id}', { params: { id } })
 *
 * The types of a route vanish when the screen is built; nothing of the server comes with them.
 */
export type Ask<Answer> = Readonly<{
  method: 'get' | 'post' | 'patch'
  /** With its query, below `/api`. */
  path: string
  body?: unknown
  /** Files that go with it: then the body, if there is one, is a part of a form. */
  files?: readonly File[]
  /** The version that was read (RFC 9110 §13.1.1): a write of something that has changed is refused. */
  version?: string
  /** Never there: it carries the type of the answer. */
  answer?: Answer
}>

type AnyRoute = Route<any, any, any, any>

/** The parts that a route declares; those that have no required field may be left out. */
type Input<R> =
  R extends Route<infer P, infer Q, infer B, any, any>
    ? Part<'params', P> & Part<'query', Q> & Part<'body', B>
    : never
type Part<Name extends string, T> = unknown extends T
  ? unknown
  : object extends T
    ? { readonly [N in Name]?: T }
    : { readonly [N in Name]: T }

type Answer<R> = R extends Route<any, any, any, infer A, any> ? A : never

type Given<R> =
  object extends Input<R> ? [input?: Input<R> & Versioned] : [input: Input<R> & Versioned]
type Versioned = Readonly<{ version?: string; files?: readonly File[] }>

export const get = <R extends AnyRoute>(path: R['path'], ...[input]: Given<R>): Ask<Answer<R>> => ({
  method: 'get',
  path: addressOf(path, input ?? {}),
})

export const post = <R extends AnyRoute>(path: R['path'], ...[input]: Given<R>): Ask<Answer<R>> =>
  writing('post', path, input ?? {})

export const patch = <R extends AnyRoute>(path: R['path'], ...[input]: Given<R>): Ask<Answer<R>> =>
  writing('patch', path, input ?? {})

/** A file and nothing else, to a route that takes one (`Route.transfer`). */
export const sendFile = <R extends AnyRoute>(
  path: R['path'],
  file: File,
  ...[input]: Given<R>
): Ask<Answer<R>> => ({ method: 'post', path: addressOf(path, input ?? {}), files: [file] })

function writing(method: 'post' | 'patch', path: string, input: object): Ask<never> {
  const { body = {}, version, files } = input as Versioned & { body?: unknown }
  return {
    ...{ method, path: addressOf(path, input), body },
    ...(version === undefined ? {} : { version }),
    ...(files === undefined ? {} : { files }),
  }
}

/** `/statements/{id}` and its values as an address; what is undefined is not asked. */
function addressOf(path: string, input: object): string {
  const { params = {}, query = {} } = input as Record<string, Record<string, unknown> | undefined>
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(turningText(String(params[name]))),
  )
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== null)
  const search = new URLSearchParams(
    asked.map(([name, value]) => [name, turningText(String(value))]),
  )
  return asked.length === 0 ? filled : `${filled}?${search}`
}

/** An answer, or why there is none: a problem is a value that has to be looked at. */
export type Outcome<T> =
  | Readonly<{ ok: true; value: T; version: string | null }>
  | Readonly<{ ok: false; problem: Problem }>

/** Told whenever the server says that there is no session (any more). */
const lost = new Set<() => void>()

export function onSessionLost(listener: () => void): () => void {
  lost.add(listener)
  return () => lost.delete(listener)
}

/** Asks, and never throws: not even where there is no network. */
export async function send<T>(ask: Ask<T>, signal?: AbortSignal): Promise<Outcome<T>> {
  const headers = new Headers()
  if (ask.body !== undefined && ask.files === undefined)
    headers.set('content-type', 'application/json')
  if (ask.version !== undefined) headers.set('if-match', `"${ask.version}"`)
  try {
    const response = await fetch(`/api${ask.path}`, {
      method: ask.method.toUpperCase(),
      headers,
      ...bodyOf(ask),
      ...(signal === undefined ? {} : { signal }),
    })
    heardFrom(response.headers.get('date'))
    if (response.ok) {
      const version = response.headers.get('etag')?.replace(/^W\//, '').replaceAll('"', '') ?? null
      return { ok: true, value: readJson<T>(await response.text()), version }
    }
    const problem = await problemOf(response)
    // A refused password is a 401 too (RFC 9110 §15.5.2), and takes nothing away from who is signed in.
    const isLost = response.status === 401 && !problem.code.startsWith('ACCOUNT_')
    if (isLost) for (const listener of lost) listener()
    return { ok: false, problem }
  } catch (thrown) {
    const code = signal?.aborted ? 'HTTP_ABORTED' : 'HTTP_UNREACHABLE'
    return { ok: false, problem: new Problem({ code, status: 0, title: String(thrown) }) }
  }
}

/** The text of an answer as a page may show it; a leaf stays byte by byte what is proven. */
function readJson<T>(text: string): T {
  if (!turnsText(text)) return JSON.parse(text) as T
  return JSON.parse(text, (key, value) =>
    typeof value === 'string' && key !== 'leaf' ? stillText(value) : value,
  ) as T
}

/** The browser itself writes the boundary of a form into its head. */
function bodyOf({ body, files }: Ask<unknown>): Pick<RequestInit, 'body'> {
  const fields = body === undefined ? null : turningText(JSON.stringify(body))
  if (files === undefined) return fields === null ? {} : { body: fields }
  const form = new FormData()
  if (fields !== null) form.append('fields', fields)
  for (const file of files) form.append('file', file)
  return { body: form }
}

async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get('content-type') ?? ''
  const { status } = response
  if (!type.startsWith('application/problem+json')) {
    // A proxy, or something else that listens at this address.
    return new Problem({ code: 'HTTP_FOREIGN', status, title: 'this answer is not from Okite' })
  }
  return new Problem(readJson<ConstructorParameters<typeof Problem>[0]>(await response.text()))
}
