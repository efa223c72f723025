import { Problem } from '../src/core/http/screen.ts'

/** GET and POST below `/api`, and the signal that the list has grown. */

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answerOf<T>(await fetch(`/api${path}`, signal ? { signal } : {}))
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  return answerOf<T>(
    await fetch(`/api${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  )
}

async function answerOf<T>(response: Response): Promise<T> {
  const type = response.headers.get('content-type') ?? ''
  if (response.ok) return (await response.json()) as T
  if (!type.startsWith('application/problem+json')) {
    throw new Problem('HTTP_FOREIGN', response.status, 'this answer is not from Okite', '')
  }
  const { code, status, title, remedy, data } = (await response.json()) as ProblemDocument
  throw new Problem(code, status, title, remedy ?? '', data)
}

type ProblemDocument = Readonly<{
  code: string
  status: number
  title: string
  remedy?: string
  data?: Readonly<Record<string, unknown>>
}>

/** Calls `grown` with the size of the list whenever it has grown, for as long as the page lives. */
export function onGrown(grown: (size: number) => void): () => void {
  const source = new EventSource('/api/events')
  source.addEventListener('grown', event => {
    const { size } = JSON.parse(event.data) as { size: number }
    grown(size)
  })
  return () => source.close()
}

/** The token of a set-up, an invitation or a reset, taken out of the address before anything else can see it. */
export function takeEnrolmentToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('enrol')
  if (token !== null) history.replaceState(null, '', location.pathname)
  return token
}

/**
 * Takes the one-time token out of the address, before anything else can see it, and enters with it.
 * A token that was already used is no error while an earlier session still lasts.
 */
export async function enterWithLink(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token === null) return
  history.replaceState(null, '', location.pathname)
  await post('/session', { token }).catch((problem: unknown) => {
    if (!(problem instanceof Problem)) throw problem
  })
}
